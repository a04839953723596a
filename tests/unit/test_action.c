/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Actions: what a provider's file may say of them, every mistake, and the requests they make. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/provider/provider.h"

#include "folder.h"
#include "util/array.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One folder of providers, with one provider in it. */
struct shelf {
    char *folder;
    struct settings settings;
    struct fob_provider *provider;
};

static int set_up(void **state)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);

    if (shelf == NULL)
        return -1;
    shelf->folder = folder_make(NULL);
    shelf->settings.user = geteuid();
    shelf->settings.providers = (struct path_list){ &shelf->folder, 1 };
    error_clear();
    *state = shelf;
    return 0;
}

static int tear_down(void **state)
{
    struct shelf *shelf = *state;

    provider_free(shelf->provider);
    folder_remove(shelf->folder);
    free(shelf);
    return 0;
}

/* Read a provider whose file has ACTIONS from its seventh line on. */
static struct fob_provider *read_actions(struct shelf *shelf, const char *actions)
{
    char text[4096];

    snprintf(text, sizeof text,
             "provider: p\n"
             "fields: [ { name: a } ]\n"
             "link: [ { control: required, plugin: x } ]\n"
             "validate: [ { control: required, plugin: x } ]\n"
             "options: { base_url: https://p.example }\n"
             "actions:\n%s",
             actions);
    folder_write(shelf->folder, "p.yaml", text);
    provider_free(shelf->provider);
    shelf->provider = NULL;
    if (provider_read(&shelf->settings, "p", &shelf->provider) != FOB_SUCCESS)
        fail_msg("%s", fob_error());
    return shelf->provider;
}

static const struct fob_action *read_action(struct shelf *shelf, const char *actions)
{
    struct fob_provider *provider = read_actions(shelf, actions);

    if (provider_usable(provider) != FOB_SUCCESS)
        fail_msg("%s", fob_error());
    return fob_provider_action(provider, 0);
}

static const char every_key[] =
    "  list-things:\n"
    "    summary: All things\n"
    "    get: /things/{kind}\n"
    "    query: { include: all, per_page: \"{size}\" }\n"
    "    arguments:\n"
    "      size: { type: integer, min: 1, max: 25, default: 25, summary: items a call }\n"
    "      color: { enum: [ red, blue ], required: true }\n"
    "    items: /data/things\n"
    "    columns: [ id, owner.name, /a~1b ]\n"
    "    private: [ price ]\n"
    "    paginate: { page: page, first: 0, total: X-Total, pages: /meta/pages }\n"
    "  drop-thing: { delete: '/things/{id}' }\n"
    "  find-thing: { post: /search, writes: false }\n";

static void every_key_is_read(void **state)
{
    const struct fob_action *action = read_action(*state, every_key);
    const struct fob_action *other;

    assert_string_equal(action->name, "list-things");
    assert_string_equal(action->summary, "All things");
    assert_string_equal(action->method, "GET");
    assert_string_equal(action->path, "/things/{kind}");
    assert_string_equal(action->items, "/data/things");
    assert_string_equal(action->columns[1], "owner.name");
    assert_null(action->columns[3]);
    assert_string_equal(action->withheld[0], "price");
    assert_false(action->writes);
    assert_int_equal(action->paginate->kind, FOB_PAGING_PAGE);
    assert_string_equal(action->paginate->parameter, "page");
    assert_int_equal(action->paginate->first, 0);
    assert_string_equal(action->paginate->total[0], "X-Total");
    assert_null(action->paginate->total[1]);
    assert_string_equal(action->paginate->pages[0], "/meta/pages");
    assert_int_equal(action->size, sizeof *action);
    assert_int_equal(action->paginate->size, sizeof *action->paginate);
    assert_null(fob_action_argument(action, 3));
    assert_int_equal(fob_action_argument(action, 0)->size, sizeof(struct fob_action_argument));
    assert_string_equal(fob_action_argument(action, 0)->name, "kind");
    assert_true(fob_action_argument(action, 0)->required);
    assert_int_equal(fob_action_argument(action, 0)->place, FOB_IN_PATH);
    assert_string_equal(fob_action_argument(action, 1)->type, "integer");
    assert_int_equal(fob_action_argument(action, 1)->max, 25);
    assert_string_equal(fob_action_argument(action, 1)->value, "25");
    assert_int_equal(fob_action_argument(action, 1)->place, FOB_IN_QUERY);
    assert_string_equal(fob_action_argument(action, 2)->choices[1], "blue");
    assert_true(fob_action_argument(action, 2)->required);
    other = fob_provider_action(((struct shelf *)*state)->provider, 1);
    assert_string_equal(other->method, "DELETE");
    assert_true(other->writes);
    assert_string_equal(other->items, "");
    other = fob_provider_action(((struct shelf *)*state)->provider, 2);
    assert_false(other->writes);
    assert_null(fob_provider_action(((struct shelf *)*state)->provider, 3));
}

