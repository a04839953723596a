/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What each result of libcurl means, and what is said of a request that was sent. */
#include "config.h"

#include <fob/http.h>

#include "fake_handle.h"
#include "http/client.h"
#include "http/failure.h"
#include "told_server.h"
#include "util/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Only the line of a head that grows wants so much again. */
#define LARGE 40000

static bool lacking;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

void *__wrap_malloc(size_t size)
{
    return lacking && size >= LARGE ? NULL : __real_malloc(size);
}

/* Results that fob's requests can have, by what they mean; each other one is an answer that is not
 * understood. */
static const struct {
    CURLcode result;
    int code;
    bool passing; /* a safe request is sent again */
    const char *text;
} results[] = {
    { CURLE_UNSUPPORTED_PROTOCOL, FOB_PROTOCOL, false, "Received HTTP/0.9 when not allowed" },
    { CURLE_FAILED_INIT, FOB_SYSTEM, false, "" },
    { CURLE_URL_MALFORMAT, FOB_SYSTEM, false, "" },
    { CURLE_NOT_BUILT_IN, FOB_SYSTEM, false, "" },
    { CURLE_COULDNT_RESOLVE_PROXY, FOB_UNAVAILABLE, true, "" },
    { CURLE_COULDNT_RESOLVE_HOST, FOB_UNAVAILABLE, true, "" },
    { CURLE_COULDNT_CONNECT, FOB_UNAVAILABLE, true, "" },
    { CURLE_WEIRD_SERVER_REPLY, FOB_PROTOCOL, false, "" },
    { CURLE_PARTIAL_FILE, FOB_UNAVAILABLE, true, "" },
    { CURLE_OUT_OF_MEMORY, FOB_NOMEM, false, "" },
    { CURLE_OPERATION_TIMEDOUT, FOB_UNAVAILABLE, false, "" },
    { CURLE_SSL_CONNECT_ERROR, FOB_UNTRUSTED, false, "unsupported protocol" },
    { CURLE_SSL_CONNECT_ERROR, FOB_UNAVAILABLE, true, "Connection reset by peer" },
    { CURLE_SSL_CONNECT_ERROR, FOB_UNAVAILABLE, true, "tlsv1 alert internal error" },
    { CURLE_SSL_CONNECT_ERROR, FOB_UNTRUSTED, false, "certificate required" },
    { CURLE_FUNCTION_NOT_FOUND, FOB_SYSTEM, false, "" },
    { CURLE_ABORTED_BY_CALLBACK, FOB_SYSTEM, false, "" },
    { CURLE_BAD_FUNCTION_ARGUMENT, FOB_PROTOCOL, false, "" }, /* a header it cannot keep */
    { CURLE_INTERFACE_FAILED, FOB_SYSTEM, false, "" },
    { CURLE_UNKNOWN_OPTION, FOB_SYSTEM, false, "" },
    { CURLE_GOT_NOTHING, FOB_UNAVAILABLE, true, "" },
    { CURLE_SSL_ENGINE_NOTFOUND, FOB_SYSTEM, false, "" },
    { CURLE_SSL_ENGINE_SETFAILED, FOB_SYSTEM, false, "" },
    { CURLE_SEND_ERROR, FOB_UNAVAILABLE, true, "" },
    { CURLE_RECV_ERROR, FOB_UNAVAILABLE, true, "Connection reset by peer" },
    { CURLE_RECV_ERROR, FOB_PROTOCOL, false,
      "Illegal or missing hexadecimal sequence in chunked-encoding" },
    { CURLE_RECV_ERROR, FOB_UNTRUSTED, false, "tlsv13 alert certificate required" },
    { CURLE_SSL_CERTPROBLEM, FOB_SYSTEM, false, "" },
    { CURLE_SSL_CIPHER, FOB_SYSTEM, false, "" },
    { CURLE_PEER_FAILED_VERIFICATION, FOB_UNTRUSTED, false, "" },
    { CURLE_BAD_CONTENT_ENCODING, FOB_PROTOCOL, false, "" },
    { CURLE_FILESIZE_EXCEEDED, FOB_PROTOCOL, false, "" },
    { CURLE_SEND_FAIL_REWIND, FOB_UNAVAILABLE, true, "" },
    { CURLE_SSL_ENGINE_INITFAILED, FOB_SYSTEM, false, "" },
    { CURLE_SSL_CACERT_BADFILE, FOB_CONFIG, false, "" },
    { CURLE_SSL_SHUTDOWN_FAILED, FOB_UNAVAILABLE, true, "" },
    { CURLE_SSL_CRL_BADFILE, FOB_SYSTEM, false, "" },
    { CURLE_SSL_ISSUER_ERROR, FOB_UNTRUSTED, false, "" },
    { CURLE_NO_CONNECTION_AVAILABLE, FOB_SYSTEM, false, "" },
    { CURLE_SSL_INVALIDCERTSTATUS, FOB_UNTRUSTED, false, "" },
    { CURLE_RECURSIVE_API_CALL, FOB_SYSTEM, false, "" },
#if CURL_AT_LEAST_VERSION(7, 73, 0)
    { CURLE_PROXY, FOB_UNAVAILABLE, true, "" },
#endif
#if CURL_AT_LEAST_VERSION(7, 77, 0)
    { CURLE_SSL_CLIENTCERT, FOB_UNTRUSTED, false, "" },
#endif
#if CURL_AT_LEAST_VERSION(7, 84, 0)
    { CURLE_UNRECOVERABLE_POLL, FOB_SYSTEM, false, "" },
#endif
};

