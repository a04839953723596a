/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Opens a client for a handle, by the handle's options; and closes it. */
#include "config.h"

#include "http/client.h"
#include "http/judge.h"
#include "http/pool.h"
#include "http/url.h"
#include "util/address.h"
#include "util/process.h"
#include "worker/plugin_rehearse.h"

#include <fob/http.h>

#include <stdlib.h>

/* Take a client for BASE_URL from the pool, or make one. */
static int open_client(struct fob_handle *handle, const char *base_url, struct fob_http **http)
{
    struct client_key key = { .base_url = base_url, .ca_file = fob_option_text(handle, "ca_file") };
    struct fob_http *client = NULL;
    int code = judge_check_rules(handle);

    if (code != FOB_SUCCESS)
        return code;
    if (key.ca_file != NULL && (key.ca_file[0] == '\0' || plugin_is_rehearsed(handle)))
        key.ca_file = NULL;
    if (fob_certificate(handle, &key.chain, &key.key) != FOB_SUCCESS)
        client = pool_take(&key);
    if (client == NULL)
        code = client_new(handle, &key, &client);
    if (code != FOB_SUCCESS)
        return code;
    client->handle = handle;
    client->timeout = fob_option_number(handle, "timeout");
    client->retries = fob_option_number(handle, "retries");
    client->bare = false;
    client->left_loopback = false;
    *http = client;
    return FOB_SUCCESS;
}

int fob_http_open(struct fob_handle *handle, struct fob_http **http)
{
    const char *base_url;
    int code;

    NEED(handle);
    NEED(http);
    code = client_check_handle(handle, __func__);
    if (code != FOB_SUCCESS)
        return code;
    base_url = fob_base_url(handle);
    if (base_url == NULL) {
        fob_fail(handle, FOB_CONFIG, "base_url: not set");
        fob_hint(handle, "put it into options: of the provider's file (fob-provider(5))");
        return FOB_CONFIG;
    }
    return open_client(handle, base_url, http);
}

int fob_http_open_at(struct fob_handle *handle, const char *url, struct fob_http **http)
{
    const char *fault;
    char *origin = NULL;
    int code;

    NEED(handle);
    NEED(url);
    NEED(http);
    code = client_check_handle(handle, __func__);
    if (code != FOB_SUCCESS)
        return code;
    fault = address_fault(url, 0);
    /* The URL is not shown: it may have a secret field in it. */
    if (fault != NULL)
        return fob_fail(handle, FOB_CONFIG, "the URL of a request: %s", fault);
    code = url_origin(url, &origin);
    if (code == FOB_INVALID)
        code = fob_fail(handle, FOB_CONFIG, "the URL of a request: libcurl does not understand it");
    else if (code != FOB_SUCCESS)
        code = client_nomem(handle);
    else
        code = open_client(handle, origin, http);
    free(origin);
    if (code == FOB_SUCCESS)
        (*http)->bare = true;
    return code;
}

void fob_http_close(struct fob_http *http)
{
    if (http == NULL)
        return;
    http->handle = NULL;
    /* Another account's handle must not get a connection that was made with this one's certificate;
     * and its key is not kept. */
    if (http->process == process_id() && http->key == NULL)
        pool_give(http);
    else
        client_free(http);
}
