/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Contexts, handles and accounts as an application has them: opening and linking. */
#include "config.h"

#include "world.h"
#include "util/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const keys[] = { "id", "typed-id", "token", "typed-token", NULL };

static void link_asks_for_what_is_missing_and_stores_it(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = world_start(world, "acme");
    int64_t now = world_now();

    world->person.answers = keys;
    world_field(handle, "id", "given-id");
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    assert_string_equal(world->person.said, "guide Look in the drawer\nsecret Token\n");
    assert_string_equal(fob_account_text(fob_handle_account(handle), FOB_TEXT_NAME), "acme");
    fob_end(handle);
    world_assert_field(world, "acme", "id", "given-id");
    world_assert_field(world, "acme", "token", "typed-token");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    world_assert_text(world, "acme", FOB_TEXT_PROVIDER, "told");
    world_assert_text(world, "acme", FOB_TEXT_TYPE, "production");
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_ID, "c1");
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_NAME, "Acme Ltd");
    world_assert_text(world, "acme", FOB_TEXT_LAST_ERROR, "");
    assert_in_range(world_time(world, "acme", FOB_TIME_LINKED), now, now + 60);
    assert_in_range(world_time(world, "acme", FOB_TIME_VALIDATED), now, now + 60);
    assert_int_equal(world_time(world, "acme", FOB_TIME_REFUSED), 0);
    assert_int_equal(world_time(world, "acme", FOB_TIME_EXPIRES), 0);
}

static void link_leaves_the_guide_out_when_told(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = world_start(world, "acme");

    world_keys(handle, "id", "token");
    expect(fob_link(handle, FOB_NO_GUIDE), FOB_SUCCESS, "");
    fob_end(handle);
    assert_string_equal(world->person.said, "");
}

static void a_link_that_fails_stores_nothing(void **state)
{
    struct world *world = world_of(state);

    for (int code = FOB_SUCCESS + 1; code < FOB_CODE_COUNT; code++) {
        struct fob_handle *handle;
        char options[64];

        snprintf(options, sizeof options, "result: %s", fob_code_name(code));
        world_tell(world, &(struct told){ .link = options });
        handle = world_start(world, "acme");
        world_keys(handle, "id", "token");
        expect(fob_link(handle, 0), code == FOB_IGNORE ? FOB_PLUGIN : code, "");
        assert_null(fob_handle_account(handle));
        fob_end(handle);
        assert_false(world_has(world, "acme"));
    }
}

/* A secret that is shown only once is not lost to a bad day. */
static void a_failed_link_may_be_tried_again_with_what_was_typed(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;
    struct fob_secret *value = NULL;

    world_tell(world, &(struct told){ .link = "result: unavailable" });
    handle = world_start(world, "acme");
    world->person.answers = keys;
    expect(fob_link(handle, 0), FOB_UNAVAILABLE, "");
    assert_int_equal(world->person.asked, 2);
    expect(fob_get_field(handle, "token", &value), FOB_SUCCESS, "");
    assert_string_equal(fob_secret_data(value), "typed-token");
    fob_secret_free(value);
    expect(fob_link(handle, 0), FOB_UNAVAILABLE, "");
    assert_int_equal(world->person.asked, 2);
    fob_clear_fields(handle);
    expect(fob_link(handle, FOB_NO_VALIDATE), FOB_SUCCESS, "");
    assert_int_equal(world->person.asked, 4);
    fob_end(handle);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_UNCHECKED);
    assert_int_equal(world_time(world, "acme", FOB_TIME_VALIDATED), 0);
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_ID, "");
}

static void an_account_is_linked_once(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *first = world_start(world, "acme");
    struct fob_handle *second = world_start(world, "acme");
    struct fob_handle *other = NULL;

    world_keys(first, "id", "first");
    world_keys(second, "id", "second");
    expect(fob_link(first, 0), FOB_SUCCESS, "");
    expect(fob_link(second, 0), FOB_EXISTS, "acme: there is an account of that name already");
    expect(fob_link(first, 0), FOB_EXISTS, "acme");
    fob_end(first);
    fob_end(second);
    world_assert_field(world, "acme", "token", "first");
    world_provider(world, "other",
                   "provider: other\nfields: [ { name: a } ]\n"
                   "link: [ { control: required, plugin: told } ]\n"
                   "validate: [ { control: required, plugin: told } ]\n");
    expect(fob_start(world->context, "other", "acme", NULL, &other), FOB_EXISTS,
           "acme: exists already, linked at provider told");
    assert_null(other);
}

