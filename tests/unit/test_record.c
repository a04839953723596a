/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Records in memory, and as the items of fob-store(5). */
#include "config.h"

#include "store/record.h"

#include "store/codec.h"
#include "util/array.h"
#include "util/secret.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct record *new_record(void)
{
    struct record *record = NULL;

    assert_int_equal(record_new("acme", &record), FOB_SUCCESS);
    return record;
}

static void assert_field(const struct record *record, const char *name, const char *value)
{
    struct record_field field;

    assert_int_equal(record_find_field(record, name, &field), FOB_SUCCESS);
    assert_string_equal(field.name, name);
    assert_string_equal(field.value, value);
    assert_int_equal(field.size, strlen(value));
}

static int set_field(struct record *record, const char *name, const char *value)
{
    return record_set_field(record, name, value, strlen(value), true);
}

static void record_refuses_an_invalid_name(void **state)
{
    static const char *const names[] = { "", ".x", "ACME", "a/b", "..", "a b", "-a", "a\n" };
    struct record *record = NULL;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        assert_int_equal(record_new(names[i], &record), FOB_INVALID);
    assert_null(record);
}

static void record_begins_empty(void **state)
{
    struct record *record = new_record();
    struct record_field field;

    (void)state;
    assert_string_equal(record_name(record), "acme");
    assert_string_equal(record_text(record, FOB_TEXT_NAME), "acme");
    for (int i = FOB_TEXT_PROVIDER; i < FOB_TEXT_COUNT; i++)
        assert_string_equal(record_text(record, (enum fob_text)i), "");
    assert_int_equal(record_field_count(record), 0);
    assert_int_equal(record_version(record), 0);
    assert_int_equal(record_find_field(record, "client_id", &field), FOB_NOT_FOUND);
    record_free(record);
}

static void record_texts_are_set_replaced_and_removed(void **state)
{
    static const char *const values[] = { "Acme", "A much longer name Ltd", "Ac", "",
                                          "Acme again" };
    struct record *record = new_record();

    (void)state;
    assert_int_equal(record_set_text(record, FOB_TEXT_OWNER_ID, "before"), FOB_SUCCESS);
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        assert_int_equal(record_set_text(record, FOB_TEXT_REMOTE_NAME, values[i]), FOB_SUCCESS);
        assert_string_equal(record_text(record, FOB_TEXT_REMOTE_NAME), values[i]);
        assert_string_equal(record_text(record, FOB_TEXT_OWNER_ID), "before");
        assert_string_equal(record_text(record, FOB_TEXT_OWNER_EMAIL), "");
    }
    record_free(record);
}

static void record_keeps_its_name(void **state)
{
    struct record *record = new_record();

    (void)state;
    assert_int_equal(record_set_text(record, FOB_TEXT_NAME, "other"), FOB_INVALID);
    assert_string_equal(record_name(record), "acme");
    record_free(record);
}

