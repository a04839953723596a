/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What an answer's status and words mean for the credential. */
#include "config.h"

#include <fob/http.h>

#include "fake_handle.h"
#include "http_fixture.h"
#include "told_server.h"
#include "util/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void status_becomes_a_code(void **state)
{
    static const struct {
        const char *answer;
        int code;
        const char *error; /* what follows the host */
    } table[] = {
        { EMPTY("200 OK"), FOB_SUCCESS, "" },
        { EMPTY("204 No Content"), FOB_SUCCESS, "" },
        { EMPTY("401 Unauthorized"), FOB_REJECTED, " does not accept the credential (HTTP 401)" },
        { EMPTY("403 Forbidden"), FOB_DENIED, " does not allow this (HTTP 403)" },
        { EMPTY("404 Not Found"), FOB_PROTOCOL, " has nothing at this address (HTTP 404)" },
        { EMPTY("418 Teapot"), FOB_PROTOCOL, " gave an unexpected answer (HTTP 418)" },
        { EMPTY("302 Found"), FOB_PROTOCOL, " gave an unexpected answer (HTTP 302)" },
        { EMPTY("429 Slow"), FOB_RATE_LIMITED, " asks for fewer calls (HTTP 429)" },
        { EMPTY("500 Oops"), FOB_UNAVAILABLE, " cannot answer now (HTTP 500)" },
        { EMPTY("503 Down"), FOB_UNAVAILABLE, " cannot answer now (HTTP 503)" },
    };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct told_answer answer = { .text = table[i].answer };

        fixture_start(&fixture, &answer, 1);
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
        assert_int_equal(fob_http_code(fixture.http, fixture.response), table[i].code);
        if (table[i].code != FOB_SUCCESS)
            assert_string_equal(strchr(fixture.handle.error, ' '), table[i].error);
        fixture_stop(&fixture);
    }
}

static const struct {
    const char *head;
    const char *body;
    int code; /* FOB_SUCCESS: the status' own */
} refusals[] = {
    { "Content-Type: application/json\r\n", "{\"error\":\"no\"}", FOB_SUCCESS },
    { "Content-Type: text/plain\r\n", "HTTP Token: Access denied.", FOB_SUCCESS },
    { "X-RateLimit-Remaining: 10\r\n", "", FOB_SUCCESS },
    { "X-RateLimit-Remaining: 0x\r\n", "", FOB_SUCCESS },
    { "RateLimit: \"default\";r=50;t=30\r\n", "", FOB_SUCCESS },
    { "RateLimit: \"a\"; r=5, \"over=0\"; xr=0\r\n", "", FOB_SUCCESS },
    { "Content-Type: text/html; charset=utf-8\r\n", "Blocked", FOB_UNAVAILABLE },
    { "Content-Type: application/xhtml+xml\r\n", "<?xml?>", FOB_UNAVAILABLE },
    { "Content-Type: application/json\r\n", "\xef\xbb\xbf <!doctype html>", FOB_UNAVAILABLE },
    { "", "<HTML><body>Sorry</body></HTML>", FOB_UNAVAILABLE },
    { "", "<!-- a -->\n<html lang=en>", FOB_UNAVAILABLE },
    { "", "<?xml version=\"1.0\"?><!DOCTYPE html><HTML>", FOB_UNAVAILABLE },
    { "Content-Type: text/plain\r\n", "<title>Blocked</title>", FOB_UNAVAILABLE },
    { "", "<?xml version=\"1.0\"?><problem><title>No</title></problem>", FOB_SUCCESS },
    { "", "{\"message\":\"no <html>\"}", FOB_SUCCESS },
    { "cf-mitigated: challenge\r\n", "{}", FOB_UNAVAILABLE },
    { "X-Amzn-Waf-Action: captcha\r\n", "", FOB_UNAVAILABLE },
    { "Retry-After: 30\r\n", "{}", FOB_RATE_LIMITED },
    { "Retry-After: 30\r\nContent-Type: text/html\r\n", "<html>", FOB_RATE_LIMITED },
    { "X-RateLimit-Remaining: 0\r\n", "{}", FOB_RATE_LIMITED },
    { "x-rate-limit-remaining-minute: 0\r\n", "{}", FOB_RATE_LIMITED },
    { "RateLimit-Remaining: 0, 0;w=60\r\n", "{}", FOB_RATE_LIMITED },
    { "RateLimit: \"default\";r=0;t=30\r\n", "{}", FOB_RATE_LIMITED },
    { "RateLimit: \"default\"; r=0; t=30\r\n", "{}", FOB_RATE_LIMITED },
    { "RateLimit: \"minute\";r=5, \"day\";r=0;t=30\r\n", "{}", FOB_RATE_LIMITED },
    { "RateLimit: limit=10, remaining=0, reset=5\r\n", "{}", FOB_RATE_LIMITED },
};

