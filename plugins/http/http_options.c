/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The tables of the options. */
#include "config.h"

#include "http_options.h"

#include <fob/http.h>

#define PATH "^/"

const struct fob_option http_options_table[] = {
    { .name = "base_url", .type = FOB_OPTION_STRING, .summary = "Where the provider's API begins" },
    FOB_HTTP_FURTHER_OPTIONS("10", "1"),
    { .name = "headers", .type = FOB_OPTION_TREE, .summary = "The headers with the credential" },
    { .name = "query", .type = FOB_OPTION_TREE, .summary = "Parameters with the credential" },
    { .name = "certificate", .type = FOB_OPTION_TREE, .summary = "The client certificate" },
    { .name = "token", .type = FOB_OPTION_TREE, .summary = "The request for a token" },
    { .name = "oauth", .type = FOB_OPTION_TREE, .summary = "A person's sign-in with a browser" },
    { .name = "check", .type = FOB_OPTION_TREE, .summary = "The request that tries it" },
    { .name = "rights", .type = FOB_OPTION_TREE, .summary = "Paths that it must be able to read" },
    { .name = "revoke", .type = FOB_OPTION_TREE, .summary = "How it ends" },
    { .name = NULL },
};

const struct yaml_shape http_options_header_keys[] = {
    { "base64", SHAPE_TEXT, SHAPE_REQUIRED, .summary = "A template that is sent in base64" },
    { "scheme", SHAPE_TEXT, .summary = "The word before it" },
    { 0 },
};

/* A request has one method, and one body if its method has any. */
static const char *const get[] = { "get", NULL };
static const char *const get_form[] = { "get", "form", NULL };
static const char *const to_put[] = { "get", "post", NULL };
static const char *const to_patch[] = { "get", "post", "put", NULL };
static const char *const to_delete[] = { "get", "post", "put", "patch", NULL };
static const char *const methods[] = { "get", "post", "put", "patch", "delete", NULL };
static const char *const requests[] = { "get", "post", "put", "patch", "delete", "token", NULL };
static const char *const in_query[] = { "query", NULL };
static const char *const with_token[] = { "token", NULL };
static const struct yaml_shape text_shape = { .kind = SHAPE_TEXT };
static const struct yaml_shape path_shape = { .kind = SHAPE_TEXT, .pattern = PATH };
static const struct yaml_shape items_shape = { .kind = SHAPE_LIST };
static const struct yaml_shape encoded_shape = { .kind = SHAPE_MAP,
                                                 .inner = http_options_header_keys };
static const struct yaml_shape header_shape = { .kind = SHAPE_TEXT, .other = &encoded_shape };

const struct yaml_shape http_options_check_keys[] = {
    { "get", SHAPE_TEXT, .pattern = PATH, .summary = "The path below base_url" },
    { "query", SHAPE_NAMES, .inner = &text_shape, .summary = "Parameters and templates" },
    { "id", SHAPE_TEXT, .summary = "A JSON Pointer to the identity, or a template" },
    { "name", SHAPE_TEXT, .summary = "A JSON Pointer to its name for people, or a template" },
    { 0 },
};

const struct yaml_shape http_options_certificate_keys[] = {
    { "chain", SHAPE_TEXT, SHAPE_REQUIRED, .summary = "The certificate in PEM, with its chain" },
    { "key", SHAPE_TEXT, SHAPE_REQUIRED, .summary = "Its private key in PEM" },
    { 0 },
};

#define URL "^https?://"
const struct yaml_shape http_options_token_keys[] = {
    { "get", SHAPE_TEXT, SHAPE_ONE_OF, .pattern = URL, .summary = "The URL" },
    { "post", SHAPE_TEXT, SHAPE_ONE_OF, .pattern = URL, .summary = "The URL" },
    { "query", SHAPE_NAMES, .inner = &text_shape, .summary = "Parameters and templates" },
    { "headers", SHAPE_NAMES, .inner = &header_shape, .summary = "Its headers" },
    { "form", SHAPE_NAMES, .without = get, .inner = &text_shape, .summary = "The body, as a form" },
    { "body", SHAPE_NAMES, .without = get_form, .other = &items_shape,
      .summary = "The body, sent as JSON" },
    { "token", SHAPE_TEXT, .summary = "A JSON Pointer to the token; empty for the whole answer" },
    { "expires", SHAPE_TEXT, .pattern = PATH, .summary = "A JSON Pointer to its lifetime" },
    { "lasts", SHAPE_TEXT, .summary = "Its lifetime if the answer says none" },
    { 0 },
};

