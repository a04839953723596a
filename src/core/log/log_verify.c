/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Detects whether somebody edited the log. */
#include "config.h"

#include "core/log/log_lines.h"
#include "util/error.h"
#include "util/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The lines after a file's end. */
struct rest {
    bool has_line;
    unsigned char last[LOG_MAC]; /* the last line's MAC */
    char author[96];             /* the time, user and process */
};

/* The state of a verification. */
struct verification {
    struct store *store;
    fob_finding_fn *fn;
    void *data;
    bool altered;       /* something was found */
    struct log_end end; /* after the last line */
    bool has_line;      /* a line was read */
    bool has_head;      /* the file's head is valid */
    bool closed;        /* the last file's head says that it was rotated */
    struct rest rest;   /* the lines after the end so far */
    uint64_t count;     /* of valid lines */
    unsigned parts;     /* the number of older parts when the last part began */
};

static void log_verify_report(struct verification *seen, const char *path, size_t number,
                              const char *what)
{
    char text[1024];

    snprintf(text, sizeof text, "log %s:%zu: %s", path, number, what);
    seen->fn(false, text, seen->data);
    seen->altered = true;
}

/* Report a finding about the line TEXT. */
static void verify_report_line(struct verification *seen, const struct log_text *text,
                               const char *what)
{
    log_verify_report(seen, text->part->path, text->number, what);
}

/* Whether TEXT is the first event of a file.  Quotes in values are escaped. */
static bool verify_is_begin(const struct log_text *text)
{
    return text->number <= 2 && strstr(text->text, ",\"event\":\"begin\",\"after\":\"") != NULL;
}

/* Whether the first event's "after" is the MAC of the previous part's last line. */
static bool log_verify_continues(const struct verification *seen, const struct log_text *text)
{
    char after[sizeof ",\"after\":\"" + 2 * LOG_MAC] = ",\"after\":\"";

    text_hex(seen->end.last, LOG_MAC, after + strlen(after));
    return strstr(text->text, after) != NULL;
}

static void verify_parse_parts(struct verification *seen, const struct log_text *text)
{
    static const char name[] = "\",\"parts\":";
    const char *at = strstr(text->text, name);

    seen->parts = at != NULL ? (unsigned)strtoul(at + strlen(name), NULL, 10) : 0;
}

static int verify_event(struct verification *seen, const struct log_text *text,
                        const struct log_claim *claim)
{
    bool begins = verify_is_begin(text);
    /* The file before the oldest part is gone. */
    bool first = begins && !seen->has_line;
    bool good = false;
    int code =
        log_line_follows(seen->store, text->text, claim, begins ? NULL : seen->end.last, &good);

    if (code != FOB_SUCCESS)
        return code;
    if (!first && begins && (claim->seq != seen->end.seq + 1 || !log_verify_continues(seen, text)))
        verify_report_line(seen, text, "does not continue the part before it");
    else if (!first && claim->seq > seen->end.seq + 1)
        verify_report_line(seen, text, "lines before it were removed");
    else if (!first && claim->seq <= seen->end.seq)
        verify_report_line(seen, text, "moved here, or a duplicate");
    else if (!good)
        verify_report_line(seen, text, "altered, or the line before it was");
    else
        seen->count++;
    if (good && begins)
        verify_parse_parts(seen, text);
    seen->end.seq = claim->seq;
    memcpy(seen->end.last, claim->mac, LOG_MAC);
    seen->has_line = true;
    return FOB_SUCCESS;
}

/* Copy the time, user and process of LINE to AUTHOR.  Lines that were written together share
 * them. */
static void verify_copy_author(const char *line, char *author, size_t room)
{
    const char *time = strstr(line, ",\"time\":\"");
    const char *user = strstr(line, ",\"uid\":");
    const char *end = strstr(line, ",\"program\":");

    author[0] = '\0';
    if (time != NULL && user != NULL && end > user)
        snprintf(author, room, "%.29s%.*s", time, (int)(end - user), user);
}

/* Check a line after the end.  It is harmless if a process wrote it, or a part of it, and was
 * killed before it updated the head; else somebody added it. */