static void nobody_to_ask_names_the_missing_field(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = NULL;

    expect(fob_start(world->context, "told", "acme", NULL, &handle), FOB_SUCCESS, "");
    world_field(handle, "id", "id");
    expect(fob_link(handle, 0), FOB_CONVERSATION,
           "acme: no value for the field token, and nobody to ask");
    fob_end(handle);
    assert_false(world_has(world, "acme"));
}

static void start_refuses_what_is_no_name_and_no_provider(void **state)
{
    static const char too_long[] =
        "a2345678901234567890123456789012345678901234567890123456789012345";
    static const char *const names[] = { "",   "A",   "-a",  ".a",       "_a",    "a/b",
                                         "..", "a b", "a\n", "\xc3\xa4", too_long };
    struct world *world = world_of(state);
    struct fob_handle *handle = NULL;
    struct fob_account *account = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        expect(fob_start(world->context, "told", names[i], NULL, &handle), FOB_INVALID,
               "not an account's name");
        expect(fob_start(world->context, names[i], "acme", NULL, &handle), FOB_INVALID,
               "not a provider's name");
        expect(fob_read_account(world->context, names[i], &account), FOB_INVALID, "");
    }
    expect(fob_start(world->context, "told", NULL, NULL, &handle), FOB_INVALID, "");
    expect(fob_start(world->context, "tolt", "acme", NULL, &handle), FOB_NOT_FOUND,
           "tolt: no such provider");
    assert_string_equal(fob_error_hint(), "did you mean told?");
    expect(fob_start(world->context, NULL, "acme", NULL, &handle), FOB_NOT_FOUND, "acme");
    expect(fob_read_account(world->context, "acme", &account), FOB_NOT_FOUND, "acme");
    assert_null(handle);
    assert_null(account);
    expect(fob_start(world->context, "told",
                     "a234567890123456789012345678901234567890123456789012345678901234", NULL,
                     &handle),
           FOB_SUCCESS, "");
    fob_end(handle);
}

static void a_field_must_be_one_of_the_providers_and_fit(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = world_start(world, "acme");
    struct fob_secret *value = NULL;
    char *large = calloc(1, FOB_VALUE_MAX + 1);

    assert_non_null(large);
    memset(large, 'x', FOB_VALUE_MAX + 1);
    expect(fob_set_field(handle, "secret-in-the-wrong-place", "x", 1), FOB_NOT_FOUND,
           "provider told has no such field");
    assert_null(strstr(fob_error(), "secret-in"));
    expect(fob_set_field(handle, "token", "", 0), FOB_INVALID, "Token: must not be empty");
    expect(fob_set_field(handle, "token", "a\0b", 3), FOB_INVALID, "Token: must not hold a NUL");
    expect(fob_set_field(handle, "token", large, FOB_VALUE_MAX + 1), FOB_INVALID, "");
    expect(fob_get_field(handle, "token", &value), FOB_NOT_FOUND, "acme: no field token");
    assert_null(value);
    expect(fob_set_field(handle, "token", large, FOB_VALUE_MAX), FOB_SUCCESS, "");
    expect(fob_get_field(handle, "token", &value), FOB_SUCCESS, "");
    assert_int_equal(fob_secret_size(value), FOB_VALUE_MAX);
    fob_secret_free(value);
    fob_end(handle);
    free(large);
}

static void a_secret_of_any_bytes_comes_back_as_it_was(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = world_start(world, "acme");
    struct fob_secret *value = NULL;
    char bytes[256];

    for (size_t i = 0; i < 255; i++)
        bytes[i] = (char)(i + 1);
    bytes[255] = '\0';
    fob_set_exact(handle);
    world_keys(handle, "id", bytes);
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    handle = world_start(world, "acme");
    expect(fob_get_field(handle, "token", &value), FOB_SUCCESS, "");
    assert_int_equal(fob_secret_size(value), 255);
    assert_memory_equal(fob_secret_data(value), bytes, 256);
    fob_secret_free(value);
    fob_end(handle);
}

