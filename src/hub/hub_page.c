/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes every page but the form. */
#include "config.h"

#include "hub/hub_page.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* "Thursday 3 December 2026, 17:00 UTC" */
static void hub_page_date(int64_t when, char text[static 64])
{
    const time_t time = (time_t)when;
    struct tm parts;
    char month[40];

    if (gmtime_r(&time, &parts) == NULL || when <= 0) {
        text[0] = '\0';
        return;
    }
    strftime(month, sizeof month, "%B %Y, %H:%M UTC", &parts);
    strftime(text, 16, "%A ", &parts);
    snprintf(text + strlen(text), 64 - strlen(text), "%d %s", parts.tm_mday, month);
}

void hub_page_begin(struct hub_page *page, struct strbuf *out, const struct card_site *site)
{
    const char *host = strstr(site->url, "://");

    *page = (struct hub_page){ .out = out, .site = site };
    snprintf(page->host, sizeof page->host, "%s", host != NULL ? host + 3 : site->url);
    hub_html_set(&page->values, 'F', site->name);
    hub_html_set(&page->values, 'H', page->host);
    hub_html_set(&page->values, 'C', site->contact);
}

void hub_page_about(struct hub_page *page, const struct card *card,
                    const struct card_result *result)
{
    page->card = card;
    page->result = result;
    if (card->from != NULL && card->from[0] != '\0')
        hub_html_set(&page->values, 'F', card->from);
    hub_html_set(&page->values, 'T', card->title);
    hub_html_set(&page->values, 'O', card->to);
    hub_html_set(&page->values, 'L', card->label);
    hub_page_date(card->expires, page->expires);
    hub_html_set(&page->values, 'D', page->expires);
    if (result == NULL)
        return;
    hub_page_date(result->until, page->until);
    hub_html_set(&page->values, 'U', page->until);
    hub_html_set(&page->values, 'I', result->identity);
    snprintf(page->left, sizeof page->left, "%u", result->left);
    hub_html_set(&page->values, 'M', page->left);
}

void hub_page_put(struct hub_page *page, const char *before, enum hub_text text, const char *after)
{
    strbuf_add_text(page->out, before);
    hub_html_fill(page->out, hub_text(text), &page->values);
    strbuf_add_text(page->out, after);
}

void hub_page_open(struct hub_page *page, enum hub_text title, const char *refresh)
{
    struct strbuf *out = page->out;
    const bool form = title == TEXT_CONNECT || title == TEXT_CONNECT_AGAIN;

    strbuf_add_text(out,
                    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    hub_page_put(page, "<title>", title, "");
    hub_html_fill(out,
                  " – {F}</title><link rel=\"stylesheet\" href=\"/style.css\">"
                  "<script src=\"/hub.js\" defer></script>",
                  &page->values);
    strbuf_add_text(out, refresh);
    strbuf_add_text(out, "</head>\n<body>");
    if (form)
        hub_page_put(page, "<a class=\"skip\" href=\"#form\">", TEXT_SKIP, "</a>");
    strbuf_add_text(out, "<header>");
    hub_html_fill(out,
                  page->site->logo[0] != '\0' ? "<img src=\"/logo\" alt=\"{F}\">" : "<p>{F}</p>",
                  &page->values);
    hub_page_put(page, "</header>\n<main><h1>", title, "</h1>\n");
}

void hub_page_close(struct hub_page *page)
{
    strbuf_add_text(page->out, "</main></body></html>\n");
}

void hub_page_message(struct hub_page *page, enum hub_text title, enum hub_text text)
{
    hub_page_open(page, title, "");
    hub_page_put(page, "<p>", text, "</p>\n");
    hub_page_close(page);
}

void hub_page_wait_text(struct hub_page *page, bool late, struct strbuf *out)
{
    const struct card_result *result = page->result;

    if (result != NULL && result->message[0] != '\0')
        hub_html_value(out, result->message, &page->values);
    else if (page->until[0] != '\0')
        hub_html_fill(out, hub_text(TEXT_UNTIL), &page->values);
    else
        hub_html_fill(out, hub_text(late ? TEXT_LATE : TEXT_SECONDS), &page->values);
}

void hub_page_wait(struct hub_page *page, bool late)
{
    hub_page_open(page, TEXT_CHECKING, "");
    strbuf_add_text(page->out, "<p role=\"status\" id=\"status\">");
    hub_page_wait_text(page, late, page->out);
    hub_page_put(page, "</p>\n<p><a class=\"button\" id=\"again\" href=\"\">", TEXT_CHECK_AGAIN,
                 "</a></p>\n");
    hub_page_close(page);
}

void hub_page_signin(struct hub_page *page)
{
    char address[128];
    char refresh[192];

    snprintf(address, sizeof address, "/s/%s/go/%s", page->card->id, page->drop);
    snprintf(refresh, sizeof refresh, "<meta http-equiv=\"refresh\" content=\"0;url=%s\">",
             address);
    hub_page_open(page, TEXT_CONTINUE, refresh);
    hub_page_put(page, "<p>", TEXT_GO, "</p>\n<p><a class=\"button\" href=\"");
    strbuf_add_text(page->out, address);
    hub_page_put(page, "\">", TEXT_CONTINUE, "</a></p>\n");
    hub_page_close(page);
}

void hub_page_end(struct hub_page *page, enum card_state state, bool other)
{
    const bool done = state == CARD_DONE && !other;
    const bool hold = done && page->result != NULL && page->result->hold;
    const char *next = page->card->return_url != NULL ? page->card->return_url : "";

    if (state == CARD_BLOCKED) {
        hub_page_message(page, TEXT_BLOCKED, TEXT_BLOCKED_TEXT);
        return;
    }
    if (!done) {
        hub_page_message(page, state == CARD_DONE ? TEXT_DONE_OTHER : TEXT_ENDED,
                         state == CARD_DONE ? TEXT_DONE_OTHER_TEXT : TEXT_ENDED_TEXT);
        return;
    }
    hub_page_open(page, hold ? TEXT_DONE_HOLD : TEXT_DONE, "");
    hub_page_put(page, "<p role=\"status\">", hold ? TEXT_DONE_HOLD_TEXT : TEXT_DONE_TEXT,
                 "</p>\n");
    if (hub_html_is_link(next, page->loopback)) {
        hub_html_set(&page->values, 'X', next);
        hub_html_fill(page->out, "<p><a class=\"button\" href=\"{X}\">", &page->values);
        hub_page_put(page, "", TEXT_RETURN, "</a></p>\n");
    }
    hub_page_close(page);
}

void hub_page_elsewhere(struct hub_page *page, const char *address)
{
    hub_page_open(page, TEXT_ELSEWHERE, "");
    hub_page_put(page, "<p>", TEXT_ELSEWHERE_TEXT, "</p>\n");
    hub_page_put(page, "<div class=\"field\"><label for=\"address\">", TEXT_ELSEWHERE_LABEL,
                 "</label>");
    hub_html_set(&page->values, 'X', address);
    hub_html_fill(page->out, "<input id=\"address\" readonly value=\"{X}\">", &page->values);
    hub_page_put(page, "<button type=\"button\" class=\"copy\" data-from=\"address\" hidden>",
                 TEXT_COPY, "</button></div>\n");
    hub_page_close(page);
}
