/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds the server that takes writes. */
#include "config.h"

#include "store/postgresql/pg.h"

#include "util/clock.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* For the first attempt at each address; later ones have longer. */
#define ATTEMPT_MS 1000
#define PAUSE_MS 100
/* Of a statement, and of a process that was stopped between two statements of a transaction, whose
 * locks others wait for. */
#define STATEMENT_MS 5000
#define BETWEEN_MS 2000

/* One search through all places. */
struct search {
    int64_t slice;     /* ms for each attempt */
    bool soon;         /* a server is there that may take writes soon */
    int refusal;       /* FOB_SUCCESS when no server refused for good */
    char refused[300]; /* which, and */
    char because[400];
};

/* Set what a session has to have, and see whether it can write. */
static int connect_prepare(struct engine *engine, struct search *search)
{
    PGresult *row[2] = { NULL };
    char sql[512];
    int code;

    snprintf(sql, sizeof sql,
             "SET statement_timeout = %d; SET idle_in_transaction_session_timeout = %d;"
             "SELECT set_config('synchronous_commit', 'on', false)"
             " WHERE current_setting('synchronous_commit') = 'off';"
             "SELECT pg_is_in_recovery()::text, current_setting('transaction_read_only')",
             STATEMENT_MS, BETWEEN_MS);
    code = pg_script(engine, sql, row, 2);
    if (code == FOB_SUCCESS && PQntuples(row[1]) == 1 &&
        strcmp(PQgetvalue(row[1], 0, 0), "true") == 0) {
        search->soon = true;
        code = pg_error_lost(engine, "the server is a standby, which takes no writes");
    } else if (code == FOB_SUCCESS && PQntuples(row[1]) == 1 &&
               strcmp(PQgetvalue(row[1], 0, 1), "on") == 0) {
        pg_error_line(engine->why, sizeof engine->why, "the server is read-only");
        code = FOB_SYSTEM;
    }
    PQclear(row[0]);
    PQclear(row[1]);
    return code;
}

/* Try an address, or the place without one. */
static int connect_try(struct engine *engine, const struct pg_place *place, const char *address,
                       struct search *search)
{
    const int64_t end = clock_ms() + search->slice;
    int code;

    engine->deadline = end < engine->end ? end : engine->end;
    code = pg_attempt(engine, place, address, engine->deadline, &search->soon);
    if (code == FOB_SUCCESS)
        code = connect_prepare(engine, search);
    /* It was there just now. */
    search->soon = search->soon || (code < 0 && PQstatus(engine->conn) == CONNECTION_OK) ||
                   strstr(engine->why, "server closed the connection") != NULL;
    if (code == FOB_SUCCESS)
        return code;
    pg_disconnect(engine);
    if (code > 0 && search->refusal == FOB_SUCCESS) {
        search->refusal = code;
        memcpy(search->refused, engine->where, sizeof search->refused);
        memcpy(search->because, engine->why, sizeof search->because);
    }
    return PG_LOST;
}

/* Try all addresses of PLACE. */
static int connect_place(struct engine *engine, const struct pg_place *place, struct search *search)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    char address[NI_MAXHOST];
    int code = PG_LOST;
    int failed;

    if (place->host[0] == '/')
        return connect_try(engine, place, NULL, search);
    failed = getaddrinfo(place->host, place->port, &hints, &found);
    if (failed != 0) {
        snprintf(engine->where, sizeof engine->where, "%s:%s", place->host, place->port);
        return pg_error_lost(engine, gai_strerror(failed));
    }
    for (const struct addrinfo *at = found; at != NULL && code == PG_LOST; at = at->ai_next)
        if (getnameinfo(at->ai_addr, at->ai_addrlen, address, sizeof address, NULL, 0,
                        NI_NUMERICHOST) == 0)
            code = connect_try(engine, place, address, search);
    freeaddrinfo(found);
    return code;
}

static int connect_refused(const struct engine *engine, const struct search *search)
{
    const struct engine_host *host = engine->host;

    host->fail(search->refusal, "%s: %s", search->refused, search->because);
    if (search->refusal == FOB_UNTRUSTED)
        host->hint("ca_file has to name the authority of the server's certificate, and hosts the "
                   "server as the certificate does");
    else if (search->refusal == FOB_NOT_ALLOWED)
        host->hint("fob-postgresql(7) says how the server knows the user %s",
                   engine->settings.user);
    else if (strstr(search->because, "service") != NULL)
        host->hint("unset PGSERVICE");
    return search->refusal;
}

int pg_connect(struct engine *engine)
{
    struct search search = { .slice = ATTEMPT_MS };

    if (engine->conn != NULL && PQstatus(engine->conn) == CONNECTION_OK)
        return FOB_SUCCESS;
    pg_disconnect(engine);
    for (;;) {
        search.refusal = FOB_SUCCESS;
        for (size_t i = 0; i < engine->place_count; i++) {
            if (connect_place(engine, &engine->places[i], &search) == FOB_SUCCESS) {
                engine->was_there = true;
                return FOB_SUCCESS;
            }
        }
        if (search.refusal != FOB_SUCCESS)
            return connect_refused(engine, &search);
        /* Somebody else may become the primary. */
        if (clock_ms() + PAUSE_MS >= engine->end ||
            (!search.soon && !engine->was_there && engine->place_count == 1))
            return engine->host->fail(FOB_UNAVAILABLE, "%s: %s", engine->where, engine->why);
        poll(NULL, 0, PAUSE_MS);
        search.slice *= 2;
    }
}