static void items_become_the_accounts_labels(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = world_start(world, "acme");

    world_keys(handle, "id", "token");
    expect(fob_set_item(handle, FOB_ITEM_TYPE, "test"), FOB_SUCCESS, "");
    expect(fob_set_item(handle, FOB_ITEM_OWNER_ID, "e-1"), FOB_SUCCESS, "");
    expect(fob_set_item(handle, FOB_ITEM_OWNER_NAME, "J\xc3\xbcrgen"), FOB_SUCCESS, "");
    expect(fob_set_item(handle, FOB_ITEM_OWNER_EMAIL, "first@example.com"), FOB_SUCCESS, "");
    expect(fob_set_item(handle, FOB_ITEM_OWNER_EMAIL, "j@example.com"), FOB_SUCCESS, "");
    expect(fob_set_item(handle, FOB_ITEM_EXPIRES, "2100-02-28"), FOB_SUCCESS, "");
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    world_assert_text(world, "acme", FOB_TEXT_TYPE, "test");
    world_assert_text(world, "acme", FOB_TEXT_OWNER_ID, "e-1");
    world_assert_text(world, "acme", FOB_TEXT_OWNER_NAME, "J\xc3\xbcrgen");
    world_assert_text(world, "acme", FOB_TEXT_OWNER_EMAIL, "j@example.com");
    assert_int_equal(world_time(world, "acme", FOB_TIME_EXPIRES), 4107456000 /* midnight, UTC */);
}

static void an_item_must_be_usable(void **state)
{
    static const struct {
        enum fob_item item;
        const char *value;
        const char *words;
    } bad[] = {
        { FOB_ITEM_TYPE, "staging", "\"production\" or \"test\"" },
        { FOB_ITEM_TYPE, "", "\"production\" or \"test\"" },
        { FOB_ITEM_EXPIRES, "tomorrow", "not a date" },
        { FOB_ITEM_EXPIRES, "2026-02-29", "not a date" },
        { FOB_ITEM_EXPIRES, "1970-01-01", "not a date (YYYY-MM-DD) after 1970-01-01" },
        { FOB_ITEM_EXPIRES, "0000-01-01", "not a date (YYYY-MM-DD) after 1970-01-01" },
        { FOB_ITEM_OWNER_NAME, "a\nb", "must be text" },
        { FOB_ITEM_OWNER_NAME, "\xff", "must be text" },
        { FOB_ITEM_PROGRAM, "\x1b[1m", "must be text" },
        { (enum fob_item)99, "x", "no such item" },
        { (enum fob_item) - 1, "x", "no such item" },
    };
    struct world *world = world_of(state);
    struct fob_handle *handle = world_start(world, "acme");
    char text[258];

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        expect(fob_set_item(handle, bad[i].item, bad[i].value), FOB_INVALID, bad[i].words);
    memset(text, 'x', 256);
    text[256] = '\0';
    expect(fob_set_item(handle, FOB_ITEM_OWNER_ID, text), FOB_INVALID, "at most 255 bytes");
    text[255] = '\0';
    expect(fob_set_item(handle, FOB_ITEM_OWNER_ID, text), FOB_SUCCESS, "");
    fob_end(handle);
}

static void the_same_credential_and_the_same_company_are_reported(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "first", "id");
    world_tell(world, &(struct told){ .link = "identity: c2, name: Other Ltd" });
    world_link(world, "second", "id");
    assert_string_equal(world->person.said, "guide Look in the drawer\nguide Look in the drawer\n");
    world = world_of(state);
    world_tell(world, &(struct told){ 0 });
    handle = world_start(world, "third");
    world_keys(handle, "other-id", "t0ken-of-second");
    expect(fob_link(handle, FOB_NO_GUIDE), FOB_SUCCESS, "");
    fob_end(handle);
    assert_string_equal(world->person.said,
                        "warning the account first is linked to the same company, \"Acme Ltd\"\n"
                        "warning the account second has the same credential\n");
}

static void freeing_nothing_does_nothing(void **state)
{
    (void)state;
    fob_close(NULL);
    fob_end(NULL);
    fob_account_free(NULL);
    fob_accounts_close(NULL);
    fob_providers_close(NULL);
    fob_secret_free(NULL);
}

