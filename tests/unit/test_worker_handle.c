/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What a hook reads of its call. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/array.h"
#include "util/tree_make.h"
#include "worker_handle.h"

#include <string.h>

static void put_option(struct frame_socket *host, const char *name, enum fob_option_type type)
{
    frame_put_text(host, FRAME_OPTION, name);
    frame_put_number(host, FRAME_OPTION_TYPE, type, 1);
}

static void put_options(struct frame_socket *host)
{
    static const struct {
        const char *name;
        enum fob_option_type type;
        const char *text;
        int64_t number;
    } options[] = {
        { "string", FOB_OPTION_STRING, "s", 0 },    { "enum", FOB_OPTION_ENUM, "red", 0 },
        { "path", FOB_OPTION_PATH, "/p", 0 },       { "url", FOB_OPTION_URL, "https://u", 0 },
        { "integer", FOB_OPTION_INTEGER, "7", 7 },  { "duration", FOB_OPTION_DURATION, "2m", 120 },
        { "size", FOB_OPTION_SIZE, "1K", 1024 },    { "boolean", FOB_OPTION_BOOLEAN, "true", 1 },
        { "word", FOB_OPTION_LIST, "anything", 0 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
        put_option(host, options[i].name, options[i].type);
        frame_put_text(host, FRAME_OPTION_TEXT, options[i].text);
        frame_put_number(host, FRAME_OPTION_NUMBER, options[i].number, 8);
    }
    put_option(host, "list", FOB_OPTION_LIST);
    frame_put_text(host, FRAME_OPTION_ITEM, "x");
    frame_put_text(host, FRAME_OPTION_ITEM, "y");
    put_option(host, "maps", FOB_OPTION_MAPS);
    frame_put(host, FRAME_OPTION_MAP, NULL, 0);
    frame_put_pair(host, FRAME_OPTION_MEMBER, wire_text("status"), wire_text("401"));
    frame_put(host, FRAME_OPTION_MAP, NULL, 0);
    frame_put_pair(host, FRAME_OPTION_MEMBER, wire_text("code"), wire_text("denied"));
    frame_put_pair(host, FRAME_SECRET_FIELD, wire_text("token"), wire_text("s3cret"));
}

static void options_are_read_with_the_function_of_their_type(void **state)
{
    static const struct {
        const char *name;
        const char *text;
        int64_t number;
        bool flag;
        const char *items[2];
    } cases[] = {
        { "string", "s", 0, false, { NULL, NULL } },
        { "enum", "red", 0, false, { NULL, NULL } },
        { "path", "/p", 0, false, { NULL, NULL } },
        { "url", "https://u", 0, false, { NULL, NULL } },
        { "integer", NULL, 7, false, { NULL, NULL } },
        { "duration", NULL, 120, false, { NULL, NULL } },
        { "size", NULL, 1024, false, { NULL, NULL } },
        { "boolean", NULL, 0, true, { NULL, NULL } },
        { "word", "anything", 0, false, { NULL, NULL } },
        { "list", NULL, 0, false, { "x", "y" } },
        { "maps", NULL, 0, false, { NULL, NULL } },
        { "no-option", NULL, 0, false, { NULL, NULL } },
    };
    struct worker_handle made;

    (void)state;
    worker_handle_begin(&made, 0, put_options);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *text = fob_option_text(&made.handle, cases[i].name);

        if ((text == NULL) != (cases[i].text == NULL) ||
            (text != NULL && strcmp(text, cases[i].text) != 0) ||
            fob_option_number(&made.handle, cases[i].name) != cases[i].number ||
            fob_option_flag(&made.handle, cases[i].name) != cases[i].flag)
            fail_msg("%s", cases[i].name);
        for (size_t at = 0; at < 3; at++) {
            const char *item = fob_option_item(&made.handle, cases[i].name, at);
            const char *wanted = at < 2 ? cases[i].items[at] : NULL;

            if ((item == NULL) != (wanted == NULL) || (item != NULL && strcmp(item, wanted) != 0))
                fail_msg("%s, item %zu", cases[i].name, at);
        }
    }
    worker_handle_end(&made);
}

static void members_are_found_only_in_their_map(void **state)
{
    struct worker_handle made;

    (void)state;
    worker_handle_begin(&made, 0, put_options);
    assert_string_equal(fob_option_member(&made.handle, "maps", 0, "status"), "401");
    assert_string_equal(fob_option_member(&made.handle, "maps", 1, "code"), "denied");
    assert_null(fob_option_member(&made.handle, "maps", 0, "code"));
    assert_null(fob_option_member(&made.handle, "maps", 1, "status"));
    assert_null(fob_option_member(&made.handle, "maps", 2, "code"));
    assert_null(fob_option_member(&made.handle, "list", 0, "code"));
    worker_handle_end(&made);
}

