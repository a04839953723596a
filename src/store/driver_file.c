/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The file driver: a folder that only its owner can enter, with one file for each account. */
#include "config.h"

#include "store/driver_file.h"

#include "store/keyring.h"
#include "store/seal.h"
#include "store/store.h"
#include "util/error.h"
#include "util/path.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void driver_close_store(struct driver *driver)
{
    if (driver == NULL)
        return;
    if (driver->folder >= 0)
        close(driver->folder);
    free(driver);
}

static int driver_fail_no_store(const char *path)
{
    error_set(FOB_NOT_FOUND, "%s: there is no store yet", path);
    error_hint("run \"fob init\"");
    return FOB_NOT_FOUND;
}

/* A folder that is not a store may be meant for other users, so do not suggest chmod. */
static int driver_file_check_folder(const struct driver *driver, uid_t user)
{
    int code =
        path_check_trust(driver->folder, driver->path, PATH_FOLDER | PATH_PRIVATE, user, NULL);
    struct stat st;

    if (code == FOB_NOT_ALLOWED && fstatat(driver->folder, LAYOUT_HEADER, &st, 0) < 0)
        error_hint("there is no store in it: name a folder of its own (store: in fob.yaml(5))");
    return code;
}

static int driver_open_store(const struct store_settings *settings, struct store *store,
                             struct driver **driver)
{
    const char *place = settings->path;
    const uid_t user = settings->user;
    size_t size = strlen(place) + 1;
    struct driver *new;
    int code;

    (void)store;
    if (size > PATH_MAX)
        return error_set(FOB_INVALID, "the store's path is too long");
    new = malloc(sizeof *new + size);
    if (new == NULL)
        return error_nomem();
    new->user = user;
    new->mirror = NULL;
    memcpy(new->path, place, size);
    new->folder = open(new->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (new->folder < 0)
        code = errno == ENOENT ? driver_fail_no_store(new->path) : error_system("%s", new->path);
    else
        code = driver_file_check_folder(new, user);
    if (code != FOB_SUCCESS) {
        driver_close_store(new);
        return code;
    }
    *driver = new;
    return FOB_SUCCESS;
}

static int driver_fail_no_header(const struct driver *driver, const char *what)
{
    struct driver_what accounts;
    bool used;
    int code =
        file_folder_is_used(driver->folder, LAYOUT_ACCOUNTS,
                            driver_format_path(&accounts, driver, "", LAYOUT_ACCOUNTS), &used);

    if (code != FOB_SUCCESS)
        return code;
    if (!used)
        return driver_fail_no_store(driver->path);
    error_set(FOB_CORRUPT, "%s: this file of the store is missing, but there are accounts", what);
    error_hint("restore it: without it no account can be opened, and \"fob init\" cannot make it "
               "again");
    return FOB_CORRUPT;
}

static int driver_file_read_header(struct driver *driver, struct blob *blob)
{
    struct driver_what what;
    const struct file file = driver_store_file(driver, LAYOUT_HEADER, &what);
    struct stat st;
    int code = file_read(&file, KEYRING_HEADER_MAX, blob, &st);

    return code == FOB_NOT_FOUND ? driver_fail_no_header(driver, what.text) : code;
}

static int driver_fail_no_account(const char *name)
{
    error_set(FOB_NOT_FOUND, "%s: no such account", name);
    error_hint("\"fob list\" shows the accounts");
    return FOB_NOT_FOUND;
}

/* The path of an account's file in the store's folder. */
struct account_path {
    char text[sizeof LAYOUT_ACCOUNTS + NAME_MAX];
};

static const char *driver_account_path(struct account_path *path, const char *name)
{
    snprintf(path->text, sizeof path->text, LAYOUT_ACCOUNTS "/%s", name);
    return path->text;
}

/* Each write makes a new file with a new time, and changes the folder's time. */
static struct driver_stamp driver_file_stamp(const struct stat *st)
{
    return (struct driver_stamp){
        { (uint64_t)st->st_ino,
          (uint64_t)st->st_ctim.tv_sec * 1000000000 + (uint64_t)st->st_ctim.tv_nsec },
    };
}

static int driver_read_account(struct driver *driver, const char *name, struct blob *blob,
                               struct driver_stamp *stamp)
{
    struct account_path path;
    struct driver_what what;
    const struct file file = driver_store_file(driver, driver_account_path(&path, name), &what);
    struct stat st;
    int accounts = -1;
    int code = file_read(&file, SEAL_MAX, blob, &st);

