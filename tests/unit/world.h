/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A whole fob in a folder of its own, for tests of the core: configuration, provider, store, a
 * person who answers, and a clock that can be set.  Everything here ends the test, or the program,
 * when it fails.
 *
 * Link with world_ldflags of the Makefile: the clock is reached by --wrap.
 */
#ifndef FOB_TESTS_WORLD_H
#define FOB_TESTS_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include <fob/fob.h>

#include "folder.h"

/* Who answers, and what was said; the data of person_converse(). */
struct person {
    const char *const *answers; /* pairs of a name and an answer; ends with NULL; NULL for none */
    int gives_up;    /* the code for a question without an answer; 0: it gives no reply */
    size_t asked;    /* questions */
    char said[8192]; /* a line "KIND TEXT" for each message */
};

struct world {
    char *folder;
    struct fob_context *context;
    struct person person;
    struct fob_conversation conv; /* the person's */
    char trace[8192]; /* "PART TEXT", a line each of the log but FOB_LOG_DEBUG's and frames */
};

/* The options of the told plugin (tests/plugins/told.c) in each stack, the inside of a YAML flow
 * map; NULL for the usual: link and validate find the company c1, authorize puts a header. */
struct told {
    const char *link;
    const char *validate;
    const char *revoke; /* NULL: there is no such stack */
    const char *authorize;
    const char *more; /* further lines of the provider's file */
};

/* cmocka's set-up and tear-down: *STATE is a struct world with a store and the provider "told";
 * NULL where the current folder is not trusted, so that no plugin can be loaded. */
int world_set_up(void **state);
int world_tear_down(void **state);
/* The line of fob.yaml that lets plugins run without containment, where the kernel has none, or "".
 */
const char *world_permission(void);
/* The world, with the log and the person's memory empty; skips the test without one. */
struct world *world_of(void **state);
/* The same, opened anew with MORE options of log:, ", keep: 3" say. */
struct world *world_with_log(void **state, const char *more);

/* Write providers.d/NAME.yaml. */
void world_provider(const struct world *world, const char *name, const char *text);
/* The same of the provider "told", which has the fields id and token (secret). */
void world_tell(const struct world *world, const struct told *told);
/* A handle, with the provider told, the person, and no field given. */
struct fob_handle *world_start(struct world *world, const char *account);
/* Set a field; and both of told's. */
void world_field(struct fob_handle *handle, const char *name, const char *value);
void world_keys(struct fob_handle *handle, const char *id, const char *token);
/* Link an account with the keys ID and "t0ken-of-NAME", and end the handle. */
void world_link(struct world *world, const char *name, const char *id);
/* The status and the texts of a stored account. */
enum fob_status world_status(const struct world *world, const char *name);
int64_t world_time(const struct world *world, const char *name, enum fob_time which);
void world_assert_text(const struct world *world, const char *name, enum fob_text which,
                       const char *text);
/* The stored field must be VALUE. */
void world_assert_field(const struct world *world, const char *name, const char *field,
                        const char *value);
bool world_has(const struct world *world, const char *name);
/* The last line of the audit log, borrowed until the next call; "" when there is none. */
const char *world_last_log(const struct world *world);
size_t world_log_lines(const struct world *world);
/* The log, to be closed by the caller; and its next entry, NULL after the last. */
struct fob_log *world_open_log(const struct world *world, const struct fob_log_filter *filter);
const struct fob_log_entry *world_next_entry(struct fob_log *log);

/* Let SECONDS pass; they pass for sleepers too, without waiting. */
void world_wait(int64_t seconds);
int64_t world_now(void);
/* How long was slept in all, in seconds, since world_of(). */
int64_t world_slept(void);
/* Let the next sleep be interrupted. */
void world_interrupt(void);

/* CODE must be WANTED, and then, unless that is FOB_SUCCESS, the error must have WORDS in it. */
#define expect(code, wanted, words) expect_at(code, wanted, words, __LINE__)
void expect_at(int code, int wanted, const char *words, int line);

#endif
