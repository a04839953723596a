/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob check refuses a store of files where other machines may lie: statfs(2) says what the test
 * wants. */
#include "config.h"

#include <fob/fob.h>

#include "scratch.h"

#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#define NFS 0x6969
#define EXT4 0xef53

static unsigned long type;

int __real_statfs(const char *path, struct statfs *system);
int __wrap_statfs(const char *path, struct statfs *system);
int __wrap_statfs(const char *path, struct statfs *system)
{
    const int result = __real_statfs(path, system);

    system->f_type = (__typeof__(system->f_type))type;
    return result;
}
int __wrap_statfs64(const char *path, struct statfs *system);
int __wrap_statfs64(const char *path, struct statfs *system)
{
    return __wrap_statfs(path, system);
}

static void find_nfs(bool good, const char *text, void *data)
{
    bool *found = data;

    *found |= !good && strstr(text, "it is on NFS") != NULL;
}

/* Whether fob check complains of a store on the file system TYPE with MORE in its configuration. */
static bool complains(const struct scratch *scratch, unsigned long on, const char *more)
{
    struct fob_context *context = NULL;
    char path[512];
    char text[2048];
    bool found = false;

    snprintf(path, sizeof path, "%s/fob.yaml", scratch->folder);
    snprintf(text, sizeof text,
             "store: { path: %s%s }\nkey_file: %s\nproviders: [ %s ]\nlog: { path: %s/log }\n",
             scratch->store, more, scratch->key_file, scratch->folder, scratch->folder);
    scratch_write(path, text, strlen(text), 0600);
    type = on;
    if (fob_open(path, &context) != FOB_SUCCESS)
        fail_msg("%s", fob_error());
    (void)fob_check(context, find_nfs, &found);
    fob_close(context);
    return found;
}

static void store_on_a_network_is_refused(void **state)
{
    const struct scratch *scratch = *state;

    assert_false(complains(scratch, EXT4, ""));
    assert_true(complains(scratch, NFS, ""));
    assert_true(complains(scratch, NFS, ", shared: true"));
    assert_false(complains(scratch, NFS, ", shared: false"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(store_on_a_network_is_refused, scratch_set_up,
                                        scratch_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
