/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The parts of making a rehearsal, shared by the files recorder*.c.
 */
#ifndef FOB_CORE_ACCOUNT_RECORDER_PARTS_H
#define FOB_CORE_ACCOUNT_RECORDER_PARTS_H

#include "core/account/recorder.h"
#include "util/strbuf.h"

/* The results of a run of the link.  Secrets are only in the hashes. */
struct recorder_run {
    int code;
    size_t calls;
    uint64_t requests; /* a hash, as the next */
    uint64_t account;  /* of identity and tokens */
    bool identified;
    bool named;
    size_t tokens;
    int64_t lifetimes; /* the sum of the tokens' */
};

struct recorder {
    struct rehearsal rehearsal; /* first: with it, recorder_answer() finds the whole */
    struct fob_handle *model;   /* the live link's */
    struct recording *recording;
    struct plugin_workers *workers;
    char **fields;            /* an example for each field of the provider; NULL for none */
    struct recorder_run live; /* the same as the live link, with all of its answers */
    struct recorder_run run;
    bool keeps;          /* a run keeps its requests in SENT */
    struct strbuf *sent; /* the items of each request, RECORDING_ANSWERS_MAX of them */
    char *id;            /* the same, of the account, which are examples; or NULL */
    char *name;
    unsigned runs;
    size_t examples; /* made so far */
};

/* Answer a request of a run: the next answer, whatever the request is. */
rehearsal_answer_fn recorder_answer;
/* Run the link with the answers as they are shown now, into RUN.  Returns FOB_SUCCESS, whatever the
 * link's code; FOB_PROTOCOL (too many runs), FOB_NOMEM. */
int recorder_play(struct recorder *recorder);
/* Whether the last run was the same as the live link: the answers still have all that counts. */
bool recorder_is_same(const struct recorder *recorder);
/* Whether the last run went the same way, perhaps with other values; the lifetimes of tokens may
 * differ. */
bool recorder_is_alike(const struct recorder *recorder);
bool recorder_is_alike_but_lifetimes(const struct recorder *recorder);
/* Whether TEXT is a part of a text in the provider's files; with WHOLE, such a text. */
bool recorder_is_public(const struct recorder *recorder, const char *text, bool whole);

/* Drop everything from the answers that does not count.  Returns as recorder_play(). */
int recorder_reduce(struct recorder *recorder);

/* A text of the same shape as the SIZE bytes at TEXT, but another one; the caller frees it.  NULL
 * when out of memory. */
char *recorder_make_shape(struct recorder *recorder, const char *text, size_t size);
/* Make FIELDS.  Returns FOB_SUCCESS, FOB_CONFIG, FOB_NOMEM. */
int recorder_make_fields(struct recorder *recorder);
/* Put examples in place of what the answers still have.  Returns as recorder_play(), and
 * FOB_PROTOCOL for what must not be replaced. */
int recorder_make_examples(struct recorder *recorder);

/* Write the rehearsal with what the last run has kept.  Returns FOB_SUCCESS, FOB_PROTOCOL,
 * FOB_NOMEM. */
int recorder_write(const struct recorder *recorder, struct strbuf *out);
/* Check that no text of FILE has a secret or an identity of the live link, in any encoding. Returns
 * FOB_SUCCESS, FOB_PROTOCOL, FOB_NOMEM. */
int recorder_guard(const struct recorder *recorder, const struct yaml_file *file);

#endif
