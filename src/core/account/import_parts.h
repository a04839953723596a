/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of an import: import.c reads the backup and writes accounts, import_decide.c decides
 * about each account.
 */
#ifndef FOB_CORE_ACCOUNT_IMPORT_PARTS_H
#define FOB_CORE_ACCOUNT_IMPORT_PARTS_H

#include "core/session/context.h"
#include "store/backup.h"

/* The most accounts that are written together. */
#define IMPORT_BATCH 64

struct import_batch {
    struct record *records[IMPORT_BATCH]; /* as in the backup */
    struct record *made[IMPORT_BATCH];    /* as they are written */
    enum fob_import_step steps[IMPORT_BATCH];
    int codes[IMPORT_BATCH]; /* the results */
    size_t count;
};

struct import {
    struct fob_context *context;
    struct store *store;
    struct backup *backup;
    const struct fob_import *plan;
    void *names; /* with FOB_RENAME: a tsearch(3) tree of the backup's names and the names given */
    size_t refused[FOB_IMPORT_STEP_COUNT]; /* accounts that make the import refuse everything */
    size_t done;
    bool begun; /* the log has the line that it begins */
    struct import_batch batch;
};

/* How a stored account compares with the backup's. */
struct import_existing {
    bool same;
    bool newer; /* its keys are newer than the record's */
};

/* Compare the stored account NAME with RECORD; FOB_NOT_FOUND when there is none. */
int import_compare(const struct import *import, const struct record *record, const char *name,
                   struct import_existing *existing);
/* Mark NAME as used. */
int import_reserve_name(struct import *import, const char *name);
/* Decide what to do with RECORD, and under which NAME. */
int import_decide(const struct import *import, const struct record *record,
                  enum fob_import_step *step, char name[static FOB_NAME_MAX + 1]);

#endif
