/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob_http_then(): hooks that leave their waiting to a driver, which makes many requests at a time.
 */
#include "config.h"

#include <fob/http.h>

#include "fake_handle.h"
#include "told_server.h"

#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define OK(body_size, body) "HTTP/1.1 200 OK\r\nContent-Length: " body_size "\r\n\r\n" body
#define EMPTY(status, more) "HTTP/1.1 " status "\r\n" more "Content-Length: 0\r\n\r\n"
/* As the core's thread waits. */
#define TICK 100
#define MANY 6

/* A hook with a server of its own. */
struct hook {
    struct fob_handle handle;
    struct told_server *server;
    char url[64];
    int code; /* FOB_DEFERRED until it is over */
};

/* What the last judge() saw. */
static struct {
    unsigned calls;
    int status;
    char body[64];
} judged;

static int judge(struct fob_handle *handle, struct fob_http *http,
                 const struct fob_http_response *response)
{
    assert_non_null(handle);
    judged.calls++;
    judged.status = fob_http_status(response);
    snprintf(judged.body, sizeof judged.body, "%s", fob_http_body(response, NULL));
    return fob_http_code(http, response);
}

static void begin(struct hook *hook, struct fob_driver **driver, const struct told_answer *answers,
                  size_t count)
{
    *hook = (struct hook){ .server = told_start(answers, count) };
    snprintf(hook->url, sizeof hook->url, "http://127.0.0.1:%u/api", told_port(hook->server));
    hook->handle.base_url = hook->url;
    hook->handle.timeout = 5;
    hook->handle.driver = driver;
    memset(&judged, 0, sizeof judged);
}

/* What a plugin's hook does. */
static void call(struct hook *hook, const struct fob_http_request *request, fob_http_next_fn *next)
{
    struct fob_http *http = NULL;

    assert_int_equal(fob_http_open(&hook->handle, &http), FOB_SUCCESS);
    hook->code = fob_http_then(http, request, next);
}

static void get(struct hook *hook)
{
    call(hook, &(struct fob_http_request){ .path = "/company" }, judge);
}

/* Let it go on, when it was woken. */
static void go_on(struct hook *hook)
{
    if (hook->code != FOB_DEFERRED || hook->handle.woken == 0)
        return;
    hook->handle.woken = 0;
    hook->code = hook->handle.resume(&hook->handle, hook->handle.resume_data);
}

static void wait_for(struct hook *hook, struct fob_driver *driver)
{
    while (hook->handle.woken == 0)
        driver->wait(driver, TICK);
    assert_int_equal(hook->handle.woken, 1);
}

static void end(struct hook *hook)
{
    told_free(hook->server);
    fake_clear(&hook->handle);
}

static void without_a_driver_it_is_all_done_at_once(void **state)
{
    static const struct told_answer answers[] = { { OK("2", "{}"), 0, false, 0 } };
    struct hook hook;

    (void)state;
    begin(&hook, NULL, answers, 1);
    get(&hook);
    assert_int_equal(hook.code, FOB_SUCCESS);
    assert_int_equal(judged.calls, 1);
    assert_string_equal(judged.body, "{}");
    end(&hook);
}

static void with_a_driver_the_hook_is_deferred(void **state)
{
    static const struct told_answer answers[] = { { EMPTY("401 No", ""), 0, false, 0 } };
    struct fob_driver *driver = NULL;
    struct hook hook;

    (void)state;
    begin(&hook, &driver, answers, 1);
    get(&hook);
    assert_int_equal(hook.code, FOB_DEFERRED);
    assert_non_null(driver);
    wait_for(&hook, driver);
    assert_false(hook.handle.waits);
    assert_int_equal(judged.calls, 0);
    go_on(&hook);
    assert_int_equal(hook.code, FOB_REJECTED);
    assert_int_equal(judged.status, 401);
    assert_int_equal(hook.handle.ended, 1);
    assert_true(hook.handle.answered);
    driver->free(driver);
    end(&hook);
}

static void a_request_that_can_not_be_sent_is_not_deferred(void **state)
{
    static const struct told_answer answers[] = { { OK("0", ""), 0, false, 0 } };
    struct fob_driver *driver = NULL;
    struct hook hook;

    (void)state;
    begin(&hook, &driver, answers, 1);
    call(&hook, &(struct fob_http_request){ .path = "/../other" }, judge);
    assert_int_equal(hook.code, FOB_INVALID);
    hook.handle.refuse_from = 1;
    hook.handle.refusal = FOB_RATE_LIMITED;
    get(&hook);
    assert_int_equal(hook.code, FOB_RATE_LIMITED);
    assert_int_equal(judged.calls, 0);
    if (driver != NULL)
        driver->free(driver);
    end(&hook);
}

