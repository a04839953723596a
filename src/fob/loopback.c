/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads one request of a browser on this machine. */
#include "config.h"

#include "fob/loopback.h"

#include "util/clock.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANY_PORT "loopback-any-port"
#define REQUEST_MAX 8192
#define REQUEST_MS 5000

bool loopback_takes(const char *redirect)
{
    return strcmp(redirect, ANY_PORT) == 0 ||
           (strncmp(redirect, "http://", 7) == 0 && redirect[7] != '[');
}

int loopback_open(struct loopback *loopback, const char *redirect, bool listens)
{
    const bool any = strcmp(redirect, ANY_PORT) == 0;
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof address;
    unsigned port = 80;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!any)
        (void)sscanf(redirect, "http://%*[^:/?]:%5u", &port);
    address.sin_port = any ? 0 : htons((in_port_t)port);
    loopback->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (loopback->fd < 0 || bind(loopback->fd, (struct sockaddr *)&address, size) < 0 ||
        (listens && listen(loopback->fd, 8) < 0) ||
        getsockname(loopback->fd, (struct sockaddr *)&address, &size) < 0)
        return FOB_SYSTEM;
    if (any)
        snprintf(loopback->uri, sizeof loopback->uri, "http://127.0.0.1:%u/callback",
                 ntohs(address.sin_port));
    else
        snprintf(loopback->uri, sizeof loopback->uri, "%s", redirect);
    return FOB_SUCCESS;
}

/* Read the head of a request into TEXT; false if it does not end in time, or is too large. */
static bool loopback_read(int fd, char text[static REQUEST_MAX])
{
    const int64_t until = clock_ms() + REQUEST_MS;
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    size_t size = 0;
    ssize_t got;

    text[0] = '\0';
    while (strstr(text, "\r\n\r\n") == NULL) {
        const int64_t left = until - clock_ms();

        if (left <= 0 || size == REQUEST_MAX - 1 || poll(&wait, 1, (int)left) <= 0)
            return false;
        got = read(fd, text + size, REQUEST_MAX - 1 - size);
        if (got <= 0 || memchr(text + size, '\0', (size_t)got) != NULL)
            return false;
        size += (size_t)got;
        text[size] = '\0';
    }
    return true;
}

/* The query of a GET of URI whose only Host is that of URI, so that no other name leads here; NULL
 * for another request.  It is cut out of TEXT. */
static const char *loopback_query(char *text, const char *uri)
{
    const char *authority = uri + strlen("http://");
    const size_t size = strcspn(authority, "/?");
    const size_t path = strcspn(authority + size, "?");
    const char *host = strcasestr(text, "\r\nHost:");
    char *target = text + strlen("GET ");

    if (strncmp(text, "GET /", 5) != 0 || host == NULL || strcasestr(host + 1, "\r\nHost:") != NULL)
        return NULL;
    host += strlen("\r\nHost:");
    host += strspn(host, " \t");
    if (strncasecmp(host, authority, size) != 0 || strncmp(host + size, "\r\n", 2) != 0)
        return NULL;
    target[strcspn(target, " \r\n")] = '\0';
    return strncmp(target, authority + size, path) == 0 && target[path] == '?' ? target + path
                                                                               : NULL;
}

int loopback_serve(const struct loopback *loopback, struct fob_secret **reply)
{
    char text[REQUEST_MAX];
    const char *query = NULL;
    int fd = accept4(loopback->fd, NULL, NULL, SOCK_CLOEXEC);
    int code = FOB_IGNORE;

    if (fd < 0)
        return code;
    if (loopback_read(fd, text))
        query = loopback_query(text, loopback->uri);
    if (query != NULL)
        code = fob_secret_new(query, strlen(query), reply);
    dprintf(fd,
            "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
            "Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n%s\n",
            code == FOB_SUCCESS ? "200 OK" : "404 Not Found",
            code == FOB_SUCCESS ? "Done. You may close this window." : "There is nothing here.");
    explicit_bzero(text, sizeof text);
    close(fd);
    return code;
}

void loopback_close(struct loopback *loopback)
{
    if (loopback->fd >= 0)
        close(loopback->fd);
    loopback->fd = -1;
}
