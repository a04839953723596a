/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What a sweep over accounts tells: a line for each, a bar while it goes on, a summary.
 */
#ifndef FOB_FOB_SWEEP_OUTPUT_H
#define FOB_FOB_SWEEP_OUTPUT_H

#include "cli/cli.h"

struct sweep_output {
    struct cli *cli;
    bool all;
    bool changed_only;
    uint64_t seen;
    uint64_t changed;
    uint64_t accepted[FOB_STATUS_COUNT]; /* by the status that they have */
    uint64_t refused[FOB_CODE_COUNT];    /* by the provider's answer */
    uint64_t unasked;                    /* that could not be asked about */
    uint64_t known;                      /* that are meant, as far as is known */
    uint64_t unread;                     /* of which it is not known whether they are meant */
    struct sweep_error *errors;          /* what was told last of those, for each provider */
    int code;                            /* the gravest */
    int64_t started;                     /* on clock_ms() */
};

/* Begin, and have signals end the sweep from now on. */
void sweep_output_begin(struct sweep_output *output, struct cli *cli);
void sweep_output_result(struct sweep_output *output, const struct fob_sweep_result *result);
/* Show how far it is.  False after a signal. */
bool sweep_output_tick(struct sweep_output *output, const struct fob_sweep_state *state);
/* CODE is the sweep's own.  Returns the gravest of all. */
int sweep_output_end(struct sweep_output *output, int code);

#endif
