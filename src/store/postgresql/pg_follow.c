/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Waits for news, without asking. */
#include "config.h"

#include "store/postgresql/pg.h"

#include "util/clock.h"

#include <poll.h>

static int follow_listen(struct engine *engine, void *data)
{
    bool *began = data;
    int code = FOB_SUCCESS;

    if (!engine->listening) {
        code = pg_script(engine, "LISTEN fob_tick", NULL, 0);
        engine->listening = code == FOB_SUCCESS;
        *began = true;
    }
    return code;
}

/* Take the notifications that came; false when there were none. */
static bool follow_take(struct engine *engine)
{
    PGnotify *notify;
    bool found = false;

    while ((notify = PQnotifies(engine->conn)) != NULL) {
        PQfreemem(notify);
        found = true;
    }
    return found;
}

int pg_follow(struct engine *engine, int timeout_ms)
{
    const int64_t end = clock_ms() + timeout_ms;
    bool began = false;
    int code = pg_do(engine, follow_listen, &began);

    /* Something may have changed before it listened. */
    if (code != FOB_SUCCESS || began)
        return code;
    while (!follow_take(engine)) {
        struct pollfd polled = { PQsocket(engine->conn), POLLIN, 0 };
        const int64_t left = end - clock_ms();

        /* A signal may mean that the caller has to do something else. */
        if (left <= 0 || poll(&polled, 1, (int)left) <= 0)
            break;
        if (PQconsumeInput(engine->conn) == 0) {
            pg_disconnect(engine);
            break;
        }
    }
    return FOB_SUCCESS;
}
