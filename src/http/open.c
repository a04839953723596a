/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Opens a client for a handle, by the handle's options; and closes it. */
#include "config.h"

#include "http/client.h"
#include "http/judge.h"
#include "http/pool.h"
#include "util/process.h"

#include <fob/http.h>

int fob_http_open(struct fob_handle *handle, struct fob_http **http)
{
    struct client_key key;
    struct fob_http *client;
    int code;

    NEED(handle);
    NEED(http);
    if (fob_caller(handle) == NULL) {
        fob_fail(handle, FOB_INVALID, "%s: the handle is not that of a hook in this process",
                 __func__);
        fob_hint(handle, "an application sends requests with fob_send()");
        return FOB_INVALID;
    }
    key.base_url = fob_base_url(handle);
    key.ca_file = fob_option_text(handle, "ca_file");
    if (key.base_url == NULL) {
        fob_fail(handle, FOB_CONFIG, "base_url: not set");
        fob_hint(handle, "put it into options: of the provider's file (fob-provider(5))");
        return FOB_CONFIG;
    }
    code = judge_check_rules(handle);
    if (code != FOB_SUCCESS)
        return code;
    if (key.ca_file != NULL && key.ca_file[0] == '\0')
        key.ca_file = NULL;
    client = pool_take(&key);
    if (client == NULL)
        code = client_new(handle, &key, &client);
    if (code != FOB_SUCCESS)
        return code;
    client->handle = handle;
    client->timeout = fob_option_number(handle, "timeout");
    client->retries = fob_option_number(handle, "retries");
    client->left_loopback = false;
    *http = client;
    return FOB_SUCCESS;
}

void fob_http_close(struct fob_http *http)
{
    if (http == NULL)
        return;
    http->handle = NULL;
    if (http->process == process_id())
        pool_give(http);
    else
        client_free(http);
}
