/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks the server of a store that several machines share: who answers, how old this machine's
 * copy is, and which machines use the store. */
#include "config.h"

#include "core/account/check_parts.h"

#include "util/error.h"

#include <stdlib.h>

static void check_server_itself(struct check_state *check)
{
    char *text = NULL;
    int64_t age = -1;
    int code = fob_describe_server(check->context, &text);

    if (code == FOB_SUCCESS)
        code = fob_store_age(check->context, &age);
    if (code == FOB_SUCCESS)
        check_report_finding(check, FOB_SUCCESS,
                             "the store is shared at %s; this machine, %s, asked it %lld s ago",
                             text, check->context->settings->remote.machine, (long long)age / 1000);
    else
        check_report_finding(check, code, "%s", fob_error());
    free(text);
}

static void check_server_machines(struct check_state *check)
{
    struct fob_machines *machines = NULL;
    const struct fob_machine *machine;
    int code = fob_machines_open(check->context, &machines);

    if (code != FOB_SUCCESS) {
        check_report_finding(check, code, "%s", fob_error());
        return;
    }
    while ((machine = fob_machines_next(machines)) != NULL) {
        if (machine->name[0] == '\0')
            check_report_finding(check, FOB_CORRUPT,
                                 "the server knows a machine whose name does not open");
        else if (!machine->own)
            check_report_finding(check, FOB_SUCCESS, "machine %s was seen %lld s ago",
                                 machine->name, (long long)machine->age);
    }
    fob_machines_close(machines);
}

void check_server(struct check_state *check)
{
    if (!check->context->settings->shared)
        return;
    check_server_itself(check);
    check_server_machines(check);
}
