/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sending a request: in the caller's thread, or by the driver of a thread that has many. */
#include "config.h"

#include "http/client.h"
#include "http/driver.h"
#include "http/transfer.h"

#include <fob/http.h>

/* Make the exchanges that are due. */
static void perform(struct fob_http *http, struct transfer *transfer)
{
    while (transfer->due) {
        transfer_arrive(http, transfer, curl_easy_perform(http->easy));
        transfer_go_on(http, transfer);
    }
}

int fob_http_send(struct fob_http *http, const struct fob_http_request *request,
                  struct fob_http_response **response)
{
    struct transfer transfer;

    transfer_begin(http, request, &transfer);
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

/* The driver has made the first exchange. */
static int resume(struct fob_handle *handle, void *data)
{
    struct fob_http *http = data;

    transfer_go_on(http, &http->transfer);
    perform(http, &http->transfer);
    return finish(handle, http);
}

int fob_http_then(struct fob_http *http, const struct fob_http_request *request,
                  fob_http_next_fn *next)
{
    struct fob_handle *handle = http->handle;
    struct driver *driver = driver_of(handle);

    http->depth++;
    http->next = next;
    transfer_begin(http, request, &http->transfer);
    if (http->transfer.due && driver != NULL && driver_add(driver, http))
        return fob_defer(handle, resume, http);
    perform(http, &http->transfer);
    return finish(handle, http);
}
