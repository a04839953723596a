/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of the index: sharing.c makes entries and frames, sharing_find.c reads them.
 */
#ifndef FOB_STORE_SHARING_IMPL_H
#define FOB_STORE_SHARING_IMPL_H

#include "store/sharing.h"

#include "store/store_impl.h"
#include "util/strbuf.h"

/* Offsets in the plaintext of a frame. */
enum {
    SHARING_BEFORE = 0,
    SHARING_AFTER = 16,
    SHARING_ENTRIES = 32,
};

/* Offsets in an entry. */
enum {
    SHARING_STAMP = 0,
    SHARING_NAME_SIZE = 16,
    SHARING_MARK_COUNT = 17,
    SHARING_NAME = 18,
    SHARING_MARK = 8, /* the size of one mark */
};

/* No index is larger. */
#define SHARING_MAX ((size_t)64 * 1024 * 1024)

/* The marks of a record: one for each field, and one for the remote id. */
struct sharing_marks {
    unsigned char marks[RECORD_FIELDS_MAX + 1][SHARING_MARK];
    size_t count;
};

struct sharing_keys {
    struct fob_secret *seal;
    struct fob_secret *marks;
};

int sharing_keys_open(struct store *store, struct sharing_keys *keys);
void sharing_keys_close(struct sharing_keys *keys);

/* The mark of VALUE, in the field NAME of RECORD's provider; "" is the remote id. */
int sharing_make_mark(const struct sharing_keys *keys, const struct record *record,
                      const char *name, struct span value, unsigned char mark[static SHARING_MARK]);
/* Begin the plaintext of a frame. */
void sharing_put_head(struct strbuf *plain, const struct driver_stamp *before,
                      const struct driver_stamp *after);
/* Append the entry of the account NAME with the marks of RECORD; no marks when RECORD is NULL. */
int sharing_put_entry(const struct sharing_keys *keys, const char *name,
                      const struct record *record, struct strbuf *plain);
void sharing_put_stamp(unsigned char *at, const struct driver_stamp *stamp);
size_t sharing_entry_size(const unsigned char *entry);

/* With the lock held: append PLAIN as a frame. */
int sharing_append(struct store *store, const struct sharing_keys *keys,
                   const struct strbuf *plain);
/* Cut the first frame off REST and unseal it in place; PLAIN points into it.  Returns FOB_SUCCESS,
 * FOB_CORRUPT without a message, FOB_SYSTEM, FOB_NOMEM. */
int sharing_next_frame(const struct sharing_keys *keys, struct blob *rest, struct blob *plain);

#endif
