/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* YAML as items: each kind of value, and the node of each item. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fob/fob.h>

#include "util/array.h"
#include "util/tree.h"
#include "util/yaml_items.h"

#include <string.h>

static struct yaml_file *read_text(const char *text)
{
    struct yaml_file *file = NULL;

    assert_int_equal(yaml_read_text("f", text, strlen(text), &file), FOB_SUCCESS);
    assert_int_equal(file->mistakes.count, 0);
    return file;
}

static void each_value_has_its_type_in_json(void **state)
{
    static const struct {
        const char *yaml;
        const char *json;
    } cases[] = {
        { "word", "\"word\"" },
        { "''", "\"\"" },
        { "[ true, false, null ]", "[true,false,null]" },
        { "[ 'true', \"false\", 'null', True, ~, yes ]",
          "[\"true\",\"false\",\"null\",\"True\",\"~\",\"yes\"]" },
        { "[ 0, -1, 2.50, 1e99, '7' ]", "[0,-1,2.50,1e99,\"7\"]" },
        { "[ 007, 0x1f, 1., .5, +1, 1_000, 2026-11-30 ]",
          "[\"007\",\"0x1f\",\"1.\",\".5\",\"+1\",\"1_000\",\"2026-11-30\"]" },
        { "[]", "[]" },
        { "{}", "{}" },
        { "{ a: { b: [ { c: d } ] }, 1: 2 }", "{\"a\":{\"b\":[{\"c\":\"d\"}]},\"1\":2}" },
        { "a: |\n  one\n  two\n", "{\"a\":\"one\\ntwo\\n\"}" },
        { "[ &x { a: 1 }, *x ]", "[{\"a\":1},{\"a\":1}]" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct yaml_file *file = read_text(cases[i].yaml);
        struct strbuf items = STRBUF_INIT;
        struct strbuf json = STRBUF_INIT;
        struct tree root;

        yaml_items_write(&items, file->root);
        assert_false(items.failed);
        assert_true(tree_check((struct span){ items.data, items.size }));
        root = tree_root((struct span){ items.data, items.size });
        tree_write(&json, &root);
        assert_string_equal(json.data, cases[i].json);
        strbuf_free(&items);
        strbuf_free(&json);
        yaml_file_free(file);
    }
}

static void the_node_of_each_item_is_found(void **state)
{
    static const struct {
        size_t line, column;
    } places[] = { { 1, 1 }, { 1, 1 }, { 1, 4 }, { 2, 1 }, { 3, 1 },
                   { 3, 3 }, { 3, 5 }, { 4, 3 }, { 4, 5 }, { 4, 8 } };
    struct yaml_file *file = read_text("a: b\nlist:\n- - x\n- { c: d }\n");
    uint32_t number = 0;

    (void)state;
    for (; number < ARRAY_SIZE(places); number++) {
        const struct yaml_node *node = yaml_items_find(file->root, number);

        assert_non_null(node);
        if (node->line != places[number].line || node->column != places[number].column)
            fail_msg("%u: %zu:%zu", (unsigned)number, node->line, node->column);
    }
    yaml_file_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_has_its_type_in_json),
        cmocka_unit_test(the_node_of_each_item_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
