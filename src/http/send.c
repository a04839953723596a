/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sending a request: one try with its redirects, and the tries after it. */
#include "config.h"

#include "http/client.h"
#include "http/connection.h"
#include "http/failure.h"
#include "http/memory.h"
#include "http/outgoing.h"
#include "http/rehearse.h"
#include "http/response.h"
#include "http/url.h"
#include "util/clock.h"
#include "util/sized.h"
#include "worker/plugin_rehearse.h"

#include <fob/http.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define REDIRECTS_MAX 5
/* The pause before the first retry, which doubles with each retry, and its limit. */
#define BACKOFF_FIRST_MS 500
#define BACKOFF_MAX_MS 8000
/* The longest pause that a provider may ask for. */
#define RETRY_AFTER_MAX 60

/* A request that is being sent, and its result so far. */
struct transfer {
    struct outgoing request;
    CURL *easy;     /* the client's */
    int64_t until;  /* the end of this try's time, on clock_ms() */
    unsigned tried; /* tries before this one */
    unsigned followed;
    bool sent;       /* at least a part of the request, in any try */
    int code;        /* why nothing more is sent, with the message set; or FOB_SUCCESS */
    CURLcode result; /* of the last exchange */
    enum response_fault fault;
    struct fob_http_response *response; /* or NULL */
};

static size_t send_take_head(char *data, size_t size, size_t count, void *to)
{
    return response_add_head(to, data, size * count) ? size * count : 0;
}

static size_t send_take_body(char *data, size_t size, size_t count, void *to)
{
    const struct transfer *transfer = to;
    struct fob_http_response *response = transfer->response;
    curl_off_t announced = -1;

    if (response->body.size == 0) {
        curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
        if (!response_reserve(response, announced))
            return 0;
    }
    return response_add_body(response, data, size * count) ? size * count : 0;
}

static CURLcode send_set_transfer(struct transfer *transfer, const char *url, int64_t timeout_ms)
{
    CURL *easy = transfer->easy;
    CURLcode result = curl_easy_setopt(easy, CURLOPT_URL, url);

#define SET(option, value)  \
    if (result == CURLE_OK) \
    result = curl_easy_setopt(easy, option, value)

    SET(CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)timeout_ms);
    SET(CURLOPT_HEADERFUNCTION, send_take_head);
    SET(CURLOPT_HEADERDATA, transfer->response);
    SET(CURLOPT_WRITEFUNCTION, send_take_body);
    SET(CURLOPT_WRITEDATA, transfer);
#undef SET
    return result;
}

/* Leave nothing for the client's next user: libcurl has copied the URL, which may have a secret in
 * it. */
static void send_withdraw_transfer(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_URL, NULL);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, NULL);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, NULL);
}

/* Whether a line of the answer's head is too long.  Up to 8.5, libcurl reports that as "out of
 * memory". */
static bool send_is_head_too_large(CURL *easy, CURLcode result)
{
    long sent = 0;

    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
#if CURL_AT_LEAST_VERSION(8, 6, 0)
    if (result == CURLE_TOO_LARGE)
        return sent > 0;
#endif
    return result == CURLE_OUT_OF_MEMORY && sent > 0 && !memory_lacked();
}

/* Whether only the end of the connection ended the body, and anybody may have caused that. */
static bool send_may_be_cut(const struct fob_http *http, const struct transfer *transfer)
{
    const struct fob_http_response *response = transfer->response;

    return !http->said_goodbye && strcmp(transfer->request.method, "HEAD") != 0 &&
           response->status != 204 && response->status != 304 &&
           fob_http_header(response, "Content-Length") == NULL &&
           fob_http_header(response, "Transfer-Encoding") == NULL;
}

/* Check and cut up the answer, which is complete. */
static CURLcode send_finish_response(struct fob_http *http, const struct transfer *transfer)
{
    struct fob_http_response *response = transfer->response;
    long status = 0;

    /* libcurl accepts such an answer. */
    if (!response->head_done) {
        snprintf(http->error, sizeof http->error, "the head of the answer is cut short");
        return CURLE_PARTIAL_FILE;
    }
    curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &status);
    if (response_finish(response, (int)status) != FOB_SUCCESS)
        return CURLE_OUT_OF_MEMORY;
    response_read_retry_at(response, fob_option_text(http->handle, "retry_at"));
    if (send_may_be_cut(http, transfer)) {
        snprintf(http->error, sizeof http->error,
                 "it ended without a goodbye, and the answer has no length");
        return CURLE_PARTIAL_FILE;
    }
    fob_log(http->handle, FOB_LOG_DEBUG, "%s answered %ld with %zu bytes", http->base.host, status,
            response->body.size);
    return CURLE_OK;
}