static void open_leaves_its_result_alone_when_it_fails(void **state)
{
    struct world *world = world_of(state);
    struct fob_context *context = NULL;
    struct fob_handle *handle = NULL;
    struct fob_accounts *accounts = NULL;
    struct fob_account *account = NULL;
    char config[8192];

    expect(fob_open(folder_path(world->folder, "absent.yaml"), &context), FOB_NOT_FOUND,
           "absent.yaml");
    assert_null(context);
    /* Without a store. */
    snprintf(config, sizeof config,
             "store: { path: %s/none }\nproviders: [ %s/providers.d ]\n"
             "key_file: %s/key\n",
             world->folder, world->folder, world->folder);
    expect(fob_open(folder_write(world->folder, "other.yaml", config), &context), FOB_SUCCESS, "");
    assert_string_equal(fob_path(context, FOB_PATH_STORE), folder_path(world->folder, "none"));
    assert_string_equal(fob_path(context, FOB_PATH_LOG), folder_path(world->folder, "none/log"));
    assert_string_equal(fob_path(context, (enum fob_path)9), "");
    expect(fob_start(context, "told", "acme", NULL, &handle), FOB_NOT_FOUND, "none");
    expect(fob_accounts_open(context, &accounts), FOB_NOT_FOUND, "none");
    expect(fob_read_account(context, "acme", &account), FOB_NOT_FOUND, "none");
    assert_null(handle);
    assert_null(accounts);
    assert_null(account);
    fob_close(context);
}

static void a_passphrase_is_asked_for_once(void **state)
{
    static const char *const answers[] = { "passphrase", "correct horse", NULL };
    struct world *world = world_of(state);
    struct fob_context *context = NULL;
    struct fob_secret *passphrase = NULL;
    struct fob_handle *handle = NULL;
    struct fob_account *account = NULL;
    char config[8192];

    snprintf(config, sizeof config,
             "store: { path: %s/pass }\nplugins: [ %s ]\n"
             "providers: [ %s/providers.d ]\nkey_file: %s/nokey\n",
             world->folder, TEST_PLUGIN_FOLDER, world->folder, world->folder);
    folder_write(world->folder, "pass.yaml", config);
    expect(fob_open(folder_path(world->folder, "pass.yaml"), &context), FOB_SUCCESS, "");
    expect(fob_secret_new("correct horse", 13, &passphrase), FOB_SUCCESS, "");
    expect(fob_create_store(context, passphrase), FOB_SUCCESS, "");
    expect(fob_create_store(context, passphrase), FOB_EXISTS, "");
    fob_secret_free(passphrase);
    fob_close(context);
    expect(fob_open(folder_path(world->folder, "pass.yaml"), &context), FOB_SUCCESS, "");
    expect(fob_start(context, "told", "acme", &world->conv, &handle), FOB_SUCCESS, "");
    world_keys(handle, "id", "token");
    /* Nobody serves the context, only the handle. */
    expect(fob_link(handle, FOB_NO_GUIDE), FOB_LOCKED, "");
    assert_string_equal(world->person.said, "");
    fob_end(handle);
    fob_close(context);
    expect(fob_open(folder_path(world->folder, "pass.yaml"), &context), FOB_SUCCESS, "");
    world->person.answers = answers;
    fob_set_conversation(context, &world->conv);
    expect(fob_start(context, "told", "acme", NULL, &handle), FOB_SUCCESS, "");
    world_keys(handle, "id", "token");
    expect(fob_link(handle, FOB_NO_GUIDE), FOB_SUCCESS, "");
    fob_end(handle);
    expect(fob_read_account(context, "acme", &account), FOB_SUCCESS, "");
    fob_account_free(account);
    assert_string_equal(world->person.said, "secret Passphrase of the store\n");
    fob_close(context);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(link_asks_for_what_is_missing_and_stores_it),
        TEST(link_leaves_the_guide_out_when_told),
        TEST(a_link_that_fails_stores_nothing),
        TEST(a_failed_link_may_be_tried_again_with_what_was_typed),
        TEST(an_account_is_linked_once),
        TEST(nobody_to_ask_names_the_missing_field),
        TEST(start_refuses_what_is_no_name_and_no_provider),
        TEST(a_field_must_be_one_of_the_providers_and_fit),
        TEST(a_secret_of_any_bytes_comes_back_as_it_was),
        TEST(items_become_the_accounts_labels),
        TEST(an_item_must_be_usable),
        TEST(the_same_credential_and_the_same_company_are_reported),
        cmocka_unit_test(freeing_nothing_does_nothing),
        TEST(open_leaves_its_result_alone_when_it_fails),
        TEST(a_passphrase_is_asked_for_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
