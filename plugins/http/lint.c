/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Judges options: what a template names, what a request may be, and what is missing. */
#include "config.h"

#include "lint.h"

#include "exchange.h"
#include "http_options.h"
#include "lint_oauth.h"
#include "lint_template.h"
#include "location.h"
#include "token_call.h"
#include "util/array.h"
#include "util/text.h"

#include <fob/http.h>

#include <string.h>

static size_t lint_header(struct lint *lint, const struct fob_node *node)
{
    const struct fob_node *scheme = fob_node_get(node, "scheme");

    if (fob_node_text(node) != NULL) {
        if (text_has_control(fob_node_text(node), strlen(fob_node_text(node))))
            fob_node_mistake(lint->handle, node, "a control character cannot be sent");
        return lint_template_node(lint, node, LINT_HIDDEN);
    }
    if (!lint_template_keys(lint, node, http_options_header_keys))
        return 0;
    if (scheme != NULL && (fob_node_text(scheme) == NULL || !text_is_token(fob_node_text(scheme))))
        fob_node_mistake(lint->handle, scheme, "must be a word");
    if (fob_node_get(node, "base64") != NULL)
        return lint_template_node(lint, fob_node_get(node, "base64"), LINT_HIDDEN);
    fob_node_mistake(lint->handle, node, "base64 is missing");
    return 0;
}

/* A map of headers.  Returns the number of fields in it. */
static size_t lint_header_map(struct lint *lint, const struct fob_node *map)
{
    const struct fob_node *name;
    size_t fields = 0;

    for (size_t i = 0; (name = fob_node_key(map, i)) != NULL; i++) {
        if (!text_is_token(fob_node_text(name)))
            fob_node_mistake(lint->handle, name, "%s: not a header's name", fob_node_text(name));
        if (text_is_framing(fob_node_text(name)))
            fob_node_mistake(lint->handle, name, "%s: set by fob", fob_node_text(name));
        fields += lint_header(lint, fob_node_value(map, i));
    }
    return fields;
}

/* The option headers; and query, for a provider that takes its credential nowhere else. */
static void lint_credential(struct lint *lint)
{
    const struct fob_node *headers = fob_option_node(lint->handle, "headers");
    const struct fob_node *query = fob_option_node(lint->handle, "query");
    const struct fob_node *name;
    size_t fields = lint_header_map(lint, headers);

    if (headers == NULL && query == NULL)
        fob_mistake(lint->handle, NULL, "headers is missing");
    if (headers != NULL && fob_node_kind(headers) != FOB_NODE_MAP)
        fob_mistake(lint->handle, "headers", "must be a map of names and values");
    if (query != NULL && fob_node_kind(query) != FOB_NODE_MAP)
        fob_mistake(lint->handle, "query", "must be a map of names and values");
    for (size_t i = 0; (name = fob_node_key(query, i)) != NULL; i++) {
        if (!text_is_parameter(fob_node_text(name)))
            fob_node_mistake(lint->handle, name, "must be letters, digits, '-', '.', '_' and '~'");
        fields += lint_template_node(lint, fob_node_value(query, i), LINT_QUERY);
    }
    if (fields == 0 && (headers != NULL || query != NULL))
        fob_mistake(lint->handle, headers != NULL ? "headers" : "query",
                    "no header has a field in it");
}

/* The option certificate. */
static void lint_certificate(struct lint *lint)
{
    static const char *const keys[] = { "chain", "key" };
    const struct fob_node *node = fob_option_node(lint->handle, "certificate");

    if (node == NULL || !lint_template_keys(lint, node, http_options_certificate_keys))
        return;
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        if (fob_node_get(node, keys[i]) == NULL)
            fob_mistake(lint->handle, "certificate", "%s is missing", keys[i]);
        else if (lint_template_node(lint, fob_node_get(node, keys[i]), LINT_HIDDEN) == 0 &&
                 fob_node_text(fob_node_get(node, keys[i])) != NULL)
            fob_node_mistake(lint->handle, fob_node_get(node, keys[i]), "has no field in it");
    }
}

static void lint_json(struct lint *lint, const struct fob_node *node)
{
    if (fob_node_kind(node) == FOB_NODE_TEXT)
        (void)lint_template_node(lint, node, LINT_HIDDEN);
    for (size_t i = 0; i < fob_node_count(node); i++)
        lint_json(lint, fob_node_value(node, i));
}

