/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fuzzes the files beside the records: the log, a budget, validation times, a key file. */
#include "config.h"

#include "core/hook/budget.h"
#include "core/log/log_line.h"
#include "core/session/context.h"
#include "store/validated.h"
#include "store/key_file.h"
#include "util/array.h"
#include "util/secret.h"

#include "fuzz_home.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct store *store;

/* Nothing here is to survive a power cut. */
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    (void)fd;
    return 0;
}

static void set_up(void)
{
    home_make();
    must(fob_create_store(context, NULL) == FOB_SUCCESS);
    must(context_store(context, &store) == FOB_SUCCESS);
}

static void write_private(const char *name, const void *data, size_t size)
{
    must(chmod(folder_write_bytes(folder, name, data, size), 0600) == 0);
}

static void read_entries(const struct fob_log_filter *filter)
{
    const struct fob_log_entry *entry;
    struct fob_log *log = NULL;
    int code = fob_log_open(context, filter, &log);

    while (code == FOB_SUCCESS && fob_log_next(log, &entry) == FOB_SUCCESS)
        must(strlen(entry->event) < LOG_LINE_MAX && strlen(entry->detail) < LOG_LINE_MAX);
    fob_log_close(log);
}

static void take_finding(bool good, const char *text, void *data)
{
    (void)good;
    *(size_t *)data += strlen(text);
}

static void read_log(void)
{
    const struct fob_log_filter filter = { .size = sizeof filter,
                                           .account = "acme",
                                           .event = "get" };
    size_t told = 0;

    read_entries(NULL);
    read_entries(&filter);
    /* What is wrong is told. */
    if (fob_verify_log(context, take_finding, &told) != FOB_SUCCESS)
        must(told > 0 || fob_error()[0] != '\0');
}

static void fuzz_log(const char *text, size_t size)
{
    struct log_claim claim;

    log_line_parse(text, size, &claim);
    must(claim.kind == LOG_GARBAGE || claim.covered < size);
    write_private("log", text, size);
    read_log();
}

/* The lines of TEXT under MACs as they should be, and a head that goes with them. */
static void fuzz_sealed_log(const char *text, size_t size)
{
    struct log_end end = { .size = LOG_HEAD_SIZE };
    struct strbuf head = STRBUF_INIT;
    struct strbuf lines = STRBUF_INIT;
    char *copy = strndup(text, size);
    char *rest = copy;
    char *line;

    must(copy != NULL);
    while ((line = strsep(&rest, "\n")) != NULL)
        must(log_line_make(store, &end, line, &lines) == FOB_SUCCESS);
    must(log_line_make_head(store, &end, false, &head) == FOB_SUCCESS);
    strbuf_add(&head, lines.data, lines.size);
    must(!head.failed);
    write_private("log", head.data, head.size);
    read_log();
    strbuf_free(&head);
    strbuf_free(&lines);
    free(copy);
}

/* Whatever the file says, nobody waits for much longer than the minute that a budget is for. */
static void fuzz_budget(const char *text, size_t size)
{
    static const int64_t max = BUDGET_MINUTE_MS + BUDGET_MINUTE_MS / 8;
    const struct budget_request asks[] = { { "p", 30, 0 }, { "p", 7, 9 }, { "p", 7, 0 } };

    write_private("store/calls.p", text, size);
    for (size_t i = 0; i < ARRAY_SIZE(asks); i++) {
        int64_t wait = -1;

        must(budget_acquire(context->settings, &asks[i], &wait) == FOB_SUCCESS);
        must(wait >= 0 && wait <= max);
    }
}

static struct record *make_record(int64_t validated)
{
    struct record *record = NULL;

    must(record_new("acme", &record) == FOB_SUCCESS);
    record_set_time(record, FOB_TIME_VALIDATED, validated);
    return record;
}

/* The record's time with what the file says. */
static int64_t read_validated(void)
{
    struct record *record = make_record(100);
    int64_t when;

    must(validated_apply_one(store, record) == FOB_SUCCESS);
    when = record_time(record, FOB_TIME_VALIDATED);
    record_free(record);
    return when;
}

/* What was written without the key counts for nothing, and hides nothing. */
static void fuzz_validated(const char *text, size_t size)
{
    struct record *record = make_record(100);
    const struct validated_time validation = { record, 200 };

    write_private("store/confirmed", text, size);
    must(read_validated() == 100);
    must(validated_add(store, &validation, 1) == FOB_SUCCESS);
    must(read_validated() == 200);
    must(validated_tidy(store, 0) == FOB_SUCCESS);
    record_free(record);
}

static void fuzz_key(const char *text, size_t size)
{
    struct fob_secret *key = NULL;

    write_private("trial", text, size);
    if (key_file_read(folder_path(folder, "trial"), geteuid(), &key) == FOB_SUCCESS)
        must(fob_secret_size(key) == 32);
    fob_secret_free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const targets[])(const char *, size_t) = { fuzz_log, fuzz_sealed_log, fuzz_budget,
                                                             fuzz_validated, fuzz_key };
    char *text;

    if (folder == NULL)
        set_up();
    if (size == 0)
        return 0;
    text = malloc(size);
    must(text != NULL);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    targets[data[0] % 5](text, size - 1);
    free(text);
    return 0;
}
