/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A hook's request to send a person to the provider's page. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/error.h"
#include "util/sized.h"
#include "util/text.h"

#include <string.h>

static bool plugin_has_sign_in(const struct fob_sign_in_request *request)
{
    return request->address != NULL && request->redirect != NULL &&
           text_is_utf8(request->redirect, strlen(request->redirect)) &&
           (request->issuer == NULL || text_is_utf8(request->issuer, strlen(request->issuer)));
}

static void plugin_put_sign_in(struct frame_socket *socket,
                               const struct fob_sign_in_request *request)
{
    frame_put(socket, FRAME_TARGET, request->address, strlen(request->address));
    frame_put_text(socket, FRAME_REDIRECT, request->redirect);
    frame_put_text(socket, FRAME_ISSUER, request->issuer);
    if (request->needs_iss)
        frame_put(socket, FRAME_NEEDS_ISS, NULL, 0);
    if (request->plain)
        frame_put(socket, FRAME_PLAIN, NULL, 0);
}

/* The secrets of the answer, which are masked in texts for people. */
static int plugin_take_sign_in(struct fob_handle *handle, struct span items,
                               struct fob_sign_in_answer *answer)
{
    struct fob_secret *secrets[3] = { NULL };
    int code = plugin_take_replies(items, 3, secrets);

    for (size_t i = 0; i < 3 && code == FOB_SUCCESS; i++) {
        if (secrets[i] == NULL)
            code = error_set(FOB_PLUGIN, "the answer to the sign-in lacks a part");
    }
    if (code == FOB_SUCCESS)
        code = plugin_keep_masked(handle, secrets[0], secrets[2]);
    if (code == FOB_SUCCESS) {
        answer->code = secrets[0];
        answer->redirect_uri = secrets[1];
        answer->verifier = secrets[2];
        return FOB_SUCCESS;
    }
    for (size_t i = 0; i < 3; i++)
        fob_secret_free(secrets[i]);
    return code;
}

int fob_sign_in(struct fob_handle *handle, const struct fob_sign_in_request *request,
                struct fob_sign_in_answer *answer)
{
    struct fob_sign_in_request own;
    struct frame frame;
    int code;

    NEED_HANDLE(handle);
    NEED_SIZED(&own, request);
    NEED(answer);
    if (handle->hook != FRAME_HOOK_LINK)
        return error_set(FOB_INVALID, "only link can sign in");
    if (!plugin_has_sign_in(&own))
        return error_set(FOB_INVALID,
                         "fob_sign_in: the address or the redirect is missing, or no UTF-8");
    frame_begin(handle->socket, FRAME_SIGN_IN, handle->call);
    plugin_put_sign_in(handle->socket, &own);
    code = plugin_ask(handle, &frame);
    return code == FOB_SUCCESS ? plugin_take_sign_in(handle, frame.items, answer) : code;
}