static void record_text_may_come_from_the_record_itself(void **state)
{
    struct record *record = new_record();
    char text[4000];

    (void)state;
    memset(text, 't', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(record_set_text(record, FOB_TEXT_OWNER_ID, text), FOB_SUCCESS);
    /* The arena moves for this one. */
    assert_int_equal(
        record_set_text(record, FOB_TEXT_REMOTE_ID, record_text(record, FOB_TEXT_OWNER_ID)),
        FOB_SUCCESS);
    assert_string_equal(record_text(record, FOB_TEXT_REMOTE_ID), text);
    assert_string_equal(record_text(record, FOB_TEXT_OWNER_ID), text);
    record_free(record);
}

static void record_fields_are_added_and_replaced(void **state)
{
    struct record *record = new_record();

    (void)state;
    assert_int_equal(set_field(record, "client_id", "one"), FOB_SUCCESS);
    assert_int_equal(set_field(record, "client_secret", "two"), FOB_SUCCESS);
    assert_int_equal(set_field(record, "client_id", "a longer one"), FOB_SUCCESS);
    assert_field(record, "client_id", "a longer one");
    assert_field(record, "client_secret", "two");
    assert_int_equal(record_field_count(record), 2);
    record_free(record);
}

static void record_field_keeps_any_byte(void **state)
{
    struct record *record = new_record();
    struct record_field field;

    (void)state;
    assert_int_equal(record_set_field(record, "bytes", "a\0b\0", 4, false), FOB_SUCCESS);
    assert_int_equal(record_find_field(record, "bytes", &field), FOB_SUCCESS);
    assert_int_equal(field.size, 4);
    assert_memory_equal(field.value, "a\0b\0\0", 5);
    assert_false(field.secret);
    record_free(record);
}

static void record_refuses_fields_past_the_limits(void **state)
{
    struct record *record = new_record();
    char *much = calloc(1, FOB_VALUE_MAX + 1);
    char name[16];

    (void)state;
    assert_int_equal(record_set_field(record, "much", much, FOB_VALUE_MAX + 1, true), FOB_INVALID);
    assert_int_equal(set_field(record, "Not A Name", "x"), FOB_INVALID);
    assert_int_equal(set_field(record, "", "x"), FOB_INVALID);
    for (int i = 0; i < RECORD_FIELDS_MAX; i++) {
        snprintf(name, sizeof name, "f%d", i);
        assert_int_equal(set_field(record, name, "x"), FOB_SUCCESS);
    }
    assert_int_equal(set_field(record, "one_more", "x"), FOB_INVALID);
    assert_int_equal(record_field_count(record), RECORD_FIELDS_MAX);
    assert_int_equal(set_field(record, "f0", "replaced"), FOB_SUCCESS);
    free(much);
    record_free(record);
}

/* A field that did not fit leaves nothing behind. */
static void record_is_as_before_when_a_field_does_not_fit(void **state)
{
    struct record *record = new_record();
    char *much = calloc(1, FOB_VALUE_MAX);
    char name[16];
    int count = 0;

    (void)state;
    snprintf(name, sizeof name, "f%d", count);
    while (record_set_field(record, name, much, FOB_VALUE_MAX, true) == FOB_SUCCESS)
        snprintf(name, sizeof name, "f%d", ++count);
    assert_int_equal(count, SECRET_MAX / FOB_VALUE_MAX - 1);
    assert_int_equal(record_field_count(record), count);
    assert_int_equal(set_field(record, "small", "fits"), FOB_SUCCESS);
    assert_field(record, "small", "fits");
    free(much);
    record_free(record);
}

static void record_copy_is_independent(void **state)
{
    struct record *record = new_record();
    struct record *copy = NULL;

    (void)state;
    assert_int_equal(set_field(record, "client_id", "one"), FOB_SUCCESS);
    record_set_generation(record, 7);
    assert_int_equal(record_copy(record, &copy), FOB_SUCCESS);
    assert_int_equal(set_field(record, "client_id", "two"), FOB_SUCCESS);
    assert_field(copy, "client_id", "one");
    assert_int_equal(record_generation(copy), 7);
    record_free(record);
    assert_field(copy, "client_id", "one");
    record_free(copy);
}

/* A record in which everything is set. */
static struct record *full_record(void)
{
    struct record *record = new_record();
    char text[32];

    for (int i = FOB_TEXT_PROVIDER; i < FOB_TEXT_COUNT; i++) {
        snprintf(text, sizeof text, "text %d", i);
        assert_int_equal(record_set_text(record, (enum fob_text)i, text), FOB_SUCCESS);
    }
    for (int i = 0; i < FOB_TIME_COUNT; i++)
        record_set_time(record, (enum fob_time)i, 1700000000 + i);
    record_set_time(record, FOB_TIME_EXPIRES, -1);
    record_set_status(record, FOB_STATUS_SUSPENDED);
    record_set_resume_status(record, FOB_STATUS_DEGRADED);
    record_set_generation(record, 12);
    assert_int_equal(record_set_field(record, "client_id", "id", 2, false), FOB_SUCCESS);
    assert_int_equal(set_field(record, "client_secret", "swordfish"), FOB_SUCCESS);
    assert_int_equal(set_field(record, "empty", ""), FOB_SUCCESS);
    return record;
}

static void record_comes_back_from_its_items(void **state)
{
    struct record *record = full_record();
    struct fob_secret *plain = NULL;
    struct record *again = NULL;
    struct record_field field;

    (void)state;
    assert_int_equal(codec_encode(record, &plain), FOB_SUCCESS);
    assert_int_equal(codec_decode("acme", 5, plain, &again), FOB_SUCCESS);
    for (int i = 0; i < FOB_TEXT_COUNT; i++)
        assert_string_equal(record_text(again, (enum fob_text)i),
                            record_text(record, (enum fob_text)i));
    for (int i = 0; i < FOB_TIME_COUNT; i++)
        assert_int_equal(record_time(again, (enum fob_time)i),
                         record_time(record, (enum fob_time)i));
    assert_int_equal(record_status(again), FOB_STATUS_SUSPENDED);
    assert_int_equal(record_resume_status(again), FOB_STATUS_DEGRADED);
    assert_int_equal(record_generation(again), 12);
    assert_int_equal(record_version(again), 5);
    assert_int_equal(record_field_count(again), 3);
    assert_field(again, "client_id", "id");
    assert_field(again, "client_secret", "swordfish");
    assert_field(again, "empty", "");
    record_field_at(again, 0, &field);
    assert_false(field.secret);
    record_field_at(again, 1, &field);
    assert_true(field.secret);
    record_free(record);
    record_free(again);
}

static void record_that_came_back_may_be_changed(void **state)
{
    struct record *record = full_record();
    struct fob_secret *plain = NULL;
    struct record *again = NULL;

    (void)state;
    assert_int_equal(codec_encode(record, &plain), FOB_SUCCESS);
    assert_int_equal(codec_decode("acme", 5, plain, &again), FOB_SUCCESS);
    assert_int_equal(record_set_text(again, FOB_TEXT_LAST_ERROR, ""), FOB_SUCCESS);
    assert_int_equal(set_field(again, "client_secret", "a new and longer one"), FOB_SUCCESS);
    assert_string_equal(record_text(again, FOB_TEXT_LAST_ERROR), "");
    assert_string_equal(record_text(again, FOB_TEXT_REMOTE_NAME), "text 7");
    assert_field(again, "client_secret", "a new and longer one");
    assert_field(again, "empty", "");
    record_free(record);
    record_free(again);
}

static void record_of_any_size_fills_whole_blocks(void **state)
{
    static char value[3 * CODEC_BLOCK];

    (void)state;
    for (size_t size = 0; size < sizeof value; size++) {
        struct record *record = new_record();
        struct record *again = NULL;
        struct record_field field;
        struct fob_secret *plain = NULL;

        assert_int_equal(record_set_field(record, "v", value, size, true), FOB_SUCCESS);
        assert_int_equal(codec_encode(record, &plain), FOB_SUCCESS);
        assert_int_equal(fob_secret_size(plain) % CODEC_BLOCK, 0);
        assert_int_equal(codec_decode("acme", 1, plain, &again), FOB_SUCCESS);
        assert_int_equal(record_find_field(again, "v", &field), FOB_SUCCESS);
        assert_int_equal(field.size, size);
        record_free(again);
        record_free(record);
    }
}

static void record_over_the_limit_is_not_encoded(void **state)
{
    struct record *record = new_record();
    struct fob_secret *plain = NULL;
    char *much = calloc(1, FOB_VALUE_MAX);
    char name[16];
    int count = 0;

    (void)state;
    do
        snprintf(name, sizeof name, "f%d", ++count);
    while (record_set_field(record, name, much, FOB_VALUE_MAX, true) == FOB_SUCCESS);
    /* In memory it fits to the byte; its items are larger. */
    assert_int_equal(record_set_field(record, "rest", much, FOB_VALUE_MAX - 120, true),
                     FOB_SUCCESS);
    assert_int_equal(codec_encode(record, &plain), FOB_INVALID);
    assert_null(plain);
    free(much);
    record_free(record);
}

#define ITEM(tag, size, bytes) tag "\0\0\0" size bytes "\0"
#define STATUS ITEM("\1", "\1", "\0")

static const struct {
    const char *rule;
    const char *items;
    size_t size;
    int code;
} plaintexts[] = {
#define TIMES          \
    "\0\0\0\0\0\0\0\1" \
    "\0\0\0\0\0\0\0\2"
#define CASE(rule, items, code)              \
    {                                        \
        rule, items, sizeof(items) - 1, code \
    }
    CASE("nothing but padding", "\0\0\0\0", FOB_SUCCESS),
    CASE("one item", STATUS "\0", FOB_SUCCESS),
    CASE("an unknown item that may be passed over", ITEM("\x80", "\3", "abc") "\0", FOB_SUCCESS),
    CASE("two of those", ITEM("\xff", "\0", "") ITEM("\xff", "\1", "x") "\0", FOB_SUCCESS),
    CASE("a field", ITEM("\5", "\4", "id\0x") "\0", FOB_SUCCESS),
    CASE("an empty field", ITEM("\4", "\3", "id\0") "\0", FOB_SUCCESS),
    CASE("no end", STATUS, FOB_CORRUPT),
    CASE("padding that is not zero", STATUS "\0\0\1", FOB_CORRUPT),
    CASE("an unknown item", ITEM("\7", "\1", "x") "\0", FOB_CORRUPT),
    CASE("an unknown text", ITEM("\x1f", "\1", "x") "\0", FOB_CORRUPT),
    CASE("the name as a text", ITEM("\x10", "\1", "x") "\0", FOB_CORRUPT),
    CASE("an unknown time", ITEM("\x25", "\x8", "\0\0\0\0\0\0\0\1") "\0", FOB_CORRUPT),
    CASE("a time of seven bytes", ITEM("\x20", "\7", "\0\0\0\0\0\0\1") "\0", FOB_CORRUPT),
    CASE("a generation of one byte", ITEM("\3", "\1", "\1") "\0", FOB_CORRUPT),
    CASE("a status that is none", ITEM("\1", "\1", "\7") "\0", FOB_CORRUPT),
    CASE("a status of no bytes", ITEM("\1", "\0", "") "\0", FOB_CORRUPT),
    CASE("a status twice", STATUS STATUS "\0", FOB_CORRUPT),
    CASE("a text twice", ITEM("\x11", "\1", "x") ITEM("\x11", "\1", "x") "\0", FOB_CORRUPT),
    CASE("a text with a NUL", ITEM("\x11", "\3", "a\0b") "\0", FOB_CORRUPT),
    CASE("a field twice", ITEM("\5", "\4", "id\0x") ITEM("\4", "\4", "id\0y") "\0", FOB_CORRUPT),
    CASE("a field without a NUL", ITEM("\5", "\2", "id") "\0", FOB_CORRUPT),
    CASE("a field without a name", ITEM("\5", "\2", "\0x") "\0", FOB_CORRUPT),
    CASE("a field with a bad name", ITEM("\5", "\4", "I D\0") "\0", FOB_CORRUPT),
    CASE("an item longer than the rest",
         "\1\0\0\0\x20"
         "\0\0\0\0",
         FOB_CORRUPT),
    CASE("an item of four billion bytes",
         "\1\xff\xff\xff\xff"
         "\0\0\0\0",
         FOB_CORRUPT),
    CASE("two tokens", ITEM("\6", "\x13", TIMES "a\0x") ITEM("\6", "\x12", TIMES "b\0") "\0",
         FOB_SUCCESS),
    CASE("a token twice", ITEM("\6", "\x12", TIMES "a\0") ITEM("\6", "\x12", TIMES "a\0") "\0",
         FOB_CORRUPT),
    CASE("a token without a NUL", ITEM("\6", "\x11", TIMES "a") "\0", FOB_CORRUPT),
    CASE("a token without a name", ITEM("\6", "\x12", TIMES "\0x") "\0", FOB_CORRUPT),
    CASE("a token with no more than times", ITEM("\6", "\x10", TIMES) "\0", FOB_CORRUPT),
    CASE("an item without its NUL",
         "\1\0\0\0\1"
         "\0\1\0\0",
         FOB_CORRUPT),
    CASE("half an item", "\1\0\0", FOB_CORRUPT),
};

static void record_is_only_read_when_every_item_is_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(plaintexts); i++) {
        struct fob_secret *plain = NULL;
        struct record *record = NULL;
        int code;

        assert_int_equal(fob_secret_new(plaintexts[i].items, plaintexts[i].size, &plain),
                         FOB_SUCCESS);
        code = codec_decode("acme", 1, plain, &record);
        if (code != plaintexts[i].code)
            fail_msg("%s: %d", plaintexts[i].rule, code);
        if (code != FOB_SUCCESS)
            fob_secret_free(plain);
        record_free(record);
    }
}

