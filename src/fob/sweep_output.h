/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The output of a sweep: a line for each account, a progress bar, a summary.
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
    uint64_t accepted[FOB_STATUS_COUNT]; /* by status */
    uint64_t refused[FOB_CODE_COUNT];    /* by the provider's answer */
    uint64_t unasked;                    /* accounts that could not be asked about */
    uint64_t known;                      /* accounts chosen so far */
    uint64_t unread;                     /* accounts not examined yet */
    struct sweep_error *errors;          /* the last error reported for each provider */
    int code;                            /* the gravest */
    int64_t started;                     /* on clock_ms() */
};

/* Begin the output; from now on signals end the sweep. */
void sweep_output_begin(struct sweep_output *output, struct cli *cli);
void sweep_output_result(struct sweep_output *output, const struct fob_sweep_result *result);
/* Show the progress.  False after a signal. */
bool sweep_output_tick(struct sweep_output *output, const struct fob_sweep_state *state);
/* End the output.  CODE is the sweep's result.  Returns the gravest code. */
int sweep_output_end(struct sweep_output *output, int code);

#endif
