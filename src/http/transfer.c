/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sending: one try with its redirects, and the tries after it. */
#include "config.h"

#include "http/client.h"
#include "http/failure.h"
#include "http/request.h"
#include "http/response.h"
#include "http/url.h"
#include "util/clock.h"

#include <fob/http.h>

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define REDIRECTS_MAX 5
/* The pause before the first retry, which doubles for each further one, and its limit. */
#define BACKOFF_FIRST_MS 500
#define BACKOFF_MAX_MS 8000
/* The longest pause that a provider may ask for. */
#define RETRY_AFTER_MAX 60

/* How a try ended: with a response, with a reason that is set already, or with RESULT. */
struct outcome {
    int code;
    CURLcode result;
    enum response_fault fault;
    struct fob_http_response *response;
};

static size_t take_head(char *data, size_t size, size_t count, void *to)
{
    return response_add_head(to, data, size * count) ? size * count : 0;
}

struct taker {
    CURL *easy;
    struct fob_http_response *response;
};

static size_t take_body(char *data, size_t size, size_t count, void *to)
{
    struct taker *taker = to;
    struct fob_http_response *response = taker->response;
    curl_off_t announced = -1;

    if (response->body.size == 0) {
        curl_easy_getinfo(taker->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
        if (!response_reserve(response, announced))
            return 0;
    }
    return response_add_body(response, data, size * count) ? size * count : 0;
}

static CURLcode set_transfer(CURL *easy, const char *url, int64_t timeout_ms, struct taker *taker)
{
    CURLcode result = curl_easy_setopt(easy, CURLOPT_URL, url);

#define SET(option, value)  \
    if (result == CURLE_OK) \
    result = curl_easy_setopt(easy, option, value)

    SET(CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)timeout_ms);
    SET(CURLOPT_HEADERFUNCTION, take_head);
    SET(CURLOPT_HEADERDATA, taker->response);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, taker);
#undef SET
    return result;
}

/* What the client's next user is not to find on it; libcurl has copied the address, which may have
 * a secret in it. */
static void withdraw_transfer(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_URL, NULL);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, NULL);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, NULL);
}

/* libcurl calls it "out of memory", too, when a line of the answer's head is longer than it takes.
 */
static bool is_head_too_large(CURL *easy, CURLcode result)
{
    long sent = 0;

    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
    return result == CURLE_OUT_OF_MEMORY && sent > 0;
}

/* One request, whose turn it is, and one answer. */
static void exchange(struct fob_http *http, const char *url, int64_t deadline,
                     struct outcome *outcome)
{
    struct taker taker = { http->easy, outcome->response };
    int64_t left = deadline - clock_ms();
    curl_off_t retry_after = 0;
    long status = 0;

    http->error[0] = '\0';
    if (left <= 0) {
        outcome->result = CURLE_OPERATION_TIMEDOUT;
        return;
    }
    outcome->result = set_transfer(http->easy, url, left, &taker);
    if (outcome->result == CURLE_OK)
        outcome->result = curl_easy_perform(http->easy);
    if (outcome->result == CURLE_OK)
        curl_easy_getinfo(http->easy, CURLINFO_RETRY_AFTER, &retry_after);
    fob_end_call(http->handle, outcome->result == CURLE_OK, retry_after);
    outcome->fault = outcome->response->fault;
    if (outcome->fault == RESPONSE_SOUND && is_head_too_large(http->easy, outcome->result))
        outcome->fault = RESPONSE_HEAD_TOO_LARGE;
    if (outcome->result != CURLE_OK)
        return;
    curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &status);
    if (response_finish(outcome->response, (int)status, retry_after) != FOB_SUCCESS)
        outcome->result = CURLE_OUT_OF_MEMORY;
    fob_log(http->handle, FOB_LOG_DEBUG, "%s answered %ld with %zu bytes", http->base.host, status,
            outcome->response->body.size);
}

/* Where the answer redirects to, borrowed from libcurl; NULL when it does not. */
static const char *redirect_target(struct fob_http *http, const struct outcome *outcome)
{
    char *target = NULL;

    switch (outcome->response->status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        curl_easy_getinfo(http->easy, CURLINFO_REDIRECT_URL, &target);
        return target;
    default:
        return NULL;
    }
}

/* Refuse to follow a redirect that the rules do not allow.  Only the target's origin is shown: the
 * rest of it may repeat what was sent. */
static int check_redirect(struct fob_http *http, const struct request *request, const char *target,
                          unsigned followed)
{
    const char *host = http->base.host;
    char *origin = NULL;
    int code = url_origin(target, &origin);

    if (code == FOB_NOMEM)
        code = fob_fail(http->handle, FOB_NOMEM, "out of memory");
    else if (code != FOB_SUCCESS)
        code = fob_fail(http->handle, FOB_PROTOCOL, "%s redirects to what is not an HTTP address",
                        host);
    else if (strcmp(origin, http->base.origin) != 0)
        code = fob_fail(http->handle, FOB_PROTOCOL,
                        "%s redirects to %s: not followed, and the credential was not sent there",
                        host, origin);
    else if (!request->safe)
        code = fob_fail(http->handle, FOB_PROTOCOL, "%s redirects a %s request: not followed", host,
                        request->method);
    else if (followed >= REDIRECTS_MAX)
        code = fob_fail(http->handle, FOB_PROTOCOL, "%s redirects more than %d times", host,
                        REDIRECTS_MAX);
    free(origin);
    return code;
}

