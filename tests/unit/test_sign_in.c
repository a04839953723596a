/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The state and the challenge of a sign-in, and the judgment of its answer. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/session/sign_in.h"
#include "util/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW 1700000000
#define URI "https://fob.example/callback"
#define STATE "state-of-rehearsal-000"
#define ISSUER "https://hr.example"

static const struct fob_sign_in_request usual = { .size = sizeof usual,
                                                  .address = "https://hr.example/auth?a=b",
                                                  .redirect = "https",
                                                  .issuer = ISSUER };

static struct fob_secret *begin_known(void)
{
    struct fob_secret *pending = NULL;

    assert_int_equal(sign_in_begin_rehearsed("hr", URI, NOW, &pending), FOB_SUCCESS);
    return pending;
}

/* Judge TEXT at the time WHEN. */
static int judge_at(const struct fob_sign_in_request *request, const char *text, int64_t when)
{
    struct fob_sign_in_answer answer = { .size = sizeof answer };
    struct fob_secret *pending = begin_known();
    struct fob_secret *secret = NULL;
    int code;

    assert_int_equal(fob_secret_new(text, strlen(text), &secret), FOB_SUCCESS);
    code = sign_in_finish(pending, request, secret, when, &answer);
    if (code == FOB_SUCCESS) {
        assert_string_equal(fob_secret_data(answer.code), "c0de/=");
        assert_string_equal(fob_secret_data(answer.redirect_uri), URI);
        assert_int_equal(fob_secret_size(answer.verifier), 43);
    } else {
        assert_null(answer.code);
    }
    fob_secret_free(answer.code);
    fob_secret_free(answer.redirect_uri);
    fob_secret_free(answer.verifier);
    fob_secret_free(secret);
    fob_secret_free(pending);
    return code;
}

static int judge(const char *text)
{
    return judge_at(&usual, text, NOW);
}

static void the_challenge_is_that_of_rfc_7636(void **state)
{
    struct fob_secret *pending = begin_known();
    struct fob_secret *address = NULL;
    struct fob_sign_in_request plain = usual;

    (void)state;
    assert_int_equal(sign_in_address(pending, &usual, &address), FOB_SUCCESS);
    assert_string_equal(fob_secret_data(address),
                        "https://hr.example/auth?a=b&redirect_uri=https%3A%2F%2Ffob.example%2F"
                        "callback&state=" STATE "&code_challenge="
                        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
    fob_secret_free(address);
    plain.plain = true;
    plain.address = "https://hr.example/auth";
    assert_int_equal(sign_in_address(pending, &plain, &address), FOB_SUCCESS);
    assert_string_equal(fob_secret_data(address),
                        "https://hr.example/auth?redirect_uri=https%3A%2F%2Ffob.example%2F"
                        "callback&state=" STATE);
    fob_secret_free(address);
    fob_secret_free(pending);
}

static void each_sign_in_has_its_own_secrets(void **state)
{
    struct fob_secret *one = NULL;
    struct fob_secret *other = NULL;

    (void)state;
    assert_int_equal(sign_in_begin("hr", "", URI, NOW, &one), FOB_SUCCESS);
    assert_int_equal(sign_in_begin("hr", "", URI, NOW, &other), FOB_SUCCESS);
    assert_int_equal(fob_secret_size(one), fob_secret_size(other));
    /* Both begin "1 hr 1700000600 ". */
    assert_memory_not_equal(fob_secret_data(one) + 16, fob_secret_data(other) + 16, 22);
    assert_memory_not_equal(fob_secret_data(one) + 39, fob_secret_data(other) + 39, 43);
    assert_int_equal(sign_in_check(one, "hr"), FOB_SUCCESS);
    assert_int_equal(sign_in_check(one, "hr2"), FOB_INVALID);
    assert_string_equal(sign_in_redirect_uri(one), URI);
    fob_secret_free(one);
    fob_secret_free(other);
}

static void only_addresses_are_redirect_uris(void **state)
{
    static const char *const bad[] = { "",
                                       "x",
                                       "http://hr.example/",
                                       "https://a b/",
                                       "https://fob.example/#x",
                                       "ftp://fob.example/" };
    struct fob_secret *pending = NULL;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_int_equal(sign_in_begin("hr", "", bad[i], NOW, &pending), FOB_INVALID);
    assert_null(pending);
}

static void other_texts_are_no_pending_sign_in(void **state)
{
    static const char *const bad[] = { "", "1", "1 hr 1 a b " URI,
                                       "2 hr 1700000600 " STATE
                                       " dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk " URI,
                                       "1 hr 1700000600 " STATE
                                       " dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk " URI " x" };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct fob_secret *pending = NULL;

        assert_int_equal(fob_secret_new(bad[i], strlen(bad[i]), &pending), FOB_SUCCESS);
        assert_int_equal(sign_in_check(pending, "hr"), FOB_INVALID);
        fob_secret_free(pending);
    }
}

