/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The answers that several routes give.
 */
#ifndef FOB_HUB_HUB_ANSWER_H
#define FOB_HUB_HUB_ANSWER_H

#include "hub/hub_page.h"
#include "hub/hub_request.h"
#include "hub/hub_session.h"

/* Begin a page, of SESSION unless that is NULL. */
void hub_answer_page(struct hub *hub, struct hub_session *session, struct hub_answer *answer,
                     struct hub_page *page);
/* A page with TITLE and the text after it in the table. */
void hub_answer_message(struct hub *hub, unsigned status, enum hub_text title,
                        struct hub_answer *answer);
/* The page of a refusal. */
void hub_answer_refuse(struct hub *hub, struct hub_request *request, unsigned status,
                       struct hub_answer *answer);
/* The page for a form whose body there was no memory for. */
void hub_answer_busy(struct hub *hub, struct hub_request *request, struct hub_answer *answer);
/* Lead to the page of the session or, unless that is NULL, of DROP. */
void hub_answer_redirect(struct hub_answer *answer, const struct hub_session *session,
                         const char *drop);
/* The end that the session's invitation has, GRACE seconds after it expired; CARD_STATES for none.
 */
enum card_state hub_answer_ended(const struct hub_session *session, int grace);
/* Answer with that end.  Returns false if there is none. */
bool hub_answer_end(struct hub *hub, struct hub_session *session, int grace,
                    struct hub_answer *answer);
/* The form, whose check and once this sets. */
void hub_answer_form(struct hub *hub, struct hub_session *session, struct hub_page_fill *fill,
                     struct hub_answer *answer);

#endif
