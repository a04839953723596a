/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Follows the server of a store that several machines share. */
#include "config.h"

#include "fob/store_follow.h"

#include "cli/output.h"
#include "fob/service.h"
#include "util/array.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* One question to the server takes at most this long, so that a signal is soon obeyed. */
#define FOLLOW_S 1
/* After a failure. */
#define PAUSE_S 1

static volatile sig_atomic_t ended;

/* The second signal has its usual effect. */
static void follow_end(int number)
{
    (void)number;
    ended = 1;
}

static void follow_catch(void)
{
    static const int signals[] = { SIGTERM, SIGINT };
    const struct sigaction action = { .sa_handler = follow_end, .sa_flags = (int)SA_RESETHAND };

    for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
        sigaction(signals[i], &action, NULL);
}

/* Report CODE, unless the last one was reported with the same words. */
static void follow_report(struct cli *cli, int code, char *last, size_t size)
{
    const char *why = code != FOB_SUCCESS ? fob_error() : "";

    if (strncmp(why, last, size - 1) == 0)
        return;
    snprintf(last, size, "%s", why);
    if (code != FOB_SUCCESS)
        (void)cli_fail(cli, code);
    else
        output_note("store: the server answers again");
}

/* Whether trying again cannot help. */
static bool follow_is_vain(int code)
{
    return code == FOB_CONFIG || code == FOB_NOT_FOUND || code == FOB_INVALID;
}

int store_follow(struct cli *cli)
{
    static const struct timespec pause = { .tv_sec = PAUSE_S };
    char last[256] = "";

    follow_catch();
    for (bool first = true; ended == 0; first = false) {
        const int code = fob_follow_store(cli->context, FOLLOW_S);

        if (first && follow_is_vain(code))
            return cli_fail(cli, code);
        if (first)
            service_tell("READY=1");
        if (ended == 0)
            follow_report(cli, code, last, sizeof last);
        (void)service_alive();
        if (code != FOB_SUCCESS && ended == 0)
            nanosleep(&pause, NULL);
    }
    service_tell("STOPPING=1");
    return FOB_SUCCESS;
}