static void an_answer_is_an_address_or_its_query(void **state)
{
    static const char *const good[] = {
        URI "?code=c0de%2F%3D&state=" STATE,
        "  '" URI "?state=" STATE "&code=c0de%2f=#fragment'\n",
        "?code=c0de/%3D&state=" STATE "&unknown=1&unknown=2&flag",
        "code=c0de/=&state=" STATE "&iss=https://hr.example",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_int_equal(judge(good[i]), FOB_SUCCESS);
}

static void answers_that_cannot_be_understood(void **state)
{
    static const char *const bad[] = {
        "",
        URI,
        URI "?",
        "swordfish",
        "code=c0de%2F%3D&state=" STATE "&code=other",
        "code=c0de%2F%3D&state=" STATE "&state=" STATE,
        "code=%zz&state=" STATE,
        "code=a%00b&state=" STATE,
        "code=a%4&state=" STATE,
        "code=&state=" STATE,
        "state=" STATE,
        "error=no_idea&state=" STATE,
    };
    char *text = NULL;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_int_equal(judge(bad[i]), FOB_PROTOCOL);
    assert_true(asprintf(&text, "state=" STATE "&code=%0*d", SIGN_IN_VALUE_MAX + 1, 0) > 0);
    assert_int_equal(judge(text), FOB_PROTOCOL);
    free(text);
}

static void answers_of_another_sign_in(void **state)
{
    static const char *const bad[] = {
        "code=c0de%2F%3D",
        "code=c0de%2F%3D&state=",
        "code=c0de%2F%3D&state=state-of-rehearsal-00",
        "code=c0de%2F%3D&state=state-of-rehearsal-001",
        "code=c0de%2F%3D&state=" STATE "0",
        "error=access_denied&state=other",
        "https://fob.example/callbac?code=c0de%2F%3D&state=" STATE,
        "https://fob.example/callback/?code=c0de%2F%3D&state=" STATE,
        "https://evil.example/callback?code=c0de%2F%3D&state=" STATE,
        "http://fob.example/callback?code=c0de%2F%3D&state=" STATE,
        "code=c0de%2F%3D&state=" STATE "&iss=https://evil.example",
        "code=c0de%2F%3D&state=" STATE "&iss=",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_int_equal(judge(bad[i]), FOB_NOT_ALLOWED);
}

static void the_issuer_may_be_required(void **state)
{
    struct fob_sign_in_request strict = usual;
    struct fob_sign_in_request loose = usual;

    (void)state;
    strict.needs_iss = true;
    loose.issuer = NULL;
    assert_int_equal(judge_at(&strict, "code=c0de/=&state=" STATE, NOW), FOB_NOT_ALLOWED);
    assert_int_equal(
        judge_at(&strict, "code=c0de/=&iss=https%3A%2F%2Fhr.example&state=" STATE, NOW),
        FOB_SUCCESS);
    assert_int_equal(judge_at(&loose, "code=c0de/=&iss=https://any.example&state=" STATE, NOW),
                     FOB_SUCCESS);
}

static void an_answer_comes_within_ten_minutes(void **state)
{
    (void)state;
    assert_int_equal(judge_at(&usual, "code=c0de/=&state=" STATE, NOW + 600), FOB_SUCCESS);
    assert_int_equal(judge_at(&usual, "code=c0de/=&state=" STATE, NOW + 601), FOB_UNAVAILABLE);
}

static void each_refusal_has_its_code(void **state)
{
    static const struct {
        const char *error;
        int code;
    } refusals[] = {
        { "access_denied", FOB_REJECTED },
        { "login_required", FOB_UNAVAILABLE },
        { "interaction_required", FOB_UNAVAILABLE },
        { "consent_required", FOB_UNAVAILABLE },
        { "temporarily_unavailable", FOB_UNAVAILABLE },
        { "server_error", FOB_UNAVAILABLE },
        { "invalid_scope", FOB_CONFIG },
        { "unauthorized_client", FOB_CONFIG },
        { "invalid_request", FOB_CONFIG },
        { "unsupported_response_type", FOB_CONFIG },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
        char text[256];

        snprintf(text, sizeof text, "error=%s&state=" STATE "&error_description=so+%%1b%%5B1m",
                 refusals[i].error);
        assert_int_equal(judge(text), refusals[i].code);
        assert_non_null(strstr(fob_error(), ": so "));
        assert_null(strchr(fob_error(), '\x1b'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_challenge_is_that_of_rfc_7636),
        cmocka_unit_test(each_sign_in_has_its_own_secrets),
        cmocka_unit_test(only_addresses_are_redirect_uris),
        cmocka_unit_test(other_texts_are_no_pending_sign_in),
        cmocka_unit_test(an_answer_is_an_address_or_its_query),
        cmocka_unit_test(answers_that_cannot_be_understood),
        cmocka_unit_test(answers_of_another_sign_in),
        cmocka_unit_test(the_issuer_may_be_required),
        cmocka_unit_test(an_answer_comes_within_ten_minutes),
        cmocka_unit_test(each_refusal_has_its_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