static void items_have_the_numbers_of_their_nodes(void **state)
{
    static const struct {
        const char *name;
        size_t index;
        const char *key;
        uint32_t number;
    } cases[] = {
        { "list", 0, NULL, 1 },      { "list", 1, NULL, 2 },     { "list", 2, NULL, 0 },
        { "maps", 0, NULL, 1 },      { "maps", 0, "status", 3 }, { "maps", 0, "code", 1 },
        { "maps", 1, "code", 6 },    { "maps", 1, NULL, 4 },     { "maps", 2, "code", 0 },
        { "no-option", 0, NULL, 0 },
    };
    struct worker_handle made;

    (void)state;
    worker_handle_begin(&made, 0, put_options);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_int_equal(
            plugin_find_item(&made.handle, cases[i].name, cases[i].index, cases[i].key),
            cases[i].number);
    worker_handle_end(&made);
}

/* { "a": [ true, 7 ], "b": "x" } */
static void put_tree(struct frame_socket *host)
{
    struct strbuf tree = STRBUF_INIT;
    const size_t map = tree_make_begin(&tree, TREE_OBJECT);
    size_t list;

    tree_make_item(&tree, TREE_STRING, "a", 1);
    list = tree_make_begin(&tree, TREE_ARRAY);
    tree_make_item(&tree, TREE_BOOLEAN, "\1", 1);
    tree_make_item(&tree, TREE_NUMBER, "7", 1);
    tree_make_end(&tree, list);
    tree_make_item(&tree, TREE_STRING, "b", 1);
    tree_make_item(&tree, TREE_STRING, "x", 1);
    tree_make_end(&tree, map);
    put_option(host, "tree", FOB_OPTION_TREE);
    frame_put(host, FRAME_OPTION_TREE, tree.data, tree.size);
    strbuf_free(&tree);
}

static void the_nodes_of_a_tree_are_read(void **state)
{
    struct worker_handle made;
    const struct fob_node *root;
    const struct fob_node *list;

    (void)state;
    worker_handle_begin(&made, 0, put_tree);
    root = fob_option_node(&made.handle, "tree");
    assert_int_equal(fob_node_kind(root), FOB_NODE_MAP);
    assert_int_equal(fob_node_count(root), 2);
    assert_null(fob_node_text(root));
    assert_string_equal(fob_node_text(fob_node_key(root, 1)), "b");
    assert_string_equal(fob_node_text(fob_node_value(root, 1)), "x");
    assert_null(fob_node_key(root, 2));
    assert_null(fob_node_value(root, 2));
    list = fob_node_get(root, "a");
    assert_int_equal(fob_node_kind(list), FOB_NODE_LIST);
    assert_int_equal(fob_node_count(list), 2);
    assert_null(fob_node_key(list, 0));
    assert_int_equal(fob_node_kind(fob_node_value(list, 0)), FOB_NODE_BOOLEAN);
    assert_string_equal(fob_node_text(fob_node_value(list, 0)), "true");
    assert_int_equal(fob_node_kind(fob_node_value(list, 1)), FOB_NODE_NUMBER);
    assert_string_equal(fob_node_text(fob_node_value(list, 1)), "7");
    assert_null(fob_node_value(list, 2));
    assert_null(fob_node_get(root, "c"));
    assert_null(fob_node_get(list, "a"));
    worker_handle_end(&made);
}

static void no_node_is_nothing(void **state)
{
    struct worker_handle made;

    (void)state;
    worker_handle_begin(&made, 0, put_options);
    assert_null(fob_option_node(&made.handle, "maps"));
    assert_null(fob_option_node(&made.handle, "no-option"));
    assert_int_equal(fob_node_kind(NULL), FOB_NODE_NONE);
    assert_null(fob_node_text(NULL));
    assert_int_equal(fob_node_count(NULL), 0);
    assert_null(fob_node_value(NULL, 0));
    assert_null(fob_node_key(NULL, 0));
    assert_null(fob_node_get(NULL, "a"));
    assert_false(fob_node_check_keys(&made.handle, NULL, (const char *const[]){ NULL }));
    worker_handle_end(&made);
}

static void the_caller_comes_from_the_host(void **state)
{
    struct worker_handle made;

    (void)state;
    worker_handle_begin(&made, 0, NULL);
    assert_int_equal(fob_caller(&made.handle)->uid, 0);
    assert_int_equal(fob_caller(&made.handle)->gid, 0);
    assert_int_equal(fob_caller(&made.handle)->group_count, 0);
    worker_handle_end(&made);
}

/* Whoever kept the handle finds nothing. */
static void nothing_is_there_after_the_call(void **state)
{
    struct worker_handle made;

    (void)state;
    worker_handle_begin(&made, 0, put_options);
    assert_string_equal(fob_secret_data(fob_field(&made.handle, "token")), "s3cret");
    worker_handle_end(&made);
    assert_null(fob_field(&made.handle, "token"));
    assert_null(fob_option_text(&made.handle, "string"));
    assert_string_equal(fob_provider_name(&made.handle), "");
    assert_null(fob_caller(&made.handle));
    assert_int_equal(fob_put_field(&made.handle, "x", "y", 1, false), FOB_INVALID);
    plugin_handle_end(&made.handle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_read_with_the_function_of_their_type),
        cmocka_unit_test(members_are_found_only_in_their_map),
        cmocka_unit_test(items_have_the_numbers_of_their_nodes),
        cmocka_unit_test(the_nodes_of_a_tree_are_read),
        cmocka_unit_test(no_node_is_nothing),
        cmocka_unit_test(the_caller_comes_from_the_host),
        cmocka_unit_test(nothing_is_there_after_the_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
