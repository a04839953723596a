/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes the state and the code challenge of a sign-in, and judges its answer. */
#include "config.h"

#include "core/session/sign_in.h"

#include "core/session/sign_in_query.h"
#include "store/crypto.h"
#include "util/address.h"
#include "util/array.h"
#include "util/base64.h"
#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "1"
#define STATE_BYTES 16
#define VERIFIER_BYTES 32
#define REDIRECT_MAX 2048
/* Of an invitation's ID and a dot. */
#define INVITATION_SIZE 33

enum word {
    WORD_FORMAT,
    WORD_PROVIDER,
    WORD_UNTIL,
    WORD_STATE,
    WORD_VERIFIER,
    WORD_REDIRECT,
    WORDS
};

/* Split PENDING into its words.  In a child of fork() it has none. */
static int sign_in_split(const struct fob_secret *pending, struct span words[static WORDS])
{
    const char *at = fob_secret_data(pending);
    const char *end = at + fob_secret_size(pending);

    for (int i = 0; i < WORDS; i++) {
        const char *blank = memchr(at, ' ', (size_t)(end - at));

        if ((blank == NULL) != (i == WORDS - 1))
            return error_set(FOB_INVALID, "this is no pending sign-in");
        words[i] = (struct span){ at, (size_t)((blank != NULL ? blank : end) - at) };
        at = blank != NULL ? blank + 1 : end;
    }
    return FOB_SUCCESS;
}

static bool sign_in_is(struct span word, const char *text)
{
    return word.size == strlen(text) && memcmp(word.data, text, word.size) == 0;
}

int sign_in_check(const struct fob_secret *pending, const char *provider)
{
    struct span words[WORDS];
    int code = sign_in_split(pending, words);

    if (code != FOB_SUCCESS)
        return code;
    if (!sign_in_is(words[WORD_FORMAT], FORMAT) ||
        (words[WORD_STATE].size != BASE64URL_SIZE(STATE_BYTES) &&
         words[WORD_STATE].size != INVITATION_SIZE + BASE64URL_SIZE(STATE_BYTES)) ||
        words[WORD_VERIFIER].size != BASE64URL_SIZE(VERIFIER_BYTES))
        return error_set(FOB_INVALID, "this is no pending sign-in");
    if (!sign_in_is(words[WORD_PROVIDER], provider))
        return error_set(FOB_INVALID, "the pending sign-in is at another provider than %s",
                         provider);
    return FOB_SUCCESS;
}

static int sign_in_make(const char *head, const char *state, const char *verifier,
                        const char *redirect_uri, struct fob_secret **pending)
{
    const char *const parts[] = { head, state, " ", verifier, " ", redirect_uri };
    struct fob_secret *new = NULL;
    int code = fob_secret_new("", 0, &new);

    for (size_t i = 0; i < ARRAY_SIZE(parts) && code == FOB_SUCCESS; i++)
        code = fob_secret_append(new, parts[i], strlen(parts[i]));
    if (code == FOB_SUCCESS)
        *pending = new;
    else
        fob_secret_free(new);
    return code;
}

/* The words before the state. */
static void sign_in_make_head(const char *provider, int64_t now, char *head, size_t room)
{
    snprintf(head, room, FORMAT " %s %" PRId64 " ", provider, now + SIGN_IN_LASTS_S);
}

int sign_in_begin(const char *provider, const char *invitation, const char *redirect_uri,
                  int64_t now, struct fob_secret **pending)
{
    unsigned char bytes[STATE_BYTES + VERIFIER_BYTES];
    char state[INVITATION_SIZE + BASE64URL_SIZE(STATE_BYTES) + 1];
    const size_t before = invitation[0] != '\0' ? INVITATION_SIZE : 0;
    char verifier[BASE64URL_SIZE(VERIFIER_BYTES) + 1];
    char head[FOB_NAME_MAX + 32];
    int code;

    if (address_fault(redirect_uri, 0) != NULL || strlen(redirect_uri) > REDIRECT_MAX ||
        strpbrk(redirect_uri, " #") != NULL)
        return error_set(FOB_INVALID, "%.200s: not a redirect URI", redirect_uri);
    code = crypto_ready();
    if (code == FOB_SUCCESS)
        code = crypto_random(bytes, sizeof bytes);
    if (code != FOB_SUCCESS)
        return code;
    (void)snprintf(state, sizeof state, "%.*s.", INVITATION_SIZE - 1, invitation);
    base64_url_write(bytes, STATE_BYTES, state + before);
    base64_url_write(bytes + STATE_BYTES, VERIFIER_BYTES, verifier);
    sign_in_make_head(provider, now, head, sizeof head);
    code = sign_in_make(head, state, verifier, redirect_uri, pending);
    secret_wipe(bytes, sizeof bytes);
    secret_wipe(state, sizeof state);
    secret_wipe(verifier, sizeof verifier);
    return code;
}

