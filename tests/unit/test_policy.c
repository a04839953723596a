/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The hooks of the policy plugin on a handle that is only a struct, for a caller and at a time that
 * the test chooses; time() is reached by --wrap.
 */
#include "config.h"

#include "wrapped.h"
#include "util/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fob/plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ITEMS 4

struct option {
    const char *name;
    const char *items[ITEMS];
};

struct fob_handle {
    const struct option *options; /* ends with an empty one */
    const char *account;
    const char *owner;
    const char *type;
    int code;
    char error[512];
    char hint[512];
};

static uint32_t user;
static uint32_t group;
static uint32_t others[2];
static time_t now;

time_t __wrap_time(time_t *when);

const struct fob_caller *fob_caller(const struct fob_handle *handle)
{
    static struct fob_caller caller;

    (void)handle;
    caller = (struct fob_caller){ sizeof caller, user, group, others, ARRAY_SIZE(others) };
    return &caller;
}

time_t __wrap_time(time_t *when)
{
    if (when != NULL)
        *when = now;
    return now;
}

WRAPPED_TOO(time_t, __time64, (time_t * when), time(when))

/* What fob_mistake() and fob_item_mistake() were told, a line each. */
static char mistakes[1024];

static void __attribute__((format(printf, 2, 0)))
note(const char *option, const char *format, va_list args)
{
    size_t used = strlen(mistakes);

    used += (size_t)snprintf(mistakes + used, sizeof mistakes - used,
                             "%s: ", option != NULL ? option : "-");
    used += (size_t)vsnprintf(mistakes + used, sizeof mistakes - used, format, args);
    snprintf(mistakes + used, sizeof mistakes - used, "\n");
}

void fob_mistake(struct fob_handle *handle, const char *option, const char *format, ...)
{
    va_list args;

    (void)handle;
    va_start(args, format);
    note(option, format, args);
    va_end(args);
}

const char *fob_option_item(const struct fob_handle *handle, const char *name, size_t index)
{
    for (const struct option *option = handle->options; option->name != NULL; option++) {
        if (strcmp(option->name, name) == 0)
            return index < ITEMS ? option->items[index] : NULL;
    }
    return NULL;
}

void fob_item_mistake(struct fob_handle *handle, const char *option, size_t index, const char *key,
                      const char *format, ...)
{
    va_list args;

    va_start(args, format);
    note(option, format, args);
    va_end(args);
    assert_null(key);
    assert_non_null(strstr(mistakes, fob_option_item(handle, option, index)));
}

const char *fob_option_text(const struct fob_handle *handle, const char *name)
{
    const char *text = fob_option_item(handle, name, 0);

    return text != NULL ? text : "local";
}

bool fob_option_flag(const struct fob_handle *handle, const char *name)
{
    return fob_option_item(handle, name, 0) != NULL;
}

const char *fob_provider_name(const struct fob_handle *handle)
{
    (void)handle;
    return "charliehr";
}

const char *fob_account_name(const struct fob_handle *handle)
{
    return handle->account;
}

const char *fob_account_label(const struct fob_handle *handle, enum fob_text which)
{
    return which == FOB_TEXT_OWNER_ID ? handle->owner
           : which == FOB_TEXT_TYPE   ? handle->type
                                      : "wrong";
}

int fob_fail(struct fob_handle *handle, int code, const char *format, ...)
{
    va_list args;

    handle->code = code;
    va_start(args, format);
    vsnprintf(handle->error, sizeof handle->error, format, args);
    va_end(args);
    return code;
}

void fob_hint(struct fob_handle *handle, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(handle->hint, sizeof handle->hint, format, args);
    va_end(args);
}

/* Without an account: each mistake that a hook finds is told by check, and nothing else. */
static void check_at(const struct option *options, int wanted, const char *words, int line)
{
    struct fob_handle handle = { .options = options, .account = "", .owner = "", .type = "" };
    const char *what = strstr(words, "policy: ") != NULL ? strstr(words, "policy: ") + 8 : words;

    mistakes[0] = '\0';
    fob_plugin.check(&handle);
    if (wanted == FOB_CONFIG ? strstr(mistakes, what) == NULL : mistakes[0] != '\0')
        fail_msg("line %d: check says: %s", line, mistakes);
}

/* Ask each hook, for the account acme, of the owner o-17, in production. */
static void ask_at(const struct option *options, int wanted, const char *words, int line)
{
    fob_hook_fn *const hooks[] = { fob_plugin.link, fob_plugin.validate, fob_plugin.revoke,
                                   fob_plugin.authorize };

    for (size_t i = 0; i < ARRAY_SIZE(hooks); i++) {
        struct fob_handle handle = {
            .options = options, .account = "acme", .owner = "o-17", .type = "production"
        };
        int code = hooks[i](&handle);

        if (code != wanted || strstr(handle.error, words) == NULL)
            fail_msg("line %d, hook %zu: %s: %s", line, i, fob_code_name(code), handle.error);
        if (code != FOB_IGNORE)
            assert_int_equal(handle.code, code);
        assert_int_equal(handle.hint[0] != '\0', code == FOB_SUSPENDED || code == FOB_CONFIG);
    }
    check_at(options, wanted, words, line);
}