static void record_needs_at_least_one_byte(void **state)
{
    struct fob_secret *plain = NULL;
    struct record *record = NULL;

    (void)state;
    assert_int_equal(fob_secret_new("", 0, &plain), FOB_SUCCESS);
    assert_int_equal(codec_decode("acme", 1, plain, &record), FOB_CORRUPT);
    fob_secret_free(plain);
}

static int set_token(struct record *record, const char *name, const char *value, int64_t ends)
{
    return record_token_set(record, &(struct token){ name, wire_text(value), 7, ends });
}

static void assert_token(const struct record *record, const char *name, const char *value,
                         int64_t ends)
{
    struct token token;

    assert_int_equal(record_token_find(record, name, &token), FOB_SUCCESS);
    assert_string_equal(token.name, name);
    assert_string_equal((const char *)token.value.data, value);
    assert_int_equal(token.value.size, strlen(value));
    assert_int_equal(token.since, 7);
    assert_int_equal(token.ends, ends);
}

static struct record *encode_and_decode(const struct record *record)
{
    struct fob_secret *plain = NULL;
    struct record *again = NULL;

    assert_int_equal(codec_encode(record, &plain), FOB_SUCCESS);
    assert_int_equal(codec_decode("acme", 1, plain, &again), FOB_SUCCESS);
    return again;
}

