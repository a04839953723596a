/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The CharlieHR plugin: one key pair for a company, checked with GET /company (fob_charliehr(7)).
 */
#include "config.h"

#include "charliehr_options.h"

#include <fob/http.h>
#include <fob/plugin.h>

#include <json.h>

#include <string.h>

/* A Client ID is printable ASCII without spaces, and without a colon, which ends the id in the
 * header. */
static bool charliehr_is_client_id(const struct fob_secret *value)
{
    const char *data = fob_secret_data(value);

    for (size_t i = 0; i < fob_secret_size(value); i++) {
        if (data[i] <= ' ' || data[i] > '~' || data[i] == ':')
            return false;
    }
    return true;
}

/* Refuse only what a header cannot carry; CharlieHR defines the form of its secrets. */
static bool charliehr_is_client_secret(const struct fob_secret *value)
{
    const char *data = fob_secret_data(value);

    for (size_t i = 0; i < fob_secret_size(value); i++) {
        if ((unsigned char)data[i] < ' ' || data[i] == '\x7f')
            return false;
    }
    return true;
}

/* Get the two fields, borrowed, and check that they can be sent. */
static int charliehr_get_pair(struct fob_handle *handle, const struct fob_secret **id,
                              const struct fob_secret **secret)
{
    *id = fob_field(handle, "client_id");
    *secret = fob_field(handle, "client_secret");
    if (*id == NULL || fob_secret_size(*id) == 0)
        return fob_fail(handle, FOB_INVALID, "CharlieHR needs a Client ID: client_id is empty");
    if (*secret == NULL || fob_secret_size(*secret) == 0)
        return fob_fail(handle, FOB_INVALID,
                        "CharlieHR needs a Client Secret: client_secret is empty");
    if (!charliehr_is_client_id(*id)) {
        fob_fail(handle, FOB_INVALID,
                 "client_id is not a CharlieHR Client ID: it has a colon, a "
                 "space, a control character or one that is not ASCII");
        fob_hint(handle, "copy the Client ID alone, without the Client Secret");
        return FOB_INVALID;
    }
    if (!charliehr_is_client_secret(*secret)) {
        fob_fail(handle, FOB_INVALID,
                 "client_secret is not a CharlieHR Client Secret: it has a control character");
        fob_hint(handle, "copy the Client Secret as one line");
        return FOB_INVALID;
    }
    return FOB_SUCCESS;
}

/* Add the header Authorization: Token token=ID:SECRET. */
static int charliehr_authorize(struct fob_handle *handle)
{
    static const char scheme[] = "Token token=";
    const struct fob_secret *id;
    const struct fob_secret *secret;
    struct fob_secret *value = NULL;
    int code;

    code = charliehr_get_pair(handle, &id, &secret);
    if (code != FOB_SUCCESS)
        return code;
    code = fob_secret_new(scheme, strlen(scheme), &value);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(value, fob_secret_data(id), fob_secret_size(id));
    if (code == FOB_SUCCESS)
        code = fob_secret_append(value, ":", 1);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(value, fob_secret_data(secret), fob_secret_size(secret));
    if (code == FOB_SUCCESS)
        code =
            fob_add_header(handle, "Authorization", fob_secret_data(value), fob_secret_size(value));
    if (code == FOB_INVALID)
        fob_fail(handle, code, "the key pair is too large to be sent to CharlieHR");
    else if (code != FOB_SUCCESS)
        fob_fail(handle, code, "out of memory");
    fob_secret_free(value);
    return code;
}

