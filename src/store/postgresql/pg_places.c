/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Where the servers are, and whether somebody may be between. */
#include "config.h"

#include "store/postgresql/pg.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#define DEFAULT_PORT "5432"

/* Where the system's certificates are, on Debian, Fedora, SUSE and the BSDs. */
static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
};

static bool places_is_local(const char *host)
{
    struct in6_addr six;
    struct in_addr four;

    if (host[0] == '/' || strcasecmp(host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, host, &four) == 1)
        return ntohl(four.s_addr) >> 24 == IN_LOOPBACKNET;
    return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static bool places_port(struct pg_place *place, const char *text)
{
    const size_t size = strlen(text);

    if (size == 0 || size >= sizeof place->port || text[strspn(text, "0123456789")] != '\0' ||
        atoi(text) < 1 || atoi(text) > 65535)
        return false;
    memcpy(place->port, text, size + 1);
    return true;
}

/* Parse HOST, HOST:PORT, [ADDRESS]:PORT, ADDRESS, FOLDER or FOLDER:PORT, which is cut up. */
static bool places_parse(struct pg_place *place, char *text)
{
    char *colon = strrchr(text, ':');
    char *end;

    memcpy(place->port, DEFAULT_PORT, sizeof DEFAULT_PORT);
    place->host = text;
    if (text[0] == '[') {
        place->host = text + 1;
        end = strchr(text, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return false;
        colon = end[1] == ':' ? end + 1 : NULL;
        *end = '\0';
    } else if (colon != NULL && text[0] != '/' && strchr(text, ':') != colon) {
        colon = NULL; /* of an IPv6 address */
    }
    if (colon != NULL) {
        *colon = '\0';
        if (!places_port(place, colon + 1))
            return false;
    }
    place->local = places_is_local(place->host);
    return place->host[0] != '\0';
}

static int places_secure(struct engine *engine)
{
    const struct engine_settings *settings = &engine->settings;

    engine->secure = settings->ca_file != NULL || settings->cert_file != NULL;
    for (size_t i = 0; i < engine->place_count; i++)
        engine->secure = engine->secure || !engine->places[i].local;
    engine->ca_file = settings->ca_file;
    for (size_t i = 0; i < sizeof bundles / sizeof *bundles && engine->ca_file == NULL; i++)
        if (access(bundles[i], R_OK) == 0)
            engine->ca_file = bundles[i];
    if (!engine->secure || engine->ca_file != NULL)
        return FOB_SUCCESS;
    engine->host->fail(FOB_CONFIG, "the system has no certificates by which to trust %s",
                       settings->hosts);
    engine->host->hint("set ca_file to the certificate of the server's authority");
    return FOB_CONFIG;
}

int pg_places(struct engine *engine)
{
    const char *text = engine->settings.hosts != NULL ? engine->settings.hosts : "";
    size_t count = 1;
    char *rest;
    char *word;

    for (const char *at = text; *at != '\0'; at++)
        count += *at == ',';
    rest = engine->hosts = strdup(text);
    engine->places = calloc(count, sizeof *engine->places);
    if (engine->hosts == NULL || engine->places == NULL)
        return engine->host->fail(FOB_NOMEM, "out of memory");
    while ((word = strsep(&rest, ",")) != NULL) {
        word += strspn(word, " ");
        word[strcspn(word, " ")] = '\0';
        if (!places_parse(&engine->places[engine->place_count++], word)) {
            engine->host->fail(FOB_CONFIG, "hosts: \"%s\" is not HOST or HOST:PORT", text);
            return FOB_CONFIG;
        }
    }
    return places_secure(engine);
}
