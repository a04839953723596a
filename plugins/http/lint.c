/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Judges options: what a template names, what a request may be, and what is missing. */
#include "config.h"

#include "lint.h"

#include "exchange.h"
#include "http_options.h"
#include "location.h"
#include "template.h"
#include "token_call.h"
#include "util/address.h"
#include "util/array.h"
#include "util/text.h"

#include <fob/http.h>

#include <string.h>

#define FIELDS_MAX 64
/* The longest URL in an option. */
#define LINT_URL_MAX 2048
/* The most keys of a map. */
#define KEYS_MAX 32

/* The fields of the provider's file, and which of them a template names. */
struct lint {
    struct fob_handle *handle;
    const char *names[FIELDS_MAX + 1]; /* ends with NULL */
    bool secret[FIELDS_MAX];
    bool used[FIELDS_MAX];
    size_t count;
};

/* The number of the field in PIECE; COUNT if there is none. */
static size_t lint_find_field(const struct lint *lint, const struct template_piece *piece)
{
    size_t i = 0;

    while (i < lint->count && (strlen(lint->names[i]) != piece->size ||
                               memcmp(lint->names[i], piece->text, piece->size) != 0))
        i++;
    return i;
}

/* Report a mistake in NODE, or without one in base_url. */
static void lint_report(const struct lint *lint, const struct fob_node *node, const char *what,
                        const char *why)
{
    if (node != NULL)
        fob_node_mistake(lint->handle, node, "%s%s", what, why);
    else
        fob_mistake(lint->handle, "base_url", "%s%s", what, why);
}

static void lint_report_unknown(const struct lint *lint, const struct fob_node *node,
                                const char *name)
{
    const char *nearest = fob_nearest(name, lint->names);
    char why[2 * FOB_NAME_MAX + 64] = "no such field";

    if (nearest != NULL) {
        strncat(why, "; did you mean ", sizeof why - strlen(why) - 1);
        strncat(why, nearest, sizeof why - strlen(why) - 1);
        strncat(why, "?", sizeof why - strlen(why) - 1);
    }
    fob_node_kind(node) != FOB_NODE_NONE
        ? fob_node_mistake(lint->handle, node, "{%s}: %s", name, why)
        : fob_mistake(lint->handle, "base_url", "{%s}: %s", name, why);
}

/* Check TEXT, at NODE or in base_url.  A place that is SHOWN must not have secrets.  Returns the
 * number of fields in it. */
static size_t lint_template(struct lint *lint, const struct fob_node *node, const char *text,
                            bool shown)
{
    const char *fault = template_fault(text);
    struct template_piece piece;
    size_t found = 0;

    if (fault != NULL)
        lint_report(lint, node, fault, "");
    while (template_next(&text, &piece)) {
        char name[FOB_NAME_MAX + 1];
        size_t index;

        if (!piece.is_field)
            continue;
        found++;
        template_name(&piece, name);
        index = lint_find_field(lint, &piece);
        if (index == lint->count) {
            lint_report_unknown(lint, node, name);
            continue;
        }
        lint->used[index] = true;
        if (shown && lint->secret[index])
            lint_report(lint, node, name, ": a secret cannot be here, where it would be shown");
    }
    return found;
}

/* Check a text at NODE. */
static size_t lint_text(struct lint *lint, const struct fob_node *node, bool shown)
{
    const char *text = fob_node_text(node);

    if (text != NULL)
        return lint_template(lint, node, text, shown);
    fob_node_mistake(lint->handle, node, "must be text");
    return 0;
}

/* The host of the URL at NODE or in base_url: its fields must have a type that makes them safe
 * there. */
