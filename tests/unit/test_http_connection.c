/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Connections: how long they are kept, for whom, and proxies. */
#include "config.h"

#include <fob/http.h>

#include "fake_handle.h"
#include "http/client.h"
#include "http_fixture.h"
#include "told_server.h"
#include "util/array.h"

#include <netdb.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static void connection_is_reused(void **state)
{
    static const struct told_answer answers[] = { { .text = OK("2", "{}") },
                                                  { .text = EMPTY("401 Unauthorized") },
                                                  { .text = OK("2", "{}") } };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fixture_arrived(&fixture), 3);
    assert_int_equal(told_connections(fixture.server), 1);
    fixture_stop(&fixture);
}

/* It would be taken for the answer to the next request, which may be another account's. */
static void unrequested_data_is_no_answer(void **state)
{
    static const struct told_answer late[] = { { .text = OK("2", "{}") },
                                               { .text = OK("3", "[1]") } };
    static const struct told_answer early[] = { { .text = OK("2", "{}") EMPTY("401 Unauthorized") },
                                                { .text = OK("3", "[1]") } };
    static const struct told_answer chunked[] = {
        { .text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" EMPTY(
              "401 Unauthorized") },
        { .text = OK("3", "[1]") }
    };
    static const struct told_answer *const tables[] = { late, early, chunked };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
        fixture_start(&fixture, tables[i], 2);
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
        assert_string_equal(fob_http_body(fixture.response, NULL), "{}");
        if (i == 0)
            told_say(fixture.server, EMPTY("401 Unauthorized"));
        assert_int_equal(fixture_get(&fixture, "/y"), FOB_SUCCESS);
        assert_string_equal(fob_http_body(fixture.response, NULL), "[1]");
        assert_int_equal(fixture_arrived(&fixture), 2);
        if (i < 2)
            assert_int_equal(told_connections(fixture.server), 2);
        fixture_stop(&fixture);
    }
}

/* The next client gets the connection, and nothing else of the last one's. */
static void connection_is_kept_for_the_next_client_but_no_credential(void **state)
{
    static const struct told_answer answers[] = { { .text = OK("2", "{}") },
                                                  { .text = OK("2", "{}") },
                                                  { .text = OK("2", "{}") } };
    static const char *const own[] = { "X-Own: 1", NULL };
    const struct fob_http_request first = { .size = sizeof first, .path = "/x", .headers = own };
    struct fob_handle other = { .timeout = 60 };
    struct fob_http *second = NULL;
    struct fob_http_response *response = NULL;
    char *address = NULL;
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    other.base_url = fixture.url;
    assert_int_equal(fixture_request(&fixture, &first), FOB_SUCCESS);
    fob_http_close(fixture.http);
    fixture.http = NULL;
    assert_int_equal(fob_http_open(&other, &second), FOB_SUCCESS);
    /* Some have a secret in their address. */
    curl_easy_getinfo(second->easy, CURLINFO_EFFECTIVE_URL, &address);
    assert_true(address == NULL || strstr(address, "/x") == NULL);
    assert_int_equal(fob_http_send(second,
                                   &(struct fob_http_request){
                                       .size = sizeof(struct fob_http_request), .path = "/y" },
                                   &response),
                     FOB_SUCCESS);
    fob_http_response_free(response);
    fob_http_close(second);
    assert_int_equal(fixture_arrived(&fixture), 2);
    assert_int_equal(told_connections(fixture.server), 1);
    assert_non_null(strstr(told_request(fixture.server, 0), "Authorization"));
    assert_null(strstr(told_request(fixture.server, 1), "Authorization"));
    assert_null(strstr(told_request(fixture.server, 1), "X-Own"));
    fake_clear(&other);
    fixture_stop(&fixture);
}

/* Clients for other places that nobody comes back to take no room from it. */
static void the_last_that_was_kept_is_the_last_to_go(void **state)
{
    static const struct told_answer answers[] = { { .text = OK("2", "{}") },
                                                  { .text = OK("2", "{}") } };
    struct fob_http *clients[200];
    struct fixture fixture;
    char url[96];

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
        struct fob_handle other = { .base_url = url, .timeout = 60 };

        snprintf(url, sizeof url, "%s/%zu", fixture.url, i);
        assert_int_equal(fob_http_open(&other, &clients[i]), FOB_SUCCESS);
    }
    for (size_t i = 0; i < ARRAY_SIZE(clients); i++)
        fob_http_close(clients[i]);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    fixture_set_retries(&fixture, 0);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fixture_arrived(&fixture), 2);
    assert_int_equal(told_connections(fixture.server), 1);
    fixture_stop(&fixture);
}

