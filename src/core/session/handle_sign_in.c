/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sends a person to the provider's page by a handle's conversation, or uses an answer that came
 * later. */
#include "config.h"

#include "core/session/handle.h"

#include "core/provider/rehearsal.h"
#include "core/session/sign_in.h"
#include "util/error.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>

static void sign_in_set(struct fob_secret **place, struct fob_secret *secret)
{
    fob_secret_free(*place);
    *place = secret;
}

static int sign_in_copy(const struct fob_secret *secret, struct fob_secret **copy)
{
    return fob_secret_new(fob_secret_data(secret), fob_secret_size(secret), copy);
}

int fob_get_sign_in(struct fob_handle *handle, struct fob_secret **pending)
{
    int code = handle_check_idle(handle, __func__);

    if (code != FOB_SUCCESS)
        return code;
    NEED(pending);
    if (handle->sign_in == NULL)
        return error_set(FOB_NOT_FOUND, "%s: no sign-in is pending", handle->account);
    return sign_in_copy(handle->sign_in, pending);
}

int fob_set_sign_in(struct fob_handle *handle, const struct fob_secret *pending,
                    const struct fob_secret *answer)
{
    struct fob_secret *copy = NULL;
    struct fob_secret *text = NULL;
    int code = handle_check_idle(handle, __func__);

    if (code != FOB_SUCCESS)
        return code;
    NEED(pending);
    NEED(answer);
    code = sign_in_check(pending, handle->provider_name);
    if (code == FOB_SUCCESS)
        code = sign_in_copy(pending, &copy);
    if (code == FOB_SUCCESS)
        code = sign_in_copy(answer, &text);
    if (code != FOB_SUCCESS) {
        fob_secret_free(copy);
        return code;
    }
    sign_in_set(&handle->sign_in, copy);
    sign_in_set(&handle->sign_in_answer, text);
    return FOB_SUCCESS;
}

static int sign_in_fail_callback(const struct fob_handle *handle)
{
    error_set(FOB_CONFIG, "%s: its provider sends a browser back to a registered https address",
              handle->account);
    error_hint("set hub: { url: ... } in fob.yaml; \"fob app %s\" says what to register",
               handle->provider_name);
    return FOB_CONFIG;
}

/* Call the application, and check its reply. */
static int sign_in_converse(struct fob_handle *handle, const struct fob_sign_in *sign_in,
                            struct fob_secret **reply)
{
    struct fob_secret *new = NULL;
    int code;

    if (handle->conv.sign_in == NULL)
        return error_set(FOB_CONVERSATION,
                         "%s: a person must sign in with a browser, and nobody is there",
                         handle->account);
    code = handle->conv.sign_in(sign_in, &new, handle->conv.data);
    if (handle_is_lost(handle))
        code = error_set(FOB_INVALID, "the conversation forked, and returned in the child too");
    else if (code == FOB_SUCCESS && new == NULL)
        code = error_set(FOB_CONVERSATION, "the application's conversation gave no reply");
    else if (code == FOB_ABORT)
        error_set(code, "interrupted");
    else if (code == FOB_CONFIG && sign_in->address == NULL)
        code = sign_in_fail_callback(handle);
    else if (code == FOB_UNAVAILABLE)
        error_set(code, "%s: nobody signed in in time", handle->account);
    else if (code != FOB_SUCCESS && (code != FOB_IGNORE || sign_in->address == NULL))
        code = error_set(FOB_CONVERSATION, "%s: nobody signed in", handle->account);
    if (code == FOB_SUCCESS)
        *reply = new;
    else
        fob_secret_free(new);
    return code;
}

/* Agree on the redirect URI, and begin. */
static int sign_in_start(struct fob_handle *handle, const char *redirect)
{
    struct fob_sign_in first = { .size = sizeof first, .redirect = redirect };
    const bool fixed = strstr(redirect, "://") != NULL;
    struct fob_secret *pending = NULL;
    struct fob_secret *uri = NULL;
    const char *invitation = handle->items[FOB_ITEM_INVITATION];
    char *callback = NULL;
    int code = handle_callback(handle->context, handle->provider_name, &callback);

    first.callback = callback;
    if (code == FOB_SUCCESS)
        code = sign_in_converse(handle, &first, &uri);
    if (code == FOB_SUCCESS && fixed && strcmp(fob_secret_data(uri), redirect) != 0)
        code = error_set(FOB_INVALID, "the redirect URI must be %s", redirect);
    if (code == FOB_SUCCESS)
        code = sign_in_begin(handle->provider_name, invitation != NULL ? invitation : "",
                             fob_secret_data(uri), handle_time(handle), &pending);
    if (code == FOB_SUCCESS)
        sign_in_set(&handle->sign_in, pending);
    fob_secret_free(uri);
    free(callback);
    return code;
}

/* Send the person away, and wait for the answer. */
static int sign_in_send(struct fob_handle *handle, const struct fob_sign_in_request *request,
                        struct fob_secret **text)
{
    struct fob_sign_in second = { .size = sizeof second, .redirect = request->redirect };
    struct fob_secret *address = NULL;
    int code = sign_in_start(handle, request->redirect);

    if (code == FOB_SUCCESS)
        code = sign_in_address(handle->sign_in, request, &address);
    if (code == FOB_SUCCESS) {
        second.redirect_uri = sign_in_redirect_uri(handle->sign_in);
        second.address = fob_secret_data(address);
        code = sign_in_converse(handle, &second, text);
    }
    fob_secret_free(address);
    return code;
}

/* The answer of the rehearsal, with the state unless the rehearsal has one. */
static int sign_in_rehearse(struct fob_handle *handle, const struct fob_sign_in_request *request,
                            struct fob_secret **text)
{
    const char *uri =
        strstr(request->redirect, "://") != NULL ? request->redirect : REHEARSAL_REDIRECT_URI;
    struct fob_secret *pending = NULL;
    int code = sign_in_begin_rehearsed(handle->provider_name, uri, handle_time(handle), &pending);

    if (code != FOB_SUCCESS)
        return code;
    sign_in_set(&handle->sign_in, pending);
    code = sign_in_state(pending, text);
    if (code == FOB_SUCCESS)
        code = rehearsal_sign_in(handle->rehearsal, request->address, *text);
    return code;
}

int handle_sign_in(struct fob_handle *handle, const struct fob_sign_in_request *request,
                   struct fob_sign_in_answer *answer)
{
    struct fob_secret *text = handle->sign_in_answer;
    int code = FOB_SUCCESS;

    handle->sign_in_answer = NULL;
    if (text == NULL)
        code = handle->rehearsal != NULL ? sign_in_rehearse(handle, request, &text)
                                         : sign_in_send(handle, request, &text);
    if (code == FOB_IGNORE)
        return error_set(FOB_CONVERSATION, "%s: the answer to the sign-in comes later",
                         handle->account);
    if (code == FOB_SUCCESS)
        code = sign_in_finish(handle->sign_in, request, text, handle_time(handle), answer);
    handle->signed_in = code == FOB_SUCCESS;
    sign_in_set(&handle->sign_in, NULL);
    fob_secret_free(text);
    return code;
}
