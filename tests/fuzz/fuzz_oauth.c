/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fuzzes what comes back from a sign-in: the query of the callback, and the answer with the tokens.
 */
#include "config.h"

#include "core/session/sign_in_query.h"
#include "exchange.h"
#include "http/response.h"
#include "oauth_grant.h"
#include "template.h"
#include "token_call.h"
#include "util/array.h"
#include "util/tree.h"

#include "fuzz_text.h"
#include "worker_handle.h"

#include <stdlib.h>
#include <string.h>

#define REDIRECT "https://fob.example/callback/hr"
#define URL "https://hr.example/token"
#define VALUE_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
    if (!good)
        abort();
}

static struct fob_secret *secret_of(const char *text, size_t size)
{
    struct fob_secret *secret = NULL;

    must(fob_secret_new(text, size, &secret) == FOB_SUCCESS);
    return secret;
}

/* Values have no NUL, and each is in the text once. */
static void fuzz_query(char *text, size_t size)
{
    struct sign_in_query query = { { NULL } };
    struct fob_secret *secret = secret_of(text, size);

    if (sign_in_query_read(secret, (struct span){ REDIRECT, sizeof REDIRECT - 1 }, &query) !=
        FOB_SUCCESS)
        must(fob_error()[0] != '\0');
    for (size_t i = 0; i < SIGN_IN_PARAMETERS; i++) {
        const struct fob_secret *value = query.values[i];

        must(value == NULL || (fob_secret_size(value) <= VALUE_MAX &&
                               strlen(fob_secret_data(value)) == fob_secret_size(value)));
    }
    sign_in_query_clear(&query);
    fob_secret_free(secret);
}

/* The answer, in place of a provider's. */
static const char *answer;
static size_t answer_size;

/* The first line has the status, the others are headers and the body. */
int exchange_send_form(struct fob_handle *handle, const struct fob_node *node,
                       const struct exchange_form *form, struct fob_http **http,
                       struct fob_http_response **response)
{
    static const char type[] = "Content-Type: application/json\r\n";
    const int status = 200 + (unsigned char)answer[0] % 2 * 200;
    const char *head = status == 200 ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 400 Bad Request\r\n";

    (void)node;
    must(fob_secret_size(form->parameters) > 0 && fob_http_open_at(handle, URL, http) == 0);
    *response = response_new();
    must(*response != NULL && response_add_head(*response, head, strlen(head)) &&
         response_add_head(*response, type, strlen(type)) &&
         response_add_head(*response, "\r\n", 2) &&
         response_add_body(*response, answer + 1, answer_size - 1));
    return response_finish(*response, status);
}

int exchange_send(struct fob_handle *handle, const struct fob_node *node, struct fob_http **http,
                  struct fob_http_response **response)
{
    (void)handle;
    (void)node;
    (void)http;
    (void)response;
    abort();
}

static unsigned char *put_text(unsigned char *at, const char *text)
{
    return wire_put_item(at, TREE_STRING, text, strlen(text));
}

/* { scopes: [read, offline_access], refresh_token: required } */
static void put_oauth(struct frame_socket *host)
{
    unsigned char scopes[100];
    unsigned char members[200];
    unsigned char tree[300];
    unsigned char *at = put_text(put_text(scopes, "read"), "offline_access");

    at = wire_put_item(put_text(members, "scopes"), TREE_ARRAY, scopes, (size_t)(at - scopes));
    at = put_text(put_text(at, GRANT_REFRESH), "required");
    at = wire_put_item(tree, TREE_OBJECT, members, (size_t)(at - members));
    frame_put_pair(host, FRAME_SECRET_FIELD, wire_text(GRANT_ID), wire_text("id"));
    frame_put_pair(host, FRAME_SECRET_FIELD, wire_text(GRANT_SECRET), wire_text("s3cret"));
    frame_put_text(host, FRAME_OPTION, "oauth");
    frame_put_number(host, FRAME_OPTION_TYPE, FOB_OPTION_TREE, 1);
    frame_put(host, FRAME_OPTION_TREE, tree, (size_t)(at - tree));
}

/* Tokens are put all or not at all, and can be sent. */
static void check_tokens(const struct fob_handle *handle, int code)
{
    static const char *const names[] = { TEMPLATE_TOKEN, GRANT_REFRESH };

    must(fob_option_node(handle, "oauth") != NULL);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        int64_t ends = 0;
        const struct fob_secret *token = fob_token(handle, names[i], &ends);

        must((token != NULL) == (code == FOB_SUCCESS));
        must(token == NULL || (token_is_usable(fob_secret_data(token)) && ends >= 0));
    }
}

static void fuzz_answer(char *text, size_t size)
{
    struct fob_sign_in_answer back = { .size = sizeof back };
    struct fob_secret *missing = secret_of("", 0);
    struct worker_handle made;
    int code;

    if (size > 0) {
        answer = text;
        answer_size = size;
        back.code = secret_of("c0de", 4);
        back.redirect_uri = secret_of(REDIRECT, strlen(REDIRECT));
        back.verifier = secret_of("verifier", 8);
        worker_handle_begin(&made, FRAME_HOOK_LINK, put_oauth);
        code = oauth_grant_exchange(&made.handle, &back, missing);
        must(code == FOB_SUCCESS || fob_error()[0] != '\0');
        must(strcmp(fob_secret_data(missing), "") == 0 || code == FOB_SUCCESS);
        check_tokens(&made.handle, code);
        worker_handle_end(&made);
        fob_secret_free(back.code);
        fob_secret_free(back.redirect_uri);
        fob_secret_free(back.verifier);
    }
    fob_secret_free(missing);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_text_fn *const targets[] = { fuzz_query, fuzz_answer };

    return fuzz_text(data, size, targets, ARRAY_SIZE(targets));
}
