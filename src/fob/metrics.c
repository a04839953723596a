/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Prints metrics of accounts. */
#include "config.h"

#include "fob/metrics.h"

#include "cli/output.h"

#include <inttypes.h>
#include <string.h>

/* Names, types and statuses need no escapes. */
static void metrics_add_time(struct strbuf *lines, const char *metric,
                             const struct fob_account *account, enum fob_time which)
{
    int64_t when = fob_account_time(account, which);

    if (when != 0)
        strbuf_printf(lines, "%s{account=\"%s\",provider=\"%s\"} %" PRId64 "\n", metric,
                      fob_account_text(account, FOB_TEXT_NAME),
                      fob_account_text(account, FOB_TEXT_PROVIDER), when);
}

void metrics_read(struct fob_context *context, struct metrics *metrics)
{
    const struct fob_log_filter filter = { .size = sizeof filter, .event = "sweep" };
    const struct fob_log_entry *entry;
    struct fob_log *log = NULL;
    /* If the log cannot be read, the time is unknown. */
    int code = fob_log_open(context, &filter, &log);

    while (code == FOB_SUCCESS && fob_log_next(log, &entry) == FOB_SUCCESS) {
        if (strcmp(entry->result, fob_code_name(FOB_SUCCESS)) == 0)
            metrics->swept = entry->when;
    }
    fob_log_close(log);
}

void metrics_add(struct metrics *metrics, const struct fob_account *account)
{
    strbuf_printf(
        &metrics->status,
        "fob_account_status{account=\"%s\",provider=\"%s\",type=\"%s\",status=\"%s\"} 1\n",
        fob_account_text(account, FOB_TEXT_NAME), fob_account_text(account, FOB_TEXT_PROVIDER),
        fob_account_text(account, FOB_TEXT_TYPE),
        fob_status_name((int)fob_account_status(account)));
    metrics_add_time(&metrics->linked, "fob_account_linked_timestamp_seconds", account,
                     FOB_TIME_LINKED);
    metrics_add_time(&metrics->validated, "fob_account_validated_timestamp_seconds", account,
                     FOB_TIME_VALIDATED);
    metrics_add_time(&metrics->refused, "fob_account_refused_timestamp_seconds", account,
                     FOB_TIME_REFUSED);
    metrics_add_time(&metrics->expires, "fob_account_expires_timestamp_seconds", account,
                     FOB_TIME_EXPIRES);
}

static void metrics_print_metric(const char *name, const char *help, const struct strbuf *lines)
{
    fprintf(output_file(), "# HELP %s %s\n# TYPE %s gauge\n%s", name, help, name,
            lines->data != NULL ? lines->data : "");
}

static void metrics_print_sweep(int64_t when)
{
    static const char name[] = "fob_sweep_timestamp_seconds";
    struct strbuf line = STRBUF_INIT;

    if (when != 0)
        strbuf_printf(&line, "%s %" PRId64 "\n", name, when);
    metrics_print_metric(name, "When the last \"fob validate --all\" came to its end.", &line);
    strbuf_free(&line);
}

int metrics_print(const struct metrics *metrics)
{
    if (metrics->status.failed || metrics->linked.failed || metrics->validated.failed ||
        metrics->refused.failed || metrics->expires.failed)
        return output_nomem();
    metrics_print_metric("fob_account_status", "The status that an account has; always 1.",
                         &metrics->status);
    metrics_print_metric("fob_account_linked_timestamp_seconds", "When it was linked.",
                         &metrics->linked);
    metrics_print_metric("fob_account_validated_timestamp_seconds",
                         "When the provider last accepted it.", &metrics->validated);
    metrics_print_metric("fob_account_refused_timestamp_seconds",
                         "When the provider first said no, if it has not said yes since.",
                         &metrics->refused);
    metrics_print_metric("fob_account_expires_timestamp_seconds",
                         "When its date passes, if it has one.", &metrics->expires);
    metrics_print_sweep(metrics->swept);
    return FOB_SUCCESS;
}

void metrics_free(struct metrics *metrics)
{
    strbuf_free(&metrics->status);
    strbuf_free(&metrics->linked);
    strbuf_free(&metrics->validated);
    strbuf_free(&metrics->refused);
    strbuf_free(&metrics->expires);
}
