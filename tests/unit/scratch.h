/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A scratch folder with a store in it, for tests; and files in it to be spoiled.
 */
#ifndef FOB_TESTS_SCRATCH_H
#define FOB_TESTS_SCRATCH_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "store/store.h"

struct scratch {
    char folder[256];
    char store[288];
    char key_file[288];
    struct store_settings settings; /* of the store and key file above; nobody to ask */
    struct store_remote remote;     /* in a test that is built for an engine */
};

/* A folder with nothing in it.  0 on success, as cmocka's set-up functions. */
int scratch_make(struct scratch *scratch);
/* Remove it with all that is in it. */
int scratch_remove(struct scratch *scratch);

/* cmocka's set-up and tear-down: *STATE is a struct scratch, with a new store opened by a key file.
 */
int scratch_set_up(void **state);
int scratch_tear_down(void **state);

/* A path in the store's folder, in a buffer that the next call uses again. */
const char *scratch_path(const struct scratch *scratch, const char *name);

/* A record with one public and one secret field. */
struct record *scratch_record(const char *name, const char *secret);
/* The secret field's value must be VALUE. */
void scratch_assert_secret(const struct record *record, const char *value);

/* The whole file; the caller frees it. */
unsigned char *scratch_read(const char *path, size_t *size);
void scratch_write(const char *path, const void *data, size_t size, unsigned mode);
/* How many names in FOLDER begin with PREFIX. */
size_t scratch_count(const char *folder, const char *prefix);

struct store *scratch_open(const struct scratch *scratch);
void scratch_insert(struct store *store, const char *name, const char *secret);
int scratch_read_code(struct store *store, const char *name);
void scratch_assert_stored(struct store *store, const char *name, const char *secret);
unsigned scratch_mode(const char *path);

#endif
