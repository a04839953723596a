/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What a hook can do through its handle, and what it cannot. */
#include "config.h"

#include "world.h"

#include "core/session/handle.h"
#include "util/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Link acme with the keys ID and TOKEN, the link hook being told OPTIONS. */
static int link_keys(struct world *world, const char *id, const char *token, const char *options)
{
    struct fob_handle *handle;
    int code;

    world_tell(world, &(struct told){ .link = options, .validate = options });
    handle = world_start(world, "acme");
    world_keys(handle, id, token);
    code = fob_link(handle, FOB_NO_GUIDE);
    fob_end(handle);
    return code;
}

static int link_told(struct world *world, const char *token, const char *options)
{
    return link_keys(world, "id", token, options);
}

static void link_sets_identity_expiry_and_fields(void **state)
{
    struct world *world = world_of(state);
    struct fob_account *account = NULL;
    bool secret = true;

    expect(link_told(world, "token",
                     "identity: c7, name: 'Acme $id', expiry: 4000000000,"
                     " put: [ region=eu, token=other ]"),
           FOB_SUCCESS, "");
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_ID, "c7");
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_NAME, "Acme id");
    assert_int_equal(world_time(world, "acme", FOB_TIME_EXPIRES), 4000000000);
    /* Known to the provider's file or not. */
    world_assert_field(world, "acme", "region", "eu");
    world_assert_field(world, "acme", "token", "other");
    expect(fob_read_account(world->context, "acme", &account), FOB_SUCCESS, "");
    assert_string_equal(fob_account_field(account, 2, &secret), "region");
    assert_false(secret);
    fob_account_free(account);
}

static void what_a_failed_link_set_is_not_kept(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;
    struct fob_secret *value = NULL;

    world_tell(world, &(struct told){ .link = "identity: bad, put: [ extra=x ], expiry: 1,"
                                              " result: unavailable" });
    handle = world_start(world, "acme");
    world_keys(handle, "id", "token");
    expect(fob_link(handle, 0), FOB_UNAVAILABLE, "");
    assert_null(fob_handle_account(handle));
    expect(fob_get_field(handle, "extra", &value), FOB_NOT_FOUND, "acme: no field extra");
    assert_null(value);
    fob_end(handle);
    assert_false(world_has(world, "acme"));
}

static void only_a_link_hook_puts_fields_and_expiry(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .validate = "put: [ extra=x ]" });
    handle = world_start(world, "acme");
    expect(fob_validate(handle, 0), FOB_INVALID, "a field can be put only by a link hook");
    fob_end(handle);
    world_tell(world, &(struct told){ .validate = "expiry: 1" });
    handle = world_start(world, "acme");
    expect(fob_validate(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    assert_int_equal(world_time(world, "acme", FOB_TIME_EXPIRES), 0);
}

static void the_fields_of_an_app_are_not_a_plugins_to_put(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = NULL;
    struct fob_app *app = NULL;

    world_provider(world, "signs-in",
                   "provider: signs-in\nfields: [ { name: key }, { name: client, app: true } ]\n"
                   "plugin: told\noptions: { identity: c7, put: [ client=mine ] }\n");
    expect(fob_app_open(world->context, "signs-in", NULL, &app), FOB_SUCCESS, "");
    expect(fob_app_set_field(app, "client", "app-1", 5), FOB_SUCCESS, "");
    expect(fob_app_store(app, 0), FOB_SUCCESS, "");
    fob_app_close(app);
    expect(fob_start(world->context, "signs-in", "acme", NULL, &handle), FOB_SUCCESS, "");
    world_field(handle, "key", "k");
    expect(fob_link(handle, 0), FOB_PLUGIN,
           "plugin told: its link hook must not put client, a field of the app of signs-in");
    fob_end(handle);
    assert_false(world_has(world, "acme"));
}

static void an_identity_must_be_usable(void **state)
{
    static const char *const bad[] = { "a\nb", "a\x7f", "\xff\xfe" };
    struct world *world = world_of(state);
    char options[320];
    char id[257];

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        expect(link_told(world, bad[i], "identity: $token"), FOB_INVALID,
               "the account's id at the provider is not usable");
    expect(link_told(world, "token", "identity: ''"), FOB_INVALID, "is not usable");
    memset(id, 'i', 256);
    id[256] = '\0';
    expect(link_told(world, id, "identity: $token"), FOB_INVALID, "is not usable");
    id[255] = '\0';
    snprintf(options, sizeof options,
             "identity: %s, name: $id \xe2\x80\xae"
             "c",
             id);
    expect(link_keys(world, "a\tb\x1b[1m", "token", options), FOB_SUCCESS, "");
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_ID, id);
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_NAME, "a?b?[1m ?c");
}

