/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * One attempt to connect to one server.
 *
 * libpq takes what it is not given from the environment, and from files in the user's folder.  So
 * it gets all settings that it has, in a string, where even an empty value counts.  Only the
 * password is given apart, so that there is one copy less.
 */
#include "config.h"

#include "store/postgresql/pg.h"

#include "util/clock.h"

#include <ctype.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

/* For files that libpq must not find. */
#define NO_FILE "/dev/null/none"
#define STATE_SIZE 5

struct setting {
    const char *keyword;
    const char *value;
};

/* Write KEYWORD='VALUE'. */
static void attempt_write(FILE *stream, const char *keyword, const char *value)
{
    fprintf(stream, "%s='", keyword);
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '\'' || *at == '\\')
            putc('\\', stream);
        putc(*at, stream);
    }
    fputs("' ", stream);
}

/* All that libpq knows: of SETTINGS, or what it has been built with. */
static char *attempt_text(const struct setting *settings)
{
    PQconninfoOption *options = PQconndefaults();
    char *text = NULL;
    size_t size;
    FILE *stream = options != NULL ? open_memstream(&text, &size) : NULL;

    for (PQconninfoOption *option = options; stream != NULL && option->keyword != NULL; option++) {
        const struct setting *setting = settings;

        while (setting->keyword != NULL && strcmp(setting->keyword, option->keyword) != 0)
            setting++;
        if (setting->keyword != NULL)
            attempt_write(stream, option->keyword, setting->value);
        else if (option->envvar != NULL && strncmp(option->keyword, "service", 7) != 0)
            attempt_write(stream, option->keyword,
                          option->compiled != NULL ? option->compiled : "");
    }
    PQconninfoFree(options);
    if (stream != NULL && fclose(stream) != 0) {
        free(text);
        text = NULL;
    }
    return text;
}

static const char *attempt_or(const char *text, const char *other)
{
    return text != NULL ? text : other;
}

/* Begin to connect; NULL when out of memory. */
static PGconn *attempt_begin(const struct engine *engine, const struct pg_place *place,
                             const char *address)
{
    const struct engine_settings *to = &engine->settings;
    char patience[16];
    const struct setting settings[] = {
        { "host", place->host },
        { "hostaddr", attempt_or(address, "") },
        { "port", place->port },
        { "dbname", to->database },
        { "user", to->user },
        { "password", "" },
        { "passfile", NO_FILE },
        { "application_name", "fob" },
        { "client_encoding", "UTF8" },
        { "gssencmode", "disable" },
        { "sslmode", engine->secure && place->host[0] != '/' ? "verify-full" : "disable" },
        { "sslrootcert", engine->secure ? engine->ca_file : NO_FILE },
        { "sslcert", attempt_or(to->cert_file, NO_FILE) },
        { "sslkey", attempt_or(to->key_file, NO_FILE) },
        { "sslcrl", NO_FILE },
        { "target_session_attrs", "any" }, /* pg_connect.c looks itself */
        { "keepalives", "1" },
        { "keepalives_idle", "5" },
        { "keepalives_interval", "2" },
        { "keepalives_count", "3" },
        { "tcp_user_timeout", patience },
        { NULL, NULL },
    };
    const char *keywords[] = { "dbname", "password", NULL };
    const char *values[] = { NULL, to->password, NULL };
    PGconn *conn = NULL;
    char *text;

    snprintf(patience, sizeof patience, "%d", to->timeout_ms);
    text = attempt_text(settings);
    values[0] = text;
    if (text != NULL)
        conn = PQconnectStartParams(keywords, values, 1);
    free(text);
    return conn;
}

/* The SQLSTATE in a verbose message, "FATAL:  28P01: ..."; NULL if it came from no server. */
static const char *attempt_state(const char *text)
{
    for (const char *at = text; (at = strstr(at, ":  ")) != NULL; at += 3) {
        size_t size = 0;

        while (isupper((unsigned char)at[3 + size]) || isdigit((unsigned char)at[3 + size]))
            size++;
        if (size == STATE_SIZE && strncmp(at + 3 + size, ": ", 2) == 0)
            return at + 3;
    }
    return NULL;
}

/* What libpq itself found wrong. */
static int attempt_judge_text(const char *text)
{
    static const struct {
        const char *part;
        int code;
    } parts[] = {
        { "certificate verify failed", FOB_UNTRUSTED },
        { "does not match host name", FOB_UNTRUSTED },
        { "server does not support SSL", FOB_UNTRUSTED },
        { "incorrect server signature", FOB_UNTRUSTED },
        { "root certificate file", FOB_CONFIG },
        { "private key", FOB_CONFIG },
        { "could not read certificate file", FOB_CONFIG },
        { "definition of service", FOB_CONFIG },
        { "service file", FOB_CONFIG },
        { "no password supplied", FOB_NOT_ALLOWED },
        { " alert ", FOB_NOT_ALLOWED }, /* of TLS: this client's certificate */
    };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(text, parts[i].part) != NULL)
            return parts[i].code;
    return PG_LOST;
}

/* Why it failed, from libpq's message. */
static int attempt_judge(struct engine *engine, const char *text, bool *soon)
{
    const char *state = attempt_state(text);
    char code[STATE_SIZE + 1];

    if (state == NULL) {
        /* "connection to server at ... failed: ", which says what is known. */
        const char *failed = strstr(text, " failed: ");

        pg_error_line(engine->why, sizeof engine->why, failed != NULL ? failed + 9 : text);
        return attempt_judge_text(text);
    }
    memcpy(code, state, STATE_SIZE);
    code[STATE_SIZE] = '\0';
    pg_error_line(engine->why, sizeof engine->why, state + STATE_SIZE + 2);
    /* Starting, ending, or all of its connections are taken. */
    *soon = *soon || strncmp(code, "57", 2) == 0 || strcmp(code, "53300") == 0;
    return pg_error_code(code);
}

/* The server's warnings are for nobody, except one. */
static void attempt_notice(void *data, const PGresult *result)
{
    struct engine *engine = data;
    const char *where = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);

    if (where != NULL && strcmp(where, "SyncRepWaitForLSN") == 0)
        engine->unreplicated = true;
}

/* Nobody needs the password any more. */
static void attempt_forget(PGconn *conn)
{
    char *password = PQpass(conn);

    if (password != NULL)
        explicit_bzero(password, strlen(password));
}

int pg_attempt(struct engine *engine, const struct pg_place *place, const char *address,
               int64_t end, bool *soon)
{
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;

    snprintf(engine->where, sizeof engine->where,
             strchr(place->host, ':') != NULL ? "[%s]:%s" : "%s:%s", place->host, place->port);
    engine->conn = attempt_begin(engine, place, address);
    if (engine->conn == NULL)
        return pg_error_lost(engine, "out of memory");
    PQsetNoticeReceiver(engine->conn, attempt_notice, engine);
    PQsetErrorVerbosity(engine->conn, PQERRORS_VERBOSE);
    if (PQstatus(engine->conn) == CONNECTION_BAD)
        return attempt_judge(engine, PQerrorMessage(engine->conn), soon);
    while (status != PGRES_POLLING_OK) {
        if (!pg_wait(engine, status == PGRES_POLLING_READING ? POLLIN : POLLOUT, end)) {
            *soon = true;
            return pg_error_lost(engine, "no answer in time");
        }
        status = PQconnectPoll(engine->conn);
        if (status == PGRES_POLLING_FAILED)
            return attempt_judge(engine, PQerrorMessage(engine->conn), soon);
    }
    attempt_forget(engine->conn);
    PQsetnonblocking(engine->conn, 1);
    return FOB_SUCCESS;
}
