/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Lines of the audit log as bytes.
 */
#ifndef FOB_CORE_LOG_LOG_LINE_H
#define FOB_CORE_LOG_LOG_LINE_H

#include "store/store.h"
#include "util/strbuf.h"

#define LOG_MAC 32

/* How far a file goes. */
struct log_end {
    uint64_t seq;                /* the last line's number */
    uint64_t size;               /* the bytes up to there */
    unsigned char last[LOG_MAC]; /* the last line's MAC */
};

/* The result of a line that was written before a change. */
#define LOG_BEGUN "begun"
/* No line of fob's is longer, with its newline. */
#define LOG_LINE_MAX 8192
/* The size of a head, with its newline. */
#define LOG_HEAD_SIZE                                                                    \
    (sizeof "{'end':12345678901234567890,'size':12345678901234567890,'closed':0,'last':" \
            "'','mac':''}" +                                                             \
     4 * LOG_MAC)

enum log_kind {
    LOG_GARBAGE, /* not as fob writes them */
    LOG_EVENT,
    LOG_HEAD,
};

/* What a line says of itself. */
struct log_claim {
    enum log_kind kind;
    uint64_t seq;       /* an event's number */
    struct log_end end; /* a head's */
    bool closed;        /* a head: the log goes on in another file */
    unsigned char mac[LOG_MAC];
    size_t covered; /* the number of its bytes that are under the MAC */
};
/* LINE is without its newline. */
void log_line_parse(const char *line, size_t size, struct log_claim *claim);

/* Whether the LINE that made CLAIM follows the one whose MAC is BEFORE; GOOD gets the
 * answer.  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM, and as store_unlock(). */
int log_line_follows(struct store *store, const char *line, const struct log_claim *claim,
                     const unsigned char *before, bool *good);

/* Append the line of MEMBERS that follows END to LINE, newline included, and move END on. */
int log_line_make(struct store *store, struct log_end *end, const char *members,
                  struct strbuf *line);
/* Append the head that goes with END. */
int log_line_make_head(struct store *store, const struct log_end *end, bool closed,
                       struct strbuf *line);
/* The same MACs? */
bool log_mac_equal(const unsigned char *a, const unsigned char *b);

#endif
