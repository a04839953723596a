/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The browser of an invitation: its cookie has the invitation's token and a nonce.
 */
#ifndef FOB_HUB_HUB_SESSION_H
#define FOB_HUB_HUB_SESSION_H

#include "hub/hub_request.h"

/* Of one request; to be wiped by hub_session_end(). */
struct hub_session {
    unsigned char id[SPOOL_ID];
    unsigned char token[SPOOL_TOKEN];
    unsigned char nonce[SPOOL_NONCE];
    char name[SPOOL_ID_TEXT + 1];
    struct hub_card card;
    struct hub_result result; /* without one, its ID is NULL */
    bool mine;                /* the result is about this browser */
};

enum hub_session_found {
    HUB_SESSION_GOOD,
    HUB_SESSION_NO_COOKIE,
    HUB_SESSION_NO_CARD,
    HUB_SESSION_TROUBLE, /* the spool cannot be read */
};
/* Begin the session of the cookie for the invitation ID. */
enum hub_session_found hub_session_begin(const struct hub *hub, const struct hub_request *request,
                                         const unsigned char id[static SPOOL_ID],
                                         struct hub_session *session);
/* Begin the session of a link with the SIZE characters of a token at TEXT.  A good cookie keeps its
 * nonce.  COOKIE receives the cookie to set. */
enum hub_session_found hub_session_enter(const struct hub *hub, const struct hub_request *request,
                                         struct span text, struct hub_session *session,
                                         char cookie[static 256]);
void hub_session_end(struct hub_session *session);

/* The value of the form's field check, 64 hexadecimal digits. */
void hub_session_check(const struct hub_session *session, char check[static 2 * SPOOL_HASH + 1]);
/* Whether the request comes from a page of this hub, as far as its headers say. */
bool hub_session_is_own(const struct hub *hub, const struct hub_request *request);

#endif