static void assert_places(const char *const *places, const char *const *wanted)
{
    assert_non_null(places);
    for (; *wanted != NULL; wanted++) {
        assert_non_null(*places);
        assert_string_equal(*places++, *wanted);
    }
    assert_null(*places);
}

static void what_is_said_of_lists_is_for_all(void **state)
{
    static const char text[] =
        "  all: { get: /a, paginate: true }\n"
        "  own: { get: /a, items: /own, paginate: { offset: o } }\n"
        "  top: { get: /a, items: '', paginate: false }\n"
        "items: /data\n"
        "paginate: { next: [ /n, Link ], page: p, pages: [ /m, X-Pages ], total: /t,\n"
        "            size: [ /s, '?per_page', 25 ] }\n";
    const struct fob_action *action = read_action(*state, text);
    const struct fob_provider *provider = ((struct shelf *)*state)->provider;
    const struct fob_action *list = fob_provider_list(provider);

    assert_non_null(list);
    assert_string_equal(list->items, "/data");
    assert_int_equal(list->paginate->kind, FOB_PAGING_LINK);
    assert_string_equal(list->paginate->parameter, "p");
    assert_int_equal(list->paginate->first, 1);
    assert_places(list->paginate->next, (const char *const[]){ "/n", "Link", NULL });
    assert_places(list->paginate->pages, (const char *const[]){ "/m", "X-Pages", NULL });
    assert_places(list->paginate->total, (const char *const[]){ "/t", NULL });
    assert_places(list->page_size, (const char *const[]){ "/s", "?per_page", "25", NULL });
    assert_string_equal(action->items, "/data");
    assert_ptr_equal(action->paginate, list->paginate);
    assert_ptr_equal(action->page_size, list->page_size);
    action = fob_provider_action(provider, 1);
    assert_string_equal(action->items, "/own");
    assert_int_equal(action->paginate->kind, FOB_PAGING_OFFSET);
    assert_null(action->page_size);
    action = fob_provider_action(provider, 2);
    assert_string_equal(action->items, "");
    assert_int_equal(action->paginate->kind, FOB_PAGING_NONE);
    assert_non_null(read_action(*state, "  a: { get: /a }\n"));
    assert_null(fob_provider_list(((struct shelf *)*state)->provider));
}

