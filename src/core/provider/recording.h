/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A recording: what a provider answered to the requests of a hook.  Parts are dropped, or replaced
 * by examples, until the rest can be shown.
 */
#ifndef FOB_CORE_PROVIDER_RECORDING_H
#define FOB_CORE_PROVIDER_RECORDING_H

#include "core/provider/rehearsal.h"
#include "util/tree.h"

/* A value of a body that is JSON. */
struct recorded_value {
    struct tree value;
    const char *name; /* as a member of an object; else NULL */
    char *example;    /* of a string or a number: what stands in its place; or NULL */
    bool dropped;
    struct recorded_value *items; /* of an array or an object */
    size_t count;
};

struct recorded_header {
    const char *name;
    const char *value;
    char *example; /* what stands in place of VALUE; or NULL */
    bool dropped;
};

#define RECORDING_HEADERS_MAX 64

struct recorded_answer {
    struct fob_secret *memory; /* others point into it */
    int fault;                 /* of enum frame_fault; or -1 */
    int status;
    int64_t retry_after; /* in seconds; or 0 */
    struct recorded_header headers[RECORDING_HEADERS_MAX];
    size_t header_count;
    struct recorded_value json; /* of the kind 0 without a body that is JSON */
    struct span text;           /* a body that is not JSON; or empty */
    char *example;              /* what stands in place of TEXT; or NULL */
    bool dropped;               /* the body */
};

#define RECORDING_ANSWERS_MAX 32

struct recording {
    struct recorded_answer *answers[RECORDING_ANSWERS_MAX];
    size_t count;
    char why[160]; /* it cannot be shown; or "" */
};

/* Add the answer in ITEMS, of a frame "received".  Returns FOB_SUCCESS, also if WHY is set;
 * FOB_NOMEM. */
int recording_take(struct recording *recording, struct span items);
void recording_clear(struct recording *recording);
/* Whether ANSWER has a body of each kind that is not dropped. */
bool recording_has_json(const struct recorded_answer *answer);
bool recording_has_text(const struct recorded_answer *answer);
/* Append a value as JSON on one line; without an example it may be secret. */
void recording_write_json(struct strbuf *out, const struct recorded_value *value);
/* Make ANSWER as it is shown now.  The caller clears MADE in each case.  Returns FOB_SUCCESS,
 * FOB_NOMEM. */
int recording_make_answer(const struct recorded_answer *answer, struct rehearsal_answer *made);

#endif
