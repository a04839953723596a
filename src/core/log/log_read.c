/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the log's entries: fob_log_open() and the functions with it. */
#include "config.h"

#include "core/log/log_lines.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The number in the member NAME of LINE, or NONE. */
static int64_t read_number_of(const char *line, const char *name, int64_t none)
{
    char key[32];
    const char *at;

    snprintf(key, sizeof key, ",\"%s\":", name);
    at = strstr(line, key);
    return at != NULL ? strtoll(at + strlen(key), NULL, 10) : none;
}

/* Find the start of the text in the member NAME of LINE; or NULL.  A value cannot look like a
 * member's name, because its quotes are escaped. */
static char *read_find_text(char *line, const char *name)
{
    char key[32];
    char *text;

    snprintf(key, sizeof key, ",\"%s\":\"", name);
    text = strstr(line, key);
    return text != NULL ? text + strlen(key) : NULL;
}

/* Cut TEXT at its closing quote and remove backslashes, in place; "" for NULL. */
static const char *read_unquote_text(char *text)
{
    char *to = text;

    if (text == NULL)
        return "";
    for (const char *from = text; *from != '\0' && *from != '"'; from++) {
        if (*from == '\\' && from[1] != '\0')
            from++;
        *to++ = *from;
    }
    *to = '\0';
    return text;
}

static int64_t read_parse_time(const char *text)
{
    struct tm tm = { 0 };
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

    return end != NULL && *end == '\0' ? (int64_t)timegm(&tm) : 0;
}

/* Parse the members of LINE into ENTRY, whose texts point into LINE. */
static void read_parse_members(char *line, struct fob_log_entry *entry)
{
    char *event = read_find_text(line, "event");
    char *account = read_find_text(line, "account");
    char *provider = read_find_text(line, "provider");
    char *result = read_find_text(line, "result");
    char *program = read_find_text(line, "program");
    char *parent = read_find_text(line, "parent");
    char *detail = read_find_text(line, "detail");
    char *when = read_find_text(line, "time");

    entry->size = sizeof *entry;
    entry->uid = read_number_of(line, "uid", 0);
    entry->pid = read_number_of(line, "pid", 0);
    entry->login = read_number_of(line, "login", -1);
    entry->event = read_unquote_text(event);
    entry->account = read_unquote_text(account);
    entry->provider = read_unquote_text(provider);
    entry->result = read_unquote_text(result);
    entry->program = read_unquote_text(program);
    entry->parent = read_unquote_text(parent);
    entry->detail = read_unquote_text(detail);
    entry->when = read_parse_time(read_unquote_text(when));
}

/* Whether ENTRY is an EVENT.  A loan also counts as an event of its purpose, the first word of its
 * detail. */
static bool read_is_event(const struct fob_log_entry *entry, const char *event)
{
    size_t size = strlen(event);

    if (strcmp(entry->event, event) == 0)
        return true;
    return strcmp(entry->event, "lend") == 0 && size > 0 && strcspn(entry->detail, ":,") == size &&
           strncmp(entry->detail, event, size) == 0;
}

static bool log_read_matches(const struct fob_log_filter *filter, const struct fob_log_entry *entry)
{
    /* Only a verification needs the entries at the beginning of files. */
    if (strcmp(entry->event, "begin") == 0)
        return false;
    return (filter->account == NULL || strcmp(filter->account, entry->account) == 0) &&
           (filter->event == NULL || read_is_event(entry, filter->event)) &&
           entry->when >= filter->since && (filter->until == 0 || entry->when <= filter->until) &&
           (filter->after == 0 || entry->seq > filter->after);
}

/* Whether ENTRY has the result of the change that BEGUN began. */
static bool log_read_is_end_of(const struct fob_log_entry *begun, const struct fob_log_entry *entry)
{
    return begun->pid == entry->pid && begun->uid == entry->uid &&
           strcmp(begun->event, entry->event) == 0 &&
           (begun->account[0] == '\0' || strcmp(begun->account, entry->account) == 0) &&
           strcmp(entry->result, LOG_BEGUN) != 0;
}

struct log_record {
    struct fob_log_entry entry;
    char *texts; /* the memory of ENTRY's texts; NULL without an entry */
};

struct fob_log {
    struct fob_log_filter filter;
    char *account; /* the filter's, as the next one */
    char *event;
    struct log_parts parts;
    size_t part;              /* the number of the one that is read */
    struct log_lines lines;   /* of it; its file is NULL before the first line */
    struct log_record lent;   /* to the caller */
    struct log_record follow; /* the one after it, if that was read already */
};

static void log_read_clear(struct log_record *record)
{
    free(record->texts);
    *record = (struct log_record){ .texts = NULL };
}

/* Read the next line of any part; NULL after the last.  Bytes after the end of a part, left by a
 * killed process, were not logged. */
