/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A store of many accounts, and the least that reading them all can cost.
 *
 * - many make STORE KEY-FILE COUNT [PROVIDERS]: a store with COUNT accounts, without waiting for
 * the disk; at charliehr, or in turn at hr1, hr2 and so on
 * - many floor STORE KEY-FILE: read its files and open them, and nothing else
 * - many edit STORE KEY-FILE COUNT: change one account COUNT times, durably
 * - many insert STORE KEY-FILE COUNT: add COUNT accounts, each durable before the next
 * - many together STORE KEY-FILE COUNT: the same in batches, as an import does it
 * - many replace FILE COUNT: what an edit costs at least: write, fsync, rename, fsync
 */
#include "config.h"

#include "store/codec.h"
#include "store/key_file.h"
#include "store/keyring.h"
#include "store/seal.h"
#include "store/store.h"
#include "util/secret.h"

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool no_sync;

int __real_fsync(int fd);
int __wrap_fsync(int fd);

int __wrap_fsync(int fd)
{
    return no_sync ? 0 : __real_fsync(fd);
}

static void demand(int code)
{
    if (code != FOB_SUCCESS)
        errx(1, "%s", fob_error());
}

static struct store *open_store(const struct store_settings *settings)
{
    struct store *store = NULL;

    demand(store_open(settings, &store));
    demand(store_unlock(store));
    return store;
}

static struct record *make_record(unsigned long number)
{
    char name[FOB_NAME_MAX + 1];
    struct record *record = NULL;

    snprintf(name, sizeof name, "client-%06lu", number);
    demand(record_new(name, &record));
    demand(record_set_text(record, FOB_TEXT_PROVIDER, "charliehr"));
    demand(record_set_text(record, FOB_TEXT_TYPE, "production"));
    demand(record_set_text(record, FOB_TEXT_REMOTE_ID, "0b7a4c1e-3f52"));
    demand(record_set_text(record, FOB_TEXT_REMOTE_NAME, name));
    record_set_time(record, FOB_TIME_LINKED, 1700000000);
    record_set_time(record, FOB_TIME_VALIDATED, 1700000000);
    record_set_status(record, FOB_STATUS_ACTIVE);
    demand(record_set_field(record, "client_id", name, strlen(name), false));
    demand(record_set_field(record, "client_secret", "0123456789abcdef0123456789abcdef", 32, true));
    return record;
}

static void make(const struct store_settings *settings, unsigned long count,
                 unsigned long providers)
{
    char provider[32];
    struct store *store;

    no_sync = true;
    demand(store_create(settings, NULL));
    store = open_store(settings);
    for (unsigned long i = 0; i < count; i++) {
        struct record *record = make_record(i);

        snprintf(provider, sizeof provider, "hr%lu", providers > 0 ? i % providers + 1 : 0);
        if (providers > 0)
            demand(record_set_text(record, FOB_TEXT_PROVIDER, provider));
        demand(store_insert(store, record));
        record_free(record);
    }
    store_close(store);
}

static int touch(struct record *record, void *data)
{
    record_set_time(record, FOB_TIME_VALIDATED, ++*(int64_t *)data);
    return FOB_SUCCESS;
}

static void edit(const struct store_settings *settings, unsigned long count)
{
    struct store *store = open_store(settings);
    int64_t when = 1700000000;

    while (count-- > 0)
        demand(store_update(store, "client-000000", touch, &when, NULL));
    store_close(store);
}

/* New accounts, under names of this process's own. */
static struct record *new_record(unsigned long number)
{
    struct record *record = make_record(number);
    struct record *renamed = NULL;
    char name[64];

    snprintf(name, sizeof name, "new-%ld-%lu", (long)getpid(), number);
    demand(record_new(name, &renamed));
    demand(record_assign(renamed, record));
    record_free(record);
    return renamed;
}

static void insert(const struct store_settings *settings, unsigned long count)
{
    struct store *store = open_store(settings);

    for (unsigned long i = 0; i < count; i++) {
        struct record *record = new_record(i);

        demand(store_insert(store, record));
        record_free(record);
    }
    store_close(store);
}

/* As fob import does it. */
static void insert_together(const struct store_settings *settings, unsigned long count)
{
    struct store *store = open_store(settings);
    struct record *records[64];

    for (unsigned long done = 0; done < count;) {
        size_t batch = 0;

        while (batch < 64 && done < count)
            records[batch++] = new_record(done++);
        demand(store_write_many(store, records, batch));
        while (batch > 0)
            record_free(records[--batch]);
    }
    store_close(store);
}