static int verify_rest(struct verification *seen, const struct log_text *text,
                       const struct log_claim *claim)
{
    struct rest *rest = &seen->rest;
    char author[sizeof rest->author];
    bool good = false;
    int code;

    if (!text->whole)
        return FOB_SUCCESS;
    code = log_line_follows(seen->store, text->text, claim,
                            rest->has_line ? rest->last : seen->end.last, &good);
    if (code != FOB_SUCCESS)
        return code;
    verify_copy_author(text->text, author, sizeof author);
    if (!good || (rest->has_line && strcmp(author, rest->author) != 0)) {
        verify_report_line(seen, text, "something follows the end");
        return FOB_SUCCESS;
    }
    *rest = (struct rest){ .has_line = true };
    memcpy(rest->last, claim->mac, LOG_MAC);
    memcpy(rest->author, author, sizeof author);
    return FOB_SUCCESS;
}

static int verify_line(struct verification *seen, const struct log_text *text)
{
    struct log_claim claim;

    log_line_parse(text->text, text->size, &claim);
    if (seen->has_head && text->at >= text->part->head.claim.end.size)
        return verify_rest(seen, text, &claim);
    if (text->whole && claim.kind == LOG_EVENT)
        return verify_event(seen, text, &claim);
    verify_report_line(seen, text, text->whole ? "not a line of fob's" : "cut short");
    return FOB_SUCCESS;
}

static int verify_lines(struct verification *seen, const struct log_part *part)
{
    struct log_lines lines;
    struct log_text *text = NULL;
    int code = log_lines_open(part, &lines);

    if (code == FOB_SUCCESS)
        code = log_lines_next(&lines, &text);
    while (code == FOB_SUCCESS && text != NULL) {
        code = verify_line(seen, text);
        if (code == FOB_SUCCESS)
            code = log_lines_next(&lines, &text);
    }
    log_lines_close(&lines);
    return code;
}

static int verify_part(struct verification *seen, const struct log_part *part, bool newest)
{
    const struct log_claim *head = &part->head.claim;
    int code = log_check_head(seen->store, &part->head, &seen->has_head);

    seen->rest.has_line = false;
    seen->closed = code == FOB_SUCCESS && seen->has_head && head->closed;
    if (code == FOB_SUCCESS && part->size == 0 && newest && !seen->has_line) /* just created */
        return FOB_SUCCESS;
    if (code == FOB_SUCCESS && !seen->has_head)
        log_verify_report(seen, part->path, 1, "the head is missing, or was altered");
    if (code == FOB_SUCCESS)
        code = verify_lines(seen, part);
    if (code != FOB_SUCCESS || !seen->has_head)
        return code;
    if (head->end.seq != seen->end.seq || !log_mac_equal(head->end.last, seen->end.last))
        log_verify_report(seen, part->path, 1,
                          "the end is missing: lines that are counted here were removed");
    else if (!newest && !head->closed)
        log_verify_report(seen, part->path, 1, "was rotated by something other than fob");
    return FOB_SUCCESS;
}

/* Report missing parts; COUNT parts exist, the newest included. */
static void verify_find_missing(struct verification *seen, const char *path, size_t count)
{
    char text[128];

    snprintf(text, sizeof text, "older parts of the log were removed: of %u there are %zu",
             seen->parts, count - 1);
    log_verify_report(seen, path, 2, text);
}

int fob_verify_log(struct fob_context *context, fob_finding_fn *fn, void *data)
{
    struct verification seen = { .fn = fn, .data = data };
    struct log_parts parts = { NULL, 0, false };
    const char *path;
    char text[1024];
    int code;

    NEED(context);
    NEED(fn);
    path = context->settings->log_path;
    code = context_store(context, &seen.store);
    if (code == FOB_SUCCESS)
        code = store_unlock(seen.store);
    if (code == FOB_SUCCESS)
        code = log_parts_open(context, &parts);
    for (size_t i = 0; i < parts.count && code == FOB_SUCCESS; i++)
        code = verify_part(&seen, &parts.parts[i], parts.current && i + 1 == parts.count);
    if (code == FOB_SUCCESS && parts.count > 0 && !parts.current)
        log_verify_report(&seen, path, 1, "the file is missing");
    /* Only as many parts are expected as are kept now.  An interrupted rotation has already dropped
     * the oldest. */
    if (seen.parts >= context->settings->log_keep)
        seen.parts = context->settings->log_keep - seen.closed;
    if (code == FOB_SUCCESS && parts.current && parts.count <= seen.parts)
        verify_find_missing(&seen, path, parts.count);
    log_parts_close(&parts);
    if (code != FOB_SUCCESS)
        return code;
    snprintf(text, sizeof text, "log %s: whole, with %" PRIu64 " line%s", path, seen.count,
             text_plural(seen.count));
    fn(!seen.altered, text, data);
    if (seen.altered)
        return error_set(FOB_CORRUPT, "log %s: somebody altered it, or the disk did", path);
    return FOB_SUCCESS;
}
