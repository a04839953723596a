/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the log's entries for fob_read_log(). */
#include "config.h"

#include "core/log/log_lines.h"
#include "util/error.h"
#include "util/text.h"

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

/* A held entry that begins a change.  It is dropped if the next entry has the change's result. */
struct begun {
    struct fob_log_entry entry;
    char *line;
    char *texts; /* the memory of ENTRY's texts; NULL when no entry is held */
};

struct log_reader {
    const struct fob_log_filter *filter;
    fob_log_entry_fn *fn;
    void *data;
    bool failed;
    bool stopped; /* FN returned false */
    struct begun begun;
};

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

/* Pass the held entry to FN, unless NEXT, which may be NULL, has its result. */
static bool read_release_begun(struct log_reader *reading, const struct fob_log_entry *next)
{
    struct begun *begun = &reading->begun;

    if (begun->texts != NULL && (next == NULL || !log_read_is_end_of(&begun->entry, next)))
        reading->stopped = !reading->fn(&begun->entry, reading->data);
    free(begun->line);
    free(begun->texts);
    *begun = (struct begun){ .texts = NULL };
    return !reading->stopped;
}

/* Hold ENTRY, and own its TEXTS. */
static bool read_hold_begun(struct log_reader *reading, const struct fob_log_entry *entry,
                            char *texts)
{
    char *line = strdup(entry->line);

    reading->begun = (struct begun){ *entry, line, texts };
    reading->begun.entry.line = line;
    reading->failed = line == NULL;
    return line != NULL;
}

/* Pass on or hold ENTRY, and own its TEXTS.  An entry right after the filter's AFTER is not held:
 * the caller may have seen it begin a change, and must see it again. */
static bool log_read_pass_on(struct log_reader *reading, const struct fob_log_entry *entry,
                             char *texts)
{
    bool again = reading->filter->after > 0 && entry->seq == reading->filter->after + 1;
    bool more = read_release_begun(reading, entry);

    if (more && !again && strcmp(entry->result, LOG_BEGUN) == 0)
        return read_hold_begun(reading, entry, texts);
    if (more)
        reading->stopped = !reading->fn(entry, reading->data);
    free(texts);
    return !reading->stopped;
}

static bool log_read_entry(const struct log_text *text, void *data)
{
    struct log_reader *reading = data;
    const struct log_claim *head = &text->part->head.claim;
    struct fob_log_entry entry = { .line = text->text };
    struct log_claim claim;
    char *copy;

    /* Bytes after the end, left by a killed process, were not logged.  A later part may follow. */
    if (head->kind == LOG_HEAD && text->at >= head->end.size)
        return true;
    log_line_parse(text->text, text->size, &claim);
    /* NULs that a power cut left are shown as '?', and do not end the line. */
    for (size_t i = 0; i < text->size; i++)
        text->text[i] = text->text[i] != '\0' ? text->text[i] : '?';
    copy = strdup(text->text);
    if (copy == NULL) {
        reading->failed = true;
        return false;
    }
    entry.seq = claim.seq;
    read_parse_members(copy, &entry);
    if (log_read_matches(reading->filter, &entry))
        return log_read_pass_on(reading, &entry, copy);
    free(copy);
    return true;
}

static int log_read_part(struct log_reader *reading, const struct log_part *part, bool *more)
{
    struct log_lines lines;
    struct log_text *text = NULL;
    int code = log_lines_open(part, &lines);

    while (*more && code == FOB_SUCCESS) {
        code = log_lines_next(&lines, &text);
        if (code != FOB_SUCCESS || text == NULL)
            break;
        *more = log_read_entry(text, reading);
    }
    log_lines_close(&lines);
    return code;
}

int fob_read_log(struct fob_context *context, const struct fob_log_filter *filter,
                 fob_log_entry_fn *fn, void *data)
{
    struct fob_log_filter own = { .account = NULL };
    struct log_reader reading = { .filter = &own, .fn = fn, .data = data };
    struct log_parts parts;
    struct store *store;
    bool more = true;
    int code;

    NEED(context);
    NEED(fn);
    if (filter != NULL)
        NEED_SIZED(&own, filter);
    if (own.account != NULL && !text_is_name(own.account))
        return error_set(FOB_INVALID, "%s: not an account's name", own.account);
    code = log_parts_open(context, &parts);
    for (size_t i = 0; i < parts.count && code == FOB_SUCCESS && more; i++)
        code = log_read_part(&reading, &parts.parts[i], &more);
    if (code == FOB_SUCCESS && !reading.stopped && !reading.failed)
        (void)read_release_begun(&reading, NULL);
    free(reading.begun.line);
    free(reading.begun.texts);
    /* Without a log there must at least be a store. */
    if (code == FOB_SUCCESS && parts.count == 0)
        code = context_store(context, &store);
    log_parts_close(&parts);
    return code == FOB_SUCCESS && reading.failed ? error_nomem() : code;
}
