/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes the address of the provider's sign-in page. */
#include "config.h"

#include "sign_in_call.h"

#include "body.h"
#include "oauth_grant.h"
#include "location.h"

#include <fob/http.h>

#include <string.h>

static int sign_in_add_text(struct fob_secret *to, const char *text)
{
    return fob_secret_append(to, text, strlen(text));
}

static int sign_in_encode_text(struct fob_secret *to, const char *text)
{
    return fob_http_encode(FOB_HTTP_PERCENT, text, strlen(text), to);
}

static int sign_in_add_scopes(const struct fob_node *oauth, struct fob_secret *to)
{
    const struct fob_node *scopes = fob_node_get(oauth, "scopes");
    const char *separator = fob_node_text(fob_node_get(oauth, "separator"));
    int code = fob_node_count(scopes) > 0 ? sign_in_add_text(to, "&scope=") : FOB_SUCCESS;

    for (size_t i = 0; i < fob_node_count(scopes) && code == FOB_SUCCESS; i++) {
        if (i > 0)
            code = sign_in_encode_text(to, separator != NULL ? separator : " ");
        if (code == FOB_SUCCESS)
            code = sign_in_encode_text(to, fob_node_text(fob_node_value(scopes, i)));
    }
    return code;
}

/* Append the address, without what the core adds. */
static int sign_in_fill(struct fob_handle *handle, const struct fob_node *oauth,
                        struct fob_secret *to)
{
    const struct fob_secret *id = fob_field(handle, GRANT_ID);
    const struct fob_node *params = fob_node_get(oauth, "params");
    int code;

    if (id == NULL)
        return fob_fail(handle, FOB_INVALID, "the field " GRANT_ID " has no value");
    code = location_fill(handle, fob_node_text(fob_node_get(oauth, "authorize")), to);
    if (code == FOB_SUCCESS)
        code = sign_in_add_text(to, strchr(fob_secret_data(to), '?') == NULL ? "?" : "&");
    if (code == FOB_SUCCESS)
        code = sign_in_add_text(to, "response_type=code&" GRANT_ID "=");
    if (code == FOB_SUCCESS)
        code = sign_in_encode_text(to, fob_secret_data(id));
    if (code == FOB_SUCCESS)
        code = sign_in_add_scopes(oauth, to);
    return code == FOB_SUCCESS ? body_add_parameters(handle, params, to) : code;
}

static const char *sign_in_redirect(const struct fob_handle *handle, const struct fob_node *oauth)
{
    const char *redirect = fob_node_text(fob_node_get(oauth, "redirect"));
    const struct fob_secret *field = fob_field(handle, SIGN_IN_REDIRECT);

    if (redirect != NULL && strcmp(redirect, "https") != 0)
        return redirect;
    return field != NULL && fob_secret_size(field) > 0 ? fob_secret_data(field) : "https";
}

int sign_in_fetch(struct fob_handle *handle, struct fob_secret *missing)
{
    const struct fob_node *oauth = fob_option_node(handle, "oauth");
    const char *pkce = fob_node_text(fob_node_get(oauth, "pkce"));
    struct fob_sign_in_request request = { .size = sizeof request };
    struct fob_sign_in_answer answer = { .size = sizeof answer };
    struct fob_secret *address = NULL;
    int code = fob_secret_new("", 0, &address);

    if (code == FOB_SUCCESS)
        code = sign_in_fill(handle, oauth, address);
    if (code == FOB_SUCCESS) {
        request.address = fob_secret_data(address);
        request.redirect = sign_in_redirect(handle, oauth);
        request.issuer = fob_node_text(fob_node_get(oauth, "issuer"));
        request.needs_iss = fob_node_get(oauth, "iss") != NULL;
        request.plain = pkce != NULL && strcmp(pkce, "false") == 0;
        code = fob_sign_in(handle, &request, &answer);
    }
    if (code == FOB_SUCCESS)
        code = oauth_grant_exchange(handle, &answer, missing);
    fob_secret_free(address);
    fob_secret_free(answer.code);
    fob_secret_free(answer.redirect_uri);
    fob_secret_free(answer.verifier);
    return code;
}
