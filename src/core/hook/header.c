/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lends what an authorize hook put on requests. */
#include "config.h"

#include "core/session/handle.h"

#include "util/error.h"

int fob_header(const struct fob_handle *handle, size_t index, const char **name,
               const struct fob_secret **value)
{
    NEED_HANDLE(handle);
    NEED(name);
    NEED(value);
    return proof_get(&handle->proof, PROOF_HEADER, index, name, value);
}

int fob_query_parameter(const struct fob_handle *handle, size_t index, const char **name,
                        const struct fob_secret **value)
{
    NEED_HANDLE(handle);
    NEED(name);
    NEED(value);
    return proof_get(&handle->proof, PROOF_PARAMETER, index, name, value);
}

int fob_certificate(const struct fob_handle *handle, const struct fob_secret **chain,
                    const struct fob_secret **key)
{
    NEED_HANDLE(handle);
    NEED(chain);
    NEED(key);
    return proof_get_certificate(&handle->proof, chain, key);
}
