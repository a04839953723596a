/* SPDX-License-Identifier: 0BSD */
/* Copyright (C) 2026 The fob authors */
/*
 * The @NAME@ plugin (fob_@NAME@(7)).
 *
 * YOURS: the provider here is invented.  Each request has a token as "Authorization: Bearer TOKEN";
 * GET /me names the token's owner; DELETE /token ends the token.  Change this for your provider,
 * and delete the comments that begin with this word; "grep YOURS" finds them.  fob_plugin(3) and
 * fob_http(3) describe the functions for hooks.
 */
#include <fob/http.h>
#include <fob/plugin.h>

#include <json.h>

/*
 * authorize: put the credential on a request.  The other hooks use this for their own requests, and
 * fob uses it for "fob request" and "fob get --format header".
 *
 * YOURS: build a secret value in a struct fob_secret, which is wiped when it is freed, never in an
 * array or with snprintf().
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

/* Send one request with the token.  The caller frees both results, also after a failure. */
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

/* The text of the member KEY of OBJECT, borrowed; "" without one. */
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
 * Ask for the owner of the token.
 *
 * YOURS: fob_http_code() translates the answer's status: 401 is FOB_REJECTED, which counts against
 * the account, 403 is FOB_DENIED, 429 and 5xx mean "try again later".  If your provider rejects in
 * another way, such as status 200 and an error in the body, call fob_fail() yourself.
 */
static int ask_identity(struct fob_handle *handle)
{
    const struct fob_http_request request = { .size = sizeof request, .path = "/me" };
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
 * YOURS: if the token is fetched with a user's name and password, fetch it here and store it with
 * fob_put_field(); fob_set_expiry() sets its end.
 */
static int link_account(struct fob_handle *handle)
{
    return ask_identity(handle);
}

/* validate: ask with one cheap call whether the provider still accepts the credential. */
static int validate_account(struct fob_handle *handle)
{
    return ask_identity(handle);
}

/*
 * revoke: end the credential at the provider.
 *
 * YOURS: if no call can do that, tell the person what to do with fob_tell(), and end with
 * return fob_fail(handle, FOB_MANUAL, "tokens of @NAME@ can be ended only on its web page");
 */
static int revoke_account(struct fob_handle *handle)
{
    const struct fob_http_request request = { .size = sizeof request,
                                              .method = "DELETE",
                                              .path = "/token" };
    struct fob_http_response *response = NULL;
    struct fob_http *http = NULL;
    int code = send_request(handle, &request, &http, &response);

    if (code == FOB_SUCCESS)
        code = fob_http_code(http, response);
    fob_http_response_free(response);
    fob_http_close(http);
    return code;
}

/* YOURS: the options for provider files; "fob plugins @NAME@" shows them. */
static const struct fob_option options[] = {
    FOB_HTTP_OPTIONS("https://api.example.com", "10", "1"),
    { .name = NULL },
};

/* The only exported symbol.  YOURS: omit the hooks that you do not need. */
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
    .needs = FOB_NEEDS_NETWORK,
    .option_size = sizeof(struct fob_option),
};
