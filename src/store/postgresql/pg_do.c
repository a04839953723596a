/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* An operation, made again until it is done, or it is too late. */
#include "config.h"

#include "store/postgresql/pg.h"

#include "util/clock.h"

#include <poll.h>

/* How often an operation is made because others were in its way. */
#define AGAIN_MAX 10

/* Leave no transaction open. */
static void do_tidy(struct engine *engine)
{
    if (engine->conn == NULL || PQtransactionStatus(engine->conn) == PQTRANS_IDLE)
        return;
    if (PQtransactionStatus(engine->conn) == PQTRANS_ACTIVE ||
        pg_script(engine, "ROLLBACK", NULL, 0) != FOB_SUCCESS)
        pg_disconnect(engine);
}

static int do_give_up(struct engine *engine)
{
    return engine->host->fail(FOB_UNAVAILABLE, "%s: %s", engine->where, engine->why);
}

static int do_within(struct engine *engine, pg_operation_fn *fn, void *data)
{
    for (int again = 0, lost = 0;;) {
        int code = pg_connect(engine);

        pg_begin(engine);
        engine->unreplicated = false;
        if (code == FOB_SUCCESS)
            code = fn(engine, data);
        if (code == FOB_SUCCESS && engine->unreplicated)
            code = pg_error_lost(engine, "the server stopped waiting for its standby");
        if (code >= 0) {
            do_tidy(engine);
            return code;
        }
        if (code == PG_LOST)
            pg_disconnect(engine);
        else
            do_tidy(engine);
        if (clock_ms() >= engine->end || (code == PG_AGAIN && ++again == AGAIN_MAX))
            return do_give_up(engine);
        if (code == PG_LOST && lost++ > 0)
            poll(NULL, 0, 50);
    }
}

int pg_do(struct engine *engine, pg_operation_fn *fn, void *data)
{
    const locale_t before = uselocale(engine->plain);
    int code;

    pg_extend(engine);
    code = do_within(engine, fn, data);
    uselocale(before);
    return code;
}
