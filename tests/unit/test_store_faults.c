/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The store on a disk that fails, and in a process that is killed: the old record or the new one.
 *
 * Linked with --wrap for the calls below, so that any one of them can be made to fail.
 */
#include "config.h"

#include "store/store.h"

#include "scratch.h"
#include "wrapped.h"
#include "util/array.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Calls before the one that fails; negative for never. */
static int countdown = -1;
/* With what it fails; 0 for a write of half of what was asked for. */
static int fault;
/* The call that failed, or NULL. */
static const char *failed;

static bool fails(const char *call)
{
    if (countdown < 0 || countdown-- > 0)
        return false;
    failed = call;
    errno = fault;
    return true;
}

int __real_openat(int folder, const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...)
{
    return fails("openat") ? -1 : __real_openat(folder, name, flags, 0600);
}

WRAPPED_TOO(int, openat64, (int folder, const char *name, int flags), openat(folder, name, flags))
WRAPPED_TOO(int, __openat_2, (int folder, const char *name, int flags), openat(folder, name, flags))
WRAPPED_TOO(int, __openat64_2, (int folder, const char *name, int flags),
            openat(folder, name, flags))

ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size)
{
    if (!fails("write"))
        return __real_write(fd, data, size);
    return fault == 0 ? __real_write(fd, data, size / 2) : -1;
}

ssize_t __real_getrandom(void *data, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *data, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *data, size_t size, unsigned flags)
{
    return fails("getrandom") ? -1 : __real_getrandom(data, size, flags);
}

int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);
int __wrap_flock(int fd, int operation)
{
    /* An unlock is followed by a close, which does the same. */
    return operation != LOCK_UN && fails("flock") ? -1 : __real_flock(fd, operation);
}