static void one_that_does_not_answer_keeps_nobody_waiting(void **state)
{
    static const struct told_answer answer = { OK("2", "{}"), 0, false, 0 };
    static const struct told_answer silence = { NULL, 0, false, 0 };
    struct fob_driver *driver = NULL;
    struct hook hooks[MANY];
    size_t over = 0;

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        begin(&hooks[i], &driver, i == 0 ? &silence : &answer, 1);
        hooks[i].handle.timeout = 1;
        get(&hooks[i]);
        assert_int_equal(hooks[i].code, FOB_DEFERRED);
    }
    while (over < MANY - 1) {
        over = 0;
        driver->wait(driver, TICK);
        for (size_t i = 0; i < MANY; i++) {
            go_on(&hooks[i]);
            over += hooks[i].code == FOB_SUCCESS;
        }
        /* The silent one is the last. */
        assert_int_equal(hooks[0].code, FOB_DEFERRED);
    }
    wait_for(&hooks[0], driver);
    go_on(&hooks[0]);
    assert_int_equal(hooks[0].code, FOB_UNAVAILABLE);
    assert_non_null(strstr(hooks[0].handle.error, "did not answer within 1 s"));
    driver->free(driver);
    for (size_t i = 0; i < MANY; i++)
        end(&hooks[i]);
}

/* What a retry or a redirect needs is a thread: the driver makes the first exchange alone. */
static void what_is_sent_again_is_sent_in_a_thread_of_its_own(void **state)
{
    static const struct told_answer retried[] = { { EMPTY("503 Later", ""), 0, false, 0 },
                                                  { OK("2", "{}"), 0, false, 0 } };
    static const struct told_answer redirected[] = {
        { EMPTY("302 There", "Location: /api/there\r\n"), 0, false, 0 },
        { OK("2", "{}"), 0, false, 0 }
    };
    static const struct told_answer *const both[] = { retried, redirected };
    struct fob_driver *driver = NULL;
    struct hook hook;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        begin(&hook, &driver, both[i], 2);
        hook.handle.retries = 1;
        get(&hook);
        assert_int_equal(hook.code, FOB_DEFERRED);
        wait_for(&hook, driver);
        assert_true(hook.handle.waits);
        hook.handle.driver = NULL;
        go_on(&hook);
        assert_int_equal(hook.code, FOB_SUCCESS);
        assert_int_equal(judged.calls, 1);
        assert_int_equal(hook.handle.ended, 2);
        end(&hook);
    }
    driver->free(driver);
}

static void what_waits_for_its_turn_waits_in_a_thread_of_its_own(void **state)
{
    static const struct told_answer answers[] = { { OK("2", "{}"), 0, false, 0 } };
    struct fob_driver *driver = NULL;
    struct hook hook;

    (void)state;
    begin(&hook, &driver, answers, 1);
    hook.handle.not_due = true;
    get(&hook);
    assert_int_equal(hook.code, FOB_DEFERRED);
    assert_int_equal(hook.handle.woken, 1);
    assert_true(hook.handle.waits);
    assert_int_equal(hook.handle.begun, 0);
    hook.handle.driver = NULL;
    go_on(&hook);
    assert_int_equal(hook.code, FOB_SUCCESS);
    assert_int_equal(hook.handle.begun, 1);
    driver->free(driver);
    end(&hook);
}

static int post_then_judge(struct fob_handle *handle, struct fob_http *http,
                           const struct fob_http_response *response)
{
    char body[] = "token=t0ken";
    const struct fob_http_request request = { .method = "POST",
                                              .path = "/token",
                                              .body = body,
                                              .body_size = strlen(body),
                                              .content_type = "text/plain" };
    int code = judge(handle, http, response);

    if (code == FOB_SUCCESS)
        code = fob_http_then(http, &request, judge);
    memset(body, 'x', sizeof body);
    return code;
}

static void an_answer_may_lead_to_another_request(void **state)
{
    static const struct told_answer answers[] = { { OK("1", "1"), 0, true, 0 },
                                                  { OK("1", "2"), 0, true, 0 } };
    struct fob_driver *driver = NULL;
    struct hook hook;

    (void)state;
    for (unsigned deferred = 0; deferred < 2; deferred++) {
        begin(&hook, deferred != 0 ? &driver : NULL, answers, 2);
        call(&hook, &(struct fob_http_request){ .path = "/first" }, post_then_judge);
        for (unsigned i = 0; i < 2 && deferred != 0; i++) {
            assert_int_equal(hook.code, FOB_DEFERRED);
            wait_for(&hook, driver);
            go_on(&hook);
        }
        assert_int_equal(hook.code, FOB_SUCCESS);
        assert_int_equal(judged.calls, 2);
        assert_string_equal(judged.body, "2");
        told_wait(hook.server);
        assert_non_null(strstr(told_request(hook.server, 0), "GET /api/first "));
        assert_non_null(strstr(told_request(hook.server, 1), "POST /api/token "));
        assert_non_null(strstr(told_request(hook.server, 1), "\r\n\r\ntoken=t0ken"));
        end(&hook);
    }
    driver->free(driver);
}

/* Whether the address of slow.invalid was found: nobody waits for that. */
static atomic_bool found;