struct fixture {
    struct fob_handle handle;
    struct told_server *server;
    struct fob_http *http;
    char url[64];
};

static void start(struct fixture *fixture, const struct told_answer *answers, size_t count)
{
    *fixture = (struct fixture){ .server = told_start(answers, count) };
    snprintf(fixture->url, sizeof fixture->url, "http://127.0.0.1:%u/", told_port(fixture->server));
    fixture->handle.base_url = fixture->url;
    fixture->handle.timeout = 60;
    assert_int_equal(fob_http_open(&fixture->handle, &fixture->http), FOB_SUCCESS);
}

static void stop(struct fixture *fixture)
{
    fob_http_close(fixture->http);
    fake_clear(&fixture->handle);
    told_free(fixture->server);
}

static bool is_listed(CURLcode result)
{
    for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
        if (results[i].result == result)
            return true;
    }
    return false;
}

static void each_result_has_a_meaning(void **state)
{
    struct fixture fixture;

    (void)state;
    start(&fixture, NULL, 0);
    for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
        snprintf(fixture.http->error, sizeof fixture.http->error, "%s", results[i].text);
        if (failure_report(fixture.http, results[i].result, RESPONSE_SOUND) != results[i].code ||
            failure_is_passing(fixture.http, results[i].result) != results[i].passing)
            fail_msg("%s (%s): %s", curl_easy_strerror(results[i].result), results[i].text,
                     fixture.handle.error);
    }
    fixture.http->error[0] = '\0';
    for (int result = CURLE_OK + 1; result < CURL_LAST; result++) {
        if (is_listed((CURLcode)result))
            continue;
        assert_int_equal(failure_report(fixture.http, (CURLcode)result, RESPONSE_SOUND),
                         FOB_PROTOCOL);
        assert_false(failure_is_passing(fixture.http, (CURLcode)result));
    }
    stop(&fixture);
}

static void a_lack_of_descriptors_is_reported_as_such(void **state)
{
    static const CURLcode table[] = { CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY,
                                      CURLE_SSL_CACERT_BADFILE,   CURLE_FAILED_INIT,
                                      CURLE_OUT_OF_MEMORY,        CURLE_PEER_FAILED_VERIFICATION };
    struct fixture fixture;
    struct rlimit before;

    (void)state;
    start(&fixture, NULL, 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        int code;

        assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 0, before.rlim_max }), 0);
        code = failure_report(fixture.http, table[i], RESPONSE_SOUND);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_int_equal(code, FOB_SYSTEM);
        assert_non_null(strstr(fixture.handle.error, "Too many open files"));
    }
    stop(&fixture);
}

/* METHOD gets an answer with a line of SIZE bytes in its head. */
static int ask(struct fixture *fixture, const char *method, size_t size)
{
    static const char beginning[] = "HTTP/1.1 200 OK\r\nX: ";
    char *text = calloc(1, sizeof beginning + size + 4);
    const struct told_answer answer = { .text = text, .close = true };
    struct fob_http_response *response = NULL;
    int code;

    memcpy(text, beginning, sizeof beginning - 1);
    memset(text + sizeof beginning - 1, 'x', size);
    memcpy(text + sizeof beginning - 1 + size, "\r\n\r\n", 5);
    start(fixture, &answer, 1);
    code =
        fob_http_send(fixture->http,
                      &(struct fob_http_request){
                          .size = sizeof(struct fob_http_request), .path = "/x", .method = method },
                      &response);
    fob_http_response_free(response);
    told_wait(fixture->server);
    free(text);
    return code;
}

static void a_lack_of_memory_is_no_fault_of_the_answer(void **state)
{
    static const char *const methods[] = { "GET", "POST" };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
        struct fixture fixture;

        lacking = true;
        assert_int_equal(ask(&fixture, methods[i], 90000), FOB_NOMEM);
        lacking = false;
        assert_string_equal(fixture.handle.error, "out of memory");
        assert_int_equal(strstr(fixture.handle.hint, "may have been carried out") != NULL, i == 1);
        stop(&fixture);
    }
}

static void a_line_that_is_too_long_is_one(void **state)
{
    struct fixture fixture;

    (void)state;
    assert_int_equal(ask(&fixture, "GET", 150000), FOB_PROTOCOL);
    assert_non_null(strstr(fixture.handle.error, "larger than is taken"));
    stop(&fixture);
}

/* Up to 8.5 libcurl says the same of such a line and of a lack, and nobody else knows. */
static void libcurls_word_counts_after_another_librarys_start(void **state)
{
    const bool doubtful = curl_version_info(CURLVERSION_NOW)->version_num < 0x080600;
    struct fixture fixture;
    int status = -1;
    pid_t child;

    (void)state;
    child = fork();
    if (child == 0) {
        int code = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? ask(&fixture, "GET", 150000)
                                                                     : FOB_SUCCESS;

        _exit(code);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), doubtful ? FOB_NOMEM : FOB_PROTOCOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* First: the others start libcurl. */
        cmocka_unit_test(libcurls_word_counts_after_another_librarys_start),
        cmocka_unit_test(each_result_has_a_meaning),
        cmocka_unit_test(a_lack_of_descriptors_is_reported_as_such),
        cmocka_unit_test(a_lack_of_memory_is_no_fault_of_the_answer),
        cmocka_unit_test(a_line_that_is_too_long_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
