/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The parts of an import: import.c goes through the backup and writes, import_decide.c finds what
 * is to become of each account.
 */
#ifndef FOB_CORE_ACCOUNT_IMPORT_PARTS_H
#define FOB_CORE_ACCOUNT_IMPORT_PARTS_H

#include "core/session/context.h"
#include "store/backup.h"

/* The accounts that are on their way to the disk at a time. */
#define IMPORT_BATCH 64

struct import_batch {
    struct record *records[IMPORT_BATCH]; /* the backup's */
    struct record *made[IMPORT_BATCH];    /* what is written of each */
    enum fob_import_step steps[IMPORT_BATCH];
    int codes[IMPORT_BATCH]; /* how that ended */
    size_t count;
};

struct import {
    struct fob_context *context;
    struct store *store;
    struct backup *backup;
    const struct fob_import *plan;
    void *names; /* with FOB_RENAME, a tsearch(3) tree: those of the backup, and those given */
    size_t refused[FOB_IMPORT_STEP_COUNT]; /* accounts that are a reason to import nothing */
    size_t done;
    bool begun; /* the log has its line */
    struct import_batch batch;
};

/* What the store has under a name. */
struct import_existing {
    bool same;
    bool newer; /* its keys were given to it after the record's */
};

/* Hold what is called NAME against RECORD; FOB_NOT_FOUND when nothing is. */
int import_compare(const struct import *import, const struct record *record, const char *name,
                   struct import_existing *existing);
/* NAME is not free for another account. */
int import_reserve_name(struct import *import, const char *name);
/* What is to become of RECORD, and under which NAME. */
int import_decide(const struct import *import, const struct record *record,
                  enum fob_import_step *step, char name[static FOB_NAME_MAX + 1]);

#endif
