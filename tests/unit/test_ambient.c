/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Hooks that change locale and umask find them put back by the next entry, and so does the caller.
 */
#include "config.h"

#include "world.h"
#include "util/array.h"

#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ENTRY(faults) \
    "  - { control: required, plugin: misbehaved, options: { do: [ " faults " ] } }\n"
#define LAST                                          \
    "  - { control: required, plugin: misbehaved }\n" \
    "  - { control: required, plugin: told }\n"
#define PLAIN "found C, 027, no locale of the thread's\n"
#define WARNING(what) "told/validate/misbehaved a plugin must not change the " what ": restored\n"

static mode_t mask_now(void)
{
    mode_t mask = umask(0);

    umask(mask);
    return mask;
}

/* A sanitizer may have a thread of its own. */
static void skip_unless_alone(void)
{
    struct stat st;

    if (stat("/proc/self/task", &st) < 0 || st.st_nlink != 3)
        skip();
}

/* Run the stack ENTRIES, and one more entry that says what it finds; all is well afterwards. */
static void run_stack(struct world *world, const char *entries)
{
    char text[2048];
    struct fob_handle *handle;

    if (!world_has(world, "acme"))
        world_link(world, "acme", "id");
    snprintf(text, sizeof text,
             "provider: told\n"
             "fields: [ { name: id }, { name: token, secret: true } ]\n"
             "link: [ { control: required, plugin: told } ]\n"
             "validate:\n%s" LAST,
             entries);
    world_provider(world, "told", text);
    world->trace[0] = '\0';
    handle = world_start(world, "acme");
    umask(027);
    expect(fob_validate(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
}

/* How many of the trace's lines end with WORDS. */
static size_t count(const struct world *world, const char *words)
{
    size_t found = 0;

    for (const char *at = world->trace; (at = strstr(at, words)) != NULL; at++)
        found++;
    return found;
}

static void a_hook_that_changes_nothing_is_not_told_of(void **state)
{
    struct world *world = world_of(state);

    run_stack(world, ENTRY("none"));
    assert_int_equal(count(world, PLAIN), 2);
    assert_null(strstr(world->trace, "must not"));
}

static void what_a_hook_changes_is_put_back_before_the_next(void **state)
{
    static const struct {
        const char *entry;
        const char *warning;
    } table[] = {
        { ENTRY("umask"), WARNING("umask") },
        { ENTRY("locale"), WARNING("locale") },
        { ENTRY("thread_locale"), WARNING("locale") },
        { ENTRY("umask, locale"), WARNING("locale and umask") },
        { ENTRY("thread_locale, locale, umask"), WARNING("locale and umask") },
    };
    struct world *world = world_of(state);

    skip_unless_alone();
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        run_stack(world, table[i].entry);
        if (count(world, PLAIN) != 2 || count(world, table[i].warning) != 1)
            fail_msg("case %zu: %s", i, world->trace);
        assert_string_equal(setlocale(LC_ALL, NULL), "C");
        assert_true(uselocale((locale_t)0) == LC_GLOBAL_LOCALE);
        assert_int_equal(mask_now(), 027);
    }
}

/* The caller's own locale is no fault. */
static void a_locale_that_the_application_chose_stays(void **state)
{
    struct world *world = world_of(state);
    locale_t own = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);

    assert_non_null(own);
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    uselocale(own);
    run_stack(world, ENTRY("umask"));
    assert_true(uselocale(LC_GLOBAL_LOCALE) == own);
    freelocale(own);
    assert_string_equal(setlocale(LC_CTYPE, NULL), "C.UTF-8");
    assert_string_equal(setlocale(LC_NUMERIC, NULL), "C");
    assert_int_equal(count(world, "must not"), 1);
    setlocale(LC_ALL, "C");
}

static void what_loading_changes_is_put_back(void **state)
{
    struct world *world = world_of(state);

    skip_unless_alone();
    assert_int_equal(setenv("MISBEHAVED", "1", 1), 0);
    run_stack(world, ENTRY("none"));
    unsetenv("MISBEHAVED");
    assert_int_equal(count(world, PLAIN), 2);
    assert_int_equal(count(world, "loader plugin misbehaved: loading it must not change the umask"),
                     1);
}

static void *wait_for(void *barrier)
{
    pthread_barrier_wait(barrier);
    return NULL;
}

/* Of two threads nobody can tell which one changed what they share. */
static void with_another_thread_only_the_threads_own_locale_is_put_back(void **state)
{
    struct world *world = world_of(state);
    pthread_barrier_t barrier;
    pthread_t other;

    skip_unless_alone();
    assert_int_equal(pthread_barrier_init(&barrier, NULL, 2), 0);
    assert_int_equal(pthread_create(&other, NULL, wait_for, &barrier), 0);
    run_stack(world, ENTRY("umask, thread_locale"));
    assert_int_equal(mask_now(), 0);
    assert_true(uselocale((locale_t)0) == LC_GLOBAL_LOCALE);
    assert_int_equal(count(world, WARNING("locale")), 1);
    pthread_barrier_wait(&barrier);
    pthread_join(other, NULL);
    pthread_barrier_destroy(&barrier);
    /* Once it is gone all is as before. */
    run_stack(world, ENTRY("umask"));
    assert_int_equal(mask_now(), 027);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_hook_that_changes_nothing_is_not_told_of),
        TEST(what_a_hook_changes_is_put_back_before_the_next),
        TEST(what_loading_changes_is_put_back),
        TEST(a_locale_that_the_application_chose_stays),
        TEST(with_another_thread_only_the_threads_own_locale_is_put_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