static void lint_host(struct lint *lint, const struct fob_node *node, const char *url)
{
    const char *begin = strstr(url, "://");
    char text[512] = "";
    const char *host = text;
    struct template_piece piece;

    if (begin == NULL)
        return;
    begin += 3;
    strncat(text, begin, strcspn(begin, "/?") < sizeof text ? strcspn(begin, "/?") : 0);
    while (template_next(&host, &piece)) {
        char name[FOB_NAME_MAX + 1];
        enum fob_field_type type;

        if (!piece.is_field || lint_find_field(lint, &piece) == lint->count)
            continue;
        template_name(&piece, name);
        type = fob_field_type(lint->handle, name);
        if (type == FOB_FIELD_TEXT)
            lint_report(lint, node, name,
                        ": a field in the host needs type: label, type: host or an enum");
        else if (type == FOB_FIELD_LABEL && strchr(text, '.') == NULL)
            lint_report(lint, node, name, ": a field that is the whole host needs type: host");
    }
}

static void lint_base_url(struct lint *lint)
{
    const char *text = fob_option_text(lint->handle, "base_url");

    if (text == NULL) {
        fob_mistake(lint->handle, NULL, "base_url is missing");
        return;
    }
    (void)lint_template(lint, NULL, text, true);
    lint_host(lint, NULL, text);
}

/* Check that NODE is a map, and that all its keys are among KEYS. */
static bool lint_keys(const struct lint *lint, const struct fob_node *node,
                      const struct yaml_shape *keys)
{
    const char *known[KEYS_MAX + 1] = { NULL };

    for (size_t i = 0; i < KEYS_MAX && keys[i].key != NULL; i++)
        known[i] = keys[i].key;
    return fob_node_check_keys(lint->handle, node, known);
}

static size_t lint_header(struct lint *lint, const struct fob_node *node)
{
    if (fob_node_text(node) != NULL)
        return lint_text(lint, node, false);
    if (!lint_keys(lint, node, http_options_header_keys))
        return 0;
    if (fob_node_get(node, "scheme") != NULL && fob_node_text(fob_node_get(node, "scheme")) == NULL)
        fob_node_mistake(lint->handle, fob_node_get(node, "scheme"), "must be text");
    if (fob_node_get(node, "base64") != NULL)
        return lint_text(lint, fob_node_get(node, "base64"), false);
    fob_node_mistake(lint->handle, node, "base64 is missing");
    return 0;
}

static bool lint_is_header_name(const char *name)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    return name[0] != '\0' && name[strspn(name, token)] == '\0';
}

/* A map of headers.  Returns the number of fields in it. */
static size_t lint_header_map(struct lint *lint, const struct fob_node *map)
{
    const struct fob_node *name;
    size_t fields = 0;

    for (size_t i = 0; (name = fob_node_key(map, i)) != NULL; i++) {
        if (!lint_is_header_name(fob_node_text(name)))
            fob_node_mistake(lint->handle, name, "%s: not a header's name", fob_node_text(name));
        fields += lint_header(lint, fob_node_value(map, i));
    }
    return fields;
}

/* A map of names and templates at KEY of NODE.  One that is SHOWN must not have secrets. */
static void lint_parameters(struct lint *lint, const struct fob_node *node, const char *key,
                            bool shown)
{
    const struct fob_node *map = fob_node_get(node, key);

    if (map != NULL && fob_node_kind(map) != FOB_NODE_MAP)
        fob_node_mistake(lint->handle, map, "must be a map of names and values");
    for (size_t i = 0; i < fob_node_count(map); i++)
        (void)lint_text(lint, fob_node_value(map, i), shown);
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
        fields += lint_text(lint, fob_node_value(query, i), false);
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

    if (node == NULL || !lint_keys(lint, node, http_options_certificate_keys))
        return;
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        if (fob_node_get(node, keys[i]) == NULL)
            fob_mistake(lint->handle, "certificate", "%s is missing", keys[i]);
        else if (lint_text(lint, fob_node_get(node, keys[i]), false) == 0 &&
                 fob_node_text(fob_node_get(node, keys[i])) != NULL)
            fob_node_mistake(lint->handle, fob_node_get(node, keys[i]), "has no field in it");
    }
}

