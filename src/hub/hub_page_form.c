/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes the form. */
#include "config.h"

#include "hub/hub_page.h"

#include <string.h>

/* What the field is to have: what was typed, the result's echo, or the card's default. */
static struct span hub_page_form_value(const struct hub_page *page,
                                       const struct hub_page_fill *fill,
                                       const struct card_field *field)
{
    struct span typed = { NULL, 0 };

    if (fill->form != NULL && (!field->secret || fill->secrets))
        typed = hub_form_field(fill->form, field->name);
    if (typed.data != NULL)
        return typed;
    for (size_t i = 0; page->result != NULL && !field->secret && i < page->result->echo_count;
         i++) {
        if (strcmp(page->result->echo[i].name, field->name) == 0)
            return wire_text(page->result->echo[i].value);
    }
    return wire_text(field->secret ? "" : field->value);
}

/* What is wrong with the field at INDEX; NULL for nothing. */
static const char *hub_page_form_fault(const struct hub_page *page,
                                       const struct hub_page_fill *fill, size_t index)
{
    const struct card_result *result = page->result;

    if (fill->faults != NULL)
        return fill->faults->fields[index];
    for (size_t i = 0; fill->form == NULL && result != NULL && i < result->error_count; i++) {
        if (strcmp(result->errors[i].name, page->card->fields[index].name) == 0)
            return result->errors[i].value;
    }
    return NULL;
}

static void hub_page_form_paragraph(struct hub_page *page, const char *text)
{
    if (text[0] == '\0')
        return;
    hub_html_set(&page->values, 'X', text);
    hub_html_fill(page->out, "<p>{X}</p>", &page->values);
}

/* Links to the fields with faults. */
static void hub_page_form_faults(struct hub_page *page, const struct hub_page_fill *fill)
{
    bool any = false;

    for (size_t i = 0; i < page->card->field_count; i++) {
        const char *fault = hub_page_form_fault(page, fill, i);

        if (fault == NULL)
            continue;
        strbuf_add_text(page->out, any ? "<li>" : "<ul><li>");
        any = true;
        hub_html_set(&page->values, 'X', page->card->fields[i].name);
        hub_html_fill(page->out, "<a href=\"#f.{X}\">", &page->values);
        hub_html_set(&page->values, 'N', page->card->fields[i].title);
        hub_html_set(&page->values, 'X', fault);
        hub_page_put(page, "", TEXT_FIELD_FAULT, "</a></li>");
    }
    if (fill->faults != NULL && fill->faults->pin != NULL) {
        strbuf_add_text(page->out, any ? "<li>" : "<ul><li>");
        any = true;
        hub_html_set(&page->values, 'X', fill->faults->pin);
        hub_html_fill(page->out, "<a href=\"#pin\">{X}</a></li>", &page->values);
    }
    strbuf_add_text(page->out, any ? "</ul>" : "");
}

/* What the result says. */
static void hub_page_form_result(struct hub_page *page)
{
    const struct card_result *result = page->result;

    hub_page_form_paragraph(page, result->message);
    if (result->says[0] != '\0') {
        hub_html_set(&page->values, 'X', result->says);
        hub_page_put(page, "<p>", TEXT_SAYS, "</p>");
    }
    hub_page_form_paragraph(page, result->hint);
    if (result->left > 0)
        hub_page_put(page, "<p>", result->left == 1 ? TEXT_LAST_TRY : TEXT_TRIES, "</p>");
}

static void hub_page_form_problem(struct hub_page *page, const struct hub_page_fill *fill)
{
    const bool retry = page->result != NULL && page->result->state == CARD_RETRY;

    if (!retry && fill->faults == NULL && !fill->lost)
        return;
    hub_page_put(page, "<div role=\"alert\" id=\"problem\" tabindex=\"-1\" class=\"problem\"><h2>",
                 TEXT_PROBLEM, "</h2>");
    if (fill->lost)
        hub_page_put(page, "<p>", TEXT_NOT_KEPT, "</p>");
    else if (fill->faults != NULL)
        hub_page_put(page, "<p>", TEXT_CHECK_FIELDS, "</p>");
    else
        hub_page_form_result(page);
    hub_page_form_faults(page, fill);
    strbuf_add_text(page->out, "</div>\n");
}