static const struct {
    const char *text;
    const char *mistake;
} mistakes[] = {
    { "  [ a ]\n", "7:3: actions: must be a map of 1 to 256 actions" },
    { "  Ab: { get: /a }\n", "7:3: an action's name must be of a-z" },
    { "  a: b\n", "7:6: must be a map" },
    { "  a: {}\n", "7:6: an action must have one of get, post" },
    { "  a: { get: /a, post: /b }\n", "7:23: post: an action has one method" },
    { "  a: { get: a }\n", "7:13: get: must begin with /" },
    { "  a: { get: '/a?b=c' }\n", "7:13: get: must not have a query" },
    { "  a: { get: '/a b' }\n", "7:13: get: has a character" },
    { "  a: { get: /a/../b }\n", "7:13: get: must not have . or .." },
    { "  a: { get: /a/%2E./b }\n", "7:13: get: must not have . or .." },
    { "  a: { get: /a/%2g }\n", "7:13: get: has a '%' without" },
    { "  a: { get: '/a/%{b}0' }\n", "7:13: get: has a '%' without" },
    { "  a: { get: /a/% }\n", "7:13: get: has a '%' without" },
    { "  a: { get: '/a/{b' }\n", "7:6: /a/{b: its placeholders" },
    { "  a: { get: '/a/b}' }\n", "7:6: /a/b}: its placeholders" },
    { "  a: { get: '/a/{}' }\n", "7:6: /a/{}: its placeholders" },
    { "  a: { get: '/a/{B}' }\n", "7:6: /a/{B}: its placeholders" },
    { "  a: { get: /a, summery: b }\n", "7:17: unknown key summery; did you mean summary?" },
    { "  a: { get: /a, items: data }\n", "7:24: items: must be a JSON Pointer" },
    { "  a: { get: /a, items: /a~2 }\n", "7:24: items: must be a JSON Pointer" },
    { "  a: { get: /a, columns: id }\n", "7:26:" },
    { "  a: { get: /a, columns: [ '' ] }\n", "7:28: columns: must not be empty" },
    { "  a: { get: /a, columns: [ id, a..b ] }\n", "7:32: columns: must not have an empty" },
    { "  a: { get: /a, columns: [ .b ] }\n", "7:28: columns: must not have an empty" },
    { "  a: { get: /a, columns: [ b. ] }\n", "7:28: columns: must not have an empty" },
    { "  a: { get: /a, columns: [ /b~ ] }\n", "7:28: columns: must be a JSON Pointer" },
    { "  a: { get: '/a/{b}', arguments: { b: { default: .. } } }\n",
      "7:50: default: is one part of a path" },
    { "  a: { get: '/a/{b}', arguments: { b: { default: a/b } } }\n",
      "7:50: default: is one part of a path" },
    { "  a: { get: /a, arguments: { b: { default: \"a\\tb\" } } }\n",
      "7:44: default: must not have a control character" },
    { "  a: { get: /a, body: { a: b } }\n", "7:23: body: not with get" },
    { "  a: { get: /a, query: b }\n", "7:24: query: must be a map" },
    { "  a: { get: /a, query: { b: {c} } }\n", "7:29: b: must be a text; a placeholder" },
    { "  a: { get: /a, query: { b: '{c}' } }\n", "7:29: {c}: there is no such argument" },
    { "  a: { post: /a, body: { b: [ '{c}' ] } }\n", "7:31: {c}: there is no such argument" },
    { "  a: { get: /a, paginate: {} }\n", "7:27: paginate: one of next, page" },
    { "  a: { post: /a, paginate: { next: /n } }\n", "7:28: paginate: only with get" },
    { "  a: { get: /a, paginate: { next: n } }\n", "7:35: next: must be a JSON Pointer" },
    { "  a: { get: /a, paginate: { next: /n~2 } }\n", "7:35: next: must be a JSON Pointer" },
    { "  a: { get: /a, paginate: { next: [ /n, '' ] } }\n", "7:41: next: must be a JSON" },
    { "  a: { get: /a, paginate: { next: [] } }\n", "7:35: " },
    { "  a: { get: /a, paginate: { offset: o, next: /n } }\n", "7:46: next: does not go" },
    { "  a: { get: /a, paginate: { page: p, total: '25' } }\n", "7:45: total: must be" },
    { "  a: { get: /a, paginate: { page: p, size: '?' } }\n", "7:44: size: must be" },
    { "  a: { get: /a, paginate: { page: p, size: '?a&b' } }\n", "7:44: size: must be" },
    { "  a: { get: /a, paginate: { page: p, size: 0 } }\n", "7:44: size: must be" },
    { "  a: { get: /a, paginate: { page: '' } }\n", "7:35: page: must be a parameter's name" },
    { "  a: { get: /a, paginate: { page: 'p a' } }\n", "7:35: page: must be a parameter's" },
    { "  a: { get: /a, paginate: { offset: 'o&x=1' } }\n", "7:37: offset: must be a" },
    { "  a: { get: /a, paginate: { cursor: \xc3\xbc, next: /n } }\n", "7:37: cursor: must be a" },
    { "  a: { get: /a, paginate: { next: /n, pages: /p } }\n", "7:46: pages: only with page" },
    { "  a: { get: /a, paginate: perhaps }\n", "7:27: must be true or false" },
    { "  a: { get: /a, paginate: true }\n", "7:27: paginate: true needs" },
    { "  a: { get: /a, paginate: { page: p, offset: o } }\n", "7:46: offset: one of" },
    { "  a: { get: /a, paginate: { cursor: c } }\n", "7:27: paginate: next must say" },
    { "  a: { get: /a, paginate: { next: /n, first: 1 } }\n", "7:46: first: only with page" },
    { "  a: { get: /a, paginate: { next: /n, total: 'a b' } }\n", "7:46: total: must be" },
    { "  a: { get: /a, arguments: { b: { type: integr } } }\n",
      "7:41: type: must be string, integer, number, boolean, date or enum; did you mean "
      "integer?" },
    { "  a: { get: /a, arguments: { b: { type: enum } } }\n", "7:33: enum: the list of" },
    { "  a: { get: /a, arguments: { b: { min: 1 } } }\n", "7:40: min: only with type" },
    { "  a: { get: /a, arguments: { b: { type: integer, min: 2, max: 1 } } }\n",
      "7:55: min: must not be above max" },
    { "  a: { get: /a, arguments: { b: { type: date, default: soon } } }\n",
      "7:56: default: must be a date" },
    { "  a: { get: /a, arguments: { b: { required: true, default: x } } }\n",
      "7:60: default: a required argument cannot have one" },
    { "  a: { get: /a, arguments: { B: {} } }\n", "7:30: an argument's name" },
    { "  a: { get: /a, arguments: [ b ] }\n", "7:28: arguments: must be a map" },
};

