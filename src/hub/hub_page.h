/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The pages.
 */
#ifndef FOB_HUB_HUB_PAGE_H
#define FOB_HUB_HUB_PAGE_H

#include "hub/hub_card.h"
#include "hub/hub_form.h"
#include "hub/hub_html.h"
#include "hub/hub_text.h"

/* What a page is about. */
struct hub_page {
    struct strbuf *out;
    const struct card_site *site;
    const struct card *card;          /* NULL for a page of no invitation */
    const struct card_result *result; /* NULL unless the result is of this browser */
    const char *drop;                 /* of a page that waits */
    bool loopback;                    /* links may lead to this machine */
    struct hub_html_values values;    /* see hub_text.h */
    char host[256];
    char expires[64];
    char until[64];
    char left[16];
};
/* Begin a page about CARD, RESULT and DROP, which may be NULL. */
void hub_page_begin(struct hub_page *page, struct strbuf *out, const struct card_site *site);
void hub_page_about(struct hub_page *page, const struct card *card,
                    const struct card_result *result);

/* What the form shows besides the card. */
struct hub_page_fill {
    const char *once;
    const char *check;
    const struct hub_form *form;          /* what was typed, or NULL */
    const struct hub_form_faults *faults; /* of that, or NULL */
    bool secrets;                         /* show what was typed into secret fields, too */
    bool lost;                            /* it could not be kept */
};
void hub_page_form(struct hub_page *page, const struct hub_page_fill *fill);
/* The page that waits for the drop; LATE if nobody has taken it for a while. */
void hub_page_wait(struct hub_page *page, bool late);
/* The text of that page. */
void hub_page_wait_text(struct hub_page *page, bool late, struct strbuf *out);
/* The page that leads to the provider's sign-in. */
void hub_page_signin(struct hub_page *page);
/* The end of the invitation in STATE; OTHER for a browser that did not connect it. */
void hub_page_end(struct hub_page *page, enum card_state state, bool other);
/* A page with a title and a text. */
void hub_page_message(struct hub_page *page, enum hub_text title, enum hub_text text);
/* The page for a callback that this browser did not begin; ADDRESS is that of the callback. */
void hub_page_elsewhere(struct hub_page *page, const char *address);

/* For hub_page_form.c: the beginning and the end of each page. */
void hub_page_put(struct hub_page *page, const char *before, enum hub_text text, const char *after);
void hub_page_open(struct hub_page *page, enum hub_text title, const char *refresh);
void hub_page_close(struct hub_page *page);

#endif
