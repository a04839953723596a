/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The connection's socket, and its end. */
#include "config.h"

#include "store/postgresql/pg.h"

#include "util/clock.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>

/* An attempt has at least that. */
#define ATTEMPT_MS 200

bool pg_wait(const struct engine *engine, short events, int64_t end)
{
    struct pollfd polled = { PQsocket(engine->conn), events, 0 };

    for (;;) {
        const int64_t left = end - clock_ms();
        int got;

        if (left <= 0)
            return false;
        got = poll(&polled, 1, left < INT_MAX ? (int)left : INT_MAX);
        if (got > 0 || (got < 0 && errno != EINTR))
            return true;
    }
}

void pg_begin(struct engine *engine)
{
    const int64_t now = clock_ms();
    const int64_t half = now + (engine->end - now) / 2;

    engine->deadline = half > now + ATTEMPT_MS ? half : now + ATTEMPT_MS;
    if (engine->deadline > engine->end)
        engine->deadline = engine->end;
}

void pg_extend(struct engine *engine)
{
    engine->end = clock_ms() + engine->settings.timeout_ms;
    pg_begin(engine);
}

void pg_disconnect(struct engine *engine)
{
    PQfinish(engine->conn);
    engine->conn = NULL;
    engine->listening = false;
}
