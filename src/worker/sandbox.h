/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The sandbox of a worker: it restricts the process, whatever code runs there.
 *
 * The worker's main thread enters the sandbox once, while it is the only thread, before any file of
 * the plugin is mapped, so that even the plugin's constructors run inside.  There is no way out.
 */
#ifndef FOB_WORKER_SANDBOX_H
#define FOB_WORKER_SANDBOX_H

#include <fob/plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sandbox {
    enum fob_needs profile;
    bool required;         /* containment.required of fob.yaml(5) */
    char *const *readable; /* pure and network: readable paths besides those of the system */
    size_t readable_count;
    char *const *closed; /* paths that are closed to every profile, even in a readable folder */
    size_t closed_count;
    const uint16_t *ports; /* network: the permitted TCP ports; none for any */
    size_t port_count;
    unsigned cpu_seconds; /* for the whole process; 0 for no limit */
};

#define SANDBOX_WHY 256

/*
 * Enter the sandbox.  All paths are absolute; missing ones are skipped.
 *
 * Returns 0; or -1 if a step failed and the sandbox is required: then the process must end.  WHY
 * lists the failed steps and their reasons, also on success if the sandbox is not required.
 */
int sandbox_enter(const struct sandbox *sandbox, char why[static SANDBOX_WHY]);

#endif
