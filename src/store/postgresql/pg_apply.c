/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Writes.  A transaction locks the row of fob.meta first, so that they are made one after the
 * other, and writes its stamp.  Whose answer was lost is looked up with the same lock: then it was
 * made, or never will be.
 */
#include "config.h"

#include "store/postgresql/pg.h"

#include <stdio.h>
#include <stdlib.h>

/* How long transactions and erased records are kept, for machines that have not seen them; and the
 * number of revisions after which old ones are looked for. */
#define KEEP "30 days"
#define TIDY_EACH 1000

struct apply {
    struct engine_transaction *transaction;
    struct engine_change **changes; /* sorted */
    struct span place;              /* that the store has moved to */
    struct engine_tick now;
    bool asked; /* it was to be committed, and there was no answer */
};

void pg_hex(FILE *sql, const void *data, size_t size)
{
    const unsigned char *bytes = data;

    fputs("decode('", sql);
    for (size_t i = 0; i < size; i++)
        fprintf(sql, "%02x", bytes[i]);
    fputs("', 'hex')", sql);
}

static bool apply_unhex(const char *text, unsigned char stamp[static ENGINE_STAMP])
{
    unsigned byte;

    if (strlen(text) != (size_t)2 * ENGINE_STAMP)
        return false;
    for (size_t i = 0; i < ENGINE_STAMP; i++) {
        if (sscanf(text + 2 * i, "%2x", &byte) != 1)
            return false;
        stamp[i] = (unsigned char)byte;
    }
    return true;
}

/* Close SQL, run its TEXT, and free it. */
static int apply_run(struct engine *engine, FILE *sql, char **text, PGresult **results)
{
    int code = sql != NULL && fclose(sql) == 0 ? FOB_SUCCESS
                                               : engine->host->fail(FOB_NOMEM, "out of memory");

    if (code == FOB_SUCCESS)
        code = pg_script(engine, *text, results, results != NULL ? 2 : 0);
    free(*text);
    return code;
}

/* Whether the transaction was made.  This one is committed, so that the other is where it is, too.
 */
static int apply_look_up(struct engine *engine, struct apply *apply, bool *made)
{
    PGresult *results[2] = { NULL, NULL };
    char *text = NULL;
    size_t size;
    FILE *sql = open_memstream(&text, &size);
    int code;

    if (sql != NULL) {
        fputs(PG_BEGIN "SELECT revision FROM fob.meta FOR UPDATE;"
                       "SELECT revision FROM fob.transactions WHERE stamp = ",
              sql);
        pg_hex(sql, apply->transaction->stamp, ENGINE_STAMP);
        fputs(";" PG_COMMIT, sql);
    }
    code = apply_run(engine, sql, &text, results);
    if (code == FOB_SUCCESS) {
        *made = PQntuples(results[1]) > 0;
        if (*made) {
            apply->now.revision = strtoull(PQgetvalue(results[1], 0, 0), NULL, 10);
            memcpy(apply->now.stamp, apply->transaction->stamp, ENGINE_STAMP);
        }
    }
    PQclear(results[0]);
    PQclear(results[1]);
    return code;
}

/* Judge the row of fob.meta, which is locked now, and the claim's. */
static int apply_judge(struct engine *engine, struct apply *apply, PGresult *const *results)
{
    const PGresult *meta = results[0];
    const bool retiring = apply->place.size > 0;

    if (PQntuples(meta) == 0)
        return engine->host->fail(FOB_NOT_FOUND, "%s: database %s has no store", engine->where,
                                  engine->settings.database);
    if (PQntuples(meta) != 1 || !apply_unhex(PQgetvalue(meta, 0, 2), apply->now.stamp))
        return pg_error_damaged(engine, "a damaged row in fob.meta");
    if (atoi(PQgetvalue(meta, 0, 0)) != PG_VERSION_OF_SCHEMA)
        return pg_error_version(engine, atoi(PQgetvalue(meta, 0, 0)));
    apply->now.revision = strtoull(PQgetvalue(meta, 0, 1), NULL, 10);
    if (strcmp(PQgetvalue(meta, 0, 4), "true") == 0 && !retiring)
        return engine->host->fail(FOB_CONFIG, "%s: the store of database %s has moved",
                                  engine->where, engine->settings.database);
    if (!retiring && (strcmp(PQgetvalue(meta, 0, 3), "true") != 0 ||
                      (apply->transaction->claim != NULL && PQntuples(results[1]) == 0)))
        return FOB_CHANGED;
    return FOB_SUCCESS;
}

static int apply_begin(struct engine *engine, struct apply *apply)
{
    const struct engine_claim *claim = apply->transaction->claim;
    PGresult *results[2] = { NULL, NULL };
    char *text = NULL;
    size_t size;
    FILE *sql = open_memstream(&text, &size);
    int code;

    if (sql != NULL) {
        fputs(PG_BEGIN "SELECT (SELECT version FROM fob.version), revision, encode(stamp, 'hex'),"
                       " (header_stamp = ",
              sql);
        pg_hex(sql, apply->transaction->header, ENGINE_STAMP);
        fputs(")::text, (moved IS NOT NULL)::text FROM fob.meta FOR UPDATE", sql);
        if (claim != NULL) {
            fputs("; SELECT 1 FROM fob.claims WHERE until > clock_timestamp() AND id = ", sql);
            pg_hex(sql, claim->id, ENGINE_ID);
            fputs(" AND holder = ", sql);
            pg_hex(sql, claim->holder, ENGINE_STAMP);
            fputs(" FOR UPDATE", sql);
        }
    }
    code = apply_run(engine, sql, &text, results);
    if (code == FOB_SUCCESS)
        code = apply_judge(engine, apply, results);
    PQclear(results[0]);
    PQclear(results[1]);
    return code;
}

