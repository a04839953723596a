/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sending a request: in the caller's thread, or by the driver of a thread that has many. */
#include "config.h"

#include "http/client.h"
#include "http/driver.h"
#include "http/transfer.h"

#include <fob/http.h>

/* Make all exchanges that are left. */
static void perform(struct fob_http *http, struct transfer *transfer)
{
    transfer_go_on(http, transfer);
    while (transfer->due) {
        transfer_arrive(http, transfer, curl_easy_perform(http->easy));
        transfer_go_on(http, transfer);
    }
}

int fob_http_send(struct fob_http *http, const struct fob_http_request *request,
                  struct fob_http_response **response)
{
    struct transfer transfer;

    NEED_HTTP(http);
    NEED(request);
    NEED(response);
    transfer_prepare(http, request, &transfer);
    perform(http, &transfer);
    return transfer_end(http, &transfer, response);
}

/* There is nothing more to wait for. */
static int finish(struct fob_handle *handle, struct fob_http *http)
{
    struct fob_http_response *response = NULL;
    int code = transfer_end(http, &http->transfer, &response);

    if (code == FOB_SUCCESS)
        code = http->next(handle, http, response);
    fob_http_response_free(response);
    if (--http->depth == 0)
        fob_http_close(http);
    return code;
}

static int resume(struct fob_handle *handle, void *data)
{
    struct fob_http *http = data;

    perform(http, &http->transfer);
    return finish(handle, http);
}

/* Leave the first exchange to the driver; or, when it is not its turn yet, all of it to a thread
 * that waits.  False when the hook must do it. */
static bool leave(struct fob_http *http, struct driver *driver)
{
    struct transfer *transfer = &http->transfer;

    if (transfer->code != FOB_SUCCESS || transfer->result != CURLE_OK)
        return false;
    if (!fob_call_is_due(http->handle)) {
        fob_wake(http->handle, true);
        return true;
    }
    transfer_go_on(http, transfer);
    return transfer->due && driver_add(driver, http);
}

int fob_http_then(struct fob_http *http, const struct fob_http_request *request,
                  fob_http_next_fn *next)
{
    struct fob_handle *handle;
    struct driver *driver;
    int code = client_check(http, __func__);

    if (code == FOB_SUCCESS && (request == NULL || next == NULL))
        code = fob_fail(NULL, FOB_INVALID, "%s: %s must not be NULL", __func__,
                        request == NULL ? "request" : "next");
    if (code != FOB_SUCCESS) {
        fob_http_close(http);
        return code;
    }
    handle = http->handle;
    driver = driver_of(handle);
    http->depth++;
    http->next = next;
    transfer_prepare(http, request, &http->transfer);
    if (driver != NULL && leave(http, driver))
        return fob_defer(handle, resume, http);
    return resume(handle, http);
}
