/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What a server's refusals mean. */
#include "config.h"

#include "store/postgresql/pg.h"

#include <stdio.h>

/* The longest prefix counts. */
static const struct {
    const char *prefix;
    int code;
} codes[] = {
    { "08", PG_LOST },         { "21000", FOB_INVALID },     { "22023", FOB_CONFIG },
    { "23505", PG_AGAIN }, /* another machine makes the same tables */
    { "25006", PG_LOST },  /* read-only: the primary is elsewhere now */
    { "25P03", PG_LOST },  /* this process was stopped within a transaction */
    { "28", FOB_NOT_ALLOWED }, { "3D000", FOB_CONFIG },      { "3F000", FOB_NOT_FOUND },
    { "40", PG_AGAIN },        { "42501", FOB_NOT_ALLOWED }, { "42P01", FOB_NOT_FOUND },
    { "42P06", PG_AGAIN },     { "42P07", PG_AGAIN },        { "42703", FOB_CONFIG },
    { "53", FOB_SYSTEM },      { "53300", PG_LOST },         { "55P03", PG_AGAIN },
    { "57", PG_LOST },         { "57014", PG_AGAIN },        { "XX001", FOB_CORRUPT },
    { "XX002", FOB_CORRUPT },
};

int pg_error_code(const char *sqlstate)
{
    size_t longest = 0;
    int code = FOB_SYSTEM;

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        const size_t size = strlen(codes[i].prefix);

        if (size > longest && strncmp(sqlstate, codes[i].prefix, size) == 0) {
            longest = size;
            code = codes[i].code;
        }
    }
    return code;
}

void pg_error_line(char *line, size_t size, const char *text)
{
    size_t used = 0;

    for (const char *at = text; *at != '\0' && *at != '\n' && used + 1 < size; at++)
        line[used++] = (unsigned char)*at < ' ' || *at == 0x7f ? ' ' : *at;
    line[used] = '\0';
}

int pg_error_lost(struct engine *engine, const char *text)
{
    pg_error_line(engine->why, sizeof engine->why, text);
    return PG_LOST;
}

int pg_error_damaged(struct engine *engine, const char *what)
{
    engine->host->fail(FOB_CORRUPT, "%s: the database has %s", engine->where, what);
    engine->host->hint("it was altered there: restore it from a backup (fob-postgresql(7))");
    return FOB_CORRUPT;
}

int pg_error_version(struct engine *engine, int64_t version)
{
    return engine->host->fail(
        FOB_CONFIG, "%s: the tables in database %s have version %lld, and this fob knows %d",
        engine->where, engine->settings.database, (long long)version, PG_VERSION_OF_SCHEMA);
}

static int error_tell(struct engine *engine, int code, const char *line)
{
    const struct engine_host *host = engine->host;

    if (code == FOB_NOT_FOUND) {
        host->fail(code, "%s: database %s has no store: %s", engine->where,
                   engine->settings.database, line);
        host->hint("make it with `fob init`, or let an administrator run `fob store schema`");
    } else if (code == FOB_NOT_ALLOWED) {
        host->fail(code, "%s refuses the user %s: %s", engine->where, engine->settings.user, line);
        host->hint("fob-postgresql(7) says which rights the user needs");
    } else if (code == FOB_CONFIG) {
        host->fail(code, "%s: the database is of another version of fob: %s", engine->where, line);
    } else {
        host->fail(code, "%s: %s", engine->where, line);
    }
    return code;
}

int pg_error(struct engine *engine, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    char line[sizeof engine->why];
    int code;

    if (state == NULL)
        return pg_error_lost(engine, PQerrorMessage(engine->conn));
    pg_error_line(line, sizeof line, text != NULL ? text : state);
    code = pg_error_code(state);
    if (code == PG_AGAIN || code == PG_LOST)
        memcpy(engine->why, line, sizeof line);
    /* It closes the connection. */
    if (severity != NULL && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0))
        return pg_error_lost(engine, line);
    return code > 0 ? error_tell(engine, code, line) : code;
}
