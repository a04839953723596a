/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Exchanges codes and refresh tokens, with the client's proof, and ends tokens. */
#include "config.h"

#include "oauth_grant.h"

#include "body.h"
#include "exchange.h"
#include "template.h"
#include "token_call.h"

#include <json.h>

#include <string.h>
#include <time.h>

/* A request to the provider's token or revocation endpoint. */
struct grant {
    struct fob_secret *form;
    struct fob_secret *header; /* "Authorization: …", or empty */
};

static int grant_add_text(struct fob_secret *to, const char *text)
{
    return fob_secret_append(to, text, strlen(text));
}

/* Add a parameter whose value needs no encoding. */
static int grant_add_word(struct grant *grant, const char *name, const char *word)
{
    int code = fob_secret_size(grant->form) > 0 ? grant_add_text(grant->form, "&") : FOB_SUCCESS;

    if (code == FOB_SUCCESS)
        code = grant_add_text(grant->form, name);
    if (code == FOB_SUCCESS)
        code = grant_add_text(grant->form, "=");
    return code == FOB_SUCCESS ? grant_add_text(grant->form, word) : code;
}

static int grant_add(struct grant *grant, const char *name, const struct fob_secret *value)
{
    int code = grant_add_word(grant, name, "");

    return code == FOB_SUCCESS ? fob_http_encode(FOB_HTTP_PERCENT, fob_secret_data(value),
                                                 fob_secret_size(value), grant->form)
                               : code;
}

/* Append a part of a Basic pair: as it is, or as RFC 6749, 2.3.1 wants it. */
static int grant_add_half(struct fob_secret *pair, const struct fob_secret *value, bool raw)
{
    return raw ? fob_secret_append(pair, fob_secret_data(value), fob_secret_size(value))
               : fob_http_encode(FOB_HTTP_PERCENT, fob_secret_data(value), fob_secret_size(value),
                                 pair);
}

static int grant_prove_basic(struct fob_handle *handle, struct grant *grant, bool raw)
{
    const struct fob_secret *id = fob_field(handle, GRANT_ID);
    struct fob_secret *pair = NULL;
    int code;

    if (raw && strchr(fob_secret_data(id), ':') != NULL)
        return fob_fail(handle, FOB_INVALID, GRANT_ID " cannot be sent: it has a colon");
    code = fob_secret_new("", 0, &pair);
    if (code == FOB_SUCCESS)
        code = grant_add_half(pair, id, raw);
    if (code == FOB_SUCCESS)
        code = grant_add_text(pair, ":");
    if (code == FOB_SUCCESS)
        code = grant_add_half(pair, fob_field(handle, GRANT_SECRET), raw);
    if (code == FOB_SUCCESS)
        code = grant_add_text(grant->header, "Authorization: Basic ");
    if (code == FOB_SUCCESS)
        code = fob_http_encode(FOB_HTTP_BASE64, fob_secret_data(pair), fob_secret_size(pair),
                               grant->header);
    fob_secret_free(pair);
    return code;
}

/* Add the client's proof. */
static int grant_prove(struct fob_handle *handle, struct grant *grant)
{
    const struct fob_node *oauth = fob_option_node(handle, "oauth");
    const char *client = fob_node_text(fob_node_get(oauth, "client"));
    int code;

    if (fob_field(handle, GRANT_ID) == NULL)
        return fob_fail(handle, FOB_INVALID, "the field " GRANT_ID " has no value");
    if (client != NULL && strcmp(client, "none") == 0)
        return grant_add(grant, GRANT_ID, fob_field(handle, GRANT_ID));
    if (fob_field(handle, GRANT_SECRET) == NULL)
        return fob_fail(handle, FOB_INVALID, "the field " GRANT_SECRET " has no value");
    if (client == NULL || strcmp(client, "post") != 0)
        return grant_prove_basic(handle, grant, client != NULL && strcmp(client, "basic-raw") == 0);
    code = grant_add(grant, GRANT_ID, fob_field(handle, GRANT_ID));
    return code == FOB_SUCCESS ? grant_add(grant, GRANT_SECRET, fob_field(handle, GRANT_SECRET))
                               : code;
}

static int grant_begin(struct grant *grant)
{
    int code = fob_secret_new("", 0, &grant->form);

    return code == FOB_SUCCESS ? fob_secret_new("", 0, &grant->header) : code;
}

static void grant_end(struct grant *grant)
{
    fob_secret_free(grant->form);
    fob_secret_free(grant->header);
}

/* A member of the answer; NULL if there is none, or null. */
static struct json_object *grant_member(struct json_object *json, const char *name)
{
    struct json_object *value = NULL;

    return json_object_object_get_ex(json, name, &value) ? value : NULL;
}