static void lint_json(struct lint *lint, const struct fob_node *node)
{
    if (fob_node_kind(node) == FOB_NODE_TEXT)
        (void)lint_text(lint, node, false);
    for (size_t i = 0; i < fob_node_count(node); i++)
        lint_json(lint, fob_node_value(node, i));
}

/* headers, query, and form or body of the request NODE. */
static void lint_parts(struct lint *lint, const struct fob_node *node, bool shown)
{
    const struct fob_node *body = fob_node_get(node, "body");
    const char *method = NULL;

    if (body != NULL && fob_node_kind(body) != FOB_NODE_MAP && fob_node_kind(body) != FOB_NODE_LIST)
        fob_node_mistake(lint->handle, body, "must be a map or a list");
    if (body != NULL && fob_node_get(node, "form") != NULL)
        fob_node_mistake(lint->handle, body, "form and body exclude each other");
    if ((body != NULL || fob_node_get(node, "form") != NULL) &&
        (exchange_target(node, &method) == NULL || strcmp(method, "get") == 0))
        fob_node_mistake(lint->handle, node,
                         "only post, put, patch and delete have a form or a body");
    lint_json(lint, body);
    lint_parameters(lint, node, "form", false);
    lint_parameters(lint, node, "query", shown);
    if (fob_node_get(node, "headers") != NULL &&
        fob_node_kind(fob_node_get(node, "headers")) != FOB_NODE_MAP)
        fob_node_mistake(lint->handle, fob_node_get(node, "headers"),
                         "must be a map of names and values");
    (void)lint_header_map(lint, fob_node_get(node, "headers"));
}

/* Check the whole URL TEXT at NODE, with a letter in place of each field. */
static void lint_url(struct lint *lint, const struct fob_node *node, const char *text)
{
    char url[LINT_URL_MAX] = "";
    const char *rest = text;
    struct template_piece piece;
    const char *fault;

    while (template_next(&rest, &piece)) {
        const size_t size = piece.is_field ? 1 : piece.size;

        if (strlen(url) + size >= sizeof url) {
            fob_node_mistake(lint->handle, node, "is longer than %d bytes", LINT_URL_MAX);
            return;
        }
        strncat(url, piece.is_field ? "x" : piece.text, size);
    }
    fault = address_fault(url, 0);
    if (fault != NULL)
        fob_node_mistake(lint->handle, node, "%s", fault);
    lint_host(lint, node, text);
}

/* A path, or a whole URL. */
static void lint_target(struct lint *lint, const struct fob_node *node)
{
    const char *text = fob_node_text(node);

    (void)lint_text(lint, node, true);
    if (text != NULL && location_is_whole(text))
        lint_url(lint, node, text);
}

static void lint_path(struct lint *lint, const struct fob_node *node)
{
    const char *text = fob_node_text(node);

    (void)lint_text(lint, node, true);
    if (text != NULL && text[0] != '/')
        fob_node_mistake(lint->handle, node,
                         "must begin with /, which stands for the end of base_url");
}

/* A pointer at KEY of NODE.  One that is EMPTY stands for the whole answer. */
static void lint_pointer(const struct lint *lint, const struct fob_node *node, const char *key,
                         bool empty)
{
    const struct fob_node *pointer = fob_node_get(node, key);
    const char *text = fob_node_text(pointer);

    if (pointer != NULL && (text == NULL || (text[0] != '/' && (text[0] != '\0' || !empty))))
        fob_node_mistake(lint->handle, pointer, "must be a JSON pointer, such as /data/token");
}

