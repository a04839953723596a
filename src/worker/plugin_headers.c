/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What a hook puts on requests: headers, parameters, and the base URL. */
#include "config.h"

#include "worker/plugin_certificate.h"
#include "worker/plugin_handle.h"

#include "util/address.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

static int plugin_put_proof(struct fob_handle *handle, enum proof_kind kind, const char *name,
                            struct span value)
{
    int code = proof_put(&handle->proof, kind, name, value);

    handle->proof_put |= code == FOB_SUCCESS;
    return code;
}

int fob_add_header(struct fob_handle *handle, const char *name, const void *value, size_t size)
{
    NEED_HANDLE(handle);
    NEED(name);
    if (size > 0)
        NEED(value);
    if (!text_is_token(name))
        return error_set(FOB_INVALID, "a header's name must be an HTTP token");
    if (text_has_control(value, size))
        return error_set(FOB_INVALID, "header %s: a control character cannot be sent", name);
    return plugin_put_proof(handle, PROOF_HEADER, name, (struct span){ value, size });
}

int fob_header(const struct fob_handle *handle, size_t index, const char **name,
               const struct fob_secret **value)
{
    NEED_HANDLE(handle);
    NEED(name);
    NEED(value);
    return proof_get(&handle->proof, PROOF_HEADER, index, name, value);
}

int fob_add_query(struct fob_handle *handle, const char *name, const void *value, size_t size)
{
    NEED_HANDLE(handle);
    NEED(name);
    if (size > 0)
        NEED(value);
    if (!text_is_parameter(name))
        return error_set(FOB_INVALID,
                         "a parameter's name must be letters, digits, '-', '.', '_' and '~'");
    if (text_has_control(value, size))
        return error_set(FOB_INVALID, "parameter %s: a control character cannot be sent", name);
    return plugin_put_proof(handle, PROOF_PARAMETER, name, (struct span){ value, size });
}

int fob_query_parameter(const struct fob_handle *handle, size_t index, const char **name,
                        const struct fob_secret **value)
{
    NEED_HANDLE(handle);
    NEED(name);
    NEED(value);
    return proof_get(&handle->proof, PROOF_PARAMETER, index, name, value);
}

int plugin_put_certificate(struct fob_handle *handle, const struct fob_secret *chain,
                           const struct fob_secret *key)
{
    int code = plugin_put_proof(handle, PROOF_CERTIFICATE, PROOF_CHAIN,
                                (struct span){ fob_secret_data(chain), fob_secret_size(chain) });

    return code != FOB_SUCCESS
               ? code
               : plugin_put_proof(handle, PROOF_CERTIFICATE, PROOF_KEY,
                                  (struct span){ fob_secret_data(key), fob_secret_size(key) });
}

int fob_certificate(const struct fob_handle *handle, const struct fob_secret **chain,
                    const struct fob_secret **key)
{
    NEED_HANDLE(handle);
    NEED(chain);
    NEED(key);
    return proof_get_certificate(&handle->proof, chain, key);
}

int fob_set_base_url(struct fob_handle *handle, const char *url)
{
    const char *fault;
    char *copy;

    NEED_HANDLE(handle);
    NEED(url);
    fault = address_fault(url, ADDRESS_BASE);
    if (fault != NULL)
        return error_set(FOB_INVALID, "base_url: %s", fault);
    copy = strdup(url);
    if (copy == NULL)
        return error_nomem();
    free(handle->base_url);
    handle->base_url = copy;
    return FOB_SUCCESS;
}

const char *fob_base_url(const struct fob_handle *handle)
{
    if (!plugin_is_here(handle))
        return NULL;
    if (handle->base_url != NULL)
        return handle->base_url;
    return handle->hook == FRAME_HOOK_REQUEST && frame_text(handle->items, FRAME_BASE_URL) != NULL
               ? frame_text(handle->items, FRAME_BASE_URL)
               : fob_option_text(handle, "base_url");
}
