/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks a client certificate, and keeps it for the handle's connections. */
#include "config.h"

#include "http/certificate_end.h"
#include "http/client.h"
#include "util/pem.h"
#include "worker/plugin_certificate.h"
#include "worker/plugin_rehearse.h"

#include <string.h>
#include <time.h>

/* The fault of VALUE, by the function FAULT of pem.h. */
static const char *certificate_fault(const struct fob_handle *handle,
                                     const struct fob_secret *value,
                                     const char *fault(const char *))
{
    const char *text = fob_secret_data(value);

    if (strlen(text) != fob_secret_size(value))
        return "it has a NUL";
    return plugin_is_rehearsed(handle) && strcmp(text, PEM_REHEARSED) == 0 ? NULL : fault(text);
}

static int certificate_check_end(struct fob_handle *handle, const struct fob_secret *chain)
{
    const time_t end = (time_t)certificate_end(fob_secret_data(chain));
    struct tm parts;
    char day[16] = "";

    if (end == 0 || end > time(NULL))
        return FOB_SUCCESS;
    if (gmtime_r(&end, &parts) != NULL)
        strftime(day, sizeof day, "%Y-%m-%d", &parts);
    return fob_fail(handle, FOB_EXPIRED, "the client certificate ended on %s", day);
}

int fob_http_certificate(struct fob_handle *handle, const struct fob_secret *chain,
                         const struct fob_secret *key)
{
    const char *fault;
    int code;

    NEED(handle);
    NEED(chain);
    NEED(key);
    code = client_check_handle(handle, __func__);
    if (code != FOB_SUCCESS)
        return code;
    fault = certificate_fault(handle, chain, pem_chain_fault);
    if (fault != NULL)
        return fob_fail(handle, FOB_INVALID, "the chain of a client certificate cannot be sent: %s",
                        fault);
    fault = certificate_fault(handle, key, pem_key_fault);
    if (fault != NULL)
        return fob_fail(handle, FOB_INVALID, "the key of a client certificate cannot be sent: %s",
                        fault);
    code = certificate_check_end(handle, chain);
    return code == FOB_SUCCESS ? plugin_put_certificate(handle, chain, key) : code;
}
