/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* JSON as items: what a worker's side makes of it, the host's side checks, finds and writes. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/json.h"
#include "http/json_items.h"
#include "util/array.h"
#include "util/tree.h"

#include <fob/fob.h>

#include <json.h>

#include <stdlib.h>
#include <string.h>

static const char all[] =
    "{\"a\":[1,-2.50,1e3,123456789012345678901234567890],\"b\":{\"c/d~e\":null,\"\":true},"
    "\"s\":\"\xc3\xa4\\u0000\\n\\\"\",\"odd\":\"\\uD800 "
    "x\",\"\\udc00\":\"/\",\"no\":false,\"empty\":[],\"none\":{}}";

/* The items of the JSON TEXT; to be freed. */
static struct strbuf items_of(const char *text)
{
    struct strbuf items = STRBUF_INIT;
    struct json_object *json = NULL;
    const char *why = NULL;

    assert_int_equal(json_read(text, strlen(text), &json, &why), FOB_SUCCESS);
    json_items_write(&items, json);
    json_object_put(json);
    assert_false(items.failed);
    return items;
}

static struct span span_of(const struct strbuf *items)
{
    return (struct span){ items->data, items->size };
}

static void expect_written(const struct tree *value, const char *text)
{
    struct strbuf written = STRBUF_INIT;

    tree_write(&written, value);
    assert_non_null(written.data);
    assert_string_equal(written.data, text);
    strbuf_free(&written);
}

static void json_is_written_as_it_came(void **state)
{
    static const char *const texts[] = {
        all, "null", "true", "0", "\"\"", "[]", "{}", "[[[null]]]"
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct strbuf items = items_of(texts[i]);
        struct tree root;

        assert_true(tree_check(span_of(&items)));
        root = tree_root(span_of(&items));
        expect_written(&root, texts[i]);
        strbuf_free(&items);
    }
}

static void a_pointer_finds_its_value(void **state)
{
    static const struct {
        const char *pointer;
        const char *value; /* NULL for none */
    } cases[] = {
        { "", all },        { "/a/0", "1" },           { "/a/1", "-2.50" },
        { "/a/4", NULL },   { "/a/00", NULL },         { "/a/-", NULL },
        { "/a/", NULL },    { "/a/1234567890", NULL }, { "/b/c~1d~0e", "null" },
        { "/b/", "true" },  { "/b/c", NULL },          { "/s/0", NULL },
        { "/no", "false" }, { "/none/x", NULL },       { "/empty/0", NULL },
        { "a", NULL },
    };
    struct strbuf items = items_of(all);
    const struct tree root = tree_root(span_of(&items));

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct tree found = { .kind = TREE_NULL };

        assert_int_equal(tree_find(&root, cases[i].pointer, &found), cases[i].value != NULL);
        if (cases[i].value != NULL)
            expect_written(&found, cases[i].value);
    }
    strbuf_free(&items);
}

static void values_come_in_their_order(void **state)
{
    struct strbuf items = items_of("{\"a\":[1,2,3],\"b\":true}");
    const struct tree root = tree_root(span_of(&items));
    struct span rest = root.content;
    struct tree name;
    struct tree array;
    struct tree value;
    char digits[] = "1";

    (void)state;
    assert_true(tree_next_member(&root, &rest, &name, &array));
    assert_string_equal(name.content.data, "a");
    assert_true(tree_next_member(&root, &rest, &name, &value));
    assert_string_equal(name.content.data, "b");
    expect_written(&value, "true");
    assert_false(tree_next_member(&root, &rest, &name, &value));
    for (rest = array.content; tree_next(&array, &rest, &value); digits[0]++)
        expect_written(&value, digits);
    assert_string_equal(digits, "4");
    strbuf_free(&items);
}

static void withheld_members_are_not_printed(void **state)
{
    static const char *const withheld[] = { "b", "c", NULL };
    struct strbuf items =
        items_of("{\"a\":{\"b\":[1],\"c\":null},\"b\":\"\\ud800\",\"d\":[{\"c\":2}]}");
    struct tree root = tree_root(span_of(&items));
    struct tree found;

    (void)state;
    root.withheld = withheld;
    expect_written(&root,
                   "{\"a\":{\"b\":\"***\",\"c\":null},\"b\":\"***\",\"d\":[{\"c\":\"***\"}]}");
    assert_false(tree_find(&root, "/a/b/0", &found));
    assert_true(tree_find(&root, "/d/0/c", &found));
    expect_written(&found, "\"***\"");
    strbuf_free(&items);
}

static bool is_json(const struct strbuf *text)
{
    struct json_object *json = NULL;
    const char *why;
    int code = json_read(text->data, text->size, &json, &why);

    json_object_put(json);
    return code == FOB_SUCCESS;
}

/* Items of a value, changed in each byte to each other value and cut at each place, are refused or
 * written as JSON. */
static void a_damaged_text_is_refused_or_valid(void **state)
{
    struct strbuf items = items_of(all);
    struct strbuf written = STRBUF_INIT;
    size_t refused = 0;

    (void)state;
    for (size_t i = 0; i < items.size * 256; i++) {
        /* Of its own size, so that a checker of memory sees what is read beyond. */
        const size_t size = i % 256 != 0 ? items.size : i / 256;
        char *copy = malloc(size + 1);
        struct span changed = { copy, size };

        assert_non_null(copy);
        memcpy(copy, items.data, size);
        if (size == items.size)
            copy[i / 256] = (char)(copy[i / 256] + (char)(i % 256));
        if (tree_check(changed)) {
            const struct tree root = tree_root(changed);

            strbuf_reset(&written);
            tree_write(&written, &root);
            assert_false(written.failed);
            assert_true(is_json(&written));
        } else {
            refused++;
        }
        free(copy);
    }
    assert_true(refused > items.size * 128);
    strbuf_free(&written);
    strbuf_free(&items);
}

/* DEPTH arrays, one in the other. */
static struct strbuf nest(size_t depth)
{
    struct json_object *json = NULL;
    struct strbuf items = STRBUF_INIT;

    for (size_t i = 0; i < depth; i++) {
        struct json_object *outer = json_object_new_array();

        if (i > 0)
            json_object_array_add(outer, json);
        json = outer;
    }
    json_items_write(&items, json);
    json_object_put(json);
    return items;
}

static void too_deep_nesting_is_refused(void **state)
{
    struct strbuf deepest = nest(TREE_DEPTH);
    struct strbuf deeper = nest(TREE_DEPTH + 1);

    (void)state;
    assert_true(tree_check(span_of(&deepest)));
    assert_false(tree_check(span_of(&deeper)));
    strbuf_free(&deepest);
    strbuf_free(&deeper);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_written_as_it_came),
        cmocka_unit_test(a_pointer_finds_its_value),
        cmocka_unit_test(values_come_in_their_order),
        cmocka_unit_test(withheld_members_are_not_printed),
        cmocka_unit_test(a_damaged_text_is_refused_or_valid),
        cmocka_unit_test(too_deep_nesting_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