/* The string KEY in OBJECT, borrowed; NULL when it is missing or has a NUL. */
static const char *charliehr_get_string(struct json_object *object, const char *key)
{
    struct json_object *value = NULL;
    const char *text;

    if (!json_object_object_get_ex(object, key, &value) ||
        !json_object_is_type(value, json_type_string))
        return NULL;
    text = json_object_get_string(value);
    return strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

/* Read the identity from {"success": true, "data": {"id": "...", "name": "..."}}. */
static int charliehr_set_company(struct fob_handle *handle, struct json_object *json)
{
    struct json_object *success = NULL;
    struct json_object *company = NULL;
    const char *name;
    const char *id;
    int code;

    if (!json_object_object_get_ex(json, "success", &success) ||
        !json_object_is_type(success, json_type_boolean))
        return fob_fail(handle, FOB_PROTOCOL, "the answer of CharlieHR does not say success");
    if (!json_object_object_get_ex(json, "data", &company) ||
        (id = charliehr_get_string(company, "id")) == NULL || id[0] == '\0')
        return fob_fail(handle, FOB_PROTOCOL, "the answer of CharlieHR names no company");
    name = charliehr_get_string(company, "name");
    code = fob_set_identity(handle, id, name != NULL ? name : "");
    if (code == FOB_INVALID)
        return fob_fail(handle, FOB_PROTOCOL,
                        "the id of the company in CharlieHR's answer is not "
                        "usable");
    if (code != FOB_SUCCESS)
        return fob_fail(handle, code, "out of memory");
    return FOB_SUCCESS;
}

static int charliehr_explain_refusal(struct fob_handle *handle, const struct fob_http *http,
                                     const struct fob_http_response *response)
{
    char words[FOB_HTTP_WORDS];

    fob_http_words(http, response, words);
    fob_fail(handle, FOB_REJECTED, "CharlieHR does not accept this Client ID and Client Secret%s%s",
             words[0] != '\0' ? ": " : "", words);
    fob_hint(handle, "check that both are copied whole; if the keys were reset in CharlieHR, use "
                     "the new pair; do not reset them only for this, it disconnects every "
                     "integration");
    return FOB_REJECTED;
}

static int charliehr_judge(struct fob_handle *handle, const struct fob_http *http,
                           const struct fob_http_response *response)
{
    struct json_object *json = NULL;
    int code;

    code = fob_http_code(http, response);
    if (code == FOB_REJECTED)
        return charliehr_explain_refusal(handle, http, response);
    if (code == FOB_DENIED)
        fob_hint(handle, "CharlieHR knows these keys, but does not let them read the company");
    if (code == FOB_SUCCESS)
        code = fob_http_json(http, response, &json);
    if (code == FOB_SUCCESS)
        code = charliehr_set_company(handle, json);
    json_object_put(json);
    return code;
}

/* Every key pair may read GET /company, which is small and identifies the company. */
static int charliehr_ask_company(struct fob_handle *handle)
{
    const struct fob_http_request request = { .size = sizeof request, .path = "/company" };
    struct fob_http_response *response = NULL;
    struct fob_http *http = NULL;
    int code;

    code = charliehr_authorize(handle);
    if (code == FOB_SUCCESS)
        code = fob_http_open(handle, &http);
    if (code == FOB_SUCCESS)
        code = fob_http_send(http, &request, &response);
    if (code == FOB_SUCCESS)
        code = charliehr_judge(handle, http, response);
    fob_http_response_free(response);
    fob_http_close(http);
    return code;
}

/* CharlieHR has no call that revokes keys.  Ask first whether it still accepts them. */
static int charliehr_revoke(struct fob_handle *handle)
{
    int code = charliehr_ask_company(handle);

    if (code == FOB_REJECTED || code == FOB_ABORT)
        return code;
    if (code == FOB_SUCCESS || code == FOB_DENIED)
        fob_tell(handle, FOB_TELL_WARNING,
                 "CharlieHR still accepts these keys: no call revokes them, a person must reset "
                 "them.");
    else
        fob_tell(handle, FOB_TELL_WARNING,
                 "Whether CharlieHR still accepts these keys could not be asked (%s): no call "
                 "revokes them, a person must reset them.",
                 fob_error());
    fob_tell(handle, FOB_TELL_INFO,
             "As an Admin or Super Admin in CharlieHR's web application: Company > Integrations > "
             "API Keys > Reset Keys.");
    fob_tell(handle, FOB_TELL_WARNING,
             "A reset disconnects every integration that uses this pair, not only fob: give each "
             "of them the new pair.");
    return fob_fail(handle, FOB_MANUAL,
                    "CharlieHR's keys can be reset only in its web application");
}

const struct fob_plugin fob_plugin = {
    .abi = FOB_PLUGIN_ABI,
    .size = sizeof(struct fob_plugin),
    .name = "charliehr",
    .version = PACKAGE_VERSION,
    .summary = "CharlieHR: Client ID and Client Secret",
    .options = charliehr_options,
    .link = charliehr_ask_company,
    .validate = charliehr_ask_company,
    .revoke = charliehr_revoke,
    .authorize = charliehr_authorize,
    .check = fob_http_check,
    .needs = FOB_NEEDS_NETWORK,
    .option_size = sizeof(struct fob_option),
};
