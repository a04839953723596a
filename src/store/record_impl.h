/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of a record, for files of the store only.
 */
#ifndef FOB_STORE_RECORD_IMPL_H
#define FOB_STORE_RECORD_IMPL_H

#include "store/driver.h"
#include "store/record.h"

/* A NUL-terminated piece of the arena; SIZE does not count the NUL.  Offset 0 and size 0 mean none:
 * no text begins at the arena's first byte. */
struct piece {
    uint32_t offset;
    uint32_t size;
};

struct record_entry {
    struct piece name;
    struct piece value;
    bool secret;
};

struct record_token {
    struct piece name;
    struct piece value;
    int64_t since;
    int64_t ends;
};

struct record {
    char name[FOB_NAME_MAX + 1];
    struct fob_secret *arena; /* the only place of the texts' and fields' bytes */
    struct piece texts[FOB_TEXT_COUNT];
    int64_t times[FOB_TIME_COUNT];
    enum fob_status status;
    enum fob_status resume_status;
    int unreported; /* record_unreported() plus one, so that 0 means none */
    uint64_t version;
    struct driver_stamp stamp; /* of the blob that it was read from; all 0 for none */
    uint64_t generation;
    size_t field_count;
    struct record_entry fields[RECORD_FIELDS_MAX];
    size_t token_count;
    struct record_token tokens[TOKENS_MAX];
    size_t before_count;
    struct record_token before[TOKENS_MAX]; /* that TOKENS have replaced */
};

/* ENTRY of RECORD, with pointers into the arena. */
struct token record_token_of(const struct record *record, const struct record_token *entry);
/* The bytes of PIECE, borrowed until the record is changed. */
char *record_bytes_of(const struct record *record, struct piece piece);
/* Copy SIZE bytes from DATA, which may lie in the arena, over PIECE if they fit, else to the
 * arena's end.  Returns FOB_SUCCESS, FOB_NOMEM, FOB_INVALID (more than a locked buffer holds). */
int record_put_bytes(struct record *record, const void *data, size_t size, struct piece *piece);

#endif
