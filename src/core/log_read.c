/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reading the log, and telling whether somebody edited it. */
#include "config.h"

#include "core/log_line.h"
#include "util/error.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A line of a part. */
struct line {
    const char *path;
    size_t number; /* from 1 */
    char *text;    /* without its newline */
    size_t size;
    bool whole; /* there was a newline */
};
/* Called for each; false ends the reading. */
typedef bool line_fn(const struct line *line, void *data);

static int read_part(const struct fob_context *context, const char *path, line_fn *fn, void *data,
                     bool *more)
{
    char *line = NULL;
    size_t room = 0;
    size_t number = 0;
    ssize_t size;
    FILE *file;
    int fd = -1;
    int code = log_open_file(context, path, O_RDONLY, &fd, NULL);

    if (code != FOB_SUCCESS)
        return code;
    file = fdopen(fd, "r");
    if (file == NULL) {
        close(fd);
        return error_nomem();
    }
    while (*more && (size = getline(&line, &room, file)) > 0) {
        bool whole = line[size - 1] == '\n';

        if (whole)
            line[--size] = '\0';
        *more = fn(&(struct line){ path, ++number, line, (size_t)size, whole }, data);
    }
    if (ferror(file))
        code = error_system("log %s", path);
    free(line);
    fclose(file);
    return code;
}

/* Every part, the oldest first. */
static int read_parts(const struct fob_context *context, line_fn *fn, void *data)
{
    bool more = true;
    int code = FOB_SUCCESS;

    for (unsigned part = context->settings->log_keep + 1; part-- > 0 && code == FOB_SUCCESS;) {
        char *path = log_part_path(context, part);

        code = path != NULL ? read_part(context, path, fn, data, &more) : error_nomem();
        free(path);
        if (code == FOB_NOT_FOUND)
            code = FOB_SUCCESS;
    }
    return code;
}

/* The number of the member NAME of LINE; 0 when it has none. */
static int64_t number_of(const char *line, const char *name)
{
    char key[32];
    const char *at;

    snprintf(key, sizeof key, ",\"%s\":", name);
    at = strstr(line, key);
    return at != NULL ? strtoll(at + strlen(key), NULL, 10) : 0;
}

/* The text of the member NAME of LINE, in place; "" when it has none.  No text of a value looks
 * like a member's name: a quote in it has a backslash. */
static const char *text_of(char *line, const char *name)
{
    char key[32];
    char *text;
    char *to;

    snprintf(key, sizeof key, ",\"%s\":\"", name);
    text = strstr(line, key);
    if (text == NULL)
        return "";
    text += strlen(key);
    to = text;
    for (const char *from = text; *from != '\0' && *from != '"'; from++) {
        if (*from == '\\' && from[1] != '\0')
            from++;
        *to++ = *from;
    }
    *to = '\0';
    return text;
}

static int64_t parse_time(const char *text)
{
    struct tm tm = { 0 };
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

    return end != NULL && *end == '\0' ? (int64_t)timegm(&tm) : 0;
}

struct reading {
    const struct fob_log_filter *filter;
    fob_log_entry_fn *fn;
    void *data;
    bool failed;
};

static bool passes(const struct fob_log_filter *filter, const struct fob_log_entry *entry)
{
    /* That a file begins is of interest to a verification alone. */
    if (strcmp(entry->event, "begin") == 0)
        return false;
    return filter == NULL ||
           ((filter->account == NULL || strcmp(filter->account, entry->account) == 0) &&
            (filter->event == NULL || strcmp(filter->event, entry->event) == 0) &&
            entry->when >= filter->since && (filter->after == 0 || entry->seq > filter->after));
}

static bool read_entry(const struct line *read, void *data)
{
    char *line = read->text;
    struct reading *reading = data;
    struct fob_log_entry entry = { .line = line };
    struct log_claim claim;
    char *copies[7];
    bool more = true;
    /* Each is cut out of a line of its own. */
    static const char *const names[] = { "event",   "account", "provider", "result",
                                         "program", "detail",  "time" };
    const char *texts[sizeof names / sizeof *names];

    log_line_parse(line, read->size, &claim);
    if (claim.kind == LOG_END)
        return true;
    /* What a power cut left behind is shown, not taken for a line's end. */
    for (size_t i = 0; i < read->size; i++)
        line[i] = line[i] != '\0' ? line[i] : '?';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        copies[i] = strdup(line);
        texts[i] = copies[i] != NULL ? text_of(copies[i], names[i]) : "";
        reading->failed |= copies[i] == NULL;
    }
    entry.seq = claim.seq;
    entry.event = texts[0];
    entry.account = texts[1];
    entry.provider = texts[2];
    entry.result = texts[3];
    entry.program = texts[4];
    entry.detail = texts[5];
    entry.when = parse_time(texts[6]);
    entry.uid = number_of(line, "uid");
    entry.pid = number_of(line, "pid");
    if (!reading->failed && passes(reading->filter, &entry))
        more = reading->fn(&entry, reading->data);
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++)
        free(copies[i]);
    return more && !reading->failed;
}