static void a_hook_can_ask_and_put_what_it_got(void **state)
{
    static const char *const answers[] = { "code", "123456", NULL };
    struct world *world = world_of(state);

    world->person.answers = answers;
    expect(link_told(world, "token", "ask: [ code ]"), FOB_SUCCESS, "");
    assert_string_equal(world->person.said, "secret code\n");
    world_assert_field(world, "acme", "code", "123456");
}

static void a_hook_gets_no_answer_when_nobody_gives_one(void **state)
{
    static const int codes[] = { FOB_CONVERSATION, FOB_ABORT, FOB_SUCCESS, FOB_NOMEM };
    static const char *const words[] = { "nobody answered", "interrupted", "gave no reply",
                                         "nobody answered" };
    struct world *world = world_of(state);

    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        world->person.gives_up = codes[i];
        expect(link_told(world, "token", "ask: [ code ]"),
               codes[i] == FOB_ABORT ? FOB_ABORT : FOB_CONVERSATION, words[i]);
        assert_false(world_has(world, "acme"));
    }
}

/* Nothing in TEXT that would tell TOKEN, and MASKED in its place. */
static void assert_masked(const char *text, const char *token, const char *masked)
{
    if (strstr(text, token) != NULL || strstr(text, masked) == NULL)
        fail_msg("%s", text);
}

static void a_secret_that_a_plugin_repeats_is_masked_everywhere(void **state)
{
    struct world *world = world_of(state);

    expect(link_told(world, "pa$$word",
                     "result: rejected, message: 'no to $token, $token', hint: 'try not $token',"
                     " tell: 'you have $token', log: 'it is $token'"),
           FOB_REJECTED, "no to ********, ********");
    assert_masked(fob_error(), "pa$$word", "********");
    assert_string_equal(fob_error_hint(), "try not ********");
    assert_string_equal(world->person.said, "info you have ********\n");
    assert_masked(world->trace, "pa$$word", "told/link/told it is ********\n");
}

/* As a program shows it that was told to say what it sends. */
static void a_secret_is_masked_as_it_may_have_been_sent(void **state)
{
    static const char *const said[][2] = {
        { "c3dvcmRmaXNo", "************" },                 /* swordfish */
        { "YTpzd29yZGZpc2g=", "YT*************=" },         /* a:swordfish */
        { "YWJjOnN3b3JkZmlzaA==", "YWJjO*************==" }, /* abc:swordfish */
        { "YWJjOnN3b3JkZmlzaDp4", "YWJjO*************p4" }, /* abc:swordfish:x */
        { "sw%6Frdfish", "***********" },
        { "c3dvcmRmaXN", "***********" },   /* cut */
        { "c3dvcmRmaQ==", "c3dvcmRmaQ==" }, /* swordfi */
    };
    struct world *world = world_of(state);

    for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
        char options[128];

        snprintf(options, sizeof options, "result: denied, message: 'sent %s'", said[i][0]);
        expect(link_told(world, "swordfish", options), FOB_DENIED, said[i][1]);
    }
}

static void a_public_field_and_a_very_short_secret_are_not_masked(void **state)
{
    struct world *world = world_of(state);

    expect(link_told(world, "abc", "result: denied, message: '$id $token'"), FOB_DENIED, "id abc");
    expect(link_told(world, "abcd", "result: denied, message: '$id $token'"), FOB_DENIED,
           "id ****");
}

/* Its beginning is not to be seen either: a message is cut where its buffer ends. */
static void a_secret_that_is_cut_is_masked(void **state)
{
    struct world *world = world_of(state);
    size_t size = 65536;
    char *token = malloc(size + 1);

    assert_non_null(token);
    for (size_t i = 0; i < size; i++)
        token[i] = (char)('a' + (i * 7 + i / 26) % 26);
    token[size] = '\0';
    expect(link_told(world, token,
                     "result: rejected, message: 'no to $token', hint: '$token', tell: '$token',"
                     " log: '$token'"),
           FOB_REJECTED, "no to ****");
    token[8] = '\0';
    assert_null(strstr(fob_error(), token));
    assert_null(strstr(fob_error_hint(), token));
    assert_null(strstr(world->person.said, token));
    assert_null(strstr(world->trace, token));
    assert_int_equal(strspn(fob_error_hint(), "*"), strlen(fob_error_hint()));
    free(token);
}

static void a_secret_that_begins_another_hides_nothing_of_it(void **state)
{
    static const struct {
        const char *token;
        const char *asked;
        const char *masked;
    } cases[] = {
        { "abcd1234", "abcd1234-and-more", "********, *****************" },
        { "abcd1234-and-more", "abcd1234", "*****************, ********" },
    };
    struct world *world = world_of(state);

    for (size_t i = 0; i < 2; i++) {
        const char *const answers[] = { "asked", cases[i].asked, NULL };

        world->person.answers = answers;
        expect(link_told(world, cases[i].token,
                         "ask: [ asked ], result: rejected, message: '$token, $asked'"),
               FOB_REJECTED, "");
        assert_string_equal(fob_error(), cases[i].masked);
    }
    world->person.answers = NULL;
}