static void record_keeps_tokens_beside_the_fields(void **state)
{
    struct record *record = new_record();
    struct record *again;
    struct token token;

    (void)state;
    assert_int_equal(set_field(record, "key", "swordfish"), FOB_SUCCESS);
    assert_int_equal(set_token(record, "token", "a", 100), FOB_SUCCESS);
    assert_int_equal(set_token(record, "refresh", "", 0), FOB_SUCCESS);
    assert_int_equal(set_token(record, "token", "a longer one", -5), FOB_SUCCESS);
    again = encode_and_decode(record);
    assert_int_equal(record_field_count(again), 1);
    assert_int_equal(record_token_count(again), 2);
    assert_token(again, "token", "a longer one", -5);
    assert_token(again, "refresh", "", 0);
    assert_int_equal(record_token_find(again, "key", &token), FOB_NOT_FOUND);
    assert_true(record_token_same_all(record, again));
    assert_int_equal(set_token(again, "token", "another one!", -5), FOB_SUCCESS);
    assert_false(record_token_same_all(record, again));
    assert_int_equal(record_token_copy_all(again, record), FOB_SUCCESS);
    assert_true(record_token_same_all(record, again));
    record_token_drop_ending(again);
    assert_int_equal(record_token_count(again), 1);
    assert_token(again, "refresh", "", 0);
    record_token_drop_all(again);
    assert_int_equal(record_token_count(again), 0);
    assert_false(record_token_same_all(record, again));
    assert_field(again, "key", "swordfish");
    record_free(again);
    record_free(record);
}

