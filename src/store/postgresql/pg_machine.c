/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The machines that use the store. */
#include "config.h"

#include "store/postgresql/pg.h"

struct machines {
    const struct engine_machine *machine;
    const unsigned char *id;
    PGresult *result;
};

static int machine_see(struct engine *engine, void *data)
{
    const struct machines *work = data;
    const struct engine_machine *machine = work->machine;
    struct pg_number revision = pg_number((int64_t)machine->revision);
    const struct pg_value values[] = {
        PG_BYTES(machine->id, ENGINE_ID),
        PG_BYTES(machine->instance, ENGINE_STAMP),
        PG_NUMBER(revision),
        PG_BYTES(machine->info.data, machine->info.size),
    };
    PGresult *result = NULL;
    int code = pg_ask(engine,
                      "INSERT INTO fob.machines AS m (id, instance, revision, info, seen)"
                      " VALUES ($1, $2, $3, $4, clock_timestamp())"
                      " ON CONFLICT (id) DO UPDATE SET instance = $2, revision = $3, info = $4,"
                      " seen = clock_timestamp() WHERE m.instance = $2"
                      " OR m.seen < clock_timestamp() - interval '1 minute' RETURNING 1",
                      values, sizeof values / sizeof *values, &result);

    if (code == FOB_SUCCESS && PQntuples(result) == 0) {
        code = engine->host->fail(FOB_EXISTS, "%s: another machine of the same name uses the store",
                                  engine->where);
        engine->host->hint("give each machine its own name");
    }
    PQclear(result);
    return code;
}

int pg_machine_see(struct engine *engine, const struct engine_machine *machine)
{
    struct machines work = { .machine = machine };

    return pg_do(engine, machine_see, &work);
}

static int machine_ask(struct engine *engine, void *data)
{
    struct machines *work = data;

    return pg_ask(engine,
                  "SELECT id, instance, revision, info,"
                  " floor(extract(epoch FROM clock_timestamp() - seen) * 1000)::bigint"
                  " FROM fob.machines ORDER BY id",
                  NULL, 0, &work->result);
}

int pg_machine_list(struct engine *engine, engine_machine_fn *fn, void *data)
{
    struct machines work = { .result = NULL };
    int code = pg_do(engine, machine_ask, &work);

    for (int i = 0; code == FOB_SUCCESS && i < PQntuples(work.result); i++) {
        struct engine_machine machine = { .info = pg_get_span(work.result, i, 3) };
        int64_t revision;

        if (!pg_get_bytes(work.result, i, 0, machine.id, ENGINE_ID) ||
            !pg_get_bytes(work.result, i, 1, machine.instance, ENGINE_STAMP) ||
            !pg_get_number(work.result, i, 2, &revision) || revision < 0 ||
            !pg_get_number(work.result, i, 4, &machine.age_ms)) {
            code = pg_error_damaged(engine, "a damaged row in fob.machines");
        } else {
            machine.revision = (uint64_t)revision;
            code = fn(&machine, data);
        }
    }
    PQclear(work.result);
    return code;
}

static int machine_forget(struct engine *engine, void *data)
{
    const struct machines *work = data;
    const struct pg_value id = PG_BYTES(work->id, ENGINE_ID);
    PGresult *result = NULL;
    int code =
        pg_ask(engine, "DELETE FROM fob.machines WHERE id = $1 RETURNING 1", &id, 1, &result);

    if (code == FOB_SUCCESS && PQntuples(result) == 0)
        code = FOB_NOT_FOUND;
    PQclear(result);
    return code;
}

int pg_machine_forget(struct engine *engine, const unsigned char id[static ENGINE_ID])
{
    struct machines work = { .id = id };

    return pg_do(engine, machine_forget, &work);
}
