/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What a process holds in memory after it read a credential: the one buffer of its caller, and
 * neither another copy nor the store's key. */
#include "config.h"

#include "scratch.h"

#include <fob/fob.h>

#include "store/key_file.h"
#include "store/keyring.h"
#include "util/secret.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEEDLE 24
/* So much of a region is looked at; a sanitizer's are huge. */
#define REGION_MAX (64UL << 20)

static char self[4096];

/* The process that is looked into: reads a credential, says so, and waits. */
static int hold(const char *config)
{
    struct fob_context *context = NULL;
    struct fob_handle *handle = NULL;
    struct fob_secret *value = NULL;
    int code = fob_open(config, &context);

    if (code == FOB_SUCCESS)
        code = fob_start(context, NULL, "acme", NULL, &handle);
    if (code == FOB_SUCCESS)
        code = fob_lend(handle, "get", 0);
    if (code == FOB_SUCCESS)
        code = fob_get_field(handle, "client_secret", &value);
    fob_end(handle);
    fob_close(context);
    if (code != FOB_SUCCESS) {
        fprintf(stderr, "%s\n", fob_error());
        return 1;
    }
    if (write(1, "r", 1) != 1)
        return 1;
    pause();
    fob_secret_free(value);
    return 0;
}

/* How often NEEDLE bytes are in SIZE bytes of TEXT. */
static size_t count_in(const char *text, size_t size, const char *needle)
{
    size_t found = 0;
    const char *end = text + size;

    while ((text = memmem(text, (size_t)(end - text), needle, NEEDLE)) != NULL) {
        found++;
        text++;
    }
    return found;
}

/* The same in all writable memory of PID. */
static size_t count_in_process(pid_t pid, const char *needle)
{
    char path[64];
    char line[4352];
    size_t found = 0;
    FILE *maps;
    int mem;

    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    maps = fopen(path, "r");
    snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
    mem = open(path, O_RDONLY | O_CLOEXEC);
    assert_non_null(maps);
    assert_true(mem >= 0);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long begin;
        unsigned long end;
        char mode[5];
        char *region;
        ssize_t got;

        if (sscanf(line, "%lx-%lx %4s", &begin, &end, mode) != 3 || mode[1] != 'w' ||
            end - begin > REGION_MAX)
            continue;
        region = malloc(end - begin);
        assert_non_null(region);
        got = pread(mem, region, end - begin, (off_t)begin);
        if (got > 0)
            found += count_in(region, (size_t)got, needle);
        free(region);
    }
    fclose(maps);
    close(mem);
    return found;
}

static pid_t start_holder(char *config)
{
    char *argv[] = { self, config, NULL };
    posix_spawn_file_actions_t actions;
    int ends[2];
    pid_t pid;
    char ready;

    assert_int_equal(pipe(ends), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    assert_int_equal(posix_spawn(&pid, self, &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    assert_int_equal(read(ends[0], &ready, 1), 1);
    close(ends[0]);
    return pid;
}

static void store_account(const struct scratch *scratch, const char *secret)
{
    struct record *record = scratch_record("acme", "");
    struct store *store = NULL;

    record_set_text(record, FOB_TEXT_PROVIDER, "charliehr");
    assert_int_equal(record_set_field(record, "client_secret", secret, NEEDLE, true), FOB_SUCCESS);
    assert_int_equal(store_open(&scratch->settings, &store), FOB_SUCCESS);
    assert_int_equal(store_insert(store, record), FOB_SUCCESS);
    record_free(record);
    store_close(store);
}

/* The key of the store, read as fob reads it. */
static void read_key(const struct scratch *scratch, char key[static NEEDLE])
{
    struct fob_secret *material = NULL;
    struct keyring *keyring = NULL;
    size_t size;
    unsigned char *header = scratch_read(scratch_path(scratch, "header"), &size);

    assert_int_equal(keyring_decode((struct span){ header, size }, "header", &keyring),
                     FOB_SUCCESS);
    assert_int_equal(key_file_read(scratch->key_file, geteuid(), &material), FOB_SUCCESS);
    assert_int_equal(keyring_unlock(keyring, SLOT_KEY_FILE, material, "header"), FOB_SUCCESS);
    memcpy(key, fob_secret_data(keyring->key), NEEDLE);
    fob_secret_free(material);
    keyring_free(keyring);
    free(header);
}

static void nothing_is_left_but_the_callers_buffer(void **state)
{
    const struct scratch *scratch = *state;
    char config[512];
    char text[1024];
    char secret[NEEDLE + 1];
    char key[NEEDLE];
    pid_t pid;

    if (getenv("FOB_TEST_VALGRIND") != NULL)
        skip();
    /* Not as it is written here, so that it is not in the program. */
    for (size_t i = 0; i < NEEDLE; i++)
        secret[i] = (char)('a' + (i * 7 + (size_t)getpid()) % 26);
    secret[NEEDLE] = '\0';
    store_account(scratch, secret);
    snprintf(config, sizeof config, "%s/fob.yaml", scratch->folder);
    snprintf(text, sizeof text, "store: { path: %s }\nkey_file: %s\n", scratch->store,
             scratch->key_file);
    scratch_write(config, text, strlen(text), 0600);
    pid = start_holder(config);
    read_key(scratch, key);
    assert_int_equal(count_in_process(pid, secret), 1);
    assert_int_equal(count_in_process(pid, key), 0);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_left_but_the_callers_buffer, scratch_set_up,
                                        scratch_tear_down),
    };

    if (argc == 2)
        return hold(argv[1]);
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return 1;
    (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
