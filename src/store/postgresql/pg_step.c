/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What is new, and whether the past is still the same. */
#include "config.h"

#include "store/postgresql/pg.h"

#include <stdio.h>

/* The columns of both questions. */
enum { AT_VERSION, AT_REVISION, AT_STAMP, AT_PAST, AT_OLDEST, AT_MOVED, AT_HEADER };
#define COLUMNS                                                               \
    "SELECT (SELECT version FROM fob.version), m.revision, m.stamp, t.stamp," \
    " (SELECT min(revision) FROM fob.transactions)"
#define FROM " FROM fob.meta AS m LEFT JOIN fob.transactions AS t ON t.revision = $1"

struct pg_step {
    const struct engine_tick *known;
    const struct engine_sink *sink;
    struct engine_tick now;
    struct engine *engine;
    bool told; /* the sink got something, which cannot be taken back */
};

static int step_rolled_back(const struct engine *engine)
{
    engine->host->fail(FOB_CORRUPT,
                       "%s: the store on the server is older than what this machine has"
                       " seen, or another one",
                       engine->where);
    engine->host->hint("was a backup restored, or did a fail-over lose writes?  See fob "
                       "store accept-rollback in fob-postgresql(7)");
    return FOB_CORRUPT;
}

/* Check the row of RESULT against what is known.  ALL: it is too long ago to be compared. */
static int step_compare(struct pg_step *step, const PGresult *result, bool *all)
{
    struct engine *engine = step->engine;
    const struct engine_tick *known = step->known;
    unsigned char past[ENGINE_STAMP];
    int64_t version;
    int64_t revision;
    int64_t oldest;

    if (PQntuples(result) == 0) {
        engine->host->fail(FOB_NOT_FOUND, "%s: database %s has no store yet", engine->where,
                           engine->settings.database);
        engine->host->hint("make it with `fob init`");
        return FOB_NOT_FOUND;
    }
    if (!pg_get_number(result, 0, AT_VERSION, &version))
        return pg_error_damaged(engine, "no version");
    if (version != PG_VERSION_OF_SCHEMA)
        return pg_error_version(engine, version);
    if (PQntuples(result) != 1 || !pg_get_number(result, 0, AT_REVISION, &revision) ||
        revision < 1 || !pg_get_bytes(result, 0, AT_STAMP, step->now.stamp, ENGINE_STAMP))
        return pg_error_damaged(engine, "a damaged row in fob.meta");
    step->now.revision = (uint64_t)revision;
    *all = known->revision == 0;
    if (*all)
        return FOB_SUCCESS;
    if (known->revision == step->now.revision)
        return memcmp(known->stamp, step->now.stamp, ENGINE_STAMP) == 0 ? FOB_SUCCESS
                                                                        : step_rolled_back(engine);
    if (known->revision > step->now.revision)
        return step_rolled_back(engine);
    if (pg_get_bytes(result, 0, AT_PAST, past, sizeof past))
        return memcmp(known->stamp, past, sizeof past) == 0 ? FOB_SUCCESS
                                                            : step_rolled_back(engine);
    *all = PQgetisnull(result, 0, AT_PAST) && pg_get_number(result, 0, AT_OLDEST, &oldest) &&
           known->revision < (uint64_t)oldest;
    return *all ? FOB_SUCCESS : pg_error_damaged(engine, "a damaged row in fob.transactions");
}

static int step_record(const PGresult *row, void *data)
{
    struct pg_step *step = data;
    unsigned char id[ENGINE_ID];
    struct span sealed = pg_get_span(row, 0, 2);

    if (!pg_get_bytes(row, 0, 0, id, sizeof id) || PQgetisnull(row, 0, 1) ||
        (sealed.size == 0 && !PQgetisnull(row, 0, 2)))
        return pg_error_damaged(step->engine, "a damaged row in fob.records");
    step->told = true;
    return step->sink->record(id, pg_get_span(row, 0, 1), sealed, step->sink->data);
}

static int step_records(struct pg_step *step, bool all)
{
    struct pg_number known = pg_number(all ? 0 : (int64_t)step->known->revision);
    struct pg_value value = PG_NUMBER(known);

    return pg_stream(step->engine,
                     all ? "SELECT id, name, sealed FROM fob.records"
                           " WHERE revision > $1 AND sealed IS NOT NULL"
                         : "SELECT id, name, sealed FROM fob.records WHERE revision > $1",
                     &value, step_record, step);
}

/* Give the sink what is in RESULT, and the records. */
static int step_tell(struct pg_step *step, const PGresult *result, bool all)
{
    const struct engine_sink *sink = step->sink;
    int code = FOB_SUCCESS;

    step->told = true;
    if (all)
        code = sink->all(sink->data);
    if (code == FOB_SUCCESS && (all || !PQgetisnull(result, 0, AT_HEADER)))
        code = sink->header(pg_get_span(result, 0, AT_HEADER), sink->data);
    if (code != FOB_SUCCESS)
        return code;
    code = step_records(step, all);
    if (code == FOB_SUCCESS && !PQgetisnull(result, 0, AT_MOVED) && sink->moved != NULL)
        code = sink->moved(pg_get_span(result, 0, AT_MOVED), sink->data);
    return code;
}

/* All of it as it was at one time. */
static int step_fetch(struct pg_step *step, bool all)
{
    struct engine *engine = step->engine;
    struct pg_number known = pg_number(all ? 0 : (int64_t)step->known->revision);
    struct pg_value value = PG_NUMBER(known);
    PGresult *result = NULL;
    bool forgotten = false;
    int code = pg_script(engine,
                         "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                         "SET LOCAL statement_timeout = 0;"
                         "SET LOCAL idle_in_transaction_session_timeout = '10min'",
                         NULL, 0);

    if (code == FOB_SUCCESS)
        code = pg_ask(engine,
                      COLUMNS ", m.moved, CASE WHEN m.header_revision > $1 THEN m.header END" FROM,
                      &value, 1, &result);
    if (code == FOB_SUCCESS)
        code = step_compare(step, result, &forgotten);
    /* Meanwhile it is too long ago. */
    if (code == FOB_SUCCESS && forgotten && !all)
        code = PG_AGAIN;
    if (code == FOB_SUCCESS)
        code = step_tell(step, result, all);
    PQclear(result);
    return code;
}

static int step_now(struct engine *engine, void *data)
{
    struct pg_step *step = data;
    struct pg_number known = pg_number((int64_t)step->known->revision);
    struct pg_value value = PG_NUMBER(known);
    PGresult *result = NULL;
    bool all = false;
    int code;

    if (step->told)
        return engine->host->fail(FOB_UNAVAILABLE, "%s: %s", engine->where, engine->why);
    code = pg_ask(engine, COLUMNS FROM, &value, 1, &result);
    if (code == FOB_SUCCESS)
        code = step_compare(step, result, &all);
    PQclear(result);
    if (code == FOB_SUCCESS && (all || step->now.revision != step->known->revision))
        code = step_fetch(step, all);
    return code;
}

int pg_step(struct engine *engine, const struct engine_tick *known, const struct engine_sink *sink,
            struct engine_tick *now)
{
    struct pg_step step = { .known = known, .sink = sink, .engine = engine };
    int code;

    if (known->revision > INT64_MAX)
        return engine->host->fail(FOB_INVALID, "too large a revision");
    code = pg_do(engine, step_now, &step);
    if (code == FOB_SUCCESS)
        *now = step.now;
    return code;
}
