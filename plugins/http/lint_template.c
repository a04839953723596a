/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Judges templates: the fields that they name, and the places that these go to. */
#include "config.h"

#include "lint_template.h"

#include "location.h"
#include "template.h"
#include "util/address.h"
#include "util/yaml_shape.h"

#include <stdio.h>
#include <string.h>

/* The longest URL in an option. */
#define URL_MAX 2048
/* The most keys of a map. */
#define KEYS_MAX 32

void lint_template_begin(struct lint *lint, struct fob_handle *handle)
{
    size_t at = 0;

    *lint = (struct lint){ .handle = handle };
    while (at < LINT_FIELDS_MAX &&
           (lint->names[at] = fob_field_name(handle, at, &lint->secret[at])) != NULL)
        at++;
    lint->names[at] = NULL;
    lint->count = lint->fields = at;
}

/* The number of the field in PIECE; COUNT if there is none. */
static size_t lint_find_field(const struct lint *lint, const struct template_piece *piece)
{
    size_t i = 0;

    while (i < lint->count && (strlen(lint->names[i]) != piece->size ||
                               memcmp(lint->names[i], piece->text, piece->size) != 0))
        i++;
    return i;
}

void lint_template_add_token(struct lint *lint)
{
    const struct template_piece name = { TEMPLATE_TOKEN, strlen(TEMPLATE_TOKEN), true };

    if (lint_find_field(lint, &name) < lint->count)
        fob_mistake(lint->handle, "token", "there is a field of this name, too");
    else if (lint->count < LINT_FIELDS_MAX) {
        lint->names[lint->count] = TEMPLATE_TOKEN;
        lint->secret[lint->count++] = true;
        lint->names[lint->count] = NULL;
    }
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
    char what[2 * FOB_NAME_MAX + 64];

    snprintf(what, sizeof what, "{%s}: no such field%s%s%s", name,
             nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
             nearest != NULL ? "?" : "");
    lint_report(lint, node, what, "");
}

/* The secret NAME stands in PLACE. */
static void lint_judge_secret(const struct lint *lint, const struct fob_node *node,
                              const char *name, enum lint_place place)
{
    if (place == LINT_QUERY)
        fob_node_warning(lint->handle, node,
                         "%s: a secret in a query is in the logs of servers and proxies", name);
    else if (place != LINT_HIDDEN)
        lint_report(lint, node, name, ": a secret cannot be here, where it would be shown");
}

/* Check TEXT, at NODE or in base_url.  Returns the number of fields in it. */
static size_t lint_text(struct lint *lint, const struct fob_node *node, const char *text,
                        enum lint_place place)
{
    const char *fault = template_fault(text);
    const char *query = place == LINT_ADDRESS ? strchr(text, '?') : NULL;
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
        if (lint->secret[index])
            lint_judge_secret(lint, node, name,
                              query != NULL && piece.text > query ? LINT_QUERY : place);
    }
    return found;
}

size_t lint_template_node(struct lint *lint, const struct fob_node *node, enum lint_place place)
{
    const char *text = fob_node_text(node);

    if (text != NULL)
        return lint_text(lint, node, text, place);
    fob_node_mistake(lint->handle, node, "must be text");
    return 0;
}

/* The host of the URL at NODE or in base_url: its fields must have a type that makes them safe
 * there. */
static void lint_host(const struct lint *lint, const struct fob_node *node, const char *url)
{
    const char *begin = strstr(url, "://");
    const char *host = begin != NULL ? begin + 3 : "";
    const size_t size = strcspn(host, "/?");
    const bool has_dot = memchr(host, '.', size) != NULL;
    const char *end = host + size;
    struct template_piece piece;

    while (host < end && template_next(&host, &piece)) {
        char name[FOB_NAME_MAX + 1];
        enum fob_field_type type;

        if (!piece.is_field || lint_find_field(lint, &piece) == lint->count)
            continue;
        template_name(&piece, name);
        type = fob_field_type(lint->handle, name);
        if (type == FOB_FIELD_TEXT)
            lint_report(lint, node, name,
                        ": a field in the host needs type: label, type: host or an enum");
        else if (type == FOB_FIELD_LABEL && !has_dot)
            lint_report(lint, node, name, ": a field that is the whole host needs type: host");
    }
}

void lint_template_base_url(struct lint *lint)
{
    const char *text = fob_option_text(lint->handle, "base_url");

    if (text == NULL) {
        fob_mistake(lint->handle, NULL, "base_url is missing");
        return;
    }
    (void)lint_text(lint, NULL, text, LINT_SHOWN);
    lint_host(lint, NULL, text);
}

/* Check the URL or the path TEXT at NODE, with a letter in place of each field. */
static void lint_address(const struct lint *lint, const struct fob_node *node, const char *text)
{
    char url[URL_MAX] = "";
    const char *rest = text;
    struct template_piece piece;
    const char *fault;

    while (template_next(&rest, &piece)) {
        const size_t size = piece.is_field ? 1 : piece.size;

        if (strlen(url) + size >= sizeof url) {
            fob_node_mistake(lint->handle, node, "is longer than %d bytes", URL_MAX);
            return;
        }
        strncat(url, piece.is_field ? "x" : piece.text, size);
    }
    fault = location_is_whole(text) ? address_fault(url, 0) : address_target_fault(url);
    if (fault != NULL)
        fob_node_mistake(lint->handle, node, "%s", fault);
}

void lint_template_target(struct lint *lint, const struct fob_node *node)
{
    const char *text = fob_node_text(node);

    (void)lint_template_node(lint, node, LINT_ADDRESS);
    if (text == NULL)
        return;
    lint_address(lint, node, text);
    if (location_is_whole(text))
        lint_host(lint, node, text);
}

void lint_template_path(struct lint *lint, const struct fob_node *node)
{
    const char *text = fob_node_text(node);

    (void)lint_template_node(lint, node, LINT_ADDRESS);
    if (text != NULL && text[0] != '/')
        fob_node_mistake(lint->handle, node,
                         "must begin with /, which stands for the end of base_url");
    else if (text != NULL)
        lint_address(lint, node, text);
}

bool lint_template_keys(const struct lint *lint, const struct fob_node *node,
                        const struct yaml_shape *keys)
{
    const char *known[KEYS_MAX + 1] = { NULL };

    for (size_t i = 0; i < KEYS_MAX && keys[i].key != NULL; i++)
        known[i] = keys[i].key;
    return fob_node_check_keys(lint->handle, node, known);
}

void lint_template_map(struct lint *lint, const struct fob_node *node, const char *key,
                       enum lint_place place)
{
    const struct fob_node *map = fob_node_get(node, key);

    if (map != NULL && fob_node_kind(map) != FOB_NODE_MAP)
        fob_node_mistake(lint->handle, map, "must be a map of names and values");
    for (size_t i = 0; i < fob_node_count(map); i++)
        (void)lint_template_node(lint, fob_node_value(map, i), place);
}
