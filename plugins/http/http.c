/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The http plugin: a provider described by options (fob_http_plugin(7)). */
#include "config.h"

#include "credential.h"
#include "exchange.h"
#include "oauth_grant.h"
#include "http_options.h"
#include "lint.h"
#include "sign_in_call.h"
#include "template.h"
#include "token_call.h"

#include <json.h>
#include <json_pointer.h>

#include <string.h>

/* The text or number at POINTER of JSON, borrowed; NULL if there is none. */
static const char *http_find_text(struct json_object *json, const char *pointer)
{
    struct json_object *value = NULL;
    const char *text;

    if (json_pointer_get(json, pointer, &value) != 0)
        return NULL;
    switch (json_object_get_type(value)) {
    case json_type_string:
        if (strlen(json_object_get_string(value)) != (size_t)json_object_get_string_len(value))
            return NULL;
        return json_object_get_string(value);
    case json_type_int:
        return json_object_get_string(value);
    case json_type_double: /* of a whole number that is too large for an int, json-c keeps the
                              digits */
        text = json_object_get_string(value);
        return text[strspn(text, "-0123456789")] == '\0' ? text : NULL;
    default:
        return NULL;
    }
}

/* The id or name that NODE describes: a pointer into JSON, or a template.  "" without NODE. */
static int http_read_text(struct fob_handle *handle, const struct fob_node *node,
                          struct json_object *json, struct fob_secret *to)
{
    const char *text = fob_node_text(node);
    const char *found;
    int code;

    if (text == NULL)
        return FOB_SUCCESS;
    if (text[0] == '/') {
        found = http_find_text(json, text);
        return found != NULL ? fob_secret_append(to, found, strlen(found))
                             : fob_fail(handle, FOB_PROTOCOL,
                                        "the answer of %s has neither a text nor a number at %s",
                                        fob_provider_name(handle), text);
    }
    code = template_fill(handle, text, TEMPLATE_TEXT, to);
    return code == FOB_NOT_FOUND
               ? fob_fail(handle, FOB_INVALID, "%s: a field in it has no value", text)
               : code;
}

static int http_set_identity(struct fob_handle *handle, struct json_object *json)
{
    const struct fob_node *check = fob_option_node(handle, "check");
    struct fob_secret *id = NULL;
    struct fob_secret *name = NULL;
    int code = fob_secret_new("", 0, &id);

    if (code == FOB_SUCCESS)
        code = fob_secret_new("", 0, &name);
    if (code == FOB_SUCCESS)
        code = http_read_text(handle, fob_node_get(check, "id"), json, id);
    if (code == FOB_SUCCESS)
        code = http_read_text(handle, fob_node_get(check, "name"), json, name);
    if (code == FOB_SUCCESS && fob_node_get(check, "id") != NULL) {
        code = fob_set_identity(handle, fob_secret_data(id),
                                fob_secret_data(fob_secret_size(name) > 0 ? name : id));
        if (code == FOB_INVALID)
            code = fob_fail(handle, FOB_PROTOCOL, "the answer of %s: %s", fob_provider_name(handle),
                            fob_error());
    }
    fob_secret_free(id);
    fob_secret_free(name);
    return code;
}

static int http_judge_check(struct fob_handle *handle, const struct fob_http *http,
                            const struct fob_http_response *response)
{
    struct json_object *json = NULL;
    int code = fob_http_code(http, response);

    if (code == FOB_REJECTED)
        fob_hint(handle, "check that each value is copied whole, and not ended at the provider");
    if (code == FOB_SUCCESS)
        code = fob_http_json(http, response, &json);
    if (code == FOB_SUCCESS)
        code = http_set_identity(handle, json);
    json_object_put(json);
    return code;
}

/* Send a GET of the path that the template TEXT describes. */
static int http_get(struct fob_handle *handle, struct fob_http *http, const char *text,
                    struct fob_http_response **response)
{
    struct fob_http_request request = { .size = sizeof request };
    struct fob_secret *path = NULL;
    int code = fob_secret_new("", 0, &path);

    if (code == FOB_SUCCESS)
        code = template_fill(handle, text, TEMPLATE_PATH, path);
    request.path = fob_secret_data(path);
    if (code == FOB_SUCCESS)
        code = fob_http_send(http, &request, response);
    if (code == FOB_NOT_FOUND)
        code = fob_fail(handle, FOB_INVALID, "%s: a field in it has no value", text);
    fob_secret_free(path);
    return code;
}

/* Try the right NAME with a GET of PATH. */
static int http_try_right(struct fob_handle *handle, struct fob_http *http, const char *name,
                          const char *path)
{
    struct fob_http_response *response = NULL;
    int code = http_get(handle, http, path, &response);

    if (code == FOB_SUCCESS)
        code = fob_http_code(http, response);
    if (code == FOB_DENIED) {
        fob_fail(handle, code, "%s accepts the credential, but it lacks the right: %s",
                 fob_provider_name(handle), name);
        fob_hint(handle, "give it that right at the provider, then \"fob validate --now\"");
    }
    fob_http_response_free(response);
    return code;
}

static int http_try_rights(struct fob_handle *handle, struct fob_http *http)
{
    const struct fob_node *rights = fob_option_node(handle, "rights");
    const struct fob_node *name;
    int code = FOB_SUCCESS;

    if (rights == NULL || !fob_is_thorough(handle))
        return FOB_SUCCESS;
    for (size_t i = 0; code == FOB_SUCCESS && (name = fob_node_key(rights, i)) != NULL; i++)
        code = http_try_right(handle, http, fob_node_text(name),
                              fob_node_text(fob_node_value(rights, i)));
    return code;
}