/* Report more than one method in NODE. */
static void lint_methods(const struct lint *lint, const struct fob_node *node)
{
    const char *first = NULL;
    const struct fob_node *target = exchange_target(node, &first);
    const struct fob_node *key;

    for (size_t i = 0; target != NULL && (key = fob_node_key(node, i)) != NULL; i++) {
        if (exchange_is_method(fob_node_text(key)) && strcmp(fob_node_text(key), first) != 0)
            fob_node_mistake(lint->handle, key, "%s and %s exclude each other", first,
                             fob_node_text(key));
    }
}

/* headers, query, and form or body of the request NODE. */
static void lint_parts(struct lint *lint, const struct fob_node *node)
{
    const struct fob_node *headers = fob_node_get(node, "headers");
    const struct fob_node *body = fob_node_get(node, "body");
    const char *method = NULL;

    lint_methods(lint, node);
    if (body != NULL && fob_node_kind(body) != FOB_NODE_MAP && fob_node_kind(body) != FOB_NODE_LIST)
        fob_node_mistake(lint->handle, body, "must be a map or a list");
    if (body != NULL && fob_node_get(node, "form") != NULL)
        fob_node_mistake(lint->handle, body, "form and body exclude each other");
    if ((body != NULL || fob_node_get(node, "form") != NULL) &&
        (exchange_target(node, &method) == NULL || strcmp(method, "get") == 0))
        fob_node_mistake(lint->handle, node,
                         "only post, put, patch and delete have a form or a body");
    lint_json(lint, body);
    lint_template_map(lint, node, "form", LINT_HIDDEN);
    lint_template_map(lint, node, "query", LINT_QUERY);
    if (headers != NULL && fob_node_kind(headers) != FOB_NODE_MAP)
        fob_node_mistake(lint->handle, headers, "must be a map of names and values");
    (void)lint_header_map(lint, headers);
}

/* Whether each ~ in a JSON pointer begins an escape (RFC 6901). */
static bool lint_is_escaped(const char *pointer)
{
    while ((pointer = strchr(pointer, '~')) != NULL) {
        if (pointer[1] != '0' && pointer[1] != '1')
            return false;
        pointer += 2;
    }
    return true;
}

/* A pointer at KEY of NODE.  One that is EMPTY stands for the whole answer. */
static void lint_pointer(const struct lint *lint, const struct fob_node *node, const char *key,
                         bool empty)
{
    const struct fob_node *pointer = fob_node_get(node, key);
    const char *text = fob_node_text(pointer);

    if (pointer != NULL &&
        (text == NULL || (text[0] != '/' && (text[0] != '\0' || !empty)) || !lint_is_escaped(text)))
        fob_node_mistake(lint->handle, pointer, "must be a JSON pointer, such as /data/token");
}

/* The option token, which has no {token} itself. */
static void lint_token(struct lint *lint)
{
    const struct fob_node *token = fob_option_node(lint->handle, "token");
    const struct fob_node *lasts = fob_node_get(token, "lasts");
    const struct fob_node *target;
    const char *method = NULL;

    if (token == NULL || !lint_template_keys(lint, token, http_options_token_keys))
        return;
    target = exchange_target(token, &method);
    if (target == NULL)
        fob_mistake(lint->handle, "token", "must have get or post, with a whole URL");
    else
        lint_template_target(lint, target);
    if (fob_node_text(target) != NULL && !location_is_whole(fob_node_text(target)))
        fob_node_mistake(lint->handle, target, "must be a whole URL");
    lint_parts(lint, token);
    lint_pointer(lint, token, "token", true);
    lint_pointer(lint, token, "expires", false);
    if (lasts != NULL &&
        (fob_node_text(lasts) == NULL || token_duration(fob_node_text(lasts)) == 0))
        fob_node_mistake(lint->handle, lasts, "must be a duration, such as 15m or 24h");
}