int fob_read_log(struct fob_context *context, const struct fob_log_filter *filter,
                 fob_log_entry_fn *fn, void *data)
{
    struct reading reading = { filter, fn, data, false };
    int code;

    if (filter != NULL && filter->account != NULL && !text_is_name(filter->account))
        return error_set(FOB_INVALID, "%s: not an account's name", filter->account);
    code = read_parts(context, read_entry, &reading);
    return code == FOB_SUCCESS && reading.failed ? error_nomem() : code;
}

/* What a verification has seen so far. */
struct verification {
    struct fob_context *context;
    struct store *store;
    fob_finding_fn *fn;
    void *data;
    int code;               /* the gravest */
    struct log_chain chain; /* after the last line */
    bool begun;             /* there was a line */
    bool ended;             /* the last line was an end */
    bool closed;            /* … that says that there is more */
    uint64_t count;         /* of whole lines */
};

static bool find(struct verification *seen, const struct line *line, const char *what)
{
    char text[1024];

    snprintf(text, sizeof text, "log %s:%zu: %s", line->path, line->number, what);
    seen->fn(false, text, seen->data);
    seen->code = FOB_CORRUPT;
    return true;
}

static bool fail(struct verification *seen, int code)
{
    seen->code = code;
    return false;
}

/* The first line of a file: what it says to go on from must be what was before. */
static bool verify_begin(struct verification *seen, const struct line *line,
                         const struct log_claim *claim)
{
    char after[2 * LOG_MAC + 1];
    char *copy;
    bool same;

    for (size_t i = 0; i < LOG_MAC; i++)
        snprintf(after + 2 * i, 3, "%02x", seen->chain.last[i]);
    copy = strdup(line->text);
    if (copy == NULL)
        return fail(seen, error_nomem());
    same = strcmp(text_of(copy, "after"), after) == 0 && claim->seq == seen->chain.seq + 1;
    free(copy);
    /* What the oldest part goes on from is not kept. */
    if (seen->begun && !same)
        return find(seen, line, "does not go on where the part before it ends");
    return true;
}

static bool verify_event(struct verification *seen, const struct line *line,
                         const struct log_claim *claim)
{
    static const char begin_mark[] = "\"event\":\"begin\"";
    bool begins = line->number == 1 && strstr(line->text, begin_mark) != NULL;
    char text[128];
    bool good = false;
    int code =
        log_line_follows(seen->store, line->text, claim, begins ? NULL : seen->chain.last, &good);

    if (code != FOB_SUCCESS)
        return fail(seen, code);
    if (begins)
        verify_begin(seen, line, claim);
    else if (claim->seq != seen->chain.seq + 1)
        snprintf(text, sizeof text, "line %" PRIu64 " follows line %" PRIu64 ": %s", claim->seq,
                 seen->chain.seq,
                 claim->seq > seen->chain.seq ? "lines between were removed" : "it was moved");
    if (!begins && claim->seq != seen->chain.seq + 1)
        find(seen, line, text);
    else if (!good)
        find(seen, line, "altered, or the line before it was");
    else if (strstr(line->text, "\"event\":\"cut\"") != NULL)
        find(seen, line, "the lines before this one were cut off, by a crash or by somebody");
    else
        seen->count++;
    seen->chain.seq = claim->seq;
    memcpy(seen->chain.last, claim->mac, LOG_MAC);
    seen->begun = true;
    return true;
}

static bool verify_end(struct verification *seen, const struct line *line,
                       const struct log_claim *claim)
{
    bool good = false;
    int code = log_line_follows(seen->store, line->text, claim, NULL, &good);

    if (code != FOB_SUCCESS)
        return fail(seen, code);
    if (!good)
        return find(seen, line, "the end was altered");
    if (claim->seq != seen->chain.seq || !log_mac_equal(claim->last, seen->chain.last))
        find(seen, line, "the lines before the end were removed, or others put there");
    seen->ended = true;
    seen->closed = claim->closed;
    return true;
}

static bool verify_line(const struct line *line, void *data)
{
    struct verification *seen = data;
    struct log_claim claim;

    if (seen->ended && !(seen->closed && line->number == 1))
        find(seen, line, "something follows the end");
    seen->ended = false;
    log_line_parse(line->text, line->size, &claim);
    if (!line->whole)
        return find(seen, line, "cut short");
    switch (claim.kind) {
    case LOG_EVENT:
        return verify_event(seen, line, &claim);
    case LOG_END:
        return verify_end(seen, line, &claim);
    default:
        return find(seen, line, "not a line of fob's");
    }
}

int fob_verify_log(struct fob_context *context, fob_finding_fn *fn, void *data)
{
    struct verification seen = { .context = context, .fn = fn, .data = data };
    const char *path = context->settings->log_path;
    char text[1024];
    int code = context_store(context, &seen.store);

    if (code == FOB_SUCCESS)
        code = store_unlock(seen.store);
    if (code == FOB_SUCCESS)
        code = read_parts(context, verify_line, &seen);
    if (code != FOB_SUCCESS)
        return code;
    if (seen.code != FOB_SUCCESS && seen.code != FOB_CORRUPT)
        return seen.code;
    if (seen.begun && (!seen.ended || seen.closed))
        find(&seen, &(struct line){ .path = path, .number = seen.count },
             "the end is missing, and maybe lines before it");
    snprintf(text, sizeof text, "log %s: %" PRIu64 " lines are whole", path, seen.count);
    fn(seen.code == FOB_SUCCESS, text, data);
    return seen.code;
}
