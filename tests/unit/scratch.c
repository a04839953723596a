/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Scratch folders for tests of the store. */
#include "config.h"

#include "scratch.h"

#ifdef SCRATCH_ENGINE
#include "memory_engine.h"
#endif

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In a test that is built for an engine: let each store be one of several machines, which always
 * ask the server. */
static void scratch_share(struct scratch *scratch)
{
#ifdef SCRATCH_ENGINE
    memory_engine_reset();
    scratch->remote = (struct store_remote){
        .driver = "memory",
        .hosts = "memory",
        .machine = "web1",
        .timeout_ms = 2000,
        .max_age_ms = -1,
        .load = memory_engine_load,
    };
    scratch->settings.remote = &scratch->remote;
#else
    (void)scratch;
#endif
}

int scratch_make(struct scratch *scratch)
{
    const char *base = secure_getenv("TMPDIR");

    snprintf(scratch->folder, sizeof scratch->folder, "%s/fob-test-XXXXXX",
             base != NULL ? base : "/tmp");
    if (mkdtemp(scratch->folder) == NULL)
        return -1;
    snprintf(scratch->store, sizeof scratch->store, "%s/store", scratch->folder);
    snprintf(scratch->key_file, sizeof scratch->key_file, "%s/keys/key", scratch->folder);
    scratch->settings = (struct store_settings){
        .user = geteuid(),
        .path = scratch->store,
        .key_file = scratch->key_file,
    };
    scratch_share(scratch);
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

int scratch_remove(struct scratch *scratch)
{
    return nftw(scratch->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int scratch_set_up(void **state)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);

    if (scratch == NULL || scratch_make(scratch) != 0 ||
        store_create(&scratch->settings, NULL) != FOB_SUCCESS)
        return -1;
    *state = scratch;
    return 0;
}

int scratch_tear_down(void **state)
{
    int result = scratch_remove(*state);

    free(*state);
    return result;
}

const char *scratch_path(const struct scratch *scratch, const char *name)
{
    static char path[1024];

    snprintf(path, sizeof path, "%s/%s", scratch->store, name);
    return path;
}

struct record *scratch_record(const char *name, const char *secret)
{
    struct record *record = NULL;

    assert_int_equal(record_new(name, &record), FOB_SUCCESS);
    assert_int_equal(record_set_text(record, FOB_TEXT_PROVIDER, "charliehr"), FOB_SUCCESS);
    assert_int_equal(record_set_field(record, "client_id", "id", 2, false), FOB_SUCCESS);
    assert_int_equal(record_set_field(record, "client_secret", secret, strlen(secret), true),
                     FOB_SUCCESS);
    return record;
}

void scratch_assert_secret(const struct record *record, const char *value)
{
    struct record_field field;

    assert_int_equal(record_find_field(record, "client_secret", &field), FOB_SUCCESS);
    assert_true(field.secret);
    assert_int_equal(field.size, strlen(value));
    assert_string_equal(field.value, value);
}

unsigned char *scratch_read(const char *path, size_t *size)
{
    unsigned char *data = malloc(1 << 20);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;

    assert_non_null(data);
    assert_true(fd >= 0);
    got = read(fd, data, 1 << 20);
    assert_true(got >= 0);
    close(fd);
    *size = (size_t)got;
    return data;
}

void scratch_write(const char *path, const void *data, size_t size, unsigned mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, size), (ssize_t)size);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

size_t scratch_count(const char *folder, const char *prefix)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    size_t count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
            count++;
    }
    closedir(dir);
    return count;
}

struct store *scratch_open(const struct scratch *scratch)
{
    struct store *store = NULL;

    assert_int_equal(store_open(&scratch->settings, &store), FOB_SUCCESS);
    return store;
}

void scratch_insert(struct store *store, const char *name, const char *secret)
{
    struct record *record = scratch_record(name, secret);

    assert_int_equal(store_insert(store, record), FOB_SUCCESS);
    record_free(record);
}

int scratch_read_code(struct store *store, const char *name)
{
    struct record *record = NULL;
    int code = store_read(store, name, &record);

    record_free(record);
    return code;
}

void scratch_assert_stored(struct store *store, const char *name, const char *secret)
{
    struct record *record = NULL;

    assert_int_equal(store_read(store, name, &record), FOB_SUCCESS);
    scratch_assert_secret(record, secret);
    record_free(record);
}

unsigned scratch_mode(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}