#define ask(wanted, words, ...) \
    ask_at((const struct option[]){ __VA_ARGS__, { .name = NULL } }, wanted, words, __LINE__)
#define IS(name, ...)   \
    {                   \
        name,           \
        {               \
            __VA_ARGS__ \
        }               \
    }
#define allowed(...) ask(FOB_IGNORE, "", __VA_ARGS__)
#define refused(words, ...) ask(FOB_SUSPENDED, words, __VA_ARGS__)
#define mistaken(words, ...) ask(FOB_CONFIG, words, __VA_ARGS__)

static void users_are_names_and_ids(void **state)
{
    (void)state;
    user = 1234567;
    allowed(IS("users", "1234567"));
    allowed(IS("users", "root", "1234567"));
    allowed(IS("users", "1234567", "root"));
    refused("not let uid 1234567", IS("users", "root", "12345678"));
    refused("it: not one of the users", IS("users", "root"));
    user = 0;
    allowed(IS("users", "root"));
    allowed(IS("users", "0"));
    refused("acme: the policy of charliehr does not let root ", IS("users", "1"));
}

static void groups_are_all_that_the_caller_is_in(void **state)
{
    (void)state;
    user = 1234567;
    group = 1000;
    others[0] = 2000;
    others[1] = 0;
    allowed(IS("groups", "1000"));
    allowed(IS("groups", "2000"));
    allowed(IS("groups", "root"));
    refused("in none of the groups", IS("groups", "3000", "4000"));
    others[1] = 2000;
    refused("in none of the groups", IS("groups", "root"));
}

static void accounts_owners_and_types_are_patterns(void **state)
{
    (void)state;
    allowed(IS("accounts", "a*"));
    allowed(IS("accounts", "b*", "acm[e]"));
    refused("its name is not among the accounts", IS("accounts", "a", "cme", "ACME", ""));
    allowed(IS("owners", "o-1?"));
    refused("its owner's id is not among the owners", IS("owners", "o-1"));
    allowed(IS("types", "production"));
    refused("its type is not among the types", IS("types", "test"));
}

static void all_conditions_must_hold(void **state)
{
    (void)state;
    user = 0;
    allowed(IS("users", "root"), IS("accounts", "acme"), IS("types", "*"));
    refused("not one of the users", IS("users", "1"), IS("accounts", "acme"));
    refused("not among the accounts", IS("users", "root"), IS("accounts", "beta"));
    /* The first that does not hold is told. */
    refused("not among the accounts", IS("types", "test"), IS("accounts", "beta"));
}

static void deny_refuses_what_fits_and_nothing_else(void **state)
{
    (void)state;
    user = 0;
    refused("a rule that denies fits", IS("deny", "true"), IS("users", "root"));
    allowed(IS("deny", "true"), IS("users", "1"));
    allowed(IS("deny", "true"), IS("users", "root"), IS("accounts", "beta"));
    refused("a rule that denies fits", IS("deny", "true"));
    mistaken("users: nobody-here: there is no such user", IS("deny", "true"),
             IS("users", "nobody-here"));
}

static void without_a_condition_it_is_a_mistake(void **state)
{
    (void)state;
    mistaken("provider charliehr: policy: it has no condition", IS("timezone", "utc"));
}

static void unknown_users_and_groups_are_mistakes_wherever_they_stand(void **state)
{
    static const char *const names[] = {
        "nobody-here", "", "-1", "1 ", "4294967295", "0x0", "4294967296", "99999999999999999999"
    };

    (void)state;
    user = 0;
    group = 0;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char words[64];

        snprintf(words, sizeof words, "policy: users: %s: ", names[i]);
        mistaken(words, IS("users", "root", names[i]));
        mistaken(words, IS("accounts", "other"), IS("users", names[i]));
        snprintf(words, sizeof words, "policy: groups: %s: ", names[i]);
        mistaken(words, IS("groups", "root", names[i]));
    }
}

/* 2026-11-24, a Tuesday; so many minutes from its beginning, UTC. */
static void set_time(int minutes)
{
    now = 1795478400 + minutes * 60;
}

#define AT(hour, minute) ((hour)*60 + (minute))
#define DAY AT(24, 0)