/* Nor does a company's name bring it to light, or an id. */
static void an_identity_with_a_secret_in_it_is_masked_or_refused(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;
    char long_name[512];

    expect(link_told(world, "pa$$word1", "identity: c1, name: 'Acme $token Ltd'"), FOB_SUCCESS, "");
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_NAME, "Acme ********* Ltd");
    /* Cut after it was masked, not before. */
    snprintf(long_name, sizeof long_name, "identity: c1, name: '%0249d$token'", 0);
    world_tell(world, &(struct told){ .validate = long_name });
    handle = world_start(world, "acme");
    expect(fob_validate(handle, 0), FOB_SUCCESS, "");
    snprintf(long_name, sizeof long_name, "%0249d******", 0);
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_NAME, long_name);
    fob_end(handle);
    world_tell(world, &(struct told){ .validate = "identity: 'c-$token', name: Acme" });
    handle = world_start(world, "acme");
    expect(fob_validate(handle, 0), FOB_INVALID, "contains a secret");
    fob_end(handle);
}

static void a_message_is_one_printable_line(void **state)
{
    struct world *world = world_of(state);

    expect(link_keys(world, "\nb\x1b[2Jc", "token",
                     "result: denied, message: a$id, hint: d$id, log: e$id"),
           FOB_DENIED, "");
    assert_string_equal(fob_error(), "a?b?[2Jc");
    assert_string_equal(fob_error_hint(), "d?b?[2Jc");
    assert_non_null(strstr(world->trace, "told/link/told e?b?[2Jc\n"));
}

static void a_plugins_data_is_kept_until_the_handle_ends(void **state)
{
    static const char options[] = "keep: the end";
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_tell(world, &(struct told){ .link = options, .validate = options });
    handle = world_start(world, "acme");
    world_keys(handle, "id", "token");
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    assert_null(strstr(world->trace, "kept"));
    expect(fob_validate(handle, 0), FOB_SUCCESS, "");
    assert_non_null(strstr(world->trace, "told/validate/told kept the end"));
    assert_null(strstr(world->trace, "told.so the end\n"));
    fob_end(handle);
    assert_non_null(strstr(world->trace, "told.so the end\n"));
}

static int authorize_told(struct world *world, const char *options, struct fob_handle **handle)
{
    if (!world_has(world, "acme"))
        world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .authorize = options });
    *handle = world_start(world, "acme");
    return fob_authorize(*handle, "get", 0);
}

/* What a hook made of the fields and put on requests is masked in the same forms. */
static void what_proves_requests_is_masked_as_it_may_have_been_sent(void **state)
{
    static const char *const said[][2] = {
        { "bad pu&blic-7", "bad *********" },         { "?key=pu%26blic-7", "?key=***********" },
        { "cHUmYmxpYy03", "************" }, /* pu&blic-7 */
        { "X2: Token he#ad-8", "X2: Token *******" }, { "he%23ad-8", "*********" },
        { "aGUjYWQtOA==", "**********==" }, /* he#ad-8 */
    };
    struct world *world = world_of(state);

    for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
        struct fob_handle *handle;
        char options[256];

        snprintf(options, sizeof options,
                 "query: [ 'key=pu&blic-7' ], headers: [ 'X2=Token he#ad-8' ], result: denied, "
                 "message: 'sent %s'",
                 said[i][0]);
        expect(authorize_told(world, options, &handle), FOB_DENIED, said[i][1]);
        fob_end(handle);
    }
}

static void assert_header(const struct fob_handle *handle, size_t index, const char *name,
                          const char *value)
{
    const struct fob_secret *found = NULL;
    const char *called = NULL;

    assert_int_equal(fob_header(handle, index, &called, &found), FOB_SUCCESS);
    assert_string_equal(called, name);
    assert_string_equal(fob_secret_data(found), value);
}

static void headers_come_in_order_and_replace_each_other(void **state)
{
    struct world *world = world_of(state);
    const struct fob_secret *value = NULL;
    const char *name = NULL;
    struct fob_handle *handle;

    expect(authorize_told(world, "headers: [ X-Key=$token, X-Id=$id, x-key=second ]", &handle),
           FOB_SUCCESS, "");
    assert_header(handle, 0, "X-Key", "second");
    assert_header(handle, 1, "X-Id", "id");
    assert_int_equal(fob_header(handle, 2, &name, &value), FOB_NOT_FOUND);
    assert_null(name);
    assert_null(value);
    fob_end(handle);
}