#define WRAP(call, parameters, arguments)                   \
    int __real_##call parameters;                           \
    int __wrap_##call parameters;                           \
    int __wrap_##call parameters                            \
    {                                                       \
        return fails(#call) ? -1 : __real_##call arguments; \
    }

WRAP(fsync, (int fd), (fd))
WRAP(mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(mkdirat, (int folder, const char *name, mode_t mode), (folder, name, mode))
WRAP(renameat, (int from, const char *old, int to, const char *new), (from, old, to, new))
WRAP(renameat2, (int from, const char *old, int to, const char *new, unsigned flags),
     (from, old, to, new, flags))

static int change_secret(struct record *record, void *data)
{
    const char *value = data;

    return record_set_field(record, "client_secret", value, strlen(value), true);
}

static void ignore(bool good, const char *text, void *data)
{
    (void)good;
    (void)text;
    (void)data;
}

/* The store must be sound, without leftovers, and ACCOUNT's secret one of the two; NULL for no
 * account. */
static void assert_one_of(const struct scratch *scratch, const char *old, const char *new)
{
    struct record_field field = { NULL, "", 0, false };
    struct record *record = NULL;
    struct store *store = NULL;
    int code;

    assert_int_equal(store_open(&scratch->settings, &store), FOB_SUCCESS);
    assert_int_equal(store_check(store, ignore, NULL), FOB_SUCCESS);
    assert_int_equal(scratch_count(scratch_path(scratch, "accounts"), ".tmp-"), 0);
    code = store_read(store, "acme", &record);
    if (code == FOB_SUCCESS) {
        assert_int_equal(record_find_field(record, "client_secret", &field), FOB_SUCCESS);
        assert_true((old != NULL && strcmp(field.value, old) == 0) ||
                    (new != NULL &&strcmp(field.value, new) == 0));
    } else {
        assert_int_equal(code, FOB_NOT_FOUND);
        assert_true(old == NULL || new == NULL);
    }
    record_free(record);
    store_close(store);
}

static const struct {
    int fault;
    int code; /* 0 where the store just tries again */
    const char *message;
} faults[] = {
    { ENOSPC, FOB_SYSTEM, "No space left on device" },
    { EIO, FOB_SYSTEM, "Input/output error" },
    { EDQUOT, FOB_SYSTEM, "Disk quota exceeded" },
    { EROFS, FOB_SYSTEM, "Read-only file system" },
    { EACCES, FOB_NOT_ALLOWED, "Permission denied" },
};
#define FAULTS ARRAY_SIZE(faults)

/*
 * Let each call of OPERATE on a store with an account "acme" fail in turn, until it gets through.
 * OLD and NEW are what the account may be afterwards.
 */
static void fail_each_call(const struct scratch *scratch, int (*operate)(struct store *store),
                           const char *old, const char *new)
{
    for (size_t i = 0; i < FAULTS; i++) {
        int code = FOB_SYSTEM;
        int calls = 0;

        for (failed = ""; failed != NULL && calls < 100; calls++) {
            struct store *store = NULL;

            assert_int_equal(store_open(&scratch->settings, &store), FOB_SUCCESS);
            if (store_exists(store, "acme") == FOB_SUCCESS && old == NULL)
                assert_int_equal(store_erase(store, "acme", 0), FOB_SUCCESS);
            else if (old != NULL && store_exists(store, "acme") != FOB_SUCCESS)
                scratch_insert(store, "acme", old);
            fault = faults[i].fault;
            failed = NULL;
            countdown = calls;
            code = operate(store);
            countdown = -1;
            if (failed == NULL) {
                assert_int_equal(code, FOB_SUCCESS);
            } else if (code == FOB_SUCCESS) {
                /* Only the index, which nothing needs, is not as it should be. */
                assert_one_of(scratch, new, new);
            } else {
                if (code != faults[i].code || strstr(fob_error(), faults[i].message) == NULL)
                    fail_msg("%s failed: %d, %s", failed, code, fob_error());
            }
            store_close(store);
            assert_one_of(scratch, old, new);
        }
        assert_true(calls > 3);
        assert_int_equal(code, FOB_SUCCESS);
    }
}

static int update_acme(struct store *store)
{
    char value[] = "tuna";

    return store_update(store, "acme", change_secret, value, NULL);
}

static int insert_acme(struct store *store)
{
    struct record *record = scratch_record("acme", "tuna");
    int code = store_insert(store, record);

    record_free(record);
    return code;
}

static int erase_acme(struct store *store)
{
    return store_erase(store, "acme", 0);
}

static void update_leaves_old_or_new_when_any_call_fails(void **state)
{
    fail_each_call(*state, update_acme, "swordfish", "tuna");
}

static void insert_leaves_none_or_new_when_any_call_fails(void **state)
{
    fail_each_call(*state, insert_acme, NULL, "tuna");
}

static void erase_leaves_old_or_none_when_any_call_fails(void **state)
{
    fail_each_call(*state, erase_acme, "swordfish", NULL);
}

/* Everything that a call was cut short by a signal, or half done, for is just done again. */
static void interrupted_and_short_calls_are_gone_on_with(void **state)
{
    static const int retried[] = { 0, EINTR };
    const struct scratch *scratch = *state;
    struct store *store = NULL;
    int seen = 0;

    assert_int_equal(store_open(&scratch->settings, &store), FOB_SUCCESS);
    scratch_insert(store, "acme", "swordfish");
    for (size_t i = 0; i < ARRAY_SIZE(retried); i++) {
        for (int calls = 0; calls < 30; calls++) {
            char value[] = "tuna";
            int code;

            fault = retried[i];
            failed = NULL;
            countdown = calls;
            code = store_update(store, "acme", change_secret, value, NULL);
            countdown = -1;
            if (failed != NULL && (strcmp(failed, "write") == 0 ||
                                   (fault == EINTR && (strcmp(failed, "fsync") == 0 ||
                                                       strcmp(failed, "flock") == 0)))) {
                assert_int_equal(code, FOB_SUCCESS);
                seen++;
            }
        }
    }
    assert_true(seen >= 5);
    store_close(store);
    assert_one_of(scratch, "swordfish", "tuna");
}

static void creation_leaves_nothing_or_a_store_when_any_call_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < FAULTS; i++) {
        int code = FOB_SYSTEM;
        int calls = 0;

        for (; code != FOB_SUCCESS && calls < 100; calls++) {
            struct scratch scratch;

            assert_int_equal(scratch_make(&scratch), 0);
            fault = faults[i].fault;
            failed = NULL;
            countdown = calls;
            code = store_create(&scratch.settings, NULL);
            countdown = -1;
            if (failed != NULL) {
                assert_int_equal(code, faults[i].code);
                assert_non_null(strstr(fob_error(), faults[i].message));
                /* The last sync can fail when all else is done. */
                if (access(scratch_path(&scratch, "header"), F_OK) != 0) {
                    assert_int_equal(access(scratch.key_file, F_OK), -1);
                    assert_int_equal(store_create(&scratch.settings, NULL), FOB_SUCCESS);
                }
            }
            assert_one_of(&scratch, NULL, NULL);
            assert_int_equal(scratch_remove(&scratch), 0);
        }
        assert_true(calls > 8);
        assert_int_equal(code, FOB_SUCCESS);
    }
}