/* The address of slow.invalid is found when the test lets that be. */
static sem_t let;
static sem_t found;

/* In place of the C library's, for libcurl, too. */
FOB_API int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                        struct addrinfo **addresses)
{
    (void)service;
    (void)hints;
    *addresses = NULL;
    if (strcmp(name, "slow.invalid") == 0) {
        sem_wait(&let);
        sem_post(&found);
    }
    return EAI_NONAME;
}

static void a_name_that_is_looked_for_keeps_nobody_waiting(void **state)
{
    struct fob_handle handle = { .base_url = "https://slow.invalid/api", .timeout = 1 };
    const struct fob_http_request request = { .size = sizeof request, .path = "/x" };
    struct fob_http_response *response = NULL;
    struct fob_http *http = NULL;

    (void)state;
    assert_int_equal(sem_init(&let, 0, 0), 0);
    assert_int_equal(sem_init(&found, 0, 0), 0);
    assert_int_equal(fob_http_open(&handle, &http), FOB_SUCCESS);
    assert_int_equal(fob_http_send(http, &request, &response), FOB_UNAVAILABLE);
    fob_http_close(http);
    fake_clear(&handle);
    sem_post(&let);
    sem_wait(&found);
}

static void each_request_waits_for_its_turn(void **state)
{
    static const struct told_answer answers[] = {
        { .text = "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n" },
        { .text = "HTTP/1.1 302 Found\r\nLocation: /api/z\r\nContent-Length: 0\r\n\r\n" },
        { .text = OK("2", "{}") },
    };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    fixture_set_retries(&fixture, 1);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fixture.handle.begun, 3);
    assert_int_equal(fixture.handle.ended, 3);
    assert_true(fixture.handle.answered);
    assert_int_equal(fixture.handle.retry_after, 0);
    assert_int_equal(fixture_arrived(&fixture), 3);
    fixture_stop(&fixture);
}

static void a_request_without_a_turn_is_not_sent(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, NULL, 0);
    fixture.handle.refuse_from = 1;
    fixture.handle.refusal = FOB_RATE_LIMITED;
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_RATE_LIMITED);
    assert_string_equal(fixture.handle.error, "not its turn");
    assert_int_equal(fixture.handle.ended, 0);
    assert_int_equal(told_connections(fixture.server), 0);
    fixture_stop(&fixture);
}

/* A sweep wants the time of the pause for others: the answer that there is is the request's. */
static void a_retry_without_a_turn_leaves_the_answer(void **state)
{
    static const struct told_answer answers[] = {
        { .text = "HTTP/1.1 429 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n" },
    };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    fixture_set_retries(&fixture, 3);
    fixture.handle.refuse_from = 2;
    fixture.handle.refusal = FOB_RATE_LIMITED;
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fob_http_status(fixture.response), 429);
    assert_int_equal(fixture.handle.retry_after, 1);
    assert_int_equal(fixture_arrived(&fixture), 1);
    fixture_stop(&fixture);
}

static void a_request_ends_when_the_caller_stops_waiting(void **state)
{
    static const struct told_answer answers[] = { { .text = NULL } };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    fixture.handle.over = true;
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_ABORT);
    fixture_stop(&fixture);
}

static void plain_http_uses_no_proxy(void **state)
{
    static const struct told_answer answers[] = { { .text = OK("2", "{}") } };
    struct told_server *proxy = told_start(NULL, 0);
    char url[64];
    struct fixture fixture;

    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%u", told_port(proxy));
    assert_int_equal(setenv("http_proxy", url, 1), 0);
    fixture_start(&fixture, answers, 1);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(unsetenv("http_proxy"), 0);
    told_wait(proxy);
    assert_int_equal(told_connections(proxy), 0);
    told_free(proxy);
    fixture_stop(&fixture);
}

/* Secrets must not reach a proxy in the clear, even when it is asked to make a tunnel. */
static void proxy_does_not_see_the_credential(void **state)
{
    static const struct told_answer answers[] = { { .text = EMPTY("403 No tunnel") } };
    struct told_server *proxy = told_start(answers, 1);
    struct fob_handle handle = { .base_url = "https://provider.invalid/", .timeout = 60 };
    struct fob_http *http = NULL;
    struct fob_http_response *response = NULL;
    char url[64];

    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%u", told_port(proxy));
    assert_int_equal(setenv("https_proxy", url, 1), 0);
    fob_add_header(&handle, "Authorization", SECRET, strlen(SECRET));
    assert_int_equal(fob_http_open(&handle, &http), FOB_SUCCESS);
    assert_int_equal(fob_http_send(http,
                                   &(struct fob_http_request){
                                       .size = sizeof(struct fob_http_request), .path = "/x" },
                                   &response),
                     FOB_UNAVAILABLE);
    assert_int_equal(unsetenv("https_proxy"), 0);
    told_wait(proxy);
    assert_int_equal(strncmp(told_request(proxy, 0), "CONNECT provider.invalid:443 ", 29), 0);
    assert_null(strstr(told_request(proxy, 0), "s3cr3t"));
    fob_http_close(http);
    fake_clear(&handle);
    told_free(proxy);
}

