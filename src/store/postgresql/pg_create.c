/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A new store. */
#include "config.h"

#include "store/postgresql/pg.h"

#include <stdio.h>
#include <stdlib.h>

struct create {
    struct span header;
    const unsigned char *stamp;
    const unsigned char *tick;
};

static int create_tables(struct engine *engine)
{
    PGresult *result = NULL;
    bool there;
    int code =
        pg_script(engine, "SELECT 1 WHERE to_regclass('fob.machines') IS NOT NULL", &result, 1);

    if (code != FOB_SUCCESS)
        return code;
    there = PQntuples(result) == 1;
    PQclear(result);
    return there ? FOB_SUCCESS : pg_script(engine, pg_schema_tables, NULL, 0);
}

static char *create_text(const struct create *create)
{
    char *text = NULL;
    size_t size;
    FILE *sql = open_memstream(&text, &size);

    if (sql == NULL)
        return NULL;
    fputs(PG_BEGIN "INSERT INTO fob.meta (revision, stamp, header, header_stamp, header_revision)"
                   " VALUES (1, ",
          sql);
    pg_hex(sql, create->tick, ENGINE_STAMP);
    putc(',', sql);
    pg_hex(sql, create->header.data, create->header.size);
    putc(',', sql);
    pg_hex(sql, create->stamp, ENGINE_STAMP);
    fputs(", 1) ON CONFLICT DO NOTHING;"
          "INSERT INTO fob.transactions (revision, stamp, made)"
          " SELECT revision, stamp, now() FROM fob.meta WHERE revision = 1 AND stamp = ",
          sql);
    pg_hex(sql, create->tick, ENGINE_STAMP);
    fputs(" ON CONFLICT DO NOTHING; " PG_COMMIT ";"
          "SELECT (SELECT version FROM fob.version), (header_stamp = ",
          sql);
    pg_hex(sql, create->stamp, ENGINE_STAMP);
    fputs(" AND EXISTS (SELECT 1 FROM fob.transactions WHERE revision = 1 AND stamp = ", sql);
    pg_hex(sql, create->tick, ENGINE_STAMP);
    fputs("))::text FROM fob.meta", sql);
    if (fclose(sql) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* Made again after its answer was lost, it finds the store that it made. */
static int create_now(struct engine *engine, void *data)
{
    const struct create *create = data;
    PGresult *result = NULL;
    char *text;
    int code = create_tables(engine);

    if (code != FOB_SUCCESS)
        return code;
    text = create_text(create);
    if (text == NULL)
        return engine->host->fail(FOB_NOMEM, "out of memory");
    code = pg_script(engine, text, &result, 1);
    free(text);
    if (code == FOB_SUCCESS && PQntuples(result) != 1)
        code = pg_error_damaged(engine, "more than one row in fob.meta");
    else if (code == FOB_SUCCESS && atoi(PQgetvalue(result, 0, 0)) != PG_VERSION_OF_SCHEMA)
        code = pg_error_version(engine, atoi(PQgetvalue(result, 0, 0)));
    else if (code == FOB_SUCCESS && strcmp(PQgetvalue(result, 0, 1), "true") != 0)
        code = engine->host->fail(FOB_EXISTS, "%s: database %s has a store already", engine->where,
                                  engine->settings.database);
    PQclear(result);
    return code;
}

int pg_create(struct engine *engine, struct span header,
              const unsigned char stamp[static ENGINE_STAMP],
              const unsigned char tick[static ENGINE_STAMP])
{
    struct create create = { header, stamp, tick };

    return pg_do(engine, create_now, &create);
}
