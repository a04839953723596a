/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sign-ins through a handle: the two calls of the conversation, and an answer that comes later. */
#include "config.h"

#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URI "https://fob.example/callback"
#define SIGNS_IN "identity: c1, name: Acme Ltd, sign_in: \"https://hr.example/auth?x=y\""

/* A person with a browser. */
struct visitor {
    int first; /* the code of the first call, and of the second */
    int second;
    const char *uri;    /* the redirect URI */
    const char *answer; /* what comes before the state */
    unsigned calls;
    char address[1024];
};

static int visitor_sign_in(const struct fob_sign_in *sign_in, struct fob_secret **reply, void *data)
{
    struct visitor *visitor = data;
    char text[1024];

    assert_string_equal(sign_in->redirect, "https");
    visitor->calls++;
    if (sign_in->address == NULL) {
        assert_null(sign_in->redirect_uri);
        return visitor->uri == NULL ? visitor->first
                                    : fob_secret_new(visitor->uri, strlen(visitor->uri), reply);
    }
    assert_string_equal(sign_in->redirect_uri, URI);
    snprintf(visitor->address, sizeof visitor->address, "%s", sign_in->address);
    if (visitor->second != FOB_SUCCESS)
        return visitor->second;
    snprintf(text, sizeof text, "%s%.22s", visitor->answer,
             strstr(sign_in->address, "&state=") + strlen("&state="));
    return fob_secret_new(text, strlen(text), reply);
}

static struct fob_handle *start_with(struct world *world, struct visitor *visitor)
{
    const struct fob_conversation conv = { .size = sizeof conv,
                                           .data = visitor,
                                           .sign_in = visitor_sign_in };
    struct fob_handle *handle = NULL;

    world_tell(world, &(struct told){ .link = SIGNS_IN ", tell: \"$access\"" });
    expect(fob_start(world->context, "told", "acme", visitor != NULL ? &conv : NULL, &handle),
           FOB_SUCCESS, "");
    world_keys(handle, "c1", "t0ken");
    return handle;
}

static void assert_access(struct fob_handle *handle, const char *begin)
{
    struct fob_secret *token = NULL;

    expect(fob_get_field(handle, "access", &token), FOB_SUCCESS, "");
    assert_memory_equal(fob_secret_data(token), begin, strlen(begin));
    fob_secret_free(token);
}

static void a_person_signs_in(void **state)
{
    struct visitor visitor = { .uri = URI, .answer = URI "?state=" };
    struct world *world = world_of(state);
    struct fob_handle *handle = start_with(world, &visitor);

    expect(fob_link(handle, 0), FOB_PROTOCOL, "neither a code nor an error");
    assert_int_equal(visitor.calls, 2);
    visitor.answer = URI "?code=c0de-of-acme&state=x";
    expect(fob_link(handle, 0), FOB_NOT_ALLOWED, "another state");
    assert_false(world_has(world, "acme"));
    visitor.answer = URI "?code=c0de-of-acme&state=";
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    assert_access(handle, "c0de-of-acme,");
    assert_int_equal(visitor.calls, 6);
    fob_end(handle);
}

static void nobody_is_there(void **state)
{
    struct visitor visitor = { .first = FOB_CONVERSATION };
    struct world *world = world_of(state);
    struct fob_handle *handle = start_with(world, NULL);

    expect(fob_link(handle, 0), FOB_CONVERSATION, "nobody is there");
    fob_end(handle);
    handle = start_with(world, &visitor);
    expect(fob_link(handle, 0), FOB_CONVERSATION, "nobody signed in");
    visitor.first = FOB_IGNORE;
    expect(fob_link(handle, 0), FOB_CONVERSATION, "nobody signed in");
    visitor.first = FOB_ABORT;
    expect(fob_link(handle, 0), FOB_ABORT, "interrupted");
    visitor.first = FOB_SUCCESS;
    expect(fob_link(handle, 0), FOB_CONVERSATION, "gave no reply");
    visitor.uri = "http://elsewhere.example/";
    expect(fob_link(handle, 0), FOB_INVALID, "not a redirect URI");
    visitor.uri = URI;
    visitor.second = FOB_UNAVAILABLE;
    expect(fob_link(handle, 0), FOB_UNAVAILABLE, "in time");
    assert_false(world_has(world, "acme"));
    fob_end(handle);
}