    if (code == FOB_SUCCESS)
        *stamp = driver_file_stamp(&st);
    if (code != FOB_NOT_FOUND)
        return code;
    code = driver_open_accounts(driver, &accounts);
    if (code != FOB_SUCCESS)
        return code;
    close(accounts);
    return driver_fail_no_account(name);
}

static int driver_file_exists(struct driver *driver, const char *name)
{
    struct account_path path;
    struct stat st;

    return fstatat(driver->folder, driver_account_path(&path, name), &st, AT_SYMLINK_NOFOLLOW) == 0
               ? FOB_SUCCESS
               : FOB_NOT_FOUND;
}

/* Called for an account's file in its open folder. */
typedef int account_fn(const struct file *file, void *data);

static int driver_with_account(const struct driver *driver, const char *name, account_fn *fn,
                               void *data)
{
    struct driver_what what;
    struct file file = {
        .name = name,
        .what = driver_format_path(&what, driver, LAYOUT_ACCOUNTS "/", name),
        .user = driver->user,
    };
    int code = driver_open_accounts(driver, &file.folder);

    if (code != FOB_SUCCESS)
        return code;
    code = fn(&file, data);
    close(file.folder);
    return code;
}

/* DRIVER_AGAIN without a message unless FILE has the stamp EXPECTED. */
static int driver_compare_stamp(const struct file *file, const struct driver_stamp *expected)
{
    const struct driver_stamp none = { { 0, 0 } };
    struct driver_stamp there = none;
    struct stat st;

    if (fstatat(file->folder, file->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        there = driver_file_stamp(&st);
    else if (errno != ENOENT)
        return error_system("%s", file->what);
    return driver_stamp_equal(&there, expected) ? FOB_SUCCESS : DRIVER_AGAIN;
}

int driver_fail_exists(const char *name)
{
    error_set(FOB_EXISTS, "%s: there is an account of this name", name);
    error_hint("\"fob edit %s\" gives it new keys; or choose another name", name);
    return FOB_EXISTS;
}

static int driver_write_new(const struct file *file, struct span sealed)
{
    const int code = file_write(file, sealed, FILE_NEW);

    return code == FOB_EXISTS ? driver_fail_exists(file->name) : code;
}

struct driver_file_change {
    const struct driver_record *record;
    struct file_room *room;
};

static int driver_replace_account(const struct file *account, void *data)
{
    const struct driver_stamp none = { { 0, 0 } };
    const struct driver_file_change *change = data;
    const struct driver_record *record = change->record;
    struct file file = *account;
    int code;

    file.room = change->room;
    if (driver_stamp_equal(&record->expected, &none))
        return driver_write_new(&file, record->sealed);
    code = driver_compare_stamp(&file, &record->expected);
    return code == FOB_SUCCESS ? file_write(&file, record->sealed, FILE_REPLACE) : code;
}

static int driver_write_account(struct driver *driver, const struct driver_record *record,
                                struct file_room *room)
{
    struct driver_file_change change = { record, room };

    return driver_with_account(driver, record->name, driver_replace_account, &change);
}

/* Fill CHANGES with those of RECORDS that have the expected stamps; COUNT becomes their number. */
static int driver_choose_unchanged(int accounts, const char *what, struct driver_record *records,
                                   size_t *count, struct file_change *changes)
{
    const size_t all = *count;

    *count = 0;
    for (size_t i = 0; i < all; i++) {
        struct driver_record *record = &records[i];
        const struct file file = { .folder = accounts, .name = record->name, .what = what };

        record->result = driver_compare_stamp(&file, &record->expected);
        if (record->result == FOB_SUCCESS)
            changes[(*count)++] = (struct file_change){ record->name, record->sealed, { 0 } };
        else if (record->result != DRIVER_AGAIN)
            return record->result;
    }
    return FOB_SUCCESS;
}

static int driver_file_write_many(struct driver *driver, struct driver_record *records,
                                  size_t count)
{
    struct file_change *changes = calloc(count, sizeof *changes);
    struct driver_what what;
    int accounts = -1;
    int code = changes != NULL ? driver_open_accounts(driver, &accounts) : error_nomem();

    if (code != FOB_SUCCESS) {
        free(changes);
        return code;
    }
    driver_format_path(&what, driver, "", LAYOUT_ACCOUNTS);
    code = driver_choose_unchanged(accounts, what.text, records, &count, changes);
    if (code == FOB_SUCCESS && count > 0)
        code = file_write_many(accounts, what.text, changes, count);
    close(accounts);
    free(changes);
    return code;
}

static int driver_file_write_header(struct driver *driver, struct span header)
{
    struct driver_what what;
    const struct file file = driver_store_file(driver, LAYOUT_HEADER, &what);

    return file_write(&file, header, FILE_REPLACE);
}

static int driver_read_validated(struct driver *driver, size_t max, struct blob *blob)
{
    return driver_read_optional(driver, LAYOUT_VALIDATED, max, blob);
}

static int driver_add_validated(struct driver *driver, size_t size, struct span entries)
{
    struct driver_what what;
    const struct file file = driver_store_file(driver, LAYOUT_VALIDATED, &what);

    return file_append(&file, size, entries);
}

static int driver_write_validated(struct driver *driver, struct span entries)
{
    struct driver_what what;
    const struct file file = driver_store_file(driver, LAYOUT_VALIDATED, &what);

    return file_write(&file, entries, FILE_REPLACE);
}

static int driver_stamp_account(struct driver *driver, const char *name, struct driver_stamp *stamp)
{
    struct account_path path;
    struct stat st;

    if (fstatat(driver->folder, name != NULL ? driver_account_path(&path, name) : LAYOUT_ACCOUNTS,
                &st, AT_SYMLINK_NOFOLLOW) < 0)
        return FOB_NOT_FOUND;
    *stamp = driver_file_stamp(&st);
    return FOB_SUCCESS;
}

int driver_read_sharing(struct driver *driver, size_t max, struct blob *blob)
{
    return driver_read_optional(driver, LAYOUT_SHARING, max, blob);
}

void driver_remove_sharing(struct driver *driver)
{
    unlinkat(driver->folder, LAYOUT_SHARING, 0);
}

int driver_add_sharing(struct driver *driver, size_t max, struct span frame)
{
    struct driver_what what;
    const struct file file = driver_store_file(driver, LAYOUT_SHARING, &what);
    struct stat st;

    if (fstatat(driver->folder, LAYOUT_SHARING, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        (uint64_t)st.st_size + frame.size > max)
        driver_remove_sharing(driver);
    return file_append(&file, 1, frame);
}

/* What a renewal may add to an account. */
#define RENEWAL_ROOM 16384

static int driver_reserve_account(const struct file *file, void *data)
{
    struct stat st;

    if (fstatat(file->folder, file->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? driver_fail_no_account(file->name)
                               : error_system("%s", file->what);
    return file_reserve(file, (size_t)st.st_size + RENEWAL_ROOM, data);
}

static int driver_reserve_room(struct driver *driver, const char *name, struct file_room *room)
{
    return driver_with_account(driver, name, driver_reserve_account, room);
}

void driver_release_room(struct driver *driver, struct file_room *room)
{
    int accounts = -1;

    if (room->fd < 0)
        return;
    (void)driver_open_accounts(driver, &accounts);
    file_release(accounts, room);
    if (accounts >= 0)
        close(accounts);
}

/* The name of the file that a renewal of NAME's tokens locks. */
static void driver_name_renewal(const char *name, char text[static NAME_MAX])
{
    snprintf(text, NAME_MAX, ".%s" LAYOUT_RENEWAL, name);
}

static int driver_lock_account(const struct file *file, void *data)
{
    return file_lock(file, false, data);
}

int driver_lock_renewal(struct driver *driver, const char *name, int *lock)
{
    char renewal[NAME_MAX];

    driver_name_renewal(name, renewal);
    return driver_with_account(driver, renewal, driver_lock_account, lock);
}

static int driver_unlink_account(const struct file *file, void *data)
{
    char renewal[NAME_MAX];
    int code = driver_compare_stamp(file, data);

    if (code != FOB_SUCCESS)
        return code;
    driver_name_renewal(file->name, renewal);
    unlinkat(file->folder, renewal, 0);
    if (unlinkat(file->folder, file->name, 0) < 0)
        return errno == ENOENT ? driver_fail_no_account(file->name)
                               : error_system("%s", file->what);
    return file_sync_folder(file->folder, file->what);
}

static int driver_erase_account(struct driver *driver, const char *name,
                                const struct driver_stamp *expected)
{
    struct driver_stamp stamp = *expected;

    return driver_with_account(driver, name, driver_unlink_account, &stamp);
}

struct driver_file_listing {
    driver_name_fn *fn;
    void *data;
};

static int driver_file_list_one(const char *name, void *data)
{
    const struct driver_file_listing *listing = data;

    return record_is_name(name) ? listing->fn(name, listing->data) : FOB_SUCCESS;
}

static int driver_file_list(struct driver *driver, driver_name_fn *fn, void *data)
{
    struct driver_file_listing listing = { fn, data };

    return driver_walk_accounts(driver, driver_file_list_one, &listing);
}

void driver_unlock_store(struct driver *driver, int lock)
{
    (void)driver;
    file_unlock(lock);
}

char *driver_describe(struct driver *driver, const char *name)
{
    struct driver_what what;

    return strdup(name != NULL ? driver_format_path(&what, driver, LAYOUT_ACCOUNTS "/", name)
                               : driver_format_path(&what, driver, "", LAYOUT_HEADER));
}

const struct driver_class driver_file = {
    .open = driver_open_store,
    .close = driver_close_store,
    .read_header = driver_file_read_header,
    .read = driver_read_account,
    .exists = driver_file_exists,
    .write = driver_write_account,
    .reserve = driver_reserve_room,
    .release = driver_release_room,
    .write_many = driver_file_write_many,
    .write_header = driver_file_write_header,
    .read_validated = driver_read_validated,
    .add_validated = driver_add_validated,
    .write_validated = driver_write_validated,
    .stamp = driver_stamp_account,
    .read_sharing = driver_read_sharing,
    .add_sharing = driver_add_sharing,
    .remove_sharing = driver_remove_sharing,
    .erase = driver_erase_account,
    .list = driver_file_list,
    .lock = driver_lock_store,
    .lock_renewal = driver_lock_renewal,
    .lock_header = driver_lock_header,
    .unlock = driver_unlock_store,
    .check = driver_check,
    .repair = driver_repair,
    .retire = driver_retire,
    .has_moved = driver_has_moved,
    .describe = driver_describe,
};