static const char *const clients[] = { "basic", "basic-raw", "post", "none", NULL };
static const char *const required[] = { "required", NULL };
const struct yaml_shape http_options_oauth_keys[] = {
    { "authorize", SHAPE_TEXT, SHAPE_REQUIRED, .pattern = URL,
      .summary = "The URL of the provider's sign-in page" },
    { "issuer", SHAPE_TEXT, .summary = "What iss in its answer must be" },
    { "iss", SHAPE_TEXT, .words = required, .summary = "Refuse an answer without iss" },
    { "client", SHAPE_TEXT, .words = clients, .summary = "How the app proves itself" },
    { "scopes", SHAPE_TEXTS, .summary = "What the app asks for" },
    { "separator", SHAPE_TEXT, .summary = "What is between scopes, if not a blank" },
    { "params", SHAPE_NAMES, .inner = &text_shape, .summary = "Further parameters of authorize" },
    { "pkce", SHAPE_BOOLEAN, .summary = "Whether a code challenge is sent" },
    { "refresh", SHAPE_NAMES, .inner = &text_shape, .summary = "Further parameters of a renewal" },
    { "refresh_token", SHAPE_TEXT, .words = required,
      .summary = "Refuse tokens that cannot be renewed" },
    { "redirect", SHAPE_TEXT, .pattern = "^(https|loopback-any-port|https?://.*)$",
      .summary = "Where the provider lets the browser come back to" },
    { 0 },
};

#define METHOD(name, others)                                              \
    {                                                                     \
        name, SHAPE_TEXT, .without = others, .pattern = "^(/|https?://)", \
                          .summary = "The path below base_url, or a URL"  \
    }
const struct yaml_shape http_options_revoke_keys[] = {
    METHOD("get", NULL),
    METHOD("post", get),
    METHOD("put", to_put),
    METHOD("patch", to_patch),
    METHOD("delete", to_delete),
    { "query", SHAPE_NAMES, .inner = &text_shape, .summary = "Parameters and templates" },
    { "headers", SHAPE_NAMES, .inner = &header_shape, .summary = "Headers instead of the options" },
    { "form", SHAPE_NAMES, .without = get, .inner = &text_shape, .summary = "The body, as a form" },
    { "body", SHAPE_NAMES, .without = get_form, .other = &items_shape,
      .summary = "The body, sent as JSON" },
    { "token", SHAPE_TEXT, .without = methods, .pattern = URL,
      .summary = "The URL that ends tokens (RFC 7009)" },
    { "manual", SHAPE_TEXT, SHAPE_UNLESS, requests, .summary = "What a person must do" },
    { 0 },
};

#define OPTION(name)                                      \
    {                                                     \
        name, SHAPE_OPTION, .options = http_options_table \
    }
const struct yaml_shape http_options_keys[] = {
    { "base_url", SHAPE_TEXT, SHAPE_REQUIRED, .pattern = "^https?://",
      .summary = "Where the provider's API begins" },
    { "headers", SHAPE_NAMES, SHAPE_UNLESS, in_query, .inner = &header_shape,
      .summary = "The headers with the credential" },
    { "query", SHAPE_NAMES, .inner = &text_shape, .summary = "Parameters with the credential" },
    { "certificate", SHAPE_MAP, .inner = http_options_certificate_keys,
      .summary = "The client certificate" },
    { "token", SHAPE_MAP, .inner = http_options_token_keys, .summary = "The request for a token" },
    { "oauth", SHAPE_MAP, .inner = http_options_oauth_keys,
      .summary = "A person's sign-in with a browser" },
    { "check", SHAPE_MAP, SHAPE_UNLESS, with_token, .inner = http_options_check_keys,
      .summary = "The request that tries it" },
    { "rights", SHAPE_NAMES, .max = HTTP_OPTIONS_RIGHTS_MAX, .inner = &path_shape,
      .summary = "Paths that it must be able to read" },
    { "revoke", SHAPE_MAP, SHAPE_REQUIRED, .inner = http_options_revoke_keys,
      .summary = "How it ends" },
    OPTION("ca_file"),
    OPTION("timeout"),
    OPTION("retries"),
    OPTION("answers"),
    OPTION("retry_at"),
    { 0 },
};