static void parameters_come_in_order_and_replace_each_other(void **state)
{
    struct world *world = world_of(state);
    const struct fob_secret *value = NULL;
    const char *name = NULL;
    struct fob_handle *handle;

    expect(authorize_told(world, "query: [ key=$token, v=1, KEY=other, key=second ]", &handle),
           FOB_SUCCESS, "");
    assert_int_equal(fob_query_parameter(handle, 0, &name, &value), FOB_SUCCESS);
    assert_string_equal(name, "key");
    assert_string_equal(fob_secret_data(value), "second");
    assert_int_equal(fob_query_parameter(handle, 1, &name, &value), FOB_SUCCESS);
    assert_string_equal(name, "v");
    assert_int_equal(fob_query_parameter(handle, 2, &name, &value), FOB_SUCCESS);
    assert_string_equal(name, "KEY");
    assert_string_equal(fob_secret_data(value), "other");
    assert_int_equal(fob_query_parameter(handle, 3, &name, &value), FOB_NOT_FOUND);
    assert_int_equal(fob_header(handle, 0, &name, &value), FOB_NOT_FOUND);
    fob_end(handle);
    expect(authorize_told(world, "query: [ \"a b=1\" ]", &handle), FOB_INVALID,
           "a parameter's name must be letters");
    fob_end(handle);
    expect(authorize_told(world, "query: [ \"a=1\\n2\" ]", &handle), FOB_INVALID,
           "parameter a: a control character cannot be sent");
    fob_end(handle);
}

static void a_header_must_be_sendable(void **state)
{
    static const struct {
        const char *options;
        const char *words;
    } bad[] = {
        { "headers: [ 'X Key=a' ]", "must be an HTTP token" },
        { "headers: [ '=a' ]", "must be an HTTP token" },
        { "headers: [ 'X:=a' ]", "must be an HTTP token" },
        { "headers: [ \"X-Key=a\\nEvil: b\" ]", "header X-Key: a control character" },
    };
    struct world *world = world_of(state);
    struct fob_handle *handle;

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        expect(authorize_told(world, bad[i].options, &handle), FOB_INVALID, bad[i].words);
        fob_end(handle);
    }
}

/* The host opens what an option names, and nobody else can have written. */
static void only_a_file_that_nobody_else_can_write_is_opened(void **state)
{
    static const char *const lines[] = {
        "relative: relative: not an absolute path\n",
        "/nonexistent: /nonexistent: No such file or directory\n",
        "/dev/null: /dev/null: not a regular file\n",
        "/etc/passwd: success, readable\n",
    };
    struct world *world = world_of(state);

    expect(link_told(world, "token",
                     "identity: c1, open: [ relative, /nonexistent, /dev/null, /etc/passwd ]"),
           FOB_SUCCESS, "");
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        if (strstr(world->trace, lines[i]) == NULL)
            fail_msg("no \"%s\" in: %s", lines[i], world->trace);
    }
}

/* A sweep computes with it. */
static void a_pause_after_an_answer_is_limited(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    world_provider(world, "told",
                   "provider: told\nfields: [ { name: id }, { name: token, secret: true } ]\n"
                   "link: [ { control: required, plugin: told } ]\n"
                   "validate: [ { control: required, plugin: hostile, "
                   "options: { do: retry_after } } ]\n");
    handle = world_start(world, "acme");
    assert_int_equal(fob_validate(handle, 0), FOB_RATE_LIMITED);
    assert_int_equal(handle->call.retry_after, 31622400);
    fob_end(handle);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pause_after_an_answer_is_limited),
        TEST(link_sets_identity_expiry_and_fields),
        TEST(what_a_failed_link_set_is_not_kept),
        TEST(only_a_link_hook_puts_fields_and_expiry),
        TEST(the_fields_of_an_app_are_not_a_plugins_to_put),
        TEST(an_identity_must_be_usable),
        TEST(a_hook_can_ask_and_put_what_it_got),
        TEST(a_hook_gets_no_answer_when_nobody_gives_one),
        TEST(a_secret_that_a_plugin_repeats_is_masked_everywhere),
        TEST(a_secret_is_masked_as_it_may_have_been_sent),
        TEST(what_proves_requests_is_masked_as_it_may_have_been_sent),
        TEST(a_public_field_and_a_very_short_secret_are_not_masked),
        TEST(a_secret_that_is_cut_is_masked),
        TEST(a_secret_that_begins_another_hides_nothing_of_it),
        TEST(an_identity_with_a_secret_in_it_is_masked_or_refused),
        TEST(a_message_is_one_printable_line),
        TEST(a_plugins_data_is_kept_until_the_handle_ends),
        TEST(headers_come_in_order_and_replace_each_other),
        TEST(parameters_come_in_order_and_replace_each_other),
        TEST(a_header_must_be_sendable),
        TEST(only_a_file_that_nobody_else_can_write_is_opened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