static const char *grant_text(struct json_object *json, const char *name)
{
    struct json_object *value = grant_member(json, name);

    return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

/* What is wrong with the answer JSON (RFC 6749, 5.1), as a static string; or NULL. */
static const char *grant_fault(const struct fob_http_response *response, struct json_object *json)
{
    const int status = fob_http_status(response);
    struct json_object *lifetime;

    if ((status != 200 && status != 201) || !json_object_is_type(json, json_type_object))
        return "is no answer of a token endpoint";
    if (grant_member(json, "error") != NULL)
        return "is an error with the status of a success";
    lifetime = grant_member(json, "expires_in");
    if (lifetime != NULL && ((!json_object_is_type(lifetime, json_type_int) &&
                              !json_object_is_type(lifetime, json_type_string)) ||
                             token_duration(json_object_get_string(lifetime)) == 0))
        return "has a token whose lifetime is not a number of seconds";
    if (grant_member(json, GRANT_REFRESH) != NULL &&
        !token_is_usable(grant_text(json, GRANT_REFRESH)))
        return "has a refresh token that cannot be sent";
    return NULL;
}

static int grant_put_refresh(struct fob_handle *handle, const char *value)
{
    struct fob_secret *secret = NULL;
    int code = fob_secret_new(value, strlen(value), &secret);

    if (code == FOB_SUCCESS)
        code = fob_put_token(handle, GRANT_REFRESH, secret, 0);
    fob_secret_free(secret);
    return code;
}

/* Whether the words of TEXT, between blanks and commas, have WORD. */
static bool grant_has_word(const char *text, const char *word)
{
    while (*text != '\0') {
        const size_t size = strcspn(text, " ,");

        if (size == strlen(word) && memcmp(text, word, size) == 0)
            return true;
        text += size;
        text += strspn(text, " ,");
    }
    return false;
}

/* Append to MISSING the scopes that the answer leaves out.  Some servers leave out offline_access,
 * and yet give a refresh token. */
static int grant_list_missing(struct fob_handle *handle, struct json_object *json,
                              struct fob_secret *missing)
{
    const struct fob_node *scopes = fob_node_get(fob_option_node(handle, "oauth"), "scopes");
    const char *granted = grant_text(json, "scope");
    int code = FOB_SUCCESS;

    for (size_t i = 0; granted != NULL && i < fob_node_count(scopes) && code == FOB_SUCCESS; i++) {
        const char *scope = fob_node_text(fob_node_value(scopes, i));

        if (grant_has_word(granted, scope) ||
            (strcmp(scope, "offline_access") == 0 && grant_text(json, GRANT_REFRESH) != NULL))
            continue;
        if (fob_secret_size(missing) > 0)
            code = grant_add_text(missing, ", ");
        if (code == FOB_SUCCESS)
            code = grant_add_text(missing, scope);
    }
    return code;
}

/* Put the tokens of an answer.  MISSING is NULL for a renewal, which may leave out the refresh
 * token. */
static int grant_take(struct fob_handle *handle, struct json_object *json,
                      const struct fob_http_response *response, int64_t sent,
                      struct fob_secret *missing)
{
    const struct fob_node *oauth = fob_option_node(handle, "oauth");
    const char *fault = grant_fault(response, json);
    const char *refresh;
    int code;

    if (fault != NULL)
        return fob_fail(handle, FOB_PROTOCOL, "the answer of %s %s", fob_provider_name(handle),
                        fault);
    refresh = grant_text(json, GRANT_REFRESH);
    if (refresh == NULL && missing != NULL && fob_node_get(oauth, GRANT_REFRESH) != NULL)
        return fob_fail(handle, FOB_PROTOCOL, "the answer of %s has no refresh token",
                        fob_provider_name(handle));
    code = token_take(handle, json, response, sent);
    if (code == FOB_SUCCESS && refresh != NULL)
        code = grant_put_refresh(handle, refresh);
    return code == FOB_SUCCESS && missing != NULL ? grant_list_missing(handle, json, missing)
                                                  : code;
}

/* Send GRANT to the token endpoint, and put the tokens of the answer. */
static int grant_fetch(struct fob_handle *handle, const struct grant *grant,
                       struct fob_secret *missing)
{
    const struct fob_node *token = fob_option_node(handle, "token");
    const struct exchange_form form = { fob_node_text(fob_node_get(token, "post")), grant->form,
                                        grant->header };
    const int64_t sent = time(NULL);
    struct fob_http_response *response = NULL;
    struct json_object *json = NULL;
    struct fob_http *http = NULL;
    int code = exchange_send_form(handle, token, &form, &http, &response);

    if (code == FOB_SUCCESS)
        code = token_judge(handle, http, response);
    if (code == FOB_SUCCESS)
        code = fob_http_json(http, response, &json);
    if (code == FOB_SUCCESS)
        code = grant_take(handle, json, response, sent, missing);
    json_object_put(json);
    fob_http_response_free(response);
    fob_http_close(http);
    return code;
}

int oauth_grant_exchange(struct fob_handle *handle, const struct fob_sign_in_answer *answer,
                         struct fob_secret *missing)
{
    const struct fob_node *oauth = fob_option_node(handle, "oauth");
    const char *pkce = fob_node_text(fob_node_get(oauth, "pkce"));
    struct grant grant = { NULL, NULL };
    int code = grant_begin(&grant);

    if (code == FOB_SUCCESS)
        code = grant_add_word(&grant, "grant_type", "authorization_code");
    if (code == FOB_SUCCESS)
        code = grant_add(&grant, "code", answer->code);
    if (code == FOB_SUCCESS)
        code = grant_add(&grant, "redirect_uri", answer->redirect_uri);
    if (code == FOB_SUCCESS && (pkce == NULL || strcmp(pkce, "false") != 0))
        code = grant_add(&grant, "code_verifier", answer->verifier);
    if (code == FOB_SUCCESS)
        code = grant_prove(handle, &grant);
    if (code == FOB_SUCCESS)
        code = grant_fetch(handle, &grant, missing);
    if (code == FOB_REJECTED)
        fob_hint(handle,
                 "sign in again; if that fails, look at the registered app's id and secret");
    grant_end(&grant);
    return code;
}

int oauth_grant_refresh(struct fob_handle *handle)
{
    const struct fob_node *more = fob_node_get(fob_option_node(handle, "oauth"), "refresh");
    const struct fob_secret *token = fob_token(handle, GRANT_REFRESH, NULL);
    struct grant grant = { NULL, NULL };
    int code = FOB_SUCCESS;

    if (token == NULL)
        code = fob_fail(handle, FOB_REJECTED, "%s gave no refresh token, and the access has ended",
                        fob_provider_name(handle));
    if (code == FOB_SUCCESS)
        code = grant_begin(&grant);
    if (code == FOB_SUCCESS)
        code = grant_add_word(&grant, "grant_type", GRANT_REFRESH);
    if (code == FOB_SUCCESS)
        code = grant_add(&grant, GRANT_REFRESH, token);
    if (code == FOB_SUCCESS)
        code = body_add_parameters(handle, more, grant.form);
    if (code == FOB_SUCCESS)
        code = grant_prove(handle, &grant);
    if (code == FOB_SUCCESS)
        code = grant_fetch(handle, &grant, NULL);
    if (code == FOB_REJECTED)
        fob_hint(handle, "sign in again with \"fob edit %s\"", fob_account_name(handle));
    grant_end(&grant);
    return code;
}

/* Ask URL to end the token NAME.  UNSUPPORTED says that the server does not end such tokens. */
static int grant_revoke_token(struct fob_handle *handle, const char *url, const char *name,
                              const char *hint, bool *unsupported)
{
    struct fob_http_response *response = NULL;
    struct json_object *json = NULL;
    struct fob_http *http = NULL;
    struct grant grant = { NULL, NULL };
    int code = grant_begin(&grant);

    if (code == FOB_SUCCESS)
        code = grant_add(&grant, "token", fob_token(handle, name, NULL));
    if (code == FOB_SUCCESS)
        code = grant_add_word(&grant, "token_type_hint", hint);
    if (code == FOB_SUCCESS)
        code = grant_prove(handle, &grant);
    if (code == FOB_SUCCESS)
        code = exchange_send_form(handle, NULL,
                                  &(struct exchange_form){ url, grant.form, grant.header }, &http,
                                  &response);
    if (code == FOB_SUCCESS) {
        code = fob_http_code(http, response);
        *unsupported = fob_http_status(response) == 400 &&
                       fob_http_json(http, response, &json) == FOB_SUCCESS &&
                       json_object_is_type(json, json_type_object) &&
                       grant_text(json, "error") != NULL &&
                       strcmp(grant_text(json, "error"), "unsupported_token_type") == 0;
    }
    json_object_put(json);
    fob_http_response_free(response);
    fob_http_close(http);
    grant_end(&grant);
    return code;
}

int oauth_grant_revoke(struct fob_handle *handle, const struct fob_node *revoke)
{
    const char *url = fob_node_text(fob_node_get(revoke, "token"));
    bool unsupported = true;
    int code = FOB_SUCCESS;

    if (fob_token(handle, GRANT_REFRESH, NULL) != NULL)
        code = grant_revoke_token(handle, url, GRANT_REFRESH, GRANT_REFRESH, &unsupported);
    if (unsupported && fob_token(handle, TEMPLATE_TOKEN, NULL) != NULL)
        code = grant_revoke_token(handle, url, TEMPLATE_TOKEN, "access_token", &unsupported);
    if (code == FOB_REJECTED)
        return fob_fail(handle, FOB_DENIED, "%s does not accept the registered app's id and secret",
                        fob_provider_name(handle));
    return code;
}