/* Begin a sign-in whose answer comes later. */
static struct fob_secret *begin_later(struct world *world, struct visitor *visitor)
{
    struct fob_handle *handle = start_with(world, visitor);
    struct fob_secret *pending = NULL;

    expect(fob_get_sign_in(handle, &pending), FOB_NOT_FOUND, "no sign-in");
    expect(fob_link(handle, 0), FOB_CONVERSATION, "comes later");
    expect(fob_get_sign_in(handle, &pending), FOB_SUCCESS, "");
    fob_end(handle);
    return pending;
}

static int link_later(struct world *world, const struct fob_secret *pending, const char *query)
{
    struct fob_handle *handle = start_with(world, NULL);
    struct fob_secret *answer = NULL;
    char text[1024];
    const char *state = strstr(fob_secret_data(pending), " ");
    int code;

    state = strchr(strchr(state + 1, ' ') + 1, ' ') + 1;
    snprintf(text, sizeof text, "%s&state=%.22s", query, state);
    expect(fob_secret_new(text, strlen(text), &answer), FOB_SUCCESS, "");
    expect(fob_set_sign_in(handle, pending, answer), FOB_SUCCESS, "");
    code = fob_link(handle, 0);
    if (code == FOB_SUCCESS)
        assert_access(handle, "c0de-of-acme,");
    /* An answer is used once. */
    if (code != FOB_SUCCESS)
        assert_int_equal(fob_link(handle, 0), FOB_CONVERSATION);
    fob_secret_free(answer);
    fob_end(handle);
    return code;
}

static void an_answer_may_come_later(void **state)
{
    struct visitor visitor = { .uri = URI, .second = FOB_IGNORE };
    struct world *world = world_of(state);
    struct fob_secret *pending = begin_later(world, &visitor);

    assert_non_null(strstr(visitor.address, "&code_challenge_method=S256"));
    assert_int_equal(link_later(world, pending, "error=access_denied"), FOB_REJECTED);
    assert_int_equal(link_later(world, pending, "code=c0de-of-acme"), FOB_SUCCESS);
    fob_secret_free(pending);
}

static void a_late_answer_is_too_late(void **state)
{
    struct visitor visitor = { .uri = URI, .second = FOB_IGNORE };
    struct world *world = world_of(state);
    struct fob_secret *pending = begin_later(world, &visitor);

    world_wait(601);
    assert_int_equal(link_later(world, pending, "code=c0de-of-acme"), FOB_UNAVAILABLE);
    fob_secret_free(pending);
}

static void only_link_signs_in(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_tell(world, &(struct told){ .validate = SIGNS_IN });
    world_link(world, "acme", "c1");
    handle = world_start(world, "acme");
    expect(fob_validate(handle, 0), FOB_INVALID, "only link can sign in");
    fob_end(handle);
}

static void the_secrets_of_a_sign_in_are_masked(void **state)
{
    struct visitor visitor = { .uri = URI, .second = FOB_IGNORE };
    struct world *world = world_of(state);
    struct fob_secret *pending = begin_later(world, &visitor);
    struct fob_handle *handle = world_start(world, "acme");
    struct fob_secret *answer = NULL;
    char text[1024];

    snprintf(text, sizeof text, "code=c0de-of-acme&state=%.22s",
             strstr(visitor.address, "&state=") + 7);
    expect(fob_secret_new(text, strlen(text), &answer), FOB_SUCCESS, "");
    expect(fob_set_sign_in(handle, pending, answer), FOB_SUCCESS, "");
    world_keys(handle, "c1", "t0ken");
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    assert_non_null(strstr(world->person.said, "signed in: ************ *****************"));
    fob_secret_free(pending);
    fob_secret_free(answer);
    fob_end(handle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_person_signs_in, world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(nobody_is_there, world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(an_answer_may_come_later, world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(a_late_answer_is_too_late, world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(only_link_signs_in, world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(the_secrets_of_a_sign_in_are_masked, world_set_up,
                                        world_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
