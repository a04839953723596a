/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* CSV's cells, and the fields that go into them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fob/request/csv.h"
#include "fob/request/fields.h"
#include "http/json_items.h"
#include "util/array.h"
#include "util/cell.h"

#include <fob/fob.h>

#include <json.h>

#include <string.h>

static void a_cell_is_quoted_where_it_must_be(void **state)
{
    static const struct {
        const char *text;
        const char *cell;
    } cases[] = {
        { "", "" },
        { "plain", "plain" },
        { "it's", "it's" },
        { "a,b", "\"a,b\"" },
        { "say \"hi\"", "\"say \"\"hi\"\"\"" },
        { "\"", "\"\"\"\"" },
        { "a\nb", "\"a\nb\"" },
        { "a\rb", "\"a\rb\"" },
        { " a", "\" a\"" },
        { "a ", "\"a \"" },
        { "\xc3\xa4", "\xc3\xa4" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct strbuf out = STRBUF_INIT;

        csv_cell(&out, cases[i].text, strlen(cases[i].text));
        assert_string_equal(out.data != NULL ? out.data : "", cases[i].cell);
        strbuf_free(&out);
    }
}

static void a_row_is_never_an_empty_line(void **state)
{
    struct strbuf out = STRBUF_INIT;

    (void)state;
    csv_row(&out, 0, 1);
    assert_string_equal(out.data, "\"\"\r\n");
    csv_cell(&out, "a", 1);
    csv_row(&out, 4, 1);
    strbuf_add(&out, ",", 1);
    csv_row(&out, 7, 2);
    assert_string_equal(out.data, "\"\"\r\na\r\n,\r\n");
    strbuf_free(&out);
}

static void what_a_spreadsheet_takes_for_a_formula_is_known(void **state)
{
    static const char *const formulas[] = { "=1", "+1", "-1", "@a", "\ta", "\ra", "\na" };
    static const char *const texts[] = { "", "a=1", "1+1", " =1", "'=1" };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(formulas); i++)
        assert_true(csv_is_formula(formulas[i], strlen(formulas[i])));
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        assert_false(csv_is_formula(texts[i], strlen(texts[i])));
}

static void a_field_finds_its_value(void **state)
{
    static const char text[] =
        "{\"a\":\"x\",\"b\":{\"c\":[1,{\"d\":1.50}],\"e.f\":true},\"g/h\":null,\"i~j\":\"/\","
        "\"k\":12345678901234567}";
    static const struct {
        const char *field;
        const char *value;
    } cases[] = {
        { "a", "x" },           { "b", "{\"c\":[1,{\"d\":1.50}],\"e.f\":true}" },
        { "b.c.0", "1" },       { "b.c.1.d", "1.50" },
        { "/b/c/1/d", "1.50" }, { "/b/e.f", "true" },
        { "b.e.f", "" },        { "g/h", "" },
        { "/g~1h", "" },        { "i~j", "/" },
        { "/i~0j", "/" },       { "k", "12345678901234567" },
        { "b.c.2", "" },        { "b.c.-", "" },
        { "a.b", "" },          { "none", "" },
    };
    struct json_object *json = json_tokener_parse(text);
    struct strbuf items = STRBUF_INIT;
    struct strbuf value = STRBUF_INIT;
    struct tree item;

    (void)state;
    assert_non_null(json);
    json_items_write(&items, json);
    json_object_put(json);
    assert_true(tree_check((struct span){ items.data, items.size }));
    item = tree_root((struct span){ items.data, items.size });
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct fields fields = FIELDS_INIT;
        struct tree found;

        assert_int_equal(fields_parse(&fields, cases[i].field), FOB_SUCCESS);
        assert_int_equal(fields.count, 1);
        found = field_value(&fields.items[0], &item);
        strbuf_reset(&value);
        cell_text(&value, &found);
        assert_string_equal(value.data != NULL ? value.data : "", cases[i].value);
        assert_int_equal(value.size, strlen(cases[i].value));
        fields_free(&fields);
    }
    strbuf_free(&value);
    strbuf_free(&items);
}

static void fields_stand_between_commas(void **state)
{
    static const char *const bad[] = { "",  ",",  "a,", ",a",   "a,,b", "a..b",
                                       ".", ".a", "a.", "/a~2", "/~" };
    struct fields fields = FIELDS_INIT;

    (void)state;
    assert_int_equal(fields_parse(&fields, "id,/a/b,c.d"), FOB_SUCCESS);
    assert_int_equal(fields.count, 3);
    assert_string_equal(fields.items[0].pointer, "/id");
    assert_string_equal(fields.items[1].name, "/a/b");
    assert_string_equal(fields.items[2].pointer, "/c/d");
    assert_int_equal(fields_add_member(&fields, "a.b/c~d"), FOB_SUCCESS);
    assert_string_equal(fields.items[3].pointer, "/a.b~1c~0d");
    fields_free(&fields);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_int_equal(fields_parse(&fields, bad[i]), FOB_INVALID);
        fields_free(&fields);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_quoted_where_it_must_be),
        cmocka_unit_test(a_row_is_never_an_empty_line),
        cmocka_unit_test(what_a_spreadsheet_takes_for_a_formula_is_known),
        cmocka_unit_test(a_field_finds_its_value),
        cmocka_unit_test(fields_stand_between_commas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
