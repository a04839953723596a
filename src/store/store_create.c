/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Creates a store.  A folder becomes a store when its header gets its name, which is the last step;
 * the key file is written just before.  If fob is killed in between, the next call finishes the
 * store or begins again, so nobody has to clean up by hand.
 */
#include "config.h"

#include "store/store.h"

#include "store/file.h"
#include "store/key_file.h"
#include "store/keyring.h"
#include "store/layout.h"
#include "store/mirror.h"
#include "util/array.h"
#include "util/error.h"
#include "util/path.h"
#include "util/signals.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct creation {
    const struct store_settings *settings;
    const struct fob_secret *passphrase;
    struct span copy; /* the header of another store, which this one gets; or no bytes */
    int folder;
    bool made_folder; /* these were created by this call */
    bool made_header;
    bool made_key;
    struct file header;     /* its final name */
    struct file new_header; /* its name until the last step */
    char header_path[PATH_MAX + NAME_MAX];
};

static int store_create_exists(const char *path)
{
    error_set(FOB_EXISTS, "%s: there is a store already", path);
    error_hint("nothing was changed; \"fob list\" shows its accounts");
    return FOB_EXISTS;
}

static bool create_exists(const struct file *file)
{
    struct stat st;

    return fstatat(file->folder, file->name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Whether NAME may be in the folder of a new store: left by an interrupted call, or unrelated to
 * the store. */
static bool create_is_allowed_entry(const char *name)
{
    static const char *const names[] = { ".",
                                         "..",
                                         LAYOUT_ACCOUNTS,
                                         LAYOUT_LOCK,
                                         LAYOUT_LOG,
                                         LAYOUT_NEW_HEADER,
                                         LAYOUT_SHARING,
                                         "lost+found" };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return file_is_temporary(name);
}

static int store_create_check_entry(const char *path, const char *name)
{
    if (create_is_allowed_entry(name))
        return FOB_SUCCESS;
    error_set(FOB_EXISTS, "%s: not a store, and not empty: it holds %s", path, name);
    error_hint("nothing was changed; choose an empty or a new folder");
    return FOB_EXISTS;
}

/* A slip in the configuration must not turn a folder of somebody's files into a store. */
static int create_check_empty(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    int code = FOB_SUCCESS;

    if (dir == NULL)
        return error_system("%s", path);
    do {
        errno = 0;
        entry = readdir(dir);
        if (entry != NULL)
            code = store_create_check_entry(path, entry->d_name);
        else if (errno != 0)
            code = error_system("%s", path);
    } while (code == FOB_SUCCESS && entry != NULL);
    closedir(dir);
    return code;
}

/* If a store has lost its header, a new header would make its accounts unreadable for ever. */
static int create_check_no_accounts(const struct creation *creation)
{
    bool used;
    int code =
        file_folder_is_used(creation->folder, LAYOUT_ACCOUNTS, creation->settings->path, &used);

    if (code != FOB_SUCCESS || !used)
        return code;
    error_set(FOB_EXISTS, "%s: there are accounts of a store whose header is gone",
              creation->settings->path);
    error_hint("nothing was changed; restore %s/" LAYOUT_HEADER ", or choose a new folder",
               creation->settings->path);
    return FOB_EXISTS;
}

static bool create_makes_key(const struct creation *creation)
{
    return creation->passphrase == NULL && creation->copy.size == 0;
}

/* There is a store: FOB_IGNORE when it is the copy that is to be made. */
static int create_compare_header(const struct creation *creation)
{
    const struct span *copy = &creation->copy;
    struct blob there = { NULL, 0 };
    struct stat st;
    bool same;

    if (copy->size == 0)
        return store_create_exists(creation->settings->path);
    same = file_read(&creation->header, KEYRING_HEADER_MAX, &there, &st) == FOB_SUCCESS &&
           there.size == copy->size && memcmp(there.data, copy->data, copy->size) == 0;
    blob_free(&there);
    error_clear();
    return same ? FOB_IGNORE : store_create_exists(creation->settings->path);
}

/* Open the folder, creating it if necessary. */
static int create_open_folder(struct creation *creation)
{
    const char *path = creation->settings->path;
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    int code = FOB_SUCCESS;

    creation->folder = open(path, flags);
    if (creation->folder < 0 && errno == ENOENT) {
        if (create_makes_key(creation) && key_file_exists(creation->settings->key_file))
            return key_file_fail_exists(creation->settings->key_file);
        code = path_make_folders(path, 0700);
        creation->made_folder = code == FOB_SUCCESS;
        if (code == FOB_SUCCESS)
            creation->folder = open(path, flags);
    }
    if (code != FOB_SUCCESS)
        return code;
    if (creation->folder < 0)
        return error_system("%s", path);
    creation->header.folder = creation->folder;
    creation->new_header.folder = creation->folder;
    if (create_exists(&creation->header))
        return create_compare_header(creation);
    code = create_check_empty(path);
    if (code == FOB_SUCCESS)
        code = path_check_trust(creation->folder, path, PATH_FOLDER | PATH_PRIVATE,
                                creation->settings->user, NULL);
    /* The umask may have removed bits. */
    if (code == FOB_SUCCESS && creation->made_folder && fchmod(creation->folder, 0700) < 0)
        code = error_system("%s", path);
    return code == FOB_SUCCESS ? create_check_no_accounts(creation) : code;
}

/* Whether a killed call had done everything except the last step: the key file exists, and opens
 * the new header. */
static bool create_is_unfinished(const struct creation *creation)
{
    const char *what = creation->new_header.what;
    struct blob blob = { NULL, 0 };
    struct keyring *keyring = NULL;
    struct fob_secret *material = NULL;
    struct stat st;
    bool opens;

    opens = file_read(&creation->new_header, KEYRING_HEADER_MAX, &blob, &st) == FOB_SUCCESS &&
            keyring_decode((struct span){ blob.data, blob.size }, what, &keyring) == FOB_SUCCESS &&
            key_file_read(creation->settings->key_file, creation->settings->user, &material) ==
                FOB_SUCCESS &&
            keyring_unlock(keyring, SLOT_KEY_FILE, material, what) == FOB_SUCCESS;
    fob_secret_free(material);
    keyring_free(keyring);
    blob_free(&blob);
    return opens;
}

/* Write the header under its temporary name, with a slot that MATERIAL opens. */
static int store_create_write_header(struct creation *creation, enum slot_kind kind,
                                     const struct fob_secret *material)
{
    const struct new_slot slot = { kind, material, (int64_t)time(NULL), "" };
    struct blob blob = { NULL, 0 };
    int code = keyring_create(&slot, &blob);

    if (code == FOB_SUCCESS)
        code =
            file_write(&creation->new_header, (struct span){ blob.data, blob.size }, FILE_REPLACE);
    creation->made_header = code == FOB_SUCCESS;
    blob_free(&blob);
    return code;
}

static int create_write_keys(struct creation *creation)
{
    const char *path = creation->settings->key_file;
    struct fob_secret *material = NULL;
    int code;

    if (creation->copy.size > 0)
        return file_write(&creation->new_header, creation->copy, FILE_REPLACE);
    if (creation->passphrase != NULL)
        return store_create_write_header(creation, SLOT_PASSPHRASE, creation->passphrase);
    if (key_file_exists(path))
        return create_is_unfinished(creation) ? FOB_SUCCESS : key_file_fail_exists(path);
    code = key_file_make(&material);
    if (code == FOB_SUCCESS)
        code = store_create_write_header(creation, SLOT_KEY_FILE, material);
    if (code == FOB_SUCCESS) {
        code = key_file_write(path, material);
        creation->made_key = code == FOB_SUCCESS;
    }
    fob_secret_free(material);
    return code;
}

static int store_create_sync_parent(const char *path)
{
    char *copy = strdup(path);
    int fd;
    int code;

    if (copy == NULL)
        return error_nomem();
    fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    code = fd >= 0 ? file_sync_folder(fd, path) : error_system("%s", path);
    if (fd >= 0)
        close(fd);
    free(copy);
    return code;
}

static int create_make_accounts(const struct creation *creation)
{
    int result = mkdirat(creation->folder, LAYOUT_ACCOUNTS, 0700);

    if (result == 0)
        result = fchmodat(creation->folder, LAYOUT_ACCOUNTS, 0700, 0);
    return result == 0 || errno == EEXIST
               ? FOB_SUCCESS
               : error_system("%s/" LAYOUT_ACCOUNTS, creation->settings->path);
}

/* Let the server have the new header, too. */
static int create_on_server(const struct creation *creation)
{
    struct blob header = { NULL, 0 };
    struct stat st;
    int code = FOB_SUCCESS;

    if (creation->settings->remote == NULL)
        return FOB_SUCCESS;
    code = file_read(&creation->new_header, KEYRING_HEADER_MAX, &header, &st);
    if (code == FOB_SUCCESS)
        code = mirror_create(creation->settings, (struct span){ header.data, header.size });
    blob_free(&header);
    return code;
}

/* With the lock held. */
static int create_fill_locked(struct creation *creation)
{
    const char *path = creation->settings->path;
    int code;

    if (create_exists(&creation->header))
        return create_compare_header(creation);
    code = create_make_accounts(creation);
    if (code == FOB_SUCCESS && create_makes_key(creation))
        code = key_file_check_place(creation->settings->key_file, path);
    if (code == FOB_SUCCESS)
        code = create_write_keys(creation);
    if (code == FOB_SUCCESS)
        code = store_create_sync_parent(path);
    if (code == FOB_SUCCESS)
        code = create_on_server(creation);
    if (code != FOB_SUCCESS)
        return code;
    if (renameat(creation->folder, creation->new_header.name, creation->folder,
                 creation->header.name) < 0)
        return error_system("%s", creation->header.what);
    return file_sync_folder(creation->folder, path);
}

/* With the lock held: remove what this call created. */
static void create_undo_locked(const struct creation *creation)
{
    if (creation->made_key)
        unlink(creation->settings->key_file);
    if (creation->made_header)
        unlinkat(creation->folder, creation->new_header.name, 0);
    if (!creation->made_folder)
        return;
    unlinkat(creation->folder, LAYOUT_ACCOUNTS, AT_REMOVEDIR);
    unlinkat(creation->folder, LAYOUT_LOCK, 0);
    rmdir(creation->settings->path);
}

static int store_create_check_arguments(const struct store_settings *settings,
                                        const struct fob_secret *passphrase)
{
    if (passphrase != NULL && fob_secret_size(passphrase) == 0)
        return error_set(FOB_INVALID, "an empty passphrase protects nothing");
    if (strlen(settings->path) >= PATH_MAX)
        return error_set(FOB_INVALID, "the store's path is too long");
    return FOB_SUCCESS;
}

static int create_store(struct creation creation)
{
    const struct store_settings *settings = creation.settings;
    char lock_path[PATH_MAX + NAME_MAX];
    struct file lock_file = { .name = LAYOUT_LOCK, .what = lock_path, .user = settings->user };
    sigset_t before;
    int lock = -1;
    int code = store_create_check_arguments(settings, creation.passphrase);

    if (code != FOB_SUCCESS)
        return code;
    snprintf(lock_path, sizeof lock_path, "%s/" LAYOUT_LOCK, settings->path);
    snprintf(creation.header_path, sizeof creation.header_path, "%s/" LAYOUT_HEADER,
             settings->path);
    creation.header = (struct file){
        .name = LAYOUT_HEADER,
        .what = creation.header_path,
        .user = settings->user,
    };
    creation.new_header = creation.header;
    creation.new_header.name = LAYOUT_NEW_HEADER;
    signals_hold(&before);
    code = create_open_folder(&creation);
    lock_file.folder = creation.folder;
    if (code == FOB_SUCCESS)
        code = file_lock(&lock_file, true, &lock);
    if (code == FOB_SUCCESS) {
        code = create_fill_locked(&creation);
        if (code != FOB_SUCCESS && !create_exists(&creation.header))
            create_undo_locked(&creation);
    } else if (creation.made_folder) {
        rmdir(settings->path);
    }
    if (lock >= 0)
        file_unlock(lock);
    if (creation.folder >= 0)
        close(creation.folder);
    signals_release(&before);
    return code;
}

int store_create(const struct store_settings *settings, const struct fob_secret *passphrase)
{
    return create_store(
        (struct creation){ .settings = settings, .passphrase = passphrase, .folder = -1 });
}

int store_create_copy(const struct store_settings *settings, struct span header)
{
    const int code =
        create_store((struct creation){ .settings = settings, .copy = header, .folder = -1 });

    return code == FOB_IGNORE ? FOB_SUCCESS : code;
}