int sign_in_begin_rehearsed(const char *provider, const char *redirect_uri, int64_t now,
                            struct fob_secret **pending)
{
    char head[FOB_NAME_MAX + 32];

    sign_in_make_head(provider, now, head, sizeof head);
    /* The verifier is the example of RFC 7636. */
    return sign_in_make(head, "state-of-rehearsal-000",
                        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", redirect_uri, pending);
}

const char *sign_in_redirect_uri(const struct fob_secret *pending)
{
    return strrchr(fob_secret_data(pending), ' ') + 1;
}

static int sign_in_add(struct fob_secret *to, const char *name, struct span value)
{
    const char *data = value.data;
    const char separator = strchr(fob_secret_data(to), '?') == NULL ? '?' : '&';
    int code = fob_secret_append(to, &separator, 1);

    if (code == FOB_SUCCESS)
        code = fob_secret_append(to, name, strlen(name));
    if (code == FOB_SUCCESS)
        code = fob_secret_append(to, "=", 1);
    for (size_t i = 0; i < value.size && code == FOB_SUCCESS; i++) {
        char encoded[3];

        code = fob_secret_append(to, encoded, text_put_percent((unsigned char)data[i], encoded));
    }
    return code;
}

static int sign_in_add_challenge(struct fob_secret *to, struct span verifier)
{
    unsigned char hash[CRYPTO_HASH];
    char challenge[BASE64URL_SIZE(CRYPTO_HASH) + 1];
    int code = crypto_ready();

    if (code != FOB_SUCCESS)
        return code;
    crypto_sha256(verifier, hash);
    base64_url_write(hash, sizeof hash, challenge);
    code = sign_in_add(to, "code_challenge", wire_text(challenge));
    return code == FOB_SUCCESS ? sign_in_add(to, "code_challenge_method", wire_text("S256")) : code;
}

int sign_in_address(const struct fob_secret *pending, const struct fob_sign_in_request *request,
                    struct fob_secret **address)
{
    struct span words[WORDS];
    struct fob_secret *new = NULL;
    int code = fob_secret_new(request->address, strlen(request->address), &new);