/* In place of the C library's, for libcurl, too. */
FOB_API int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                        struct addrinfo **addresses)
{
    const struct timespec time = { .tv_sec = 4 };

    (void)service;
    (void)hints;
    *addresses = NULL;
    if (strcmp(name, "slow.invalid") == 0)
        (void)nanosleep(&time, NULL);
    atomic_store(&found, true);
    return EAI_NONAME;
}

static void a_name_that_is_looked_for_keeps_nobody_waiting(void **state)
{
    struct fob_driver *driver = NULL;
    struct hook hook;

    (void)state;
    for (unsigned deferred = 0; deferred < 2; deferred++) {
        atomic_store(&found, false);
        begin(&hook, deferred != 0 ? &driver : NULL, NULL, 0);
        hook.handle.base_url = "https://slow.invalid/api";
        hook.handle.timeout = 1;
        get(&hook);
        if (deferred != 0) {
            wait_for(&hook, driver);
            go_on(&hook);
        }
        assert_false(atomic_load(&found));
        assert_int_equal(hook.code, FOB_UNAVAILABLE);
        end(&hook);
        while (!atomic_load(&found))
            usleep(10000);
    }
    driver->free(driver);
}

static void it_ends_when_nobody_waits_any_more(void **state)
{
    static const struct told_answer silence = { NULL, 0, false, 0 };
    struct fob_driver *driver = NULL;
    struct hook hook;

    (void)state;
    begin(&hook, &driver, &silence, 1);
    hook.handle.timeout = 600; /* longer than the test may take */
    get(&hook);
    /* Until the request is sent, and nothing happens any more. */
    for (unsigned i = 0; i < 5; i++)
        driver->wait(driver, TICK);
    hook.handle.over = true;
    wait_for(&hook, driver);
    hook.handle.driver = NULL;
    go_on(&hook);
    assert_int_equal(hook.code, FOB_ABORT);
    assert_int_equal(judged.calls, 0);
    driver->free(driver);
    end(&hook);
}

static void connections_are_kept_for_the_next_hook(void **state)
{
    static const struct told_answer answers[] = { { OK("2", "{}"), 0, false, 0 },
                                                  { OK("2", "{}"), 0, false, 0 },
                                                  { OK("2", "{}"), 0, true, 0 },
                                                  { OK("2", "{}"), 0, false, 0 },
                                                  { OK("2", "{}"), 0, false, 0 } };
    struct fob_driver *driver = NULL;
    struct hook hook;

    (void)state;
    begin(&hook, &driver, answers, 5);
    for (unsigned i = 0; i < 5; i++) {
        get(&hook);
        wait_for(&hook, driver);
        go_on(&hook);
        assert_int_equal(hook.code, FOB_SUCCESS);
        /* The end of a connection that nobody uses is nothing to wake up for again and again. */
        driver->wait(driver, 1);
        driver->wait(driver, 1);
    }
    told_wait(hook.server);
    assert_int_equal(told_connections(hook.server), 2);
    driver->free(driver);
    end(&hook);
}

/* As in a thread that waits. */
static void what_nobody_asked_for_is_no_answer(void **state)
{
    static const struct told_answer answers[] = { { OK("2", "{}"), 0, false, 0 },
                                                  { OK("3", "[1]"), 0, false, 0 } };
    struct fob_driver *driver = NULL;
    struct hook hook;

    (void)state;
    for (int looked = 0; looked < 2; looked++) {
        begin(&hook, &driver, answers, 2);
        for (unsigned i = 0; i < 2; i++) {
            get(&hook);
            wait_for(&hook, driver);
            go_on(&hook);
            assert_int_equal(hook.code, FOB_SUCCESS);
            assert_string_equal(judged.body, i == 0 ? "{}" : "[1]");
            if (i == 0)
                told_say(hook.server, EMPTY("401 Unauthorized", ""));
            if (looked == 1)
                driver->wait(driver, 1);
        }
        told_wait(hook.server);
        assert_int_equal(told_connections(hook.server), 2);
        end(&hook);
    }
    driver->free(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_driver_it_is_all_done_at_once),
        cmocka_unit_test(with_a_driver_the_hook_is_deferred),
        cmocka_unit_test(a_request_that_can_not_be_sent_is_not_deferred),
        cmocka_unit_test(one_that_does_not_answer_keeps_nobody_waiting),
        cmocka_unit_test(what_is_sent_again_is_sent_in_a_thread_of_its_own),
        cmocka_unit_test(what_waits_for_its_turn_waits_in_a_thread_of_its_own),
        cmocka_unit_test(an_answer_may_lead_to_another_request),
        cmocka_unit_test(a_name_that_is_looked_for_keeps_nobody_waiting),
        cmocka_unit_test(it_ends_when_nobody_waits_any_more),
        cmocka_unit_test(connections_are_kept_for_the_next_hook),
        cmocka_unit_test(what_nobody_asked_for_is_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
