/* SPDX-License-Identifier: 0BSD */
/* Copyright (C) 2026 The fob authors */
/*
 * The @NAME@ plugin (fob_@NAME@(7)).
 *
 * YOURS: the system that this plugin speaks to is made up.  It gives out tokens; one goes with each
 * request as "Authorization: Bearer TOKEN"; GET /me says whose it is; DELETE /token ends it.
 * Change what is different at yours, and delete the comments that begin with this word; "grep
 * YOURS" finds them.  fob_plugin(3) and fob_http(3) tell what a hook may do.
 */
#include <fob/http.h>
#include <fob/plugin.h>

#include <json.h>

/*
 * authorize: put the credential on a request.  The other hooks use it for their own requests, and
 * fob for those of "fob request" and "fob get --format header".
 *
 * YOURS: a value that is secret is put together in a struct fob_secret, which is wiped when it is
 * freed, and never in an array or with snprintf().
 */
static int authorize_request(struct fob_handle *handle)
{
    static const char scheme[] = "Bearer ";
    const struct fob_secret *token = fob_field(handle, "token");
    struct fob_secret *value = NULL;
    int code;

    if (token == NULL || fob_secret_size(token) == 0)
        return fob_fail(handle, FOB_INVALID, "@NAME@ needs a token: it is empty");
    code = fob_secret_new(scheme, sizeof scheme - 1, &value);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(value, fob_secret_data(token), fob_secret_size(token));
    if (code == FOB_SUCCESS)
        code =
            fob_add_header(handle, "Authorization", fob_secret_data(value), fob_secret_size(value));
    if (code == FOB_INVALID)
        fob_fail(handle, code, "the token is no token of @NAME@: it cannot be sent in a header");
    else if (code != FOB_SUCCESS)
        fob_fail(handle, code, "out of memory");
    fob_secret_free(value);
    return code;
}

/* Send one request with the token on it.  The caller frees both, whatever came of it. */
static int send_request(struct fob_handle *handle, const struct fob_http_request *request,
                        struct fob_http **http, struct fob_http_response **response)
{
    int code = authorize_request(handle);

    if (code == FOB_SUCCESS)
        code = fob_http_open(handle, http);
    if (code == FOB_SUCCESS)
        code = fob_http_send(*http, request, response);
    return code;
}

/* The text called KEY in OBJECT, borrowed; "" when there is none. */
static const char *get_text(struct json_object *object, const char *key)
{
    struct json_object *value = NULL;

    if (!json_object_object_get_ex(object, key, &value) ||
        !json_object_is_type(value, json_type_string))
        return "";
    return json_object_get_string(value);
}

/* {"id": "…", "name": "…"} */
static int take_identity(struct fob_handle *handle, const struct fob_http *http,
                         const struct fob_http_response *response)
{
    struct json_object *json = NULL;
    int code = fob_http_json(http, response, &json);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_set_identity(handle, get_text(json, "id"), get_text(json, "name"));
    if (code == FOB_INVALID)
        code = fob_fail(handle, FOB_PROTOCOL, "the answer of @NAME@ does not say whose it is");
    else if (code != FOB_SUCCESS)
        fob_fail(handle, code, "out of memory");
    json_object_put(json);
    return code;
}

/*
 * Ask whose token it is.
 *
 * YOURS: fob_http_code() makes a code of the answer's status: 401 is FOB_REJECTED, which counts
 * against the account, 403 FOB_DENIED, 429 and 5xx "try again later".  A system that says no in
 * another way, with status 200 and an error in the body say, needs a fob_fail() of its own.
 */
static int ask_identity(struct fob_handle *handle)
{
    const struct fob_http_request request = { .path = "/me" };
    struct fob_http_response *response = NULL;
    struct fob_http *http = NULL;
    int code = send_request(handle, &request, &http, &response);

    if (code == FOB_SUCCESS)
        code = fob_http_code(http, response);
    if (code == FOB_REJECTED)
        fob_hint(handle, "make a new token at @NAME@, and copy it whole");
    if (code == FOB_SUCCESS)
        code = take_identity(handle, http, response);
    fob_http_response_free(response);
    fob_http_close(http);
    return code;
}

/*
 * link: complete a new credential.
 *
 * YOURS: when the token is not typed but fetched with a user's name and password, fetch it here and
 * keep it with fob_put_field(); fob_set_expiry() says when it ends.
 */
static int link_account(struct fob_handle *handle)
{
    return ask_identity(handle);
}

/* validate: one cheap call that says whether the credential is still accepted. */
static int validate_account(struct fob_handle *handle)
{
    return ask_identity(handle);
}

/*
 * revoke: end the credential at the provider.
 *
 * YOURS: where no call can do that, tell the person what to do with fob_tell(), and end with
 * return fob_fail(handle, FOB_MANUAL, "tokens of @NAME@ can be ended only on its web page");
 */
static int revoke_account(struct fob_handle *handle)
{
    const struct fob_http_request request = { .method = "DELETE", .path = "/token" };
    struct fob_http_response *response = NULL;
    struct fob_http *http = NULL;
    int code = send_request(handle, &request, &http, &response);

    if (code == FOB_SUCCESS)
        code = fob_http_code(http, response);
    fob_http_response_free(response);
    fob_http_close(http);
    return code;
}

/* YOURS: what a provider file may set; "fob plugins @NAME@" shows it. */
static const struct fob_option options[] = {
    FOB_HTTP_OPTIONS("https://api.example.com", "10", "1"),
    { .name = NULL },
};

/* The one symbol that is exported.  YOURS: a hook that you do not need is left out. */
const struct fob_plugin fob_plugin = {
    .abi = FOB_PLUGIN_ABI,
    .size = sizeof(struct fob_plugin),
    .name = "@NAME@",
    .version = "0.1",
    .summary = "@NAME@: a token",
    .options = options,
    .link = link_account,
    .validate = validate_account,
    .revoke = revoke_account,
    .authorize = authorize_request,
    .check = fob_http_check,
};
