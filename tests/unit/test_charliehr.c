/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The hooks of the CharlieHR plugin against answers that a server was told. */
#include "config.h"

#include <fob/plugin.h>

#include "fake_handle.h"
#include "told_server.h"
#include "util/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ID "id-1234567"
#define SECRET "s3cr3t-s3cr3t"
#define COMPANY "{\"success\":true,\"data\":{\"id\":\"company_1\",\"name\":\"Acme Ltd\"}}"

struct fixture {
    struct fob_handle handle;
    struct told_server *server;
    char url[64];
    char text[1024];
    struct told_answer answer;
};

/* A server that answers STATUS with BODY, or nothing for NULL. */
static void start(struct fixture *fixture, const char *status, const char *body)
{
    *fixture = (struct fixture){ 0 };
    if (body != NULL)
        snprintf(fixture->text, sizeof fixture->text,
                 "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", status, strlen(body), body);
    fixture->answer.text = fixture->text;
    fixture->server = told_start(&fixture->answer, body != NULL ? 1 : 0);
    snprintf(fixture->url, sizeof fixture->url, "http://127.0.0.1:%u/api/v1",
             told_port(fixture->server));
    fixture->handle.base_url = fixture->url;
    fixture->handle.timeout = 60;
    fake_put_field(&fixture->handle, "client_id", ID, strlen(ID));
    fake_put_field(&fixture->handle, "client_secret", SECRET, strlen(SECRET));
}

static void stop(struct fixture *fixture)
{
    assert_null(strstr(fixture->handle.error, SECRET));
    assert_null(strstr(fixture->handle.hint, SECRET));
    assert_null(strstr(fixture->handle.told, SECRET));
    assert_null(strstr(fixture->handle.log, SECRET));
    fake_clear(&fixture->handle);
    told_free(fixture->server);
}

static void company_is_the_identity(void **state)
{
    fob_hook_fn *const hooks[] = { fob_plugin.link, fob_plugin.validate };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(hooks); i++) {
        start(&fixture, "200 OK", COMPANY);
        assert_int_equal(hooks[i](&fixture.handle), FOB_SUCCESS);
        assert_string_equal(fixture.handle.id, "company_1");
        assert_string_equal(fixture.handle.identity, "Acme Ltd");
        told_wait(fixture.server);
        assert_int_equal(
            strncmp(told_request(fixture.server, 0), "GET /api/v1/company HTTP/1.1\r\n", 30), 0);
        assert_non_null(strstr(told_request(fixture.server, 0),
                               "\r\nAuthorization: Token token=" ID ":" SECRET "\r\n"));
        assert_null(told_request(fixture.server, 1));
        stop(&fixture);
    }
}

static const struct {
    const char *status;
    const char *body;
    int code;
    const char *error; /* part of it */
} answers[] = {
    { "200 OK", "{\"success\":true,\"data\":{\"id\":\"c\"}}", FOB_SUCCESS, "" },
    { "200 OK", "{\"success\":true,\"data\":{\"id\":\"c\",\"name\":null}}", FOB_SUCCESS, "" },
    { "401 Unauthorized", "{\"success\":false,\"error\":\"no such token\"}", FOB_REJECTED,
      "CharlieHR does not accept this Client ID and Client Secret: no such token" },
    { "401 Unauthorized", "", FOB_REJECTED,
      "CharlieHR does not accept this Client ID and Client Secret" },
    { "401 Unauthorized", "{\"error\":\"bad " SECRET "\"}", FOB_REJECTED, ": bad ****" },
    { "403 Forbidden", "{\"message\":\"no\"}", FOB_DENIED, "does not allow this (HTTP 403): no" },
    { "404 Not Found", "", FOB_PROTOCOL, "(HTTP 404)" },
    { "429 Too Many", "", FOB_RATE_LIMITED, "(HTTP 429)" },
    { "500 Oops", "", FOB_UNAVAILABLE, "(HTTP 500)" },
    { "200 OK", "{\"success\":false,\"message\":\"later\"}", FOB_PROTOCOL,
      " reports a failure (HTTP 200): later" },
    { "200 OK", "{\"success\":false,\"data\":{\"id\":\"c\"}}", FOB_PROTOCOL,
      " reports a failure (HTTP 200)" },
    { "200 OK", "{\"success\":\"true\",\"data\":{\"id\":\"c\"}}", FOB_PROTOCOL, "say success" },
    { "200 OK", "{\"data\":{\"id\":\"c\"}}", FOB_PROTOCOL, "say success" },
    { "200 OK", "{\"success\":true}", FOB_PROTOCOL, "names no company" },
    { "200 OK", "{\"success\":true,\"data\":[]}", FOB_PROTOCOL, "names no company" },
    { "200 OK", "{\"success\":true,\"data\":{}}", FOB_PROTOCOL, "names no company" },
    { "200 OK", "{\"success\":true,\"data\":{\"id\":\"\"}}", FOB_PROTOCOL, "names no company" },
    { "200 OK", "{\"success\":true,\"data\":{\"id\":7}}", FOB_PROTOCOL, "names no company" },
    { "200 OK", "{\"success\":true,\"data\":{\"id\":\"a\\u0000b\"}}", FOB_PROTOCOL,
      "names no company" },
    { "200 OK", "[]", FOB_PROTOCOL, "say success" },
    { "200 OK", "null", FOB_PROTOCOL, "say success" },
    { "200 OK", "<html>", FOB_PROTOCOL, "an HTML page" },
    { "200 OK", "", FOB_PROTOCOL, "empty" },
    { "204 No Content", "", FOB_PROTOCOL, "empty" },
};