/* A field's attributes; its name is in N, its help and its fault have their own elements. */
static void hub_page_form_attributes(struct hub_page *page, const struct card_field *field,
                                     bool help, const char *fault)
{
    struct strbuf *out = page->out;

    hub_html_set(&page->values, 'X', field->name);
    hub_html_fill(out, " id=\"f.{X}\" name=\"f.{X}\"", &page->values);
    if (!field->optional)
        strbuf_add_text(out, " required");
    strbuf_printf(out, " maxlength=\"%u\"", field->max);
    if (help || fault != NULL) {
        strbuf_add_text(out, " aria-describedby=\"");
        if (fault != NULL)
            hub_html_fill(out, help ? "e.{X} h.{X}" : "e.{X}", &page->values);
        else
            hub_html_fill(out, "h.{X}", &page->values);
        strbuf_add_text(out, "\"");
    }
    if (fault != NULL)
        strbuf_add_text(out, " aria-invalid=\"true\"");
    strbuf_add_text(out, " autocomplete=\"off\" spellcheck=\"false\" autocapitalize=\"none\""
                         " autocorrect=\"off\"");
}

static void hub_page_form_choices(struct hub_page *page, const struct card_field *field,
                                  struct span value)
{
    hub_page_put(page, "><option value=\"\">", TEXT_CHOOSE, "</option>");
    for (const char *const *choice = field->choices; *choice != NULL; choice++) {
        const bool chosen =
            value.size == strlen(*choice) && memcmp(value.data, *choice, value.size) == 0;

        hub_html_set(&page->values, 'X', *choice);
        hub_html_fill(page->out, chosen ? "<option selected>{X}</option>" : "<option>{X}</option>",
                      &page->values);
    }
    strbuf_add_text(page->out, "</select>");
}

/* The control itself, with VALUE. */
static void hub_page_form_control(struct hub_page *page, const struct card_field *field,
                                  struct span value, const char *fault)
{
    const bool help = field->description[0] != '\0' || field->example[0] != '\0';
    struct strbuf *out = page->out;

    if (field->choices != NULL) {
        strbuf_add_text(out, "<select");
        hub_page_form_attributes(page, field, help, fault);
        hub_page_form_choices(page, field, value);
    } else if (field->lines > 1) {
        strbuf_printf(out, "<textarea rows=\"%u\"", field->lines);
        hub_page_form_attributes(page, field, help, fault);
        /* The first newline of a textarea is ignored. */
        strbuf_add_text(out, ">\n");
        hub_html_text(out, value);
        strbuf_add_text(out, "</textarea>");
    } else {
        strbuf_add_text(out, field->secret ? "<input type=\"password\"" : "<input type=\"text\"");
        hub_page_form_attributes(page, field, help, fault);
        strbuf_add_text(out, " value=\"");
        hub_html_text(out, value);
        strbuf_add_text(out, "\">");
    }
    if (field->secret && field->choices == NULL && field->lines <= 1) {
        hub_html_set(&page->values, 'X', field->name);
        hub_html_fill(out,
                      "<button type=\"button\" class=\"reveal\" aria-pressed=\"false\""
                      " aria-controls=\"f.{X}\" hidden>",
                      &page->values);
        hub_page_put(page, "", TEXT_SHOW, "</button>");
    }
}

static void hub_page_form_help(struct hub_page *page, const struct card_field *field,
                               const char *fault)
{
    struct strbuf *out = page->out;

    if (field->description[0] != '\0' || field->example[0] != '\0') {
        hub_html_set(&page->values, 'X', field->name);
        hub_html_fill(out, "<p class=\"help\" id=\"h.{X}\">", &page->values);
        hub_html_text(out, wire_text(field->description));
        hub_html_set(&page->values, 'X', field->example);
        if (field->example[0] != '\0')
            hub_page_put(page, " ", TEXT_EXAMPLE, "");
        strbuf_add_text(out, "</p>");
    }
    if (fault != NULL) {
        hub_html_set(&page->values, 'X', field->name);
        hub_html_fill(out, "<p class=\"fault\" id=\"e.{X}\">", &page->values);
        hub_html_text(out, wire_text(fault));
        strbuf_add_text(out, "</p>");
    }
}

static void hub_page_form_field(struct hub_page *page, const struct hub_page_fill *fill,
                                size_t index)
{
    const struct card_field *field = &page->card->fields[index];
    const char *fault = hub_page_form_fault(page, fill, index);
    struct strbuf *out = page->out;

    hub_html_set(&page->values, 'N', field->title);
    hub_html_set(&page->values, 'X', field->name);
    hub_html_fill(out, "<div class=\"field\"><label for=\"f.{X}\">{N}", &page->values);
    if (field->prefix[0] != '\0' || field->suffix[0] != '\0') {
        strbuf_add_text(out, " <span class=\"affix\">");
        hub_html_text(out, wire_text(field->prefix));
        strbuf_add_text(out, "…");
        hub_html_text(out, wire_text(field->suffix));
        strbuf_add_text(out, "</span>");
    }
    if (field->optional)
        hub_page_put(page, " ", TEXT_OPTIONAL, "");
    strbuf_add_text(out, "</label>");
    hub_page_form_help(page, field, fault);
    hub_page_form_control(page, field, hub_page_form_value(page, fill, field), fault);
    strbuf_add_text(out, "</div>\n");
}