static void replace(const char *path, unsigned long count)
{
    static const char content[337];
    char *copy = strdup(path);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (folder < 0)
        err(1, "%s", path);
    free(copy);
    while (count-- > 0) {
        int fd = openat(folder, ".draft", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        if (fd < 0 || write(fd, content, sizeof content) != sizeof content ||
            __real_fsync(fd) < 0 || close(fd) < 0 ||
            renameat(folder, ".draft", AT_FDCWD, path) < 0 || __real_fsync(folder) < 0)
            err(1, "%s", path);
    }
    close(folder);
}

static struct keyring *open_keyring(const struct store_settings *settings)
{
    struct keyring *keyring = NULL;
    struct fob_secret *material = NULL;
    unsigned char header[KEYRING_HEADER_MAX];
    ssize_t size;
    int fd = open("header", O_RDONLY | O_CLOEXEC);

    size = fd < 0 ? -1 : read(fd, header, sizeof header);
    if (size < 0)
        err(1, "header");
    close(fd);
    demand(keyring_decode((struct span){ header, (size_t)size }, "header", &keyring));
    demand(key_file_read(settings->key_file, settings->user, &material));
    demand(keyring_unlock(keyring, SLOT_KEY_FILE, material, "header"));
    fob_secret_free(material);
    return keyring;
}

/* Read and open one record; the plaintext is wiped and forgotten. */
static size_t open_one(const struct keyring *keyring, int folder, const char *name)
{
    static const char info[] = "fob record";
    unsigned char sealed[65536];
    unsigned char plain[65536];
    struct crypto_box box;
    struct stat st;
    ssize_t size;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st) < 0)
        err(1, "%s", name);
    size = read(fd, sealed, sizeof sealed);
    close(fd);
    if (size < SEAL_HEAD + CRYPTO_TAG)
        errx(1, "%s: too short", name);
    box = (struct crypto_box){
        .input = {
            { fob_secret_data(keyring->key), CRYPTO_KEY },
            { sealed + SEAL_HEAD - CRYPTO_SALT, CRYPTO_SALT },
            { info, sizeof info - 1 },
        },
        .parts = {
            { sealed, SEAL_HEAD },
            { keyring->store_id, STORE_ID },
            { name, strlen(name) },
        },
    };
    demand(
        crypto_unseal(&box, (struct span){ sealed + SEAL_HEAD, (size_t)size - SEAL_HEAD }, plain));
    secret_wipe(plain, (size_t)size - SEAL_HEAD - CRYPTO_TAG);
    return 1;
}

static void read_all(const struct store_settings *settings)
{
    struct keyring *keyring;
    const struct dirent *entry;
    size_t count = 0;
    DIR *dir;

    if (chdir(settings->path) < 0)
        err(1, "%s", settings->path);
    keyring = open_keyring(settings);
    dir = opendir("accounts");
    if (dir == NULL)
        err(1, "accounts");
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.')
            count += open_one(keyring, dirfd(dir), entry->d_name);
    }
    closedir(dir);
    keyring_free(keyring);
    printf("%zu\n", count);
}

int main(int argc, char **argv)
{
    struct store_settings settings = { .user = geteuid() };

    if (argc == 4 && strcmp(argv[1], "replace") == 0) {
        replace(argv[2], strtoul(argv[3], NULL, 10));
        return 0;
    }
    if (argc < 4)
        errx(64, "usage: many make|floor|edit|insert|together STORE KEY-FILE [COUNT], many replace "
                 "FILE COUNT");
    settings.path = argv[2];
    settings.key_file = argv[3];
    if (strcmp(argv[1], "make") == 0 && argc >= 5)
        make(&settings, strtoul(argv[4], NULL, 10), argc == 6 ? strtoul(argv[5], NULL, 10) : 0);
    else if (strcmp(argv[1], "edit") == 0 && argc == 5)
        edit(&settings, strtoul(argv[4], NULL, 10));
    else if (strcmp(argv[1], "insert") == 0 && argc == 5)
        insert(&settings, strtoul(argv[4], NULL, 10));
    else if (strcmp(argv[1], "together") == 0 && argc == 5)
        insert_together(&settings, strtoul(argv[4], NULL, 10));
    else
        read_all(&settings);
    return 0;
}