/* A limit on a file's size is a disk that is full after so many bytes. */
static void record_larger_than_the_disk_leaves_the_old_one(void **state)
{
    const struct scratch *scratch = *state;
    const struct rlimit small = { 8192, 8192 };
    struct store *store = NULL;
    int status = -1;
    pid_t child;

    assert_int_equal(store_open(&scratch->settings, &store), FOB_SUCCESS);
    scratch_insert(store, "acme", "swordfish");
    store_close(store);
    child = fork();
    if (child == 0) {
        static char much[20000];
        bool good;

        memset(much, 'm', sizeof much - 1);
        signal(SIGXFSZ, SIG_IGN);
        good = setrlimit(RLIMIT_FSIZE, &small) == 0 &&
               store_open(&scratch->settings, &store) == FOB_SUCCESS &&
               store_update(store, "acme", change_secret, much, NULL) == FOB_SYSTEM &&
               strstr(fob_error(), "accounts/acme: File too large") != NULL;
        _exit(good ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_one_of(scratch, "swordfish", "swordfish");
}

static void pause_up_to(long microseconds)
{
    unsigned number = 0;
    struct timespec pause = { 0, 0 };

    assert_int_equal(__real_getrandom(&number, sizeof number, 0), sizeof number);
    pause.tv_nsec = (long)(number % (unsigned long)microseconds) * 1000;
    nanosleep(&pause, NULL);
}

static void kill_child(pid_t child)
{
    int status = -1;

    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
}

/* Both fields get the same value, of a length that varies. */
static int change_both(struct record *record, void *data)
{
    char *value = data;
    size_t size = strlen(value);
    int code;

    value[size + 1] = '\0';
    value[size] = 'v';
    code = record_set_field(record, "client_id", value, size, false);
    return code == FOB_SUCCESS ? record_set_field(record, "client_secret", value, size, true)
                               : code;
}

static void change_until_killed(const struct scratch *scratch)
{
    static char value[100000];
    struct store *store = NULL;

    if (store_open(&scratch->settings, &store) != FOB_SUCCESS)
        _exit(1);
    for (int i = 0; i < 1000; i++) {
        memset(value, 'v', (size_t)i * 97);
        if (store_update(store, "acme", change_both, value, NULL) != FOB_SUCCESS)
            _exit(1);
    }
    _exit(0);
}

static void killed_writer_leaves_a_whole_record_and_no_lock(void **state)
{
    const struct scratch *scratch = *state;
    struct store *store = NULL;
    uint64_t version = 0;

    assert_int_equal(store_open(&scratch->settings, &store), FOB_SUCCESS);
    scratch_insert(store, "acme", "id");
    for (int i = 0; i < 60; i++) {
        struct record *record = NULL;
        struct record_field id;
        struct record_field secret;
        pid_t child = fork();

        if (child == 0)
            change_until_killed(scratch);
        pause_up_to(20000);
        kill_child(child);
        assert_int_equal(store_check(store, ignore, NULL), FOB_SUCCESS);
        assert_int_equal(store_read(store, "acme", &record), FOB_SUCCESS);
        assert_true(record_version(record) >= version);
        version = record_version(record);
        assert_int_equal(record_find_field(record, "client_id", &id), FOB_SUCCESS);
        assert_int_equal(record_find_field(record, "client_secret", &secret), FOB_SUCCESS);
        assert_int_equal(id.size, secret.size);
        assert_memory_equal(id.value, secret.value, id.size);
        record_free(record);
    }
    assert_true(version > 1);
    store_close(store);
}

static void killed_creation_can_be_done_again(void **state)
{
    int finished = 0;

    (void)state;
    for (int i = 0; i < 60; i++) {
        struct scratch scratch;
        struct store *store = NULL;
        pid_t child;
        int code;

        assert_int_equal(scratch_make(&scratch), 0);
        child = fork();
        if (child == 0)
            _exit(store_create(&scratch.settings, NULL));
        pause_up_to(10000);
        kill_child(child);
        code = store_create(&scratch.settings, NULL);
        assert_true(code == FOB_SUCCESS || code == FOB_EXISTS);
        finished += code == FOB_EXISTS;
        assert_int_equal(store_open(&scratch.settings, &store), FOB_SUCCESS);
        scratch_insert(store, "acme", "swordfish");
        store_close(store);
        assert_int_equal(scratch_remove(&scratch), 0);
    }
    print_message("%d of 60 were complete before they were killed\n", finished);
}

#define STORE_TEST(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, scratch_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(update_leaves_old_or_new_when_any_call_fails),
        STORE_TEST(insert_leaves_none_or_new_when_any_call_fails),
        STORE_TEST(erase_leaves_old_or_none_when_any_call_fails),
        STORE_TEST(interrupted_and_short_calls_are_gone_on_with),
        cmocka_unit_test(creation_leaves_nothing_or_a_store_when_any_call_fails),
        STORE_TEST(record_larger_than_the_disk_leaves_the_old_one),
        STORE_TEST(killed_writer_leaves_a_whole_record_and_no_lock),
        cmocka_unit_test(killed_creation_can_be_done_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