/* id and name: a pointer into the answer, or a template. */
static void lint_identity(struct lint *lint, const struct fob_node *check, const char *key)
{
    const struct fob_node *node = fob_node_get(check, key);
    const char *text = fob_node_text(node);

    if (node != NULL && (text == NULL || text[0] != '/'))
        (void)lint_template_node(lint, node, LINT_SHOWN);
    else if (node != NULL && fob_node_get(check, "get") == NULL)
        fob_node_mistake(lint->handle, node, "without get there is no answer to point into");
    else if (node != NULL && !lint_is_escaped(text))
        fob_node_mistake(lint->handle, node, "a ~ in a JSON pointer is written ~0");
}

static void lint_check(struct lint *lint)
{
    const struct fob_node *check = fob_option_node(lint->handle, "check");
    const char *method = NULL;

    if (check == NULL && fob_option_node(lint->handle, "token") != NULL)
        return;
    if (check == NULL) {
        fob_mistake(lint->handle, NULL,
                    "check is missing: no request shows whether a credential is good");
        return;
    }
    if (fob_node_kind(check) == FOB_NODE_MAP && fob_node_get(check, "get") == NULL &&
        exchange_target(check, &method) != NULL)
        fob_mistake(lint->handle, "check", "must be a get: %s could change something", method);
    else if (lint_template_keys(lint, check, http_options_check_keys) &&
             fob_node_get(check, "get") == NULL && fob_option_node(lint->handle, "token") == NULL)
        fob_mistake(lint->handle, "check", "get is missing");
    if (fob_node_get(check, "get") != NULL)
        lint_template_path(lint, fob_node_get(check, "get"));
    lint_template_map(lint, check, "query", LINT_QUERY);
    lint_identity(lint, check, "id");
    lint_identity(lint, check, "name");
}

static void lint_rights(struct lint *lint)
{
    const struct fob_node *rights = fob_option_node(lint->handle, "rights");

    if (rights == NULL)
        return;
    if (fob_node_kind(rights) != FOB_NODE_MAP || fob_node_count(rights) > HTTP_OPTIONS_RIGHTS_MAX)
        fob_mistake(lint->handle, "rights", "must be a map of at most %d names and paths",
                    HTTP_OPTIONS_RIGHTS_MAX);
    for (size_t i = 0; fob_node_kind(rights) == FOB_NODE_MAP && i < fob_node_count(rights); i++)
        lint_template_path(lint, fob_node_value(rights, i));
}

static void lint_revoke(struct lint *lint)
{
    const struct fob_node *revoke = fob_option_node(lint->handle, "revoke");
    const struct fob_node *target;
    const char *method = NULL;

    if (revoke == NULL) {
        fob_mistake(
            lint->handle, NULL,
            "revoke is missing: write manual, and what a person must do, if no request can");
        return;
    }
    if (!lint_template_keys(lint, revoke, http_options_revoke_keys))
        return;
    target = exchange_target(revoke, &method);
    if (target != NULL)
        lint_template_target(lint, target);
    else if (fob_node_get(revoke, "token") == NULL && fob_node_get(revoke, "manual") == NULL)
        fob_mistake(lint->handle, "revoke", "must have a request, manual, or both");
    lint_oauth_revoke(lint, revoke);
    if (fob_node_get(revoke, "manual") != NULL &&
        fob_node_text(fob_node_get(revoke, "manual")) == NULL)
        fob_node_mistake(lint->handle, fob_node_get(revoke, "manual"), "must be text");
    lint_parts(lint, revoke);
}

/* Whether a header or a parameter has {token}, if there is one, which is the last name. */
static void lint_token_use(const struct lint *lint)
{
    if (lint->count > lint->fields && !lint->used[lint->fields])
        fob_mistake(lint->handle, "token", "no header has {token}");
}

void lint_options(struct fob_handle *handle)
{
    struct lint lint;

    lint_template_begin(&lint, handle);
    fob_http_check(handle);
    lint_template_base_url(&lint);
    lint_token(&lint);
    if (fob_option_node(handle, "token") != NULL)
        lint_template_add_token(&lint);
    lint_oauth(&lint);
    lint_credential(&lint);
    lint_certificate(&lint);
    lint_token_use(&lint);
    lint_check(&lint);
    lint_rights(&lint);
    lint_revoke(&lint);
    for (size_t i = 0; i < lint.fields; i++) {
        if (!lint.used[i])
            fob_field_mistake(handle, lint.names[i], "the field %s is used nowhere", lint.names[i]);
    }
}
