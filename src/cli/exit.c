/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Maps return codes to exit statuses; those above 1 are from sysexits(3). */
#include "config.h"

#include "cli/exit.h"

#include <fob/fob.h>

#include "util/array.h"

#include <sysexits.h>

#define EXIT_NO 1 /* the provider rejected the credential */

/* In order of gravity, the gravest first. */
static const struct {
    int code;
    int status;
} endings[] = {
    { FOB_ABORT, EX_SOFTWARE }, /* when no signal was caught */
    { FOB_REJECTED, EXIT_NO },         { FOB_EXPIRED, EXIT_NO },
    { FOB_CORRUPT, EX_DATAERR },       { FOB_NOMEM, EX_SOFTWARE },
    { FOB_IGNORE, EX_SOFTWARE },       { FOB_SYSTEM, EX_IOERR },
    { FOB_CONFIG, EX_CONFIG },         { FOB_PLUGIN, EX_CONFIG },
    { FOB_LOCKED, EX_NOPERM },         { FOB_NOT_ALLOWED, EX_NOPERM },
    { FOB_MISMATCHED, EX_NOPERM },     { FOB_DENIED, EX_NOPERM },
    { FOB_SUSPENDED, EX_NOPERM },      { FOB_NOT_FOUND, EX_NOINPUT },
    { FOB_EXISTS, EX_CANTCREAT },      { FOB_INVALID, EX_USAGE },
    { FOB_CONVERSATION, EX_USAGE },    { FOB_PROTOCOL, EX_PROTOCOL },
    { FOB_UNTRUSTED, EX_UNAVAILABLE }, { FOB_MANUAL, EX_UNAVAILABLE },
    { FOB_RATE_LIMITED, EX_TEMPFAIL }, { FOB_UNAVAILABLE, EX_TEMPFAIL },
    { FOB_CHANGED, EX_TEMPFAIL },      { FOB_SUCCESS, 0 },
};

#define COUNT ARRAY_SIZE(endings)

_Static_assert(COUNT == FOB_CODE_COUNT, "every code has an exit status");

/* An invalid code is a fault in fob, and the gravest. */
static size_t exit_rank(int code)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (endings[i].code == code)
            return i;
    }
    return 0;
}

int exit_status(int code)
{
    return endings[exit_rank(code)].status;
}

int exit_graver(int a, int b)
{
    return exit_rank(a) <= exit_rank(b) ? a : b;
}
