/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes the answers that several routes give. */
#include "config.h"

#include "hub/hub_answer.h"

#include "util/array.h"
#include "util/base64.h"
#include "util/secret.h"

#include <string.h>
#include <sys/random.h>

#define BUSY_S 20

void hub_answer_page(struct hub *hub, struct hub_session *session, struct hub_answer *answer,
                     struct hub_page *page)
{
    hub_page_begin(page, &answer->body, &hub->site.site);
    page->loopback = hub->loopback;
    if (session != NULL)
        hub_page_about(page, &session->card.card, session->mine ? &session->result.result : NULL);
}

/* A page with no more than a title and a text. */
void hub_answer_message(struct hub *hub, unsigned status, enum hub_text title,
                        struct hub_answer *answer)
{
    struct hub_page page;

    hub_answer_page(hub, NULL, answer, &page);
    answer->status = status;
    /* Each title has its text after it in the table. */
    hub_page_message(&page, title, title + 1);
}

void hub_answer_refuse(struct hub *hub, struct hub_request *request, unsigned status,
                       struct hub_answer *answer)
{
    static const struct {
        unsigned status;
        enum hub_text title;
    } pages[] = {
        { 403, TEXT_FOREIGN }, { 404, TEXT_NOWHERE }, { 429, TEXT_OFTEN },
        { 500, TEXT_TROUBLE }, { 503, TEXT_TROUBLE },
    };
    enum hub_text title = TEXT_BAD;

    for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
        if (pages[i].status == status)
            title = pages[i].title;
    }
    if (request->route == NULL)
        request->route = "-";
    if (status == 405 && answer->allow == NULL)
        answer->allow = "GET, HEAD, POST";
    if (hub->site.json != NULL)
        hub_answer_message(hub, status, title, answer);
    answer->status = status;
}

void hub_answer_busy(struct hub *hub, struct hub_request *request, struct hub_answer *answer)
{
    request->route = "/s/ID";
    answer->retry = BUSY_S;
    hub_answer_message(hub, 503, TEXT_BUSY, answer);
}

void hub_answer_redirect(struct hub_answer *answer, const struct hub_session *session,
                         const char *drop)
{
    answer->status = 303;
    strbuf_printf(&answer->location, drop != NULL ? "/s/%s/w/%s" : "/s/%s", session->name,
                  drop != NULL ? drop : "");
}

/* The end that the session's invitation has; CARD_STATES for none. */
enum card_state hub_answer_ended(const struct hub_session *session, int grace)
{
    const struct card_result *result = &session->result.result;
    const struct card *card = &session->card.card;

    if (session->result.json != NULL && result->state >= CARD_DONE)
        return result->state;
    for (int i = CARD_DONE; i < CARD_STATES; i++) {
        if (strcmp(card->end, card_state_name((enum card_state)i)) == 0)
            return (enum card_state)i;
    }
    return card->end[0] != '\0' || time(NULL) > card->expires + grace ? CARD_EXPIRED : CARD_STATES;
}

bool hub_answer_end(struct hub *hub, struct hub_session *session, int grace,
                    struct hub_answer *answer)
{
    const enum card_state state = hub_answer_ended(session, grace);
    struct hub_page page;

    if (state == CARD_STATES)
        return false;
    hub_answer_page(hub, session, answer, &page);
    answer->status = state == CARD_DONE ? 200 : 410;
    hub_page_end(&page, state, !session->mine);
    return true;
}

void hub_answer_form(struct hub *hub, struct hub_session *session, struct hub_page_fill *fill,
                     struct hub_answer *answer)
{
    char check[2 * SPOOL_HASH + 1];
    char once[SPOOL_NONCE_TEXT + 1];
    unsigned char random[SPOOL_NONCE];
    struct hub_page page;

    if (getrandom(random, sizeof random, 0) != sizeof random) {
        answer->status = 500;
        return;
    }
    base64_url_write(random, sizeof random, once);
    hub_session_check(session, check);
    fill->once = once;
    fill->check = check;
    hub_answer_page(hub, session, answer, &page);
    hub_page_form(&page, fill);
    secret_wipe(check, sizeof check);
}