/* The pretransfer time comes after all connections, also the proxy's. */
static bool send_was_sent(CURL *easy)
{
    curl_off_t begun = 0;

    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &begun);
    return begun > 0;
}

/* The exchange ended with RESULT. */
static void send_take_result(struct fob_http *http, struct transfer *transfer, CURLcode result)
{
    struct fob_http_response *response = transfer->response;

    transfer->sent |= send_was_sent(http->easy);
    transfer->fault = response->fault;
    if (transfer->fault == RESPONSE_SOUND && send_is_head_too_large(http->easy, result))
        transfer->fault = RESPONSE_HEAD_TOO_LARGE;
    transfer->result = result == CURLE_OK ? send_finish_response(http, transfer) : result;
    fob_end_call(http->handle, transfer->result == CURLE_OK, response->retry_after);
}

/* Send one request to URL, and take its answer. */
static void send_exchange(struct fob_http *http, struct transfer *transfer, const char *url)
{
    int64_t left = transfer->until - clock_ms();

    fob_http_response_free(transfer->response);
    transfer->response = response_new();
    http->error[0] = '\0';
    http->lack = 0;
    connection_check(http->easy);
    if (transfer->response == NULL)
        transfer->result = CURLE_OUT_OF_MEMORY;
    else if (left <= 0)
        transfer->result = CURLE_OPERATION_TIMEDOUT;
    else
        transfer->result = send_set_transfer(transfer, url, left);
    memory_forget();
    if (transfer->result == CURLE_OK)
        send_take_result(http, transfer, curl_easy_perform(http->easy));
}

/* Begin a try. */
static void send_begin(struct fob_http *http, struct transfer *transfer)
{
    transfer->until = clock_ms() + http->timeout * 1000;
    send_exchange(http, transfer, fob_secret_data(transfer->request.url));
}

/* The target of the answer's redirect, borrowed from libcurl; or NULL. */
static const char *send_redirect_target(const struct transfer *transfer)
{
    char *target = NULL;

    if (transfer->code != FOB_SUCCESS || transfer->result != CURLE_OK)
        return NULL;
    switch (transfer->response->status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &target);
        return target;
    default:
        return NULL;
    }
}

/* Refuse a redirect that the rules do not allow.  Only the target's origin is shown, because the
 * rest may contain what was sent. */
static int send_check_redirect(struct fob_http *http, const struct outgoing *request,
                               const char *target, unsigned followed)
{
    const char *host = http->base.host;
    char *origin = NULL;
    int code = url_origin(target, &origin);

    if (code == FOB_NOMEM)
        code = client_nomem(http->handle);
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

/* Follow a redirect, if there is one and it is allowed.  The wait for the budget is not part of the
 * try's time.  Returns false if nothing was sent. */
static bool send_follow(struct fob_http *http, struct transfer *transfer)
{
    const char *target = send_redirect_target(transfer);
    int64_t begin = clock_ms();

    if (target == NULL)
        return false;
    transfer->code = send_check_redirect(http, &transfer->request, target, transfer->followed++);
    if (transfer->code == FOB_SUCCESS)
        transfer->code = fob_begin_call(http->handle, 0);
    transfer->until += clock_ms() - begin;
    if (transfer->code != FOB_SUCCESS)
        return false;
    send_exchange(http, transfer, target);
    return true;
}

/* Half of the step is fixed and half is random, so that many clients do not retry at the same
 * moment. */
static int64_t send_backoff_ms(unsigned tried)
{
    int64_t step = BACKOFF_FIRST_MS;
    uint32_t chance = 0;

    while (tried-- > 0 && step < BACKOFF_MAX_MS)
        step *= 2;
    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) != (ssize_t)sizeof chance)
        chance = (uint32_t)clock_ms();
    return step / 2 + chance % (step / 2 + 1);
}

static bool send_is_passing_status(int status)
{
    return status == 429 || status == 502 || status == 503 || status == 504;
}

/* Whether the request may be sent again after this try. */
static bool send_may_try_again(const struct fob_http *http, const struct transfer *transfer)
{
    if (!transfer->request.safe || transfer->tried >= http->retries ||
        transfer->code != FOB_SUCCESS || transfer->fault != RESPONSE_SOUND)
        return false;
    if (transfer->result != CURLE_OK)
        return failure_is_passing(http, transfer->result);
    return send_is_passing_status(transfer->response->status) &&
           transfer->response->retry_after <= RETRY_AFTER_MAX;
}