static int http_authorize(struct fob_handle *handle)
{
    int code;

    /* After this rejection, the core runs the hook renew, and then this one again. */
    if (fob_option_node(handle, "token") != NULL && fob_token(handle, TEMPLATE_TOKEN, NULL) == NULL)
        return fob_fail(handle, FOB_REJECTED, "%s has not yet given a token",
                        fob_provider_name(handle));
    code = credential_put(handle);
    if (code == FOB_NOMEM)
        fob_fail(handle, code, "out of memory");
    return code;
}

/* Ask with the request of the option check, then for each right. */
static int http_check(struct fob_handle *handle)
{
    struct fob_http_response *response = NULL;
    struct fob_http *http = NULL;
    int code = http_authorize(handle);

    if (code == FOB_SUCCESS)
        code = exchange_send(handle, fob_option_node(handle, "check"), &http, &response);
    if (code == FOB_SUCCESS)
        code = http_judge_check(handle, http, response);
    if (code == FOB_SUCCESS)
        code = http_try_rights(handle, http);
    fob_http_response_free(response);
    fob_http_close(http);
    return code;
}

/* Without a request in check, the exchange for a token shows whether the credential is good. */
static bool http_has_check(const struct fob_handle *handle)
{
    return fob_node_get(fob_option_node(handle, "check"), "get") != NULL;
}

static bool http_signs_in(const struct fob_handle *handle)
{
    return fob_option_node(handle, "oauth") != NULL;
}

/* Get a token without a person. */
static int http_fetch(struct fob_handle *handle)
{
    return http_signs_in(handle) ? oauth_grant_refresh(handle) : token_fetch(handle);
}

static int http_exchange(struct fob_handle *handle)
{
    int code = http_fetch(handle);

    return code == FOB_SUCCESS ? http_set_identity(handle, NULL) : code;
}

/* An account that lacks a scope cannot make some requests. */
static int http_judge_scopes(struct fob_handle *handle, const struct fob_secret *missing)
{
    if (fob_secret_size(missing) == 0)
        return FOB_SUCCESS;
    fob_fail(handle, FOB_DENIED, "%s did not grant: %s", fob_provider_name(handle),
             fob_secret_data(missing));
    fob_hint(handle, "sign in again, and allow everything that is asked");
    return FOB_DENIED;
}

static int http_sign_in(struct fob_handle *handle)
{
    struct fob_secret *missing = NULL;
    int code = fob_secret_new("", 0, &missing);

    if (code == FOB_SUCCESS)
        code = sign_in_fetch(handle, missing);
    if (code == FOB_SUCCESS)
        code = http_check(handle);
    if (code == FOB_SUCCESS)
        code = http_judge_scopes(handle, missing);
    fob_secret_free(missing);
    return code;
}

static int http_link(struct fob_handle *handle)
{
    int code = FOB_SUCCESS;

    if (http_signs_in(handle))
        return http_sign_in(handle);
    if (!http_has_check(handle))
        return http_exchange(handle);
    if (fob_option_node(handle, "token") != NULL)
        code = token_fetch(handle);
    return code == FOB_SUCCESS ? http_check(handle) : code;
}

static int http_validate(struct fob_handle *handle)
{
    return http_has_check(handle) ? http_check(handle) : http_exchange(handle);
}

static int http_renew(struct fob_handle *handle)
{
    return fob_option_node(handle, "token") != NULL ? http_fetch(handle) : FOB_IGNORE;
}

/* Make the request that ends the credential.  One that is not accepted has ended already. */
static int http_end(struct fob_handle *handle, const struct fob_node *revoke)
{
    struct fob_http_response *response = NULL;
    struct fob_http *http = NULL;
    int code = http_authorize(handle);

    if (code != FOB_SUCCESS)
        return code;
    code = exchange_send(handle, revoke, &http, &response);
    if (code == FOB_SUCCESS)
        code = fob_http_code(http, response);
    fob_http_response_free(response);
    fob_http_close(http);
    return code == FOB_REJECTED ? FOB_SUCCESS : code;
}

static int http_revoke(struct fob_handle *handle)
{
    const struct fob_node *revoke = fob_option_node(handle, "revoke");
    const char *manual = fob_node_text(fob_node_get(revoke, "manual"));
    const char *method = NULL;
    int code = FOB_SUCCESS;

    if (fob_node_get(revoke, "token") != NULL)
        code = oauth_grant_revoke(handle, revoke);
    else if (exchange_target(revoke, &method) != NULL)
        code = http_end(handle, revoke);
    if (code != FOB_SUCCESS || manual == NULL)
        return code;
    fob_tell(handle, FOB_TELL_WARNING, "%s", manual);
    return fob_fail(handle, FOB_MANUAL, "a person must finish this at %s",
                    fob_provider_name(handle));
}

const struct fob_plugin fob_plugin = {
    .abi = FOB_PLUGIN_ABI,
    .size = sizeof(struct fob_plugin),
    .name = "http",
    .version = PACKAGE_VERSION,
    .summary = "Any provider whose file describes its requests",
    .options = http_options_table,
    .link = http_link,
    .validate = http_validate,
    .revoke = http_revoke,
    .authorize = http_authorize,
    .check = lint_options,
    .needs = FOB_NEEDS_NETWORK,
    .option_size = sizeof(struct fob_option),
    .renew = http_renew,
};
