/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The sandbox of a worker: what the process may do from here on, whatever code runs in it.
 *
 * The worker's main thread enters it once, while it is the only thread, after the host has said
 * what is to be loaded and before any of that is mapped, so that a plugin's first instruction, a
 * constructor's say, runs inside.  There is no way out.
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
    char *const *readable; /* pure and network: what may be read besides the system's own */
    size_t readable_count;
    char *const *closed; /* what may be used by none, though a readable folder has it */
    size_t closed_count;
    const uint16_t *ports; /* network: where TCP may connect to; none for anywhere */
    size_t port_count;
    unsigned cpu_seconds; /* for the whole process; 0 for no limit */
};

#define SANDBOX_WHY 256

/*
 * Enter it.  All paths are absolute; those that are missing are left out.
 *
 * Returns 0; or -1 when a step failed and the sandbox is required: then the process must not go on.
 * WHY says which step failed and why, also on success when it is not required; else it is empty.
 */
int sandbox_enter(const struct sandbox *sandbox, char why[static SANDBOX_WHY]);

#endif