static void answers_become_codes(void **state)
{
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
        int code;

        start(&fixture, answers[i].status, answers[i].body);
        code = fob_plugin.validate(&fixture.handle);
        if (code != answers[i].code || strstr(fixture.handle.error, answers[i].error) == NULL)
            fail_msg("%s %s gave %d: %s", answers[i].status, answers[i].body, code,
                     fixture.handle.error);
        assert_int_equal(fixture.handle.id[0] != '\0', code == FOB_SUCCESS);
        if (code != FOB_SUCCESS)
            assert_int_equal(fixture.handle.code, code);
        stop(&fixture);
    }
}

static void unfit_fields_are_refused_before_any_call(void **state)
{
    static const struct {
        const char *field;
        const char *value;
        size_t size;
        const char *error; /* part of it */
    } table[] = {
        { "client_id", "", 0, "client_id is empty" },
        { "client_id", "a:b", 3, "client_id is no" },
        { "client_id", "a b", 3, "client_id is no" },
        { "client_id", "a\n", 2, "client_id is no" },
        { "client_id", "a\0b", 3, "client_id is no" },
        { "client_id", "caf\xc3\xa9", 5, "client_id is no" },
        { "client_secret", "", 0, "client_secret is empty" },
        { "client_secret", "a\r\nX: y", 7, "client_secret is no" },
        { "client_secret", "a\0b", 3, "client_secret is no" },
        { "client_secret", "a\x7f", 2, "client_secret is no" },
    };
    fob_hook_fn *const hooks[] = { fob_plugin.link, fob_plugin.validate, fob_plugin.authorize };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table) * ARRAY_SIZE(hooks); i++) {
        size_t row = i / ARRAY_SIZE(hooks);

        start(&fixture, "200 OK", COMPANY);
        fake_put_field(&fixture.handle, table[row].field, table[row].value, table[row].size);
        assert_int_equal(hooks[i % ARRAY_SIZE(hooks)](&fixture.handle), FOB_INVALID);
        assert_non_null(strstr(fixture.handle.error, table[row].error));
        assert_int_equal(fixture.handle.header_count, 0);
        told_wait(fixture.server);
        assert_int_equal(told_connections(fixture.server), 0);
        stop(&fixture);
    }
}

static void missing_fields_are_refused(void **state)
{
    struct fob_handle handle = { .timeout = 1 };

    (void)state;
    assert_int_equal(fob_plugin.authorize(&handle), FOB_INVALID);
    fake_put_field(&handle, "client_id", ID, strlen(ID));
    assert_int_equal(fob_plugin.authorize(&handle), FOB_INVALID);
    assert_non_null(strstr(handle.error, "client_secret is empty"));
    fake_clear(&handle);
}

static void any_printable_secret_is_sent(void **state)
{
    static const char *const secrets[] = { "p\xc3\xa9ss:w\xc3\xb6rd", "a b=\"c\"", ":", "x" };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(secrets); i++) {
        char header[128];

        start(&fixture, "200 OK", COMPANY);
        fake_put_field(&fixture.handle, "client_secret", secrets[i], strlen(secrets[i]));
        assert_int_equal(fob_plugin.validate(&fixture.handle), FOB_SUCCESS);
        told_wait(fixture.server);
        snprintf(header, sizeof header, "Authorization: Token token=" ID ":%s\r\n", secrets[i]);
        assert_non_null(strstr(told_request(fixture.server, 0), header));
        stop(&fixture);
    }
}