    if (code == FOB_SUCCESS)
        code = sign_in_split(pending, words);
    if (code == FOB_SUCCESS)
        code = sign_in_add(new, "redirect_uri", words[WORD_REDIRECT]);
    if (code == FOB_SUCCESS)
        code = sign_in_add(new, "state", words[WORD_STATE]);
    if (code == FOB_SUCCESS && !request->plain)
        code = sign_in_add_challenge(new, words[WORD_VERIFIER]);
    if (code == FOB_SUCCESS)
        *address = new;
    else
        fob_secret_free(new);
    return code;
}

int sign_in_state(const struct fob_secret *pending, struct fob_secret **query)
{
    struct span words[WORDS];
    struct fob_secret *new = NULL;
    int code = fob_secret_new("", 0, &new);

    if (code == FOB_SUCCESS)
        code = sign_in_split(pending, words);
    if (code == FOB_SUCCESS)
        code = sign_in_add(new, "state", words[WORD_STATE]);
    if (code == FOB_SUCCESS)
        *query = new;
    else
        fob_secret_free(new);
    return code;
}

/* What an "error" of the answer means (RFC 6749, 4.1.2.1; OpenID Connect Core, 3.1.2.6). */
static const struct {
    const char *error;
    int code;
    const char *why;
} refusals[] = {
    { "access_denied", FOB_REJECTED,
      "access was not allowed; perhaps an administrator must allow it first" },
    { "login_required", FOB_UNAVAILABLE, "nobody signed in; begin again" },
    { "interaction_required", FOB_UNAVAILABLE, "nobody signed in; begin again" },
    { "consent_required", FOB_UNAVAILABLE, "nobody gave consent; begin again" },
    { "temporarily_unavailable", FOB_UNAVAILABLE, "the provider is not available now" },
    { "server_error", FOB_UNAVAILABLE, "the provider has a fault now" },
    { "invalid_scope", FOB_CONFIG, "the provider does not know a scope of its file" },
    { "unauthorized_client", FOB_CONFIG, "the registered app may not sign people in" },
    { "invalid_request", FOB_CONFIG, "the provider does not understand the request" },
    { "unsupported_response_type", FOB_CONFIG, "the provider gives no codes" },
};

static int sign_in_fail_refused(const struct sign_in_query *query, const char *error)
{
    char says[256] = "";
    size_t i = 0;

    while (i < ARRAY_SIZE(refusals) && strcmp(refusals[i].error, error) != 0)
        i++;
    snprintf(says, sizeof says, "%s%.200s", query->values[SIGN_IN_DESCRIPTION] != NULL ? ": " : "",
             query->values[SIGN_IN_DESCRIPTION] != NULL
                 ? fob_secret_data(query->values[SIGN_IN_DESCRIPTION])
                 : "");
    text_make_printable(says);
    if (i < ARRAY_SIZE(refusals))
        return error_set(refusals[i].code, "%s%s", refusals[i].why, says);
    return error_set(FOB_PROTOCOL, "the provider refuses the sign-in for an unknown reason%s",
                     says);
}

static int sign_in_fail_foreign(const char *what)
{
    error_set(FOB_NOT_ALLOWED, "this is not the answer to this sign-in: %s", what);
    error_hint("begin again, and use the browser's address of this time");
    return FOB_NOT_ALLOWED;
}

/* The value of a parameter, as a text without a NUL; NULL if there is none. */
static const char *sign_in_text(const struct sign_in_query *query, enum sign_in_parameter which)
{
    return query->values[which] != NULL ? fob_secret_data(query->values[which]) : NULL;
}

static int sign_in_check_issuer(const struct sign_in_query *query,
                                const struct fob_sign_in_request *request)
{
    const char *issuer = sign_in_text(query, SIGN_IN_ISS);

    if (issuer == NULL && request->needs_iss)
        return sign_in_fail_foreign("it does not say who gave it (iss)");
    if (issuer != NULL && request->issuer != NULL && strcmp(issuer, request->issuer) != 0)
        return sign_in_fail_foreign("another server gave it (iss)");
    return FOB_SUCCESS;
}

static int sign_in_judge(const struct span words[static WORDS], const struct sign_in_query *query,
                         const struct fob_sign_in_request *request, int64_t now)
{
    const struct fob_secret *state = query->values[SIGN_IN_STATE];
    const char *error = sign_in_text(query, SIGN_IN_ERROR);
    int code;

    if (state == NULL && error == NULL && query->values[SIGN_IN_CODE] == NULL)
        return error_set(FOB_PROTOCOL, "this is not the address at the end of a sign-in");
    if (state == NULL)
        return sign_in_fail_foreign("it has no state");
    if (!secret_equal(fob_secret_data(state), fob_secret_size(state), words[WORD_STATE].data,
                      words[WORD_STATE].size))
        return sign_in_fail_foreign("it has another state");
    if (now > strtoll(words[WORD_UNTIL].data, NULL, 10))
        return error_set(FOB_UNAVAILABLE, "the sign-in took longer than %d minutes",
                         SIGN_IN_LASTS_S / 60);
    code = sign_in_check_issuer(query, request);
    if (code != FOB_SUCCESS)
        return code;
    if (error != NULL)
        return sign_in_fail_refused(query, error);
    if (query->values[SIGN_IN_CODE] == NULL || fob_secret_size(query->values[SIGN_IN_CODE]) == 0)
        return error_set(FOB_PROTOCOL, "the answer to the sign-in has neither a code nor an error");
    return FOB_SUCCESS;
}

int sign_in_finish(const struct fob_secret *pending, const struct fob_sign_in_request *request,
                   const struct fob_secret *text, int64_t now, struct fob_sign_in_answer *answer)
{
    struct fob_sign_in_answer new = { .size = sizeof new };
    struct sign_in_query query = { .values = { NULL } };
    struct span words[WORDS];
    int code = sign_in_split(pending, words);

    if (code == FOB_SUCCESS)
        code = sign_in_query_read(text, words[WORD_REDIRECT], &query);
    if (code == FOB_SUCCESS)
        code = sign_in_judge(words, &query, request, now);
    if (code == FOB_SUCCESS)
        code =
            fob_secret_new(words[WORD_REDIRECT].data, words[WORD_REDIRECT].size, &new.redirect_uri);
    if (code == FOB_SUCCESS)
        code = fob_secret_new(words[WORD_VERIFIER].data, words[WORD_VERIFIER].size, &new.verifier);
    if (code == FOB_SUCCESS) {
        new.code = query.values[SIGN_IN_CODE];
        query.values[SIGN_IN_CODE] = NULL;
        *answer = new;
    } else {
        fob_secret_free(new.redirect_uri);
        fob_secret_free(new.verifier);
    }
    sign_in_query_clear(&query);
    return code;
}