/* Send the request again after a pause, if that may help.  Returns false if nothing was sent. */
static bool send_try_again(struct fob_http *http, struct transfer *transfer)
{
    int64_t asked;
    int64_t pause;
    int code;

    if (!send_may_try_again(http, transfer))
        return false;
    asked = transfer->result == CURLE_OK ? transfer->response->retry_after * 1000 : 0;
    pause = send_backoff_ms(transfer->tried++);
    if (asked > pause)
        pause = asked;
    fob_log(http->handle, FOB_LOG_INFO, "%s cannot answer now; trying again in %.1f s",
            http->base.host, (double)pause / 1000);
    code = fob_begin_call(http->handle, pause);
    /* The present answer is the result. */
    if (code == FOB_RATE_LIMITED)
        return false;
    transfer->code = code;
    transfer->result = CURLE_OK;
    if (code != FOB_SUCCESS)
        return false;
    transfer->followed = 0;
    send_begin(http, transfer);
    return true;
}

/* Make all exchanges until there is a result. */
static void send_until_settled(struct fob_http *http, struct transfer *transfer)
{
    transfer->code = fob_begin_call(http->handle, 0);
    if (transfer->code != FOB_SUCCESS)
        return;
    send_begin(http, transfer);
    while (send_follow(http, transfer) || send_try_again(http, transfer))
        ;
}

/* Let the host answer, once: there is no redirect, no retry and no budget in a rehearsal. */
static void send_rehearse(struct fob_http *http, struct transfer *transfer)
{
    transfer->response = response_new();
    if (transfer->response == NULL)
        transfer->result = CURLE_OUT_OF_MEMORY;
    else
        transfer->code =
            rehearse_exchange(http, &transfer->request, transfer->response, &transfer->result);
    if (transfer->response != NULL)
        transfer->fault = transfer->response->fault;
}

/* Send the prepared request through libcurl. */
static void send_through_curl(struct fob_http *http, struct transfer *transfer)
{
    transfer->result = outgoing_apply(&transfer->request, http->easy);
    if (transfer->result == CURLE_OK)
        send_until_settled(http, transfer);
}

static bool send_asks_for_part(const struct fob_http_request *public)
{
    const char *const *lines = public->headers;

    while (lines != NULL && *lines != NULL && strncasecmp(*lines, "Range:", 6) != 0)
        lines++;
    return lines != NULL && *lines != NULL;
}

/* A part must not pass for the whole (RFC 9110, section 15.3.7). */
static int send_check_whole(const struct fob_http *http, const struct transfer *transfer)
{
    if (transfer->response->status != 206 || send_asks_for_part(transfer->request.public))
        return FOB_SUCCESS;
    return fob_fail(http->handle, FOB_PROTOCOL,
                    "%s answered with a part (206), which nobody asked for", http->base.host);
}

/* Remove the request from the client. */
static int send_end(struct fob_http *http, struct transfer *transfer,
                    struct fob_http_response **response)
{
    int code = transfer->code;

    outgoing_withdraw(http->easy);
    send_withdraw_transfer(http->easy);
    if (code == FOB_SUCCESS && transfer->result != CURLE_OK)
        code = failure_report(http, transfer->result, transfer->fault);
    if (code == FOB_SUCCESS)
        code = send_check_whole(http, transfer);
    if (code != FOB_SUCCESS && transfer->sent && !transfer->request.safe)
        fob_hint(http->handle,
                 "the %s request was sent and may have been carried out: look before you repeat it",
                 transfer->request.method);
    if (plugin_is_recorded(http->handle))
        rehearse_report(http, code, transfer->result, transfer->response);
    if (code == FOB_SUCCESS)
        *response = transfer->response;
    else
        fob_http_response_free(transfer->response);
    outgoing_clear(&transfer->request);
    return code;
}

int fob_http_send(struct fob_http *http, const struct fob_http_request *request,
                  struct fob_http_response **response)
{
    struct transfer transfer = { .tried = 0 };
    struct fob_http_request own;
    const char *fault;

    NEED_HTTP(http);
    NEED(request);
    NEED(response);
    fault = sized_copy(&own, sizeof own, request);
    if (fault != NULL)
        return fob_fail(http->handle, FOB_INVALID, "%s: %s %s", __func__, "request", fault);
    transfer.easy = http->easy;
    transfer.code = outgoing_prepare(http, &own, &transfer.request);
    if (transfer.code == FOB_SUCCESS && plugin_is_rehearsed(http->handle))
        send_rehearse(http, &transfer);
    else if (transfer.code == FOB_SUCCESS)
        send_through_curl(http, &transfer);
    return send_end(http, &transfer, response);
}