/* Wait for the turn of a request that follows a redirect; the time that takes is not the far end's.
 */
static int await_turn(struct fob_http *http, int64_t *deadline)
{
    int64_t begin = clock_ms();
    int code = fob_begin_call(http->handle, 0);

    *deadline += clock_ms() - begin;
    return code;
}

/* One try: the request, and the redirects that may be followed, within one time-out. */
static void try_once(struct fob_http *http, const struct request *request, struct outcome *outcome)
{
    int64_t deadline = clock_ms() + http->timeout * 1000;
    const char *target = request->url;
    char *url = NULL;
    unsigned followed = 0;

    *outcome = (struct outcome){ .code = FOB_SUCCESS };
    while (target != NULL && outcome->code == FOB_SUCCESS && outcome->result == CURLE_OK) {
        free(url);
        url = strdup(target);
        fob_http_response_free(outcome->response);
        outcome->response = response_new();
        if (url == NULL || outcome->response == NULL) {
            outcome->result = CURLE_OUT_OF_MEMORY;
            break;
        }
        exchange(http, url, deadline, outcome);
        if (outcome->result != CURLE_OK)
            break;
        target = redirect_target(http, outcome);
        if (target != NULL)
            outcome->code = check_redirect(http, request, target, followed++);
        if (target != NULL && outcome->code == FOB_SUCCESS)
            outcome->code = await_turn(http, &deadline);
    }
    free(url);
    if (outcome->code != FOB_SUCCESS || outcome->result != CURLE_OK) {
        fob_http_response_free(outcome->response);
        outcome->response = NULL;
    }
}

/* Half of the step for sure, the other half by chance, so that many clients do not come back at the
 * same moment. */
static int64_t backoff_ms(unsigned tried)
{
    int64_t step = BACKOFF_FIRST_MS;
    uint32_t chance = 0;

    while (tried-- > 0 && step < BACKOFF_MAX_MS)
        step *= 2;
    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) != (ssize_t)sizeof chance)
        chance = (uint32_t)clock_ms();
    return step / 2 + chance % (step / 2 + 1);
}

static bool is_passing_status(int status)
{
    return status == 429 || status == 502 || status == 503 || status == 504;
}

/* How long to wait before the next try; -1 when there shall be none. */
static int64_t pause_before_next(const struct fob_http *http, const struct outcome *outcome,
                                 unsigned tried)
{
    int64_t asked = 0;
    int64_t pause;

    if (outcome->code != FOB_SUCCESS || outcome->fault != RESPONSE_SOUND)
        return -1;
    if (outcome->result != CURLE_OK) {
        if (!failure_is_passing(http, outcome->result))
            return -1;
    } else {
        if (!is_passing_status(outcome->response->status))
            return -1;
        asked = outcome->response->retry_after;
    }
    if (asked > RETRY_AFTER_MAX)
        return -1;
    pause = backoff_ms(tried);
    return asked * 1000 > pause ? asked * 1000 : pause;
}

/* Whether to try again, when its turn has come after a pause of so many milliseconds. */
static bool try_again(struct fob_http *http, struct outcome *outcome, int64_t pause)
{
    int code;

    if (pause < 0)
        return false;
    fob_log(http->handle, FOB_LOG_INFO, "%s can not answer now; trying again in %.1f s",
            http->base.host, (double)pause / 1000);
    code = fob_begin_call(http->handle, pause);
    /* The answer that there is must do. */
    if (code == FOB_RATE_LIMITED)
        return false;
    fob_http_response_free(outcome->response);
    *outcome = (struct outcome){ .code = code };
    return code == FOB_SUCCESS;
}

static void send_until_settled(struct fob_http *http, const struct request *request,
                               struct outcome *outcome)
{
    unsigned tried = 0;

    outcome->code = fob_begin_call(http->handle, 0);
    if (outcome->code != FOB_SUCCESS)
        return;
    do
        try_once(http, request, outcome);
    while (request->safe && tried < http->retries &&
           try_again(http, outcome, pause_before_next(http, outcome, tried++)));
}

int fob_http_send(struct fob_http *http, const struct fob_http_request *request,
                  struct fob_http_response **response)
{
    struct outcome outcome = { .code = FOB_SUCCESS };
    struct request ready;
    int code;

    code = request_prepare(http, request, &ready);
    if (code == FOB_SUCCESS) {
        outcome.result = request_apply(&ready, http->easy);
        if (outcome.result == CURLE_OK)
            send_until_settled(http, &ready, &outcome);
        request_withdraw(http->easy);
        withdraw_transfer(http->easy);
        code = outcome.code;
        if (outcome.result != CURLE_OK)
            code = failure_report(http, outcome.result, outcome.fault);
    }
    if (code == FOB_SUCCESS)
        *response = outcome.response;
    request_clear(&ready);
    return code;
}