static void large_secret_is_sent_and_a_larger_one_refused(void **state)
{
    char *secret = malloc(FOB_VALUE_MAX);
    struct fixture fixture;

    (void)state;
    assert_non_null(secret);
    memset(secret, 'k', FOB_VALUE_MAX);
    start(&fixture, "200 OK", COMPANY);
    fake_put_field(&fixture.handle, "client_secret", secret, 64 * 1024);
    assert_int_equal(fob_plugin.validate(&fixture.handle), FOB_SUCCESS);
    fake_put_field(&fixture.handle, "client_secret", secret, FOB_VALUE_MAX);
    assert_int_equal(fob_plugin.validate(&fixture.handle), FOB_INVALID);
    assert_non_null(strstr(fixture.handle.error, "too large"));
    free(secret);
    stop(&fixture);
}

static void authorize_calls_nobody(void **state)
{
    struct fixture fixture;

    (void)state;
    start(&fixture, "200 OK", COMPANY);
    assert_int_equal(fob_plugin.authorize(&fixture.handle), FOB_SUCCESS);
    assert_int_equal(fixture.handle.header_count, 1);
    assert_string_equal(fob_secret_data(fixture.handle.headers[0].value),
                        "Token token=" ID ":" SECRET);
    told_wait(fixture.server);
    assert_int_equal(told_connections(fixture.server), 0);
    stop(&fixture);
}

static void revoke_says_what_a_person_must_do(void **state)
{
    struct fixture fixture;

    (void)state;
    start(&fixture, "200 OK", COMPANY);
    assert_int_equal(fob_plugin.revoke(&fixture.handle), FOB_MANUAL);
    assert_non_null(strstr(fixture.handle.told, "CharlieHR still accepts these keys"));
    assert_non_null(strstr(fixture.handle.told, "Reset Keys"));
    assert_non_null(strstr(fixture.handle.told, "every integration"));
    stop(&fixture);
}

static void revoke_says_only_what_it_asked(void **state)
{
    struct fixture fixture;

    (void)state;
    start(&fixture, "401 Unauthorized", "{}");
    assert_int_equal(fob_plugin.revoke(&fixture.handle), FOB_REJECTED);
    assert_string_equal(fixture.handle.told, "");
    stop(&fixture);
    start(&fixture, "500 Oops", "");
    assert_int_equal(fob_plugin.revoke(&fixture.handle), FOB_MANUAL);
    assert_non_null(strstr(fixture.handle.told, "could not be asked"));
    assert_null(strstr(fixture.handle.told, "CharlieHR still accepts these keys:"));
    stop(&fixture);
}

static void base_url_is_checked_before_any_call(void **state)
{
    struct fixture fixture;

    (void)state;
    start(&fixture, "200 OK", COMPANY);
    fixture.handle.base_url = "http://charliehr.com/api/v1";
    assert_int_equal(fob_plugin.validate(&fixture.handle), FOB_CONFIG);
    stop(&fixture);
}

static void declaration_is_sound(void **state)
{
    (void)state;
    assert_int_equal(fob_plugin.abi, FOB_PLUGIN_ABI);
    assert_int_equal(fob_plugin.size, sizeof(struct fob_plugin));
    assert_string_equal(fob_plugin.name, "charliehr");
    assert_string_equal(fob_plugin.options[0].name, "base_url");
    assert_string_equal(fob_plugin.options[0].value, "https://charliehr.com/api/v1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(company_is_the_identity),
        cmocka_unit_test(answers_become_codes),
        cmocka_unit_test(unfit_fields_are_refused_before_any_call),
        cmocka_unit_test(missing_fields_are_refused),
        cmocka_unit_test(any_printable_secret_is_sent),
        cmocka_unit_test(large_secret_is_sent_and_a_larger_one_refused),
        cmocka_unit_test(authorize_calls_nobody),
        cmocka_unit_test(revoke_says_what_a_person_must_do),
        cmocka_unit_test(revoke_says_only_what_it_asked),
        cmocka_unit_test(base_url_is_checked_before_any_call),
        cmocka_unit_test(declaration_is_sound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
