/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Serves a hook's request to send a person to the provider's page. */
#include "config.h"

#include "core/hook/hook_parts.h"

#include "util/address.h"
#include "util/clock.h"
#include "util/error.h"

static void hook_put_secret(struct frame_socket *socket, const struct fob_secret *secret)
{
    frame_put(socket, FRAME_REPLY, fob_secret_data(secret), fob_secret_size(secret));
}

/* A recorded link is repeated with examples, and nobody can sign in with those. */
static int hook_refuse_recorded(const struct fob_handle *handle)
{
    if (handle->recording == NULL)
        return FOB_SUCCESS;
    error_set(FOB_INVALID, "%s: a person must sign in, which cannot be recorded",
              handle->provider_name);
    error_hint("link without recording; fob-link(1) says how to write the rehearsal");
    return FOB_INVALID;
}

int hook_serve_sign_in(struct hook_call *call, struct span items)
{
    struct fob_sign_in_answer answer = { .size = sizeof answer };
    struct fob_sign_in_request request = { .size = sizeof request,
                                           .address = frame_text(items, FRAME_TARGET),
                                           .redirect = frame_text(items, FRAME_REDIRECT),
                                           .issuer = frame_text(items, FRAME_ISSUER) };
    const int64_t began = clock_ms();
    struct span item;
    int code;

    if (call->hook != FRAME_HOOK_LINK || address_fault(request.address, 0) != NULL)
        return error_set(FOB_PLUGIN, "an invalid sign-in");
    request.needs_iss = frame_find(items, FRAME_NEEDS_ISS, &item);
    request.plain = frame_find(items, FRAME_PLAIN, &item);
    code = hook_refuse_recorded(call->handle);
    if (code == FOB_SUCCESS)
        code = handle_sign_in(call->handle, &request, &answer);
    call->until += clock_ms() - began;
    if (handle_is_lost(call->handle))
        return FOB_INVALID;
    hook_begin_answer(call, code);
    if (code == FOB_SUCCESS) {
        hook_put_secret(call->at.socket, answer.code);
        hook_put_secret(call->at.socket, answer.redirect_uri);
        hook_put_secret(call->at.socket, answer.verifier);
    }
    code = hook_send_answer(call, -1);
    fob_secret_free(answer.code);
    fob_secret_free(answer.redirect_uri);
    fob_secret_free(answer.verifier);
    return code;
}
