/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Uses a client certificate from fields. */
#include "config.h"

#include "certificate_fields.h"

#include "template.h"
#include "util/pem.h"

#include <fob/http.h>

/* Name the template that FAULT is about, which libfob-http cannot. */
static int certificate_fail(struct fob_handle *handle, const char *template, const char *fault)
{
    fob_fail(handle, FOB_INVALID, "%s cannot be sent: %s", template, fault);
    fob_hint(handle, "give the whole file, with its first and last line: --field-file NAME=PATH");
    return FOB_INVALID;
}

static int certificate_use(struct fob_handle *handle, const struct fob_node *node,
                           const struct fob_secret *chain, const struct fob_secret *key)
{
    int code = fob_http_certificate(handle, chain, key);
    const char *fault;

    if (code != FOB_INVALID)
        return code;
    fault = pem_chain_fault(fob_secret_data(chain));
    if (fault != NULL)
        return certificate_fail(handle, fob_node_text(fob_node_get(node, "chain")), fault);
    fault = pem_key_fault(fob_secret_data(key));
    return fault != NULL ? certificate_fail(handle, fob_node_text(fob_node_get(node, "key")), fault)
                         : code;
}

/* Fill the template at KEY of NODE; VALUE stays NULL if a field in it has no value. */
static int certificate_fill(struct fob_handle *handle, const struct fob_node *node, const char *key,
                            struct fob_secret **value)
{
    const char *text = fob_node_text(fob_node_get(node, key));
    struct fob_secret *filled = NULL;
    int code = fob_secret_new("", 0, &filled);

    if (code == FOB_SUCCESS)
        code = template_fill(handle, text, TEMPLATE_TEXT, filled);
    if (code == FOB_SUCCESS)
        *value = filled;
    else
        fob_secret_free(filled);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

int certificate_put(struct fob_handle *handle)
{
    const struct fob_node *node = fob_option_node(handle, "certificate");
    struct fob_secret *chain = NULL;
    struct fob_secret *key = NULL;
    int code;

    if (node == NULL)
        return FOB_SUCCESS;
    code = certificate_fill(handle, node, "chain", &chain);
    if (code == FOB_SUCCESS)
        code = certificate_fill(handle, node, "key", &key);
    if (code == FOB_SUCCESS && (chain == NULL) != (key == NULL))
        code = fob_fail(handle, FOB_INVALID, "%s has no value",
                        fob_node_text(fob_node_get(node, chain == NULL ? "chain" : "key")));
    else if (code == FOB_SUCCESS && key != NULL)
        code = certificate_use(handle, node, chain, key);
    fob_secret_free(chain);
    fob_secret_free(key);
    return code;
}
