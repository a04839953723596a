/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of the file driver: driver_file.c reads and writes, driver_file_check.c checks and
 * repairs, and both use driver_file_folder.c.
 */
#ifndef FOB_STORE_DRIVER_FILE_H
#define FOB_STORE_DRIVER_FILE_H

#include "store/driver.h"
#include "store/layout.h"

#include <limits.h>

struct driver {
    int folder;
    uid_t user;
    struct mirror *mirror; /* mirror.h; NULL for a store of files only */
    char path[];           /* the folder's, for messages */
};

/* A path for messages: the store's, a folder in it, and a name in that folder. */
struct driver_what {
    char text[PATH_MAX + sizeof LAYOUT_ACCOUNTS + NAME_MAX + 2];
};
/* Fill WHAT with the store's path, FOLDER ("" or ending with a slash) and NAME, and return its
 * text. */
const char *driver_format_path(struct driver_what *what, const struct driver *driver,
                               const char *folder, const char *name);
/* A file directly in the store's folder. */
struct file driver_store_file(const struct driver *driver, const char *name,
                              struct driver_what *what);
/* Open the folder of accounts.  Returns FOB_SUCCESS, FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM. */
int driver_open_accounts(const struct driver *driver, int *accounts);
/* Call FN for every name in the folder except "." and "..". */
int driver_walk_accounts(const struct driver *driver, driver_name_fn *fn, void *data);
int driver_walk_store(const struct driver *driver, driver_name_fn *fn, void *data);

/* See lock_header, check and repair in struct driver_class. */
int driver_lock_header(struct driver *driver, bool shared, int *lock);
int driver_check(struct driver *driver, fob_finding_fn *fn, void *data);
int driver_repair(struct driver *driver, fob_finding_fn *fn, void *data);

/* The rest of the class, which a mirror shares. */
void driver_release_room(struct driver *driver, struct file_room *room);
int driver_read_sharing(struct driver *driver, size_t max, struct blob *blob);
int driver_add_sharing(struct driver *driver, size_t max, struct span frame);
void driver_remove_sharing(struct driver *driver);
int driver_lock_renewal(struct driver *driver, const char *name, int *lock);
void driver_unlock_store(struct driver *driver, int lock);
char *driver_describe(struct driver *driver, const char *name);
/* Read a file that may be missing: FOB_NOT_FOUND without a message. */
int driver_read_optional(struct driver *driver, const char *name, size_t max, struct blob *blob);
/* See lock, retire and has_moved in struct driver_class. */
int driver_lock_store(struct driver *driver, int *lock);
int driver_retire(struct driver *driver, const char *place);
bool driver_has_moved(struct driver *driver);
/* Write that the store has moved to PLACE. */
int driver_note_moved(struct driver *driver, const char *place);
/* FOB_EXISTS: there is an account NAME. */
int driver_fail_exists(const char *name);

#endif