static int log_read_line(struct fob_log *log, struct log_text **line)
{
    *line = NULL;
    while (*line == NULL && log->part < log->parts.count) {
        const struct log_part *part = &log->parts.parts[log->part];
        const struct log_claim *head = &part->head.claim;
        int code = log->lines.file == NULL ? log_lines_open(part, &log->lines) : FOB_SUCCESS;

        if (code == FOB_SUCCESS)
            code = log_lines_next(&log->lines, line);
        if (code != FOB_SUCCESS)
            return code;
        if (*line != NULL && head->kind == LOG_HEAD && (*line)->at >= head->end.size)
            *line = NULL;
        if (*line == NULL) {
            log_lines_close(&log->lines);
            log->part++;
        }
    }
    return FOB_SUCCESS;
}

static int log_read_parse(const struct log_text *line, struct log_record *record)
{
    const size_t room = line->size + 1;
    char *texts = malloc(2 * room);
    struct log_claim claim;

    if (texts == NULL)
        return error_nomem();
    log_line_parse(line->text, line->size, &claim);
    /* NULs that a power cut left are shown as '?', and do not end the line. */
    for (size_t i = 0; i < line->size; i++)
        line->text[i] = line->text[i] != '\0' ? line->text[i] : '?';
    memcpy(texts, line->text, room);
    memcpy(texts + room, line->text, room);
    *record = (struct log_record){ { .line = texts + room, .seq = claim.seq }, texts };
    read_parse_members(texts, &record->entry);
    return FOB_SUCCESS;
}

/* Read the next entry that the filter lets pass into RECORD, which is empty, and stays so after the
 * last. */
static int log_read_record(struct fob_log *log, struct log_record *record)
{
    struct log_text *line;
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && record->texts == NULL) {
        code = log_read_line(log, &line);
        if (code != FOB_SUCCESS || line == NULL)
            break;
        code = log_read_parse(line, record);
        if (code == FOB_SUCCESS && !log_read_matches(&log->filter, &record->entry))
            log_read_clear(record);
    }
    return code;
}

static int log_read_advance(struct fob_log *log)
{
    log_read_clear(&log->lent);
    log->lent = log->follow;
    log->follow = (struct log_record){ .texts = NULL };
    return log->lent.texts != NULL ? FOB_SUCCESS : log_read_record(log, &log->lent);
}

/* Set SKIP to whether the present entry begins a change whose result follows.  An entry right after
 * the filter's AFTER is not skipped: the caller may have seen it without a result, and must see it
 * again. */
static int log_read_find_result(struct fob_log *log, bool *skip)
{
    const struct fob_log_entry *entry = &log->lent.entry;
    int code;

    *skip = false;
    if (log->lent.texts == NULL || strcmp(entry->result, LOG_BEGUN) != 0 ||
        (log->filter.after > 0 && entry->seq == log->filter.after + 1))
        return FOB_SUCCESS;
    code = log_read_record(log, &log->follow);
    *skip = log->follow.texts != NULL && log_read_is_end_of(entry, &log->follow.entry);
    return code;
}

int fob_log_next(struct fob_log *log, const struct fob_log_entry **entry)
{
    bool skip;
    int code;

    NEED(log);
    NEED(entry);
    do {
        code = log_read_advance(log);
        if (code == FOB_SUCCESS)
            code = log_read_find_result(log, &skip);
    } while (code == FOB_SUCCESS && skip);
    if (code != FOB_SUCCESS)
        return code;
    if (log->lent.texts == NULL)
        return FOB_NOT_FOUND;
    *entry = &log->lent.entry;
    return FOB_SUCCESS;
}

static int log_read_copy_text(const char *text, char **copy)
{
    *copy = text != NULL ? strdup(text) : NULL;
    return text == NULL || *copy != NULL ? FOB_SUCCESS : error_nomem();
}

/* Without a log there must at least be a store. */
static int log_read_open(struct fob_context *context, struct fob_log *log)
{
    struct store *store;
    int code = log_read_copy_text(log->filter.account, &log->account);

    if (code == FOB_SUCCESS)
        code = log_read_copy_text(log->filter.event, &log->event);
    log->filter.account = log->account;
    log->filter.event = log->event;
    if (code == FOB_SUCCESS)
        code = log_parts_open(context, &log->parts);
    return code == FOB_SUCCESS && log->parts.count == 0 ? context_store(context, &store) : code;
}

int fob_log_open(struct fob_context *context, const struct fob_log_filter *filter,
                 struct fob_log **log)
{
    struct fob_log_filter own = { .account = NULL };
    struct fob_log *new;
    int code;

    NEED(context);
    NEED(log);
    if (filter != NULL)
        NEED_SIZED(&own, filter);
    code = own.account != NULL ? record_check_name(own.account) : FOB_SUCCESS;
    if (code != FOB_SUCCESS)
        return code;
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return error_nomem();
    new->filter = own;
    code = log_read_open(context, new);
    if (code == FOB_SUCCESS)
        *log = new;
    else
        fob_log_close(new);
    return code;
}

void fob_log_close(struct fob_log *log)
{
    if (log == NULL)
        return;
    log_lines_close(&log->lines);
    log_parts_close(&log->parts);
    log_read_clear(&log->lent);
    log_read_clear(&log->follow);
    free(log->account);
    free(log->event);
    free(log);
}
