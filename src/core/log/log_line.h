/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Formatting and parsing lines of the audit log.
 */
#ifndef FOB_CORE_LOG_LOG_LINE_H
#define FOB_CORE_LOG_LOG_LINE_H

#include "store/store.h"
#include "util/strbuf.h"

#define LOG_MAC 32

/* The end of a file. */
struct log_end {
    uint64_t seq;                /* the last line's number */
    uint64_t size;               /* the bytes up to its end */
    unsigned char last[LOG_MAC]; /* the last line's MAC */
};

/* The result in a line that was written before a change. */
#define LOG_BEGUN "begun"
/* The longest line, with its newline. */
#define LOG_LINE_MAX 8192
/* The size of a head, with its newline. */
#define LOG_HEAD_SIZE                                                                    \
    (sizeof "{'end':12345678901234567890,'size':12345678901234567890,'closed':0,'last':" \
            "'','mac':''}" +                                                             \
     4 * LOG_MAC)

enum log_kind {
    LOG_GARBAGE, /* not a line of fob's */
    LOG_EVENT,
    LOG_HEAD,
};

/* What a line claims; the MAC is not checked yet. */
struct log_claim {
    enum log_kind kind;
    uint64_t seq;       /* an event's number */
    struct log_end end; /* a head's */
    bool closed;        /* a head: the log continues in another file */
    unsigned char mac[LOG_MAC];
    size_t covered; /* the number of bytes that the MAC covers */
};
/* Parse LINE, without its newline. */
void log_line_parse(const char *line, size_t size, struct log_claim *claim);

/* Set GOOD to whether LINE, parsed into CLAIM, has a valid MAC and follows the line whose MAC is
 * BEFORE.  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM, and as store_unlock(). */
int log_line_follows(struct store *store, const char *line, const struct log_claim *claim,
                     const unsigned char *before, bool *good);

/* Append a line with MEMBERS, which follows END, to LINE, newline included, and advance END. */
int log_line_make(struct store *store, struct log_end *end, const char *members,
                  struct strbuf *line);
/* Append the head for END. */
int log_line_make_head(struct store *store, const struct log_end *end, bool closed,
                       struct strbuf *line);
/* Whether two MACs are equal. */
bool log_mac_equal(const unsigned char *a, const unsigned char *b);

#endif