static void hub_page_form_pin(struct hub_page *page, const struct hub_page_fill *fill)
{
    const bool bad = fill->faults != NULL && fill->faults->pin != NULL;

    hub_page_put(page, "<div class=\"field\"><label for=\"pin\">", TEXT_PIN, "</label>");
    hub_page_put(page, "<p class=\"help\" id=\"h.pin\">", TEXT_PIN_HELP, "</p>");
    strbuf_add_text(page->out,
                    "<input id=\"pin\" name=\"pin\" inputmode=\"numeric\" maxlength=\"32\""
                    " autocomplete=\"one-time-code\" required aria-describedby=\"h.pin\"");
    strbuf_add_text(page->out, bad ? " aria-invalid=\"true\"></div>\n" : "></div>\n");
}

static void hub_page_form_fields(struct hub_page *page, const struct hub_page_fill *fill)
{
    const struct card *card = page->card;

    hub_html_set(&page->values, 'X', card->id);
    hub_html_fill(page->out,
                  "<form id=\"form\" method=\"post\" action=\"/s/{X}\" autocomplete=\"off\">",
                  &page->values);
    if (card->field_count > 0 || card->pin) {
        hub_page_put(page, "<h2>", card->signin ? TEXT_COMPANY : TEXT_KEYS, "</h2>");
        hub_page_put(page, "<p>", TEXT_REQUIRED, "</p>\n");
    }
    for (size_t i = 0; i < card->field_count; i++)
        hub_page_form_field(page, fill, i);
    if (card->pin)
        hub_page_form_pin(page, fill);
    if (card->signin)
        hub_page_put(page, "<p>", TEXT_SIGNIN_HELP, "</p>\n");
    strbuf_printf(page->out,
                  "<input type=\"hidden\" name=\"once\" value=\"%s\">"
                  "<input type=\"hidden\" name=\"check\" value=\"%s\">",
                  fill->once, fill->check);
    hub_page_put(page, "<button type=\"submit\">", card->signin ? TEXT_BUTTON_SIGNIN : TEXT_BUTTON,
                 "</button></form>\n");
}

static void hub_page_form_aside(struct hub_page *page)
{
    const struct card_site *site = page->site;

    hub_page_put(page, "<aside aria-labelledby=\"happens\"><h2 id=\"happens\">", TEXT_WHAT_HAPPENS,
                 "</h2>");
    hub_page_put(page, "<p>", TEXT_ENCRYPTED, " ");
    hub_page_put(page, "", TEXT_ADDRESS, "</p>\n");
    hub_page_put(page, "<p>", TEXT_VALID, " ");
    if (site->contact[0] != '\0')
        hub_page_put(page, "", TEXT_QUESTIONS, " ");
    if (hub_html_is_link(site->privacy, page->loopback)) {
        hub_html_set(&page->values, 'X', site->privacy);
        hub_html_fill(page->out, "<a rel=\"noopener noreferrer external\" href=\"{X}\">",
                      &page->values);
        hub_page_put(page, "", TEXT_PRIVACY, "</a>");
    }
    strbuf_add_text(page->out, "</p></aside>\n");
}

void hub_page_form(struct hub_page *page, const struct hub_page_fill *fill)
{
    const struct card *card = page->card;
    struct strbuf *out = page->out;

    hub_page_open(page, strcmp(card->kind, "relink") == 0 ? TEXT_CONNECT_AGAIN : TEXT_CONNECT, "");
    strbuf_add_text(out, "<p>");
    if (card->to[0] != '\0')
        hub_page_put(page, "", TEXT_HELLO, "");
    hub_page_put(page, "", card->label[0] != '\0' ? TEXT_ASKS_FOR : TEXT_ASKS, "</p>\n");
    if (card->note[0] != '\0') {
        strbuf_add_text(out, "<div class=\"note\">");
        hub_html_guide(out, card->note);
        strbuf_add_text(out, "</div>\n");
    }
    hub_page_form_problem(page, fill);
    if (card->guide[0] != '\0') {
        hub_page_put(page, "<section aria-labelledby=\"how\"><h2 id=\"how\">",
                     card->signin ? TEXT_GUIDE_SIGNIN : TEXT_GUIDE, "</h2>");
        hub_html_guide(out, card->guide);
        strbuf_add_text(out, "</section>\n");
    }
    hub_page_form_fields(page, fill);
    hub_page_form_aside(page);
    hub_page_close(page);
}