/* A block page, a bot check or a rate limit, with whatever status, is not the provider's word. */
static void a_refusal_counts_only_when_it_is_the_providers(void **state)
{
    static const char *const statuses[] = { "401 Unauthorized", "403 Forbidden" };

    (void)state;
    for (size_t i = 0; i < 2 * ARRAY_SIZE(refusals); i++) {
        const int own = i % 2 == 0 ? FOB_REJECTED : FOB_DENIED;
        const int code = refusals[i / 2].code != FOB_SUCCESS ? refusals[i / 2].code : own;
        const char *body = refusals[i / 2].body;
        char text[512];
        struct told_answer answer = { .text = text };
        struct fixture fixture;

        snprintf(text, sizeof text, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s",
                 statuses[i % 2], refusals[i / 2].head, strlen(body), body);
        fixture_start(&fixture, &answer, 1);
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
        if (fob_http_code(fixture.http, fixture.response) != code)
            fail_msg("%s is %s", text, fob_code_name(fixture.handle.code));
        fixture_stop(&fixture);
    }
}

static void a_provider_file_names_what_its_answers_mean(void **state)
{
    static const char *answers[][5] = {
        { "403", "/error/code", "token_revoked", "rejected" },
        { "403", "/missing", NULL, "denied" },
        { "200", "/success", "false", "rejected" },
        { "503", NULL, NULL, "rate_limited", "too many calls" },
    };
    static const struct {
        const char *status;
        const char *body;
        int code;
    } table[] = {
        { "403 Forbidden", "{\"error\":{\"code\":\"token_revoked\"}}", FOB_REJECTED },
        { "403 Forbidden", "{\"missing\":[\"salaries\"]}", FOB_DENIED },
        { "403 Forbidden", "{\"error\":{\"code\":\"other\"}}", FOB_UNAVAILABLE },
        { "403 Forbidden", "", FOB_UNAVAILABLE },
        { "401 Unauthorized", "{}", FOB_REJECTED }, /* of these nothing is named */
        { "200 OK", "{\"success\":false}", FOB_REJECTED },
        { "200 OK", "{\"success\":true}", FOB_SUCCESS },
        { "503 Down", "", FOB_RATE_LIMITED },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        char text[512];
        struct told_answer answer = { .text = text };
        struct fixture fixture;

        snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", table[i].status,
                 strlen(table[i].body), table[i].body);
        fixture_start(&fixture, &answer, 1);
        fixture.handle.answers = answers;
        fixture.handle.answer_count = ARRAY_SIZE(answers);
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
        if (fob_http_code(fixture.http, fixture.response) != table[i].code)
            fail_msg("%s is %s", text, fob_code_name(fixture.handle.code));
        assert_int_equal(strstr(fixture.handle.error, ": too many calls (HTTP 503)") != NULL,
                         table[i].code == FOB_RATE_LIMITED);
        fixture_stop(&fixture);
    }
}

