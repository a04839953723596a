/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A provider with tokens that rotate (tests/cli/rotating.py): the field id names the account. */
#include <fob/http.h>

#include <json.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct fob_option options[] = {
    FOB_HTTP_OPTIONS(NULL, "20", "0"),
    { .name = NULL },
};

static int put(struct fob_handle *handle, const char *name, struct json_object *json, int64_t ends)
{
    struct json_object *value = json_object_object_get(json, name);
    const char *text = json_object_get_string(value);
    struct fob_secret *secret = NULL;
    int code = text != NULL ? fob_secret_new(text, strlen(text), &secret) : FOB_PROTOCOL;

    if (code == FOB_SUCCESS)
        code = fob_put_token(handle, name, secret, ends);
    fob_secret_free(secret);
    return code;
}

/* Put the access token, which ends, and the refresh token. */
static int take(struct fob_handle *handle, const struct fob_http *http,
                const struct fob_http_response *response, int64_t sent)
{
    struct json_object *json = NULL;
    int code = fob_http_json(http, response, &json);
    int64_t lifetime;

    if (code != FOB_SUCCESS)
        return code;
    lifetime = json_object_get_int64(json_object_object_get(json, "expires_in"));
    code = put(handle, "token", json, sent + lifetime);
    if (code == FOB_SUCCESS)
        code = put(handle, "refresh_token", json, 0);
    json_object_put(json);
    return code;
}

/* Exchange BODY for tokens. */
static int exchange(struct fob_handle *handle, const char *path, const char *body)
{
    const struct fob_http_request request = {
        .size = sizeof request,
        .method = "POST",
        .path = path,
        .body = body,
        .body_size = strlen(body),
        .content_type = "text/plain",
    };
    const int64_t sent = time(NULL);
    struct fob_http_response *response = NULL;
    struct fob_http *http = NULL;
    int code = fob_http_open(handle, &http);

    if (code == FOB_SUCCESS)
        code = fob_http_send(http, &request, &response);
    if (code == FOB_SUCCESS && fob_http_status(response) == 400)
        code = fob_fail(handle, FOB_REJECTED, "invalid_grant");
    else if (code == FOB_SUCCESS)
        code = fob_http_code(http, response);
    if (code == FOB_SUCCESS)
        code = take(handle, http, response, sent);
    fob_http_response_free(response);
    fob_http_close(http);
    return code;
}

static int link_account(struct fob_handle *handle)
{
    return exchange(handle, "/link", fob_secret_data(fob_field(handle, "id")));
}

static int renew(struct fob_handle *handle)
{
    const struct fob_secret *refresh = fob_token(handle, "refresh_token", NULL);

    return refresh != NULL ? exchange(handle, "/token", fob_secret_data(refresh)) : FOB_IGNORE;
}

static int authorize(struct fob_handle *handle)
{
    const struct fob_secret *token = fob_token(handle, "token", NULL);
    char value[256];
    int size;

    if (token == NULL)
        return FOB_REJECTED;
    size = snprintf(value, sizeof value, "Bearer %s", fob_secret_data(token));
    return fob_add_header(handle, "Authorization", value, (size_t)size);
}

static int validate(struct fob_handle *handle)
{
    const struct fob_http_request request = { .size = sizeof request, .path = "/me" };
    struct fob_http_response *response = NULL;
    struct fob_http *http = NULL;
    int code = authorize(handle);

    if (code == FOB_SUCCESS)
        code = fob_http_open(handle, &http);
    if (code == FOB_SUCCESS)
        code = fob_http_send(http, &request, &response);
    if (code == FOB_SUCCESS)
        code = fob_http_code(http, response);
    fob_http_response_free(response);
    fob_http_close(http);
    return code;
}

const struct fob_plugin fob_plugin = {
    .abi = FOB_PLUGIN_ABI,
    .size = sizeof(struct fob_plugin),
    .name = "rotating",
    .version = "1",
    .summary = "Tokens that rotate",
    .options = options,
    .link = link_account,
    .validate = validate,
    .authorize = authorize,
    .option_size = sizeof(struct fob_option),
    .renew = renew,
};
