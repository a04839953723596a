/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Sealed backups: any number of records in one stream (fob-export(1)), written and read one at a
 * time.
 *
 * A backup has a header like a store's, with its own key.  Each record is a frame that is bound to
 * the backup, to its position and to its name.  The last frame holds the number of records, so a
 * backup that was altered, reordered or cut short is refused.
 */
#ifndef FOB_STORE_BACKUP_H
#define FOB_STORE_BACKUP_H

#include "store/record.h"
#include "store/slot.h"

#include <stdio.h>

struct backup;

/* Begin a backup on FILE that MATERIAL will open.  FILE, and WHAT, its name in messages, are
 * borrowed until backup_free().  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
int backup_create(FILE *file, const char *what, enum slot_kind kind,
                  const struct fob_secret *material, struct backup **backup);
/* Returns FOB_SUCCESS, FOB_INVALID (too large), FOB_SYSTEM, FOB_NOMEM. */
int backup_add(struct backup *backup, const struct record *record);
/* Write the last frame, and flush FILE.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int backup_finish(struct backup *backup);

/* Read a backup's header.  Returns FOB_SUCCESS, FOB_CORRUPT, FOB_CONFIG (a newer fob wrote it),
 * FOB_SYSTEM, FOB_NOMEM. */
int backup_open(FILE *file, const char *what, struct backup **backup);
/* The kind of key that opens the backup. */
enum slot_kind backup_kind(const struct backup *backup);
/* Returns FOB_SUCCESS, FOB_LOCKED without a message (MATERIAL does not open the backup),
 * FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM. */
int backup_unlock(struct backup *backup, const struct fob_secret *material);
/*
 * Read the next record, as version 0.  Returns FOB_SUCCESS, FOB_NOT_FOUND without a message (after
 * the last record of a complete backup), FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM.
 */
int backup_next(struct backup *backup, struct record **record);
/* Go back to the first record.  Returns FOB_SUCCESS, FOB_SYSTEM (FILE cannot be read twice). */
int backup_rewind(struct backup *backup);
void backup_free(struct backup *backup);

#endif
