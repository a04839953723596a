/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds the ports of URLs. */
#include "config.h"

#include "core/plugin/worker_ports.h"

#include "util/array.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PORT_HTTP 80
#define PORT_HTTPS 443
#define PORT_NAMES 53
/* The port that libcurl uses for a proxy without a port. */
#define PORT_PROXY 1080

static const char *const proxies[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                       "ALL_PROXY" };

static bool worker_ports_has(const struct worker_ports *ports, unsigned number)
{
    for (size_t i = 0; i < ports->count; i++) {
        if (ports->numbers[i] == number)
            return true;
    }
    return false;
}

/* False if there is no room, or NUMBER is no port. */
static bool worker_ports_add(struct worker_ports *ports, unsigned number)
{
    if (worker_ports_has(ports, number))
        return true;
    if (ports->count == WORKER_PORTS_MAX || number == 0 || number > UINT16_MAX)
        return false;
    ports->numbers[ports->count++] = (uint16_t)number;
    return true;
}

/* The port in URL, such as "scheme://user@[host]:port/path"; USUAL if there is none. */
static unsigned worker_ports_read(const char *url, unsigned usual)
{
    const char *scheme = strstr(url, "://");
    const char *host = scheme != NULL ? scheme + 3 : url;
    const char *end = host + strcspn(host, "/?#");
    const char *at = end;

    while (at > host && at[-1] >= '0' && at[-1] <= '9')
        at--;
    if (at == host || at == end || at[-1] != ':')
        return usual;
    return (unsigned)strtoul(at, NULL, 10);
}

static bool worker_ports_add_usual(struct worker_ports *ports)
{
    bool good = worker_ports_add(ports, PORT_NAMES) && worker_ports_add(ports, PORT_HTTPS);

    for (size_t i = 0; i < ARRAY_SIZE(proxies); i++) {
        const char *proxy = secure_getenv(proxies[i]);

        if (proxy == NULL || proxy[0] == '\0')
            continue;
        good = good && worker_ports_add(ports, worker_ports_read(proxy, PORT_PROXY));
    }
    return good;
}

unsigned worker_ports_of(const char *url)
{
    if (url != NULL && strncasecmp(url, "https://", 8) == 0)
        return worker_ports_read(url, PORT_HTTPS);
    return url != NULL && strncasecmp(url, "http://", 7) == 0 ? worker_ports_read(url, PORT_HTTP)
                                                              : 0;
}

void worker_ports_find(char *const *texts, unsigned port, struct worker_ports *ports)
{
    bool good = true;

    ports->count = 0;
    for (; texts != NULL && *texts != NULL; texts++) {
        const unsigned number = worker_ports_of(*texts);

        if (number > 0)
            good = good && worker_ports_add(ports, number);
    }
    if (ports->count > 0 && port > 0)
        good = good && worker_ports_add(ports, port);
    if (ports->count > 0 && (!good || !worker_ports_add_usual(ports)))
        ports->count = 0;
}
