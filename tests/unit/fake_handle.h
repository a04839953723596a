/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A handle without a core behind it, so that libfob-http and plugins can be tested alone: the
 * functions of fob/plugin.h work on this struct, and what they were told stays there to be seen.
 */
#ifndef FOB_TESTS_FAKE_HANDLE_H
#define FOB_TESTS_FAKE_HANDLE_H

#include <fob/plugin.h>

#define FAKE_MAX 8

struct fake_field {
    const char *name;
    struct fob_secret *value;
};

struct fob_handle {
    /* Set by the test. */
    const char *base_url;
    const char *ca_file;
    const char *retry_at;
    int64_t timeout;
    int64_t retries;
    struct fake_field fields[FAKE_MAX];
    size_t field_count;
    const char *(*answers)[5]; /* status, at, is, code, say of each */
    size_t answer_count;
    size_t refuse_from; /* the first call, from 1, that is not begun; 0 for none */
    int refusal;        /* with which code */
    bool over;

    /* Seen by the test. */
    struct fake_field headers[FAKE_MAX];
    size_t header_count;
    struct fake_field query[FAKE_MAX];
    size_t parameter_count;
    struct fob_secret *chain; /* the client certificate */
    struct fob_secret *key;
    char id[256];
    char identity[256];
    size_t begun; /* calls */
    size_t ended;
    bool answered; /* the last one */
    int64_t retry_after;
    int code;
    char error[1024];
    char hint[1024];
    char told[4096]; /* all that fob_tell() said */
    char log[4096];  /* all that fob_log() said */
};

void fake_put_field(struct fob_handle *handle, const char *name, const void *value, size_t size);
/* Free what it owns, and empty it. */
void fake_clear(struct fob_handle *handle);

#endif