/* A record with a refresh token that replaced "old", decoded again. */
static struct record *record_with_a_token_before(void)
{
    struct record *old = new_record();
    struct record *record = new_record();
    struct record *again;

    assert_int_equal(set_token(old, "token", "a", 100), FOB_SUCCESS);
    assert_int_equal(set_token(old, "refresh", "old", 0), FOB_SUCCESS);
    assert_int_equal(set_token(old, "same", "s", 0), FOB_SUCCESS);
    assert_int_equal(set_token(record, "token", "b", 200), FOB_SUCCESS);
    assert_int_equal(set_token(record, "refresh", "new", 0), FOB_SUCCESS);
    assert_int_equal(set_token(record, "same", "s", 0), FOB_SUCCESS);
    assert_int_equal(record_token_keep_before(record, old), FOB_SUCCESS);
    record_free(old);
    again = encode_and_decode(record);
    record_free(record);
    return again;
}

static void record_keeps_a_token_that_was_replaced(void **state)
{
    struct record *record = record_with_a_token_before();
    struct record *copy = new_record();

    (void)state;
    assert_true(record_token_has_before(record));
    assert_int_equal(record_token_count(record), 3);
    assert_token(record, "refresh", "new", 0);
    assert_int_equal(record_token_copy_all(copy, record), FOB_SUCCESS);
    record_token_restore_before(copy);
    assert_false(record_token_has_before(copy));
    assert_token(copy, "token", "b", 200);
    assert_token(copy, "refresh", "old", 0);
    assert_token(copy, "same", "s", 0);
    record_token_drop_before(record);
    assert_false(record_token_has_before(record));
    record_token_restore_before(record);
    assert_token(record, "refresh", "new", 0);
    record_free(copy);
    record_free(record);
    record = record_with_a_token_before();
    record_token_drop_ending(record);
    assert_false(record_token_has_before(record));
    record_free(record);
}