/* Ask a provider through the proxy URL; HANDLE has the error. */
static int get_by_proxy(const char *url, struct fob_handle *handle)
{
    struct fob_http *http = NULL;
    struct fob_http_response *response = NULL;
    int code;

    *handle = (struct fob_handle){ .base_url = "https://provider.invalid/", .timeout = 60 };
    assert_int_equal(setenv("https_proxy", url, 1), 0);
    assert_int_equal(fob_http_open(handle, &http), FOB_SUCCESS);
    code = fob_http_send(
        http, &(struct fob_http_request){ .size = sizeof(struct fob_http_request), .path = "/x" },
        &response);
    assert_int_equal(unsetenv("https_proxy"), 0);
    fob_http_close(http);
    return code;
}

static void a_failure_at_the_proxy_names_the_proxy(void **state)
{
    static const struct {
        const char *answer;
        int code;
        const char *error;
    } table[] = {
        { EMPTY("407 Who are you"), FOB_CONFIG, "requires a user name and a password (HTTP 407)" },
        { EMPTY("403 No tunnel"), FOB_UNAVAILABLE, "no connection to provider.invalid (HTTP 403)" },
        { EMPTY("502 Down"), FOB_UNAVAILABLE, "no connection to provider.invalid (HTTP 502)" },
    };
    struct fob_handle handle;
    char url[96];
    char name[64];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const struct told_answer answer = { .text = table[i].answer };
        struct told_server *proxy = told_start(&answer, 1);

        snprintf(name, sizeof name, "the proxy 127.0.0.1:%u ", told_port(proxy));
        snprintf(url, sizeof url, "http://me:s3cr3t@127.0.0.1:%u/", told_port(proxy));
        assert_int_equal(get_by_proxy(url, &handle), table[i].code);
        assert_non_null(strstr(handle.error, name));
        assert_non_null(strstr(handle.error, table[i].error));
        assert_null(strstr(handle.error, "s3cr3t"));
        told_free(proxy);
        fake_clear(&handle);
    }
    assert_int_equal(get_by_proxy("http://me:s3cr3t@127.0.0.1:9", &handle),
                     FOB_UNAVAILABLE); /* nobody listens */
    assert_non_null(strstr(handle.error, "could not connect to the proxy 127.0.0.1:"));
    fake_clear(&handle);
    assert_int_equal(get_by_proxy("gopher://me:s3cr3t@127.0.0.1:9", &handle), FOB_CONFIG);
    assert_string_equal(handle.error, "the proxy 127.0.0.1:9: its scheme cannot be used");
    fake_clear(&handle);
}

static void a_lack_of_descriptors_is_no_fault_of_the_provider(void **state)
{
    struct rlimit before;
    struct rlimit none;
    struct fixture fixture;
    int code;

    (void)state;
    fixture_start(&fixture, NULL, 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){ 0, before.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    code = fixture_get(&fixture, "/x");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(code, FOB_SYSTEM);
    assert_non_null(strstr(fixture.handle.error, "Too many open files"));
    fixture_stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connection_is_reused),
        cmocka_unit_test(unrequested_data_is_no_answer),
        cmocka_unit_test(connection_is_kept_for_the_next_client_but_no_credential),
        cmocka_unit_test(the_last_that_was_kept_is_the_last_to_go),
        cmocka_unit_test(a_name_that_is_looked_for_keeps_nobody_waiting),
        cmocka_unit_test(each_request_waits_for_its_turn),
        cmocka_unit_test(a_request_without_a_turn_is_not_sent),
        cmocka_unit_test(a_retry_without_a_turn_leaves_the_answer),
        cmocka_unit_test(a_request_ends_when_the_caller_stops_waiting),
        cmocka_unit_test(plain_http_uses_no_proxy),
        cmocka_unit_test(proxy_does_not_see_the_credential),
        cmocka_unit_test(a_failure_at_the_proxy_names_the_proxy),
        cmocka_unit_test(a_lack_of_descriptors_is_no_fault_of_the_provider),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