/* The statements that end the transaction. */
static void apply_write_end(FILE *sql, const struct apply *apply, uint64_t revision)
{
    const struct engine_transaction *transaction = apply->transaction;

    fprintf(sql, "UPDATE fob.meta SET revision = %llu, stamp = ", (unsigned long long)revision);
    pg_hex(sql, transaction->stamp, ENGINE_STAMP);
    if (transaction->new_header.size > 0) {
        fprintf(sql, ", header_revision = %llu, header = ", (unsigned long long)revision);
        pg_hex(sql, transaction->new_header.data, transaction->new_header.size);
        fputs(", header_stamp = ", sql);
        pg_hex(sql, transaction->new_header_stamp, ENGINE_STAMP);
    }
    if (apply->place.size > 0) {
        fputs(", moved = ", sql);
        pg_hex(sql, apply->place.data, apply->place.size);
    }
    fprintf(sql, ";INSERT INTO fob.transactions (revision, stamp, made) VALUES (%llu, ",
            (unsigned long long)revision);
    pg_hex(sql, transaction->stamp, ENGINE_STAMP);
    fputs(", now());", sql);
    if (revision % TIDY_EACH == 0)
        fputs("DELETE FROM fob.transactions WHERE made < now() - interval '" KEEP "';"
              "DELETE FROM fob.records WHERE sealed IS NULL"
              " AND revision < (SELECT min(revision) FROM fob.transactions);"
              "DELETE FROM fob.claims WHERE until < now() - interval '" KEEP "';",
              sql);
    fputs(PG_COMMIT, sql);
}

static int apply_end(struct engine *engine, struct apply *apply)
{
    const uint64_t revision = apply->now.revision + 1;
    char *text = NULL;
    size_t size;
    FILE *sql = open_memstream(&text, &size);
    int code;

    if (sql != NULL)
        apply_write_end(sql, apply, revision);
    code = apply_run(engine, sql, &text, NULL);
    apply->asked = code == PG_LOST || (code == FOB_SUCCESS && engine->unreplicated);
    if (code != FOB_SUCCESS)
        return code;
    apply->now.revision = revision;
    memcpy(apply->now.stamp, apply->transaction->stamp, ENGINE_STAMP);
    return FOB_SUCCESS;
}

/* Who waits for a change (follow()) asks sooner; nothing depends on it. */
static void apply_notify(struct engine *engine)
{
    if (pg_script(engine, "NOTIFY fob_tick", NULL, 0) != FOB_SUCCESS)
        pg_disconnect(engine);
}

/* Whether there is anything to commit. */
static bool apply_has_news(const struct apply *apply)
{
    const struct engine_transaction *transaction = apply->transaction;

    for (size_t i = 0; i < transaction->count; i++)
        if (transaction->changes[i].result == FOB_SUCCESS)
            return true;
    return transaction->new_header.size > 0 || apply->place.size > 0;
}

static int apply_now(struct engine *engine, void *data)
{
    struct apply *apply = data;
    struct engine_transaction *transaction = apply->transaction;
    bool made = false;
    int code = apply->asked ? apply_look_up(engine, apply, &made) : FOB_SUCCESS;

    if (code != FOB_SUCCESS || made)
        return code;
    apply->asked = false;
    for (size_t i = 0; i < transaction->count; i++)
        transaction->changes[i].result = FOB_CHANGED;
    code = apply_begin(engine, apply);
    if (code == FOB_SUCCESS)
        code = pg_records_write(engine, apply->changes, transaction->count,
                                (int64_t)apply->now.revision + 1);
    if (code == FOB_SUCCESS && apply_has_news(apply)) {
        code = apply_end(engine, apply);
        if (code == FOB_SUCCESS && !apply->asked)
            apply_notify(engine);
    }
    return code;
}

static int apply_do(struct engine *engine, struct apply *apply, bool *unknown)
{
    int code = pg_do(engine, apply_now, apply);

    *unknown = code != FOB_SUCCESS && apply->asked;
    if (!*unknown)
        return code;
    engine->host->fail(FOB_SYSTEM,
                       "%s: the answer was lost, and whether the change was made cannot be"
                       " looked up: %s",
                       engine->where, engine->why);
    engine->host->hint("see whether it was made when the server is there again");
    return FOB_SYSTEM;
}

int pg_apply(struct engine *engine, struct engine_transaction *transaction, bool *unknown,
             struct engine_tick *now)
{
    struct apply apply = { .transaction = transaction };
    int code = pg_records_sort(engine, transaction->changes, transaction->count, &apply.changes);

    *unknown = false;
    if (code == FOB_SUCCESS)
        code = apply_do(engine, &apply, unknown);
    free(apply.changes);
    if (code == FOB_SUCCESS)
        *now = apply.now;
    return code;
}

int pg_apply_retire(struct engine *engine, struct span place)
{
    struct engine_transaction transaction = { .changes = NULL };
    struct apply apply = { .transaction = &transaction, .place = place };
    bool unknown;

    if (place.size == 0)
        return engine->host->fail(FOB_INVALID, "no place that the store has moved to");
    if (engine->host->random(transaction.stamp, ENGINE_STAMP) != FOB_SUCCESS)
        return FOB_SYSTEM;
    return apply_do(engine, &apply, &unknown);
}