/* The option token, which has no {token} itself. */
static void lint_token(struct lint *lint)
{
    const struct fob_node *token = fob_option_node(lint->handle, "token");
    const struct fob_node *lasts = fob_node_get(token, "lasts");
    const struct fob_node *target;
    const char *method = NULL;

    if (token == NULL || !lint_keys(lint, token, http_options_token_keys))
        return;
    target = exchange_target(token, &method);
    if (target == NULL)
        fob_mistake(lint->handle, "token", "must have get or post, with a whole URL");
    else
        lint_target(lint, target);
    if (fob_node_text(target) != NULL && !location_is_whole(fob_node_text(target)))
        fob_node_mistake(lint->handle, target, "must be a whole URL");
    lint_parts(lint, token, false);
    lint_pointer(lint, token, "token", true);
    lint_pointer(lint, token, "expires", false);
    if (lasts != NULL &&
        (fob_node_text(lasts) == NULL || token_duration(fob_node_text(lasts)) == 0))
        fob_node_mistake(lint->handle, lasts, "must be a duration, such as 15m or 24h");
}

/* From now on, {token} is a placeholder. */
static void lint_add_token(struct lint *lint)
{
    const struct fob_node *token = fob_option_node(lint->handle, "token");
    const struct template_piece name = { TEMPLATE_TOKEN, strlen(TEMPLATE_TOKEN), true };

    if (token == NULL)
        return;
    if (lint_find_field(lint, &name) < lint->count)
        fob_mistake(lint->handle, "token", "there is a field of this name, too");
    else if (lint->count < FIELDS_MAX) {
        lint->names[lint->count] = TEMPLATE_TOKEN;
        lint->secret[lint->count++] = true;
        lint->names[lint->count] = NULL;
    }
}

/* id and name: a pointer into the answer, or a template. */
static void lint_identity(struct lint *lint, const struct fob_node *check, const char *key)
{
    const struct fob_node *node = fob_node_get(check, key);
    const char *text = fob_node_text(node);

    if (node != NULL && (text == NULL || text[0] != '/'))
        (void)lint_text(lint, node, true);
    else if (node != NULL && fob_node_get(check, "get") == NULL)
        fob_node_mistake(lint->handle, node, "without get there is no answer to point into");
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
    else if (lint_keys(lint, check, http_options_check_keys) &&
             fob_node_get(check, "get") == NULL && fob_option_node(lint->handle, "token") == NULL)
        fob_mistake(lint->handle, "check", "get is missing");
    if (fob_node_get(check, "get") != NULL)
        lint_path(lint, fob_node_get(check, "get"));
    lint_parameters(lint, check, "query", true);
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
        lint_path(lint, fob_node_value(rights, i));
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
    if (!lint_keys(lint, revoke, http_options_revoke_keys))
        return;
    target = exchange_target(revoke, &method);
    if (target != NULL)
        lint_target(lint, target);
    else if (fob_node_get(revoke, "manual") == NULL)
        fob_mistake(lint->handle, "revoke", "must have a request, manual, or both");
    if (fob_node_get(revoke, "manual") != NULL &&
        fob_node_text(fob_node_get(revoke, "manual")) == NULL)
        fob_node_mistake(lint->handle, fob_node_get(revoke, "manual"), "must be text");
    lint_parts(lint, revoke, true);
}

void lint_options(struct fob_handle *handle)
{
    struct lint lint = { .handle = handle };
    size_t fields;

    while (lint.count < FIELDS_MAX && (lint.names[lint.count] = fob_field_name(
                                           handle, lint.count, &lint.secret[lint.count])) != NULL)
        lint.count++;
    lint.names[lint.count] = NULL;
    fields = lint.count;
    fob_http_check(handle);
    lint_base_url(&lint);
    lint_token(&lint);
    lint_add_token(&lint);
    lint_credential(&lint);
    lint_certificate(&lint);
    lint_check(&lint);
    lint_rights(&lint);
    lint_revoke(&lint);
    for (size_t i = 0; i < lint.count; i++) {
        if (!lint.used[i])
            fob_mistake(handle, NULL, "the %s %s is used nowhere",
                        i < fields ? "field" : "placeholder of", lint.names[i]);
    }
}