static void record_refuses_tokens_past_the_limits(void **state)
{
    static char large[FOB_VALUE_MAX + 2];
    struct record *record = new_record();
    char name[] = "a";

    (void)state;
    memset(large, 'x', sizeof large - 1);
    assert_int_equal(set_field(record, "key", "swordfish"), FOB_SUCCESS);
    assert_int_equal(set_token(record, "key", "a", 0), FOB_INVALID);
    assert_int_equal(set_token(record, "Key", "a", 0), FOB_INVALID);
    assert_int_equal(set_token(record, "token", large, 0), FOB_INVALID);
    for (; name[0] < 'a' + TOKENS_MAX; name[0]++)
        assert_int_equal(set_token(record, name, "a", 0), FOB_SUCCESS);
    assert_int_equal(set_token(record, name, "a", 0), FOB_INVALID);
    assert_int_equal(set_token(record, "b", "as before", 0), FOB_SUCCESS);
    assert_int_equal(record_token_count(record), TOKENS_MAX);
    record_free(record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_refuses_an_invalid_name),
        cmocka_unit_test(record_begins_empty),
        cmocka_unit_test(record_texts_are_set_replaced_and_removed),
        cmocka_unit_test(record_keeps_its_name),
        cmocka_unit_test(record_text_may_come_from_the_record_itself),
        cmocka_unit_test(record_fields_are_added_and_replaced),
        cmocka_unit_test(record_field_keeps_any_byte),
        cmocka_unit_test(record_refuses_fields_past_the_limits),
        cmocka_unit_test(record_is_as_before_when_a_field_does_not_fit),
        cmocka_unit_test(record_copy_is_independent),
        cmocka_unit_test(record_comes_back_from_its_items),
        cmocka_unit_test(record_that_came_back_may_be_changed),
        cmocka_unit_test(record_of_any_size_fills_whole_blocks),
        cmocka_unit_test(record_over_the_limit_is_not_encoded),
        cmocka_unit_test(record_is_only_read_when_every_item_is_understood),
        cmocka_unit_test(record_needs_at_least_one_byte),
        cmocka_unit_test(record_keeps_tokens_beside_the_fields),
        cmocka_unit_test(record_keeps_a_token_that_was_replaced),
        cmocka_unit_test(record_refuses_tokens_past_the_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