static void each_mistake_has_its_place(void **state)
{
    size_t wrong = 0;

    for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
        struct fob_provider *provider = read_actions(*state, mistakes[i].text);
        const char *first = fob_provider_mistake(provider, 0);

        if (first == NULL || strstr(first, mistakes[i].mistake) == NULL) {
            print_error("%s: %s, not %s\n", mistakes[i].text, first, mistakes[i].mistake);
            wrong++;
        }
        assert_int_equal(provider_usable(provider), FOB_CONFIG);
    }
    assert_int_equal(wrong, 0);
}

/* Make a request with up to three arguments, "name=value" each. */
static int make(const struct fob_action *action, const char *const words[3], unsigned flags,
                struct fob_request **request)
{
    const char *const arguments[] = { words[0], words[1], words[2], NULL };

    error_clear();
    return fob_request_new(action, arguments, flags, request);
}

static const struct {
    const char *action;
    const char *words[3];
    const char *path;
    const char *body; /* NULL for none */
} places[] = {
    { "get: /a", { NULL }, "/a", NULL },
    { "get: '/a/{id}/b'", { "id=x y" }, "/a/x%20y/b", NULL },
    { "get: '/a/{id}'", { "id=\xc3\xa4%2f?#&" }, "/a/%C3%A4%252f%3F%23%26", NULL },
    { "get: '/a/x{id}.json'", { "id=.." }, NULL, NULL },
    { "get: /a, arguments: { q: {} }", { "q=a=b&c+d/.." }, "/a?q=a%3Db%26c%2Bd%2F..", NULL },
    /* An empty filter would be none. */
    { "get: /a, arguments: { q: {} }", { "q=" }, NULL, NULL },
    { "get: /a, query: { fixed: '1 2', 'a[b]': '{q}' }, arguments: { q: { default: z } }",
      { NULL },
      "/a?fixed=1%202&a%5Bb%5D=z",
      NULL },
    { "post: /a", { NULL }, "/a", NULL },
    { "post: /a, arguments: { s: {}, n: { type: integer }, b: { type: boolean } }",
      { "s=\"\n", "n=-5", "b=true" },
      "/a",
      "{\"s\":\"\\\"\\n\",\"n\":-5,\"b\":true}" },
    { "post: /a, arguments: { s: {} }", { NULL }, "/a", "{}" },
    { "put: '/a/{id}', body: { kind: x, on: true, no: 'true', list: [ 1, '{s}' ], deep: { s: "
      "'{s}' }, none: {} }, arguments: { s: {} }",
      { "id=1" },
      "/a/1",
      "{\"kind\":\"x\",\"on\":true,\"no\":\"true\",\"list\":[1],\"none\":{}}" },
    { "patch: /a, body: { d: { s: '{s}' } }, arguments: { s: {}, t: {} }",
      { "s=12", "t=u" },
      "/a",
      "{\"d\":{\"s\":\"12\"},\"t\":\"u\"}" },
};

static void values_go_where_they_belong(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        struct fob_request *request = NULL;
        char text[512];
        const struct fob_action *action;

        snprintf(text, sizeof text, "  a: { %s }\n", places[i].action);
        action = read_action(*state, text);
        if (places[i].path == NULL) {
            assert_int_equal(make(action, places[i].words, 0, &request), FOB_INVALID);
            continue;
        }
        if (make(action, places[i].words, 0, &request) != FOB_SUCCESS)
            fail_msg("%s: %s", places[i].action, fob_error());
        assert_string_equal(fob_request_path(request), places[i].path);
        if (places[i].body == NULL)
            assert_null(fob_request_body(request));
        else
            assert_string_equal(fob_request_body(request), places[i].body);
        fob_request_free(request);
    }
}

