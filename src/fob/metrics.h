/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Metrics of accounts in the text format of Prometheus:
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
#ifndef FOB_FOB_METRICS_H
#define FOB_FOB_METRICS_H

#include <fob/fob.h>

#include "util/strbuf.h"

/* All lines of a metric must be together, so each has its own buffer. */
struct metrics {
    struct strbuf status;
    struct strbuf linked;
    struct strbuf validated;
    struct strbuf refused;
    struct strbuf expires;
    int64_t swept; /* when the last sweep ended; 0 for never */
};

#define METRICS_INIT \
    ((struct metrics){ STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, 0 })

/* Find in the log when the last sweep ended. */
void metrics_read(struct fob_context *context, struct metrics *metrics);
void metrics_add(struct metrics *metrics, const struct fob_account *account);
/* Print all metrics as the answer.  Returns FOB_SUCCESS, FOB_NOMEM (reported). */
int metrics_print(const struct metrics *metrics);
void metrics_free(struct metrics *metrics);

#endif
