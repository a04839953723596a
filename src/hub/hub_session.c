/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds the session in a cookie, and makes the cookie. */
#include "config.h"

#include "hub/hub_session.h"

#include <fob/fob.h>

#include "util/base64.h"
#include "util/secret.h"
#include "util/text.h"

#include <gcrypt.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>

#define COOKIE "__Host-fob-"
#define COOKIE_SIZE (sizeof COOKIE - 1)
#define VALUE_SIZE (SPOOL_TOKEN_TEXT + 1 + SPOOL_NONCE_TEXT)
#define DAY 86400

/* The value of the cookie for the invitation NAME; NULL for none, or for two. */
static const char *hub_session_find(const char *cookies, const char *name, size_t *size)
{
    const char *found = NULL;

    while (cookies != NULL && *cookies != '\0') {
        cookies += strspn(cookies, "; \t");
        if (strncmp(cookies, COOKIE, COOKIE_SIZE) == 0 &&
            strncmp(cookies + COOKIE_SIZE, name, SPOOL_ID_TEXT) == 0 &&
            cookies[COOKIE_SIZE + SPOOL_ID_TEXT] == '=') {
            if (found != NULL)
                return NULL;
            found = cookies + COOKIE_SIZE + SPOOL_ID_TEXT + 1;
            *size = strcspn(found, "; \t");
        }
        cookies += strcspn(cookies, ";");
    }
    return found;
}

/* Read token and nonce of the cookie.  The token must be that of the ID. */
static bool hub_session_read(const struct hub_request *request, struct hub_session *session)
{
    unsigned char hash[SPOOL_HASH];
    size_t size = 0;
    const char *value = hub_session_find(request->headers[HUB_COOKIE], session->name, &size);

    if (value == NULL || size != VALUE_SIZE || value[SPOOL_TOKEN_TEXT] != '.' ||
        !base64_url_read(value, SPOOL_TOKEN_TEXT, session->token, SPOOL_TOKEN) ||
        !base64_url_read(value + SPOOL_TOKEN_TEXT + 1, SPOOL_NONCE_TEXT, session->nonce,
                         SPOOL_NONCE))
        return false;
    spool_name_hash(session->token, hash);
    return secret_equal(hash, SPOOL_ID, session->id, SPOOL_ID);
}

/* Read the card of the session, whose token must have the card's whole hash, and the result. */
static enum hub_session_found hub_session_read_card(const struct hub *hub,
                                                    struct hub_session *session)
{
    unsigned char hash[SPOOL_HASH];
    char text[2 * SPOOL_HASH + 1];
    int code = hub_card_read(&hub->spool, session->id, &session->card, &session->result);

    if (code == FOB_NOT_FOUND)
        return HUB_SESSION_NO_CARD;
    if (code != FOB_SUCCESS)
        return HUB_SESSION_TROUBLE;
    spool_name_hash(session->token, hash);
    text_hex(hash, sizeof hash, text);
    if (!secret_equal(text, 2 * SPOOL_HASH, session->card.card.hash, 2 * SPOOL_HASH))
        return HUB_SESSION_NO_CARD;
    spool_name_browser(session->nonce, hash);
    text_hex(hash, sizeof hash, text);
    session->mine =
        session->result.json != NULL && strcmp(session->result.result.browser, text) == 0;
    return HUB_SESSION_GOOD;
}

static void hub_session_name(const unsigned char id[static SPOOL_ID], struct hub_session *session)
{
    *session = (struct hub_session){ .mine = false };
    memcpy(session->id, id, SPOOL_ID);
    text_hex(id, SPOOL_ID, session->name);
}

enum hub_session_found hub_session_begin(const struct hub *hub, const struct hub_request *request,
                                         const unsigned char id[static SPOOL_ID],
                                         struct hub_session *session)
{
    hub_session_name(id, session);
    if (!hub_session_read(request, session))
        return HUB_SESSION_NO_COOKIE;
    return hub_session_read_card(hub, session);
}

/* The cookie lasts as long as the invitation, for a day at most. */
static void hub_session_write(const struct hub_session *session, char cookie[static 256])
{
    const int64_t left = session->card.card.expires - time(NULL);
    char token[SPOOL_TOKEN_TEXT + 1];
    char nonce[SPOOL_NONCE_TEXT + 1];

    base64_url_write(session->token, SPOOL_TOKEN, token);
    base64_url_write(session->nonce, SPOOL_NONCE, nonce);
    snprintf(cookie, 256,
             COOKIE "%s=%s.%s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%" PRId64,
             session->name, token, nonce, left > DAY || left <= 0 ? (int64_t)DAY : left);
    secret_wipe(token, sizeof token);
}

enum hub_session_found hub_session_enter(const struct hub *hub, const struct hub_request *request,
                                         struct span text, struct hub_session *session,
                                         char cookie[static 256])
{
    unsigned char token[SPOOL_TOKEN];
    unsigned char hash[SPOOL_HASH];
    enum hub_session_found found;

    if (!base64_url_read(text.data, text.size, token, sizeof token))
        return HUB_SESSION_NO_CARD;
    spool_name_hash(token, hash);
    hub_session_name(hash, session);
    if (!hub_session_read(request, session)) {
        memcpy(session->token, token, sizeof token);
        if (getrandom(session->nonce, SPOOL_NONCE, 0) != SPOOL_NONCE)
            return HUB_SESSION_TROUBLE;
    }
    secret_wipe(token, sizeof token);
    found = hub_session_read_card(hub, session);
    if (found == HUB_SESSION_GOOD)
        hub_session_write(session, cookie);
    return found;
}

void hub_session_end(struct hub_session *session)
{
    hub_card_free(&session->card, &session->result);
    secret_wipe(session->token, sizeof session->token);
}

void hub_session_check(const struct hub_session *session, char check[static 2 * SPOOL_HASH + 1])
{
    unsigned char hash[SPOOL_HASH];
    gcry_buffer_t parts[3] = {
        { .data = (void *)(uintptr_t)session->token, .len = SPOOL_TOKEN },
        { .data = (void *)(uintptr_t) "csrf", .len = 4 },
        { .data = (void *)(uintptr_t)session->nonce, .len = SPOOL_NONCE },
    };

    gcry_md_hash_buffers(GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC, hash, parts, 3);
    text_hex(hash, sizeof hash, check);
}

bool hub_session_is_own(const struct hub *hub, const struct hub_request *request)
{
    const char *site = request->headers[HUB_FETCH_SITE];
    const char *origin = request->headers[HUB_ORIGIN];

    return (site == NULL || strcmp(site, "same-origin") == 0) &&
           (origin == NULL || strcasecmp(origin, hub->site.site.url) == 0);
}