static void an_answer_that_would_be_too_harsh_is_a_mistake(void **state)
{
    static const char *mistakes[][5] = {
        { "500", NULL, NULL, "rejected" },   { "429", NULL, NULL, "denied" },
        { "200", NULL, NULL, "rejected" },   { "200", "/success", NULL, "rejected" },
        { "403", NULL, NULL, "success" },    { "403", NULL, NULL, "nonsense" },
        { "4o3", NULL, NULL, "rejected" },   { "99", NULL, NULL, NULL },
        { "403", "error", "x", "rejected" }, { "403", NULL, "x", "rejected" },
    };
    static const char *keys[] = { "code", "code",   "code",   "code", "code",
                                  "code", "status", "status", "at",   "is" };
    struct fixture fixture;
    struct fob_http *http = NULL;

    (void)state;
    fixture_start(&fixture, NULL, 0);
    fixture.handle.answer_count = 1;
    for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
        fixture.handle.answers = &mistakes[i];
        assert_int_equal(fob_http_open(&fixture.handle, &http), FOB_CONFIG);
        assert_non_null(strstr(fixture.handle.error, "answers: number 1: "));
        fixture.handle.log[0] = '\0';
        fob_http_check(&fixture.handle);
        assert_non_null(strstr(fixture.handle.log, "answers: 0: "));
        assert_non_null(strstr(fixture.handle.log, keys[i]));
    }
    fixture_stop(&fixture);
}

static const struct {
    const char *type;
    const char *body;
    const char *words;
} told_words[] = {
    { "application/json", "{\"success\":false,\"error\":\"no such key\"}", "no such key" },
    { "application/json", "{\"message\":\"Bad\\n  key.\"}", "Bad key" },
    { "application/json", "{\"error\":\"denied\",\"message\":\"Ask an admin\"}",
      "denied: Ask an admin" },
    { "application/json", "{\"error\":\"same\",\"message\":\"same\"}", "same" },
    { "application/json", "{\"error\":{\"message\":\"inner\"}}", "inner" },
    { "application/json", "{\"error\":{\"message\":7}}", "" },
    { "application/json", "{\"error\":[1]}", "" },
    { "application/problem+json",
      "{\"type\":\"about:blank\",\"title\":\"Not allowed\",\"status\":403,\"detail\":\"No "
      "\\u20ac.\"}",
      "Not allowed: No \xe2\x82\xac" },
    { "application/json", "{\"detail\":\"only this\"}", "only this" },
    { "application/json", "{\"title\":\"T\",\"detail\":{}}", "T" },
    { "application/json", "{\"error\":\"invalid_client\",\"error_description\":\"Gone\"}",
      "invalid_client: Gone" },
    { "application/json", "{\"error\":{\"message\":\"m\",\"detail\":\"d\"}}", "m: d" },
    { "application/json", "{\"errors\":[{\"title\":\"a\",\"detail\":\"b\"},{}]}", "a: b" },
    { "application/json", "{\"errors\":[\"a\",\"b\"]}", "a" },
    { "application/json", "{\"errors\":[],\"message\":\"m\"}", "m" },
    { "application/json", "{\"detail\":\"of s3cr3t-s3cr3t\"}", "of *************" },
    { "application/json", "[1]", "" },
    { "application/json", "null", "" },
    { "application/json", "{\"error\":", "" },
    { "application/json", "{\"error\":\"red \\u001b[31m\"}", "red ?[31m" },
    { "application/json", "{\"error\":\"bad key id-1234567:s3cr3t-s3cr3t here\"}",
      "bad key ************************ here" },
    { "application/json", "{\"error\":\"bad s3cr3t-s3cr3t\"}", "bad *************" },
    { "text/plain", "HTTP Token: Access denied.\n", "HTTP Token: Access denied" },
    { "text/html", "<html><p>s3cr3t-s3cr3t</p></html>", "an HTML page" },
    { "application/json", " <!DOCTYPE html><html>", "an HTML page" },
    { "application/octet-stream", "\x01\x02", "" },
};

static void words_are_the_providers_and_never_the_credential(void **state)
{
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(told_words); i++) {
        char text[512];
        char words[FOB_HTTP_WORDS];
        struct told_answer answer = { .text = text };

        snprintf(text, sizeof text,
                 "HTTP/1.1 401 No\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
                 told_words[i].type, strlen(told_words[i].body), told_words[i].body);
        fixture_start(&fixture, &answer, 1);
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
        fob_http_words(fixture.http, fixture.response, words);
        assert_string_equal(words, told_words[i].words);
        assert_int_equal(fob_http_code(fixture.http, fixture.response),
                         strcmp(words, "an HTML page") == 0 ? FOB_UNAVAILABLE : FOB_REJECTED);
        fixture_stop(&fixture);
    }
}

