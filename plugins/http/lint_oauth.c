/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Judges the option oauth, and what it needs of the other options. */
#include "config.h"

#include "lint_oauth.h"

#include "exchange.h"
#include "oauth_grant.h"
#include "http_options.h"
#include "location.h"
#include "sign_in_call.h"
#include "util/address.h"
#include "util/array.h"
#include "util/text.h"

#include <string.h>

/* Note that the field NAME is used; false if there is none. */
static bool lint_use_field(struct lint *lint, const char *name)
{
    for (size_t i = 0; i < lint->fields; i++) {
        if (strcmp(lint->names[i], name) != 0)
            continue;
        lint->used[i] = true;
        return true;
    }
    return false;
}

/* A text that must be among WORDS, which end with NULL. */
static void lint_word(const struct lint *lint, const struct fob_node *map, const char *key,
                      const char *const *words)
{
    const struct fob_node *node = fob_node_get(map, key);
    const char *text = fob_node_text(node);
    const char *nearest;

    if (node == NULL)
        return;
    for (const char *const *word = words; text != NULL && *word != NULL; word++) {
        if (strcmp(*word, text) == 0)
            return;
    }
    nearest = text != NULL ? fob_nearest(text, words) : NULL;
    fob_node_mistake(lint->handle, node, "%s: no such value%s%s%s", text != NULL ? text : key,
                     nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "?" : "");
}

/* A map of parameters, without those that are RESERVED. */
static void lint_free_parameters(struct lint *lint, const struct fob_node *oauth, const char *key,
                                 const char *const *reserved)
{
    const struct fob_node *map = fob_node_get(oauth, key);
    const struct fob_node *name;

    lint_template_map(lint, oauth, key, LINT_SHOWN);
    for (size_t i = 0; (name = fob_node_key(map, i)) != NULL; i++) {
        for (const char *const *word = reserved; *word != NULL; word++) {
            if (strcmp(fob_node_text(name), *word) == 0)
                fob_node_mistake(lint->handle, name, "%s is set already", *word);
        }
    }
}

static void lint_scopes(const struct lint *lint, const struct fob_node *oauth)
{
    const struct fob_node *scopes = fob_node_get(oauth, "scopes");
    const struct fob_node *separator = fob_node_get(oauth, "separator");

    if (scopes != NULL && fob_node_kind(scopes) != FOB_NODE_LIST)
        fob_node_mistake(lint->handle, scopes, "must be a list of texts");
    for (size_t i = 0; i < fob_node_count(scopes); i++) {
        const char *text = fob_node_text(fob_node_value(scopes, i));

        if (text == NULL || text[0] == '\0' || strpbrk(text, " ,") != NULL)
            fob_node_mistake(lint->handle, fob_node_value(scopes, i),
                             "must be one scope, without blanks and commas");
    }
    if (separator != NULL &&
        (fob_node_text(separator) == NULL || strlen(fob_node_text(separator)) != 1))
        fob_node_mistake(lint->handle, separator, "must be one character");
}

static void lint_redirect(const struct lint *lint, const struct fob_node *oauth)
{
    const struct fob_node *redirect = fob_node_get(oauth, "redirect");
    const char *text = fob_node_text(redirect);

    if (redirect != NULL &&
        (text == NULL || (strcmp(text, "https") != 0 && strcmp(text, "loopback-any-port") != 0 &&
                          address_fault(text, 0) != NULL)))
        fob_node_mistake(lint->handle, redirect,
                         "must be https, loopback-any-port, or the URL that is registered");
}

/* A sign-in needs a token endpoint, and a request that identifies who signed in. */
static void lint_needs(const struct lint *lint)
{
    const struct fob_node *token = fob_option_node(lint->handle, "token");
    const struct fob_node *check = fob_option_node(lint->handle, "check");

    if (fob_node_get(token, "post") == NULL || fob_node_get(token, "body") != NULL)
        fob_mistake(lint->handle, "oauth", "needs token: { post: URL }, without a body");
    if (check != NULL && fob_node_get(check, "get") == NULL)
        fob_mistake(lint->handle, "oauth", "needs get in check, to know who signed in");
    else if (check == NULL)
        fob_mistake(lint->handle, "oauth", "needs check, to know who signed in");
}

static void lint_app(struct lint *lint, const struct fob_node *oauth)
{
    const char *client = fob_node_text(fob_node_get(oauth, "client"));

    if (!lint_use_field(lint, GRANT_ID))
        fob_mistake(lint->handle, "oauth", "needs the field " GRANT_ID);
    if ((client == NULL || strcmp(client, "none") != 0) && !lint_use_field(lint, GRANT_SECRET))
        fob_mistake(lint->handle, "oauth", "needs the field " GRANT_SECRET ", or client: none");
    (void)lint_use_field(lint, SIGN_IN_REDIRECT);
    if (lint_use_field(lint, GRANT_REFRESH))
        fob_mistake(lint->handle, "oauth", "a field cannot be called " GRANT_REFRESH);
}

void lint_oauth(struct lint *lint)
{
    static const char *const of_authorize[] = {
        "response_type", "client_id",      "redirect_uri",          "scope",
        "state",         "code_challenge", "code_challenge_method", NULL
    };
    static const char *const of_refresh[] = { "grant_type", GRANT_REFRESH, GRANT_ID, GRANT_SECRET,
                                              NULL };
    static const char *const clients[] = { "basic", "basic-raw", "post", "none", NULL };
    static const char *const required[] = { "required", NULL };
    const struct fob_node *oauth = fob_option_node(lint->handle, "oauth");
    const struct fob_node *authorize = fob_node_get(oauth, "authorize");
    const char *url = fob_node_text(authorize);

    if (oauth == NULL || !lint_template_keys(lint, oauth, http_options_oauth_keys))
        return;
    if (authorize == NULL)
        fob_mistake(lint->handle, "oauth", "authorize is missing");
    else
        lint_template_target(lint, authorize);
    if (url != NULL && !location_is_whole(url))
        fob_node_mistake(lint->handle, authorize, "must be a whole URL");
    lint_word(lint, oauth, "client", clients);
    lint_word(lint, oauth, "iss", required);
    lint_word(lint, oauth, GRANT_REFRESH, required);
    if (fob_node_get(oauth, "iss") != NULL && fob_node_get(oauth, "issuer") == NULL)
        fob_node_mistake(lint->handle, fob_node_get(oauth, "iss"), "needs issuer");
    lint_free_parameters(lint, oauth, "params", of_authorize);
    lint_free_parameters(lint, oauth, "refresh", of_refresh);
    lint_scopes(lint, oauth);
    lint_redirect(lint, oauth);
    lint_app(lint, oauth);
    lint_needs(lint);
}

void lint_oauth_revoke(struct lint *lint, const struct fob_node *revoke)
{
    const struct fob_node *url = fob_node_get(revoke, "token");
    const char *method = NULL;

    if (url == NULL)
        return;
    lint_template_target(lint, url);
    if (exchange_target(revoke, &method) != NULL)
        fob_node_mistake(lint->handle, url, "%s and token exclude each other", method);
    if (fob_option_node(lint->handle, "token") == NULL || !lint_use_field(lint, GRANT_ID))
        fob_node_mistake(lint->handle, url, "needs the option token, and the field " GRANT_ID);
}
