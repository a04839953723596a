/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lending an account's credential.  Part of <fob/fob.h>. */
#ifndef FOB_LEND_H
#define FOB_LEND_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_handle;
struct fob_secret;

/*
 * Lend the account: check its status, and write a line to the audit log.  Call this before
 * fob_get_field() reads values for use.  Needs neither the provider's file nor a plugin.
 *
 * The line has the event "lend"; its detail begins with PURPOSE: a word in the form of an account's
 * name, other than the log's own events, such as "revoke".
 *
 * Takes FOB_FORCE.  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOT_ALLOWED (rejected, expired or
 * mismatched), FOB_SUSPENDED, FOB_INVALID (PURPOSE), FOB_SYSTEM (the log cannot be written).  Since
 * 0.1.
 */
FOB_API int fob_lend(struct fob_handle *handle, const char *purpose, unsigned flags);

/*
 * Lend the account for HTTP requests: fob_lend(), then the provider's authorize stack.
 *
 * Takes FOB_FORCE.  fob_header() then reads the headers, and fob_query_parameter() what a few
 * providers take in the query instead.  Returns as fob_lend(), and FOB_CONFIG,
 * FOB_PLUGIN, FOB_INVALID or what a plugin returned.  Since 0.1.
 */
FOB_API int fob_authorize(struct fob_handle *handle, const char *purpose, unsigned flags);
/* Header number INDEX (from 0): its name and its value, both borrowed.  Returns FOB_SUCCESS, or
 * FOB_NOT_FOUND (without a message) past the last.  Since 0.1. */
FOB_API int fob_header(const struct fob_handle *handle, size_t index, const char **name,
                       const struct fob_secret **value);
/* The same for parameter number INDEX of the query; its value is not percent-encoded.  Since
 * 0.2. */
FOB_API int fob_query_parameter(const struct fob_handle *handle, size_t index, const char **name,
                                const struct fob_secret **value);

/* The client certificate that a few providers want on each connection: its chain and its private
 * key in PEM, both borrowed.  Returns FOB_SUCCESS, or FOB_NOT_FOUND (without a message).  Since
 * 0.2. */
FOB_API int fob_certificate(const struct fob_handle *handle, const struct fob_secret **chain,
                            const struct fob_secret **key);

#ifdef __cplusplus
}
#endif

#endif