static void hours_are_from_the_first_minute_to_before_the_last(void **state)
{
    static const struct {
        const char *hours;
        int minutes;
        bool within;
    } table[] = {
        { "08:00-18:00", AT(7, 59), false },
        { "08:00-18:00", AT(8, 0), true },
        { "08:00-18:00", AT(17, 59), true },
        { "08:00-18:00", AT(18, 0), false },
        { "00:00-24:00", AT(0, 0), true },
        { "00:00-24:00", AT(23, 59), true },
        { "tue 08:00-18:00", AT(12, 0), true },
        { "Tue 08:00-18:00", AT(12, 0), true },
        { "wed 08:00-18:00", AT(12, 0), false },
        { "mon-fri 08:00-18:00", AT(12, 0), true },
        { "MON-FRI  08:00-18:00", AT(12, 0) + 3 * DAY, true },
        { "mon-fri 08:00-18:00", AT(12, 0) + 4 * DAY, false },
        { "mon-fri 08:00-18:00", AT(12, 0) + 5 * DAY, false },
        { "mon-fri 08:00-18:00", AT(12, 0) + 6 * DAY, true },
        /* Over the end of the week. */
        { "sat-tue 08:00-18:00", AT(12, 0), true },
        { "sat-tue 08:00-18:00", AT(12, 0) + 5 * DAY, true },
        { "sat-tue 08:00-18:00", AT(12, 0) + DAY, false },
        { "sat-tue 08:00-18:00", AT(12, 0) + 3 * DAY, false },
        /* Over midnight: what is before it counts. */
        { "22:00-06:00", AT(21, 59), false },
        { "22:00-06:00", AT(22, 0), true },
        { "22:00-06:00", AT(5, 59), true },
        { "22:00-06:00", AT(6, 0), false },
        { "tue 22:00-06:00", AT(23, 0), true },
        { "tue 22:00-06:00", AT(5, 0), false },
        { "tue 22:00-06:00", AT(5, 0) + DAY, true },
        { "sat 22:00-00:00", AT(23, 59) + 4 * DAY, true },
        { "sat 22:00-00:00", AT(0, 0) + 5 * DAY, false },
        { "sat 22:00-06:00", AT(5, 0) + 5 * DAY, true },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const struct option options[] = { IS("hours", table[i].hours),
                                          IS("timezone", "utc"),
                                          { .name = NULL } };

        set_time(table[i].minutes);
        ask_at(options, table[i].within ? FOB_IGNORE : FOB_SUSPENDED,
               table[i].within ? "" : "it is not within the hours", __LINE__ + (int)i);
    }
}

static void one_of_the_hours_is_enough(void **state)
{
    (void)state;
    set_time(AT(20, 0));
    allowed(IS("hours", "08:00-12:00", "19:00-21:00"), IS("timezone", "utc"));
    refused("hours", IS("hours", "08:00-12:00", "13:00-17:00"), IS("timezone", "utc"));
}

static void hours_are_local_unless_told_otherwise(void **state)
{
    (void)state;
    assert_int_equal(setenv("TZ", "XXX-10", 1), 0);
    tzset();
    set_time(AT(20, 0)); /* 06:00 on Wednesday there */
    allowed(IS("hours", "wed 06:00-06:01"));
    refused("hours", IS("hours", "20:00-20:01"));
    allowed(IS("hours", "tue 20:00-20:01"), IS("timezone", "utc"));
    unsetenv("TZ");
    tzset();
}

static void malformed_hours_are_mistakes(void **state)
{
    static const char *const hours[] = {
        "",
        "8:00-18:00",
        "08:00",
        "08:00-",
        "08:00 - 18:00",
        "08:00-18:00 ",
        " 08:00-18:00",
        "08:00-18:00x",
        "08:60-18:00",
        "08:00-24:01",
        "24:00-06:00",
        "08:00-08:00",
        "0800-1800",
        "mon",
        "mon08:00-18:00",
        "mon- 08:00-18:00",
        "mon-fri",
        "monday 08:00-18:00",
        "mon-fry 08:00-18:00",
        "mon,tue 08:00-18:00",
        "mon-fri-sat 08:00-18:00",
        "+8:00-18:00",
        "08:00-18:\xc3\xa9",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(hours); i++) {
        char words[64];

        snprintf(words, sizeof words, "policy: hours: %s: not hours such as", hours[i]);
        mistaken(words, IS("hours", "00:00-24:00", hours[i]));
    }
}

static void each_hook_says_what_is_refused(void **state)
{
    static const struct option options[] = { { "deny", { "true" } }, { .name = NULL } };
    static const struct {
        fob_hook_fn *const *hook;
        const char *words;
    } table[] = {
        { &fob_plugin.link, " link it: " },
        { &fob_plugin.validate, " validate it: " },
        { &fob_plugin.revoke, " revoke it: " },
        { &fob_plugin.authorize, " use it: " },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct fob_handle handle = { .options = options, .account = "acme" };

        assert_int_equal((*table[i].hook)(&handle), FOB_SUSPENDED);
        assert_non_null(strstr(handle.error, table[i].words));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_are_names_and_ids),
        cmocka_unit_test(groups_are_all_that_the_caller_is_in),
        cmocka_unit_test(accounts_owners_and_types_are_patterns),
        cmocka_unit_test(all_conditions_must_hold),
        cmocka_unit_test(deny_refuses_what_fits_and_nothing_else),
        cmocka_unit_test(without_a_condition_it_is_a_mistake),
        cmocka_unit_test(unknown_users_and_groups_are_mistakes_wherever_they_stand),
        cmocka_unit_test(hours_are_from_the_first_minute_to_before_the_last),
        cmocka_unit_test(one_of_the_hours_is_enough),
        cmocka_unit_test(hours_are_local_unless_told_otherwise),
        cmocka_unit_test(malformed_hours_are_mistakes),
        cmocka_unit_test(each_hook_says_what_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