static const struct {
    const char *words[3];
    const char *error;
    const char *hint;
} bad_values[] = {
    { { NULL }, "a: id: it is missing", "add id=VALUE" },
    { { "id=" }, "a: id: must not be empty", "" },
    { { "id=." }, "a: id: is one part of a path", "" },
    { { "id=.." }, "a: id: is one part of a path", "" },
    { { "id=a/b" }, "a: id: is one part of a path", "" },
    { { "id=a\\b" }, "a: id: is one part of a path", "" },
    { { "id=a\nb" }, "a: id: must not have a control character", "" },
    { { "id=\xff" }, "a: id: must be text in UTF-8", "" },
    { { "id=1", "id=2" }, "a: id: given twice", "" },
    { { "id=1", "coolr=red" }, "a: it has no argument coolr", "did you mean color?" },
    { { "id=1", "zzzzzzz=1" }, "a: it has no argument zzzzzzz", "it has id, size, color" },
    { { "id=1", "color=green" }, "a: color: must be one of its values", "it is one of red, blue" },
    { { "id=1", "size=ten" }, "a: size: must be a whole number", "it is from 1 to 25" },
    { { "id=1", "size=1.5" }, "a: size: must be a whole number", "it is from 1 to 25" },
    { { "id=1", "size=0x1" }, "a: size: must be a whole number", "it is from 1 to 25" },
    { { "id=1", "size=26" }, "a: size: must be a whole number within", "it is from 1 to 25" },
    { { "id=1", "size=99999999999999999999" },
      "a: size: must be a whole number",
      "it is from 1 to 25" },
    { { "id=1", "day=2026-02-30" }, "a: day: must be a date", "" },
    { { "id=1", "sure=yes" }, "a: sure: must be true or false", "" },
    { { "id=1", "rate=.5" }, "a: rate: must be a number", "" },
};

static void bad_values_are_refused(void **state)
{
    const struct fob_action *action =
        read_action(*state, "  a:\n"
                            "    get: /a/{id}\n"
                            "    arguments:\n"
                            "      size: { type: integer, min: 1, max: 25 }\n"
                            "      color: { enum: [ red, blue ] }\n"
                            "      day: { type: date }\n"
                            "      sure: { type: boolean }\n"
                            "      rate: { type: number }\n");

    for (size_t i = 0; i < ARRAY_SIZE(bad_values); i++) {
        struct fob_request *request = NULL;

        assert_int_equal(make(action, bad_values[i].words, 0, &request), FOB_INVALID);
        assert_null(request);
        if (strncmp(fob_error(), bad_values[i].error, strlen(bad_values[i].error)) != 0 ||
            strncmp(fob_error_hint(), bad_values[i].hint, strlen(bad_values[i].hint)) != 0)
            fail_msg("%s: %s", fob_error(), fob_error_hint());
    }
}

static void a_body_of_ones_own_stands_for_its_arguments(void **state)
{
    const struct fob_action *action =
        read_action(*state, "  a: { post: '/a/{id}', arguments: { s: { required: true } } }\n");
    struct fob_request *request = NULL;

    assert_int_equal(make(action, (const char *const[3]){ "id=1" }, 0, &request), FOB_INVALID);
    assert_int_equal(make(action, (const char *const[3]){ "id=1" }, FOB_OWN_BODY, &request),
                     FOB_SUCCESS);
    assert_null(fob_request_body(request));
    fob_request_free(request);
    assert_int_equal(make(action, (const char *const[3]){ "id=1", "s=x" }, FOB_OWN_BODY, &request),
                     FOB_INVALID);
}

static void an_unknown_action_has_the_nearest_offered(void **state)
{
    const struct fob_action *action = NULL;
    struct shelf *shelf = *state;

    read_action(shelf, "  list-people: { get: /people }\n");
    assert_int_equal(fob_find_action(shelf->provider, "list-people", &action), FOB_SUCCESS);
    assert_string_equal(action->path, "/people");
    assert_int_equal(fob_find_action(shelf->provider, "list-peple", &action), FOB_NOT_FOUND);
    assert_string_equal(fob_error_hint(), "did you mean list-people?");
    assert_int_equal(fob_find_action(shelf->provider, "zzz", &action), FOB_NOT_FOUND);
    assert_string_equal(fob_error_hint(), "\"fob run ACCOUNT\" lists the actions");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_key_is_read),
        TEST(what_is_said_of_lists_is_for_all),
        TEST(each_mistake_has_its_place),
        TEST(values_go_where_they_belong),
        TEST(bad_values_are_refused),
        TEST(a_body_of_ones_own_stands_for_its_arguments),
        TEST(an_unknown_action_has_the_nearest_offered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