static void words_have_no_parameter_of_the_credential(void **state)
{
    static const char body[] = "Bad se&cr et: gone";
    char text[256];
    char words[FOB_HTTP_WORDS];
    struct told_answer answer = { .text = text };
    struct fixture fixture;

    (void)state;
    snprintf(text, sizeof text,
             "HTTP/1.1 401 No\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s",
             strlen(body), body);
    fixture_start(&fixture, &answer, 1);
    assert_int_equal(fob_add_query(&fixture.handle, "key", "se&cr et", 8), FOB_SUCCESS);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    fob_http_words(fixture.http, fixture.response, words);
    assert_string_equal(words, "Bad ********: gone");
    fixture_stop(&fixture);
}

static void words_are_cut_between_characters(void **state)
{
    char body[700] = "{\"error\":\"a";
    char text[1024];
    char words[FOB_HTTP_WORDS];
    struct told_answer answer = { .text = text };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < 300; i++)
        memcpy(body + 11 + 2 * i, "\xc3\xa9", 2);
    memcpy(body + 611, "\"}", 3);
    snprintf(text, sizeof text, "HTTP/1.1 401 No\r\nContent-Length: %zu\r\n\r\n%s", strlen(body),
             body);
    fixture_start(&fixture, &answer, 1);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    fob_http_words(fixture.http, fixture.response, words);
    assert_int_equal(strlen(words), 199);
    assert_string_equal(words + 197, "\xc3\xa9");
    fixture_stop(&fixture);
}

/* A success in the status and a failure in the body; what else looks like one is none. */
static void a_failure_in_the_body_is_no_success(void **state)
{
    static const struct {
        const char *body;
        int code;
    } bodies[] = {
        { "{\"success\":false}", FOB_PROTOCOL },
        { " \n{ \"a\": [{\"x\": \"}\\\"\"}], \"success\" :\tfalse }", FOB_PROTOCOL },
        { "{\"success\":true}", FOB_SUCCESS },
        { "{\"success\":\"false\"}", FOB_PROTOCOL },
        { "{\"success\":0}", FOB_PROTOCOL },
        { "{\"success\":null}", FOB_PROTOCOL },
        { "{\"success\":1}", FOB_SUCCESS },
        { "{\"success\":\"yes\"}", FOB_SUCCESS },
        { "{\"data\":{\"success\":false}}", FOB_SUCCESS },
        { "[{\"success\":false}]", FOB_SUCCESS },
        { "{\"a\":\"\\\"success\\\":false\"}", FOB_SUCCESS },
        { "{\"x\":\"success\",\"y\":false}", FOB_SUCCESS },
        { "{\"success", FOB_SUCCESS },
        { "{\"success\"", FOB_SUCCESS },
        { "}{\"success\":false", FOB_SUCCESS },
        { "{]}\"success\":false", FOB_SUCCESS },
        { "", FOB_SUCCESS },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        char text[256];
        struct told_answer answer = { .text = text };
        struct fixture fixture;

        snprintf(text, sizeof text, "HTTP/1.1 201 Created\r\nContent-Length: %zu\r\n\r\n%s",
                 strlen(bodies[i].body), bodies[i].body);
        fixture_start(&fixture, &answer, 1);
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
        if (fob_http_code(fixture.http, fixture.response) != bodies[i].code)
            fail_msg("%s is %s", text, fob_code_name(fixture.handle.code));
        fixture_stop(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_becomes_a_code),
        cmocka_unit_test(a_failure_in_the_body_is_no_success),
        cmocka_unit_test(a_refusal_counts_only_when_it_is_the_providers),
        cmocka_unit_test(a_provider_file_names_what_its_answers_mean),
        cmocka_unit_test(an_answer_that_would_be_too_harsh_is_a_mistake),
        cmocka_unit_test(words_are_the_providers_and_never_the_credential),
        cmocka_unit_test(words_have_no_parameter_of_the_credential),
        cmocka_unit_test(words_are_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
