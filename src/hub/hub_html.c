/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Escapes text, fills templates, and makes links. */
#include "config.h"

#include "hub/hub_html.h"

#include <stdlib.h>
#include <string.h>

/* Lines of a guide that are indented further stand by themselves. */
#define GUIDE_INDENT 4

void hub_html_text(struct strbuf *out, struct span text)
{
    const char *from = text.data;
    size_t plain = 0;

    for (size_t i = 0; i < text.size; i++) {
        const char *entity = from[i] == '&'    ? "&amp;"
                             : from[i] == '<'  ? "&lt;"
                             : from[i] == '>'  ? "&gt;"
                             : from[i] == '"'  ? "&quot;"
                             : from[i] == '\'' ? "&#39;"
                                               : NULL;

        if (entity == NULL)
            continue;
        strbuf_add(out, from + plain, i - plain);
        strbuf_add_text(out, entity);
        plain = i + 1;
    }
    if (text.size > plain)
        strbuf_add(out, from + plain, text.size - plain);
}

void hub_html_set(struct hub_html_values *values, char letter, const char *text)
{
    values->letters[letter - 'A'] = text;
}

static const char *hub_html_get(const struct hub_html_values *values, char letter)
{
    const char *text = values->letters[letter - 'A'];

    return text != NULL ? text : "";
}

void hub_html_value(struct strbuf *out, const char *text, const struct hub_html_values *values)
{
    if (values->plain)
        strbuf_add_text(out, text);
    else
        hub_html_text(out, wire_text(text));
}

void hub_html_fill(struct strbuf *out, const char *template, const struct hub_html_values *values)
{
    const char *open;

    while ((open = strchr(template, '{')) != NULL) {
        strbuf_add(out, template, (size_t)(open - template));
        hub_html_value(out, hub_html_get(values, open[1]), values);
        template = open + sizeof "{X}" - 1;
    }
    strbuf_add_text(out, template);
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* The length of the host, and port, that TEXT begins with; 0 for none. */
static size_t hub_html_server_size(const char *text)
{
    size_t size = strspn(text, LETTERS ".-");

    if (size > 0 && text[size] == ':')
        size += 1 + strspn(text + size + 1, "0123456789");
    return size;
}

/* The length of the link that TEXT begins with; 0 for none. */
static size_t hub_html_link_size(const char *text, const char *scheme)
{
    const size_t begin = strlen(scheme);
    size_t size = begin;
    size_t server;

    if (strncmp(text, scheme, begin) != 0)
        return 0;
    server = hub_html_server_size(text + begin);
    if (server == 0)
        return 0;
    size += server;
    if (text[size] == '/' || text[size] == '?') {
        while (text[size] > ' ' && text[size] <= '~' && text[size] != '"' && text[size] != '<' &&
               text[size] != '>')
            size++;
    }
    return size;
}

bool hub_html_is_link(const char *text, bool loopback)
{
    size_t size = hub_html_link_size(text, "https://");

    if (size == 0 && loopback && strncmp(text, "http://127.", 11) == 0)
        size = hub_html_link_size(text, "http://");
    return size > 0 && text[size] == '\0';
}

/* Append the SIZE bytes at LINE with their addresses as links. */
static void hub_html_line(struct strbuf *out, const char *line, size_t size)
{
    const char *end = line + size;
    const char *at;

    while ((at = memmem(line, (size_t)(end - line), "https://", 8)) != NULL) {
        size_t length = hub_html_link_size(at, "https://");
        struct span link;

        /* The stop of a sentence is not part of its last word. */
        while (length > 0 && strchr(".,;:)", at[length - 1]) != NULL)
            length--;
        if (length == 0)
            length = 8;
        link = (struct span){ at, length };
        hub_html_text(out, (struct span){ line, (size_t)(at - line) });
        if (length > 8) {
            strbuf_add_text(out,
                            "<a rel=\"noopener noreferrer external\" target=\"_blank\" href=\"");
            hub_html_text(out, link);
            strbuf_add_text(out, "\">");
        }
        hub_html_text(out, link);
        if (length > 8)
            strbuf_add_text(out, " (opens in a new tab)</a>");
        line = at + length;
    }
    hub_html_text(out, (struct span){ line, (size_t)(end - line) });
}

/* The length of "N. " at the start of LINE; 0 for none. */
static size_t hub_html_number_size(const char *line)
{
    const size_t digits = strspn(line, "0123456789");

    return digits > 0 && digits <= 3 && line[digits] == '.' && line[digits + 1] == ' ' ? digits + 2
                                                                                       : 0;
}

/* What is open in a guide. */
struct guide {
    struct strbuf *out;
    bool list;
    bool block; /* an item of the list, or a paragraph */
    bool deep;  /* its last line is indented so far that it stands by itself: a command */
};

static void hub_html_end_block(struct guide *guide)
{
    if (guide->block)
        strbuf_add_text(guide->out, guide->list ? "</li>\n" : "</p>\n");
    guide->block = guide->deep = false;
}

/* Begin an item, whose "N. " has NUMBER bytes at LINE, or a paragraph if that is 0. */
static void hub_html_begin_block(struct guide *guide, const char *line, size_t number)
{
    hub_html_end_block(guide);
    if (guide->list && number == 0)
        strbuf_add_text(guide->out, "</ol>");
    else if (!guide->list && number > 0 && strncmp(line, "1.", 2) == 0)
        strbuf_add_text(guide->out, "<ol>");
    else if (!guide->list && number > 0)
        strbuf_printf(guide->out, "<ol start=\"%lu\">", strtoul(line, NULL, 10));
    guide->list = number > 0;
    guide->block = true;
    strbuf_add_text(guide->out, guide->list ? "<li>" : "<p>");
}

void hub_html_guide(struct strbuf *out, const char *text)
{
    struct guide guide = { .out = out };

    for (; *text != '\0'; text += *text == '\n') {
        const size_t size = strcspn(text, "\n");
        const size_t blanks = strspn(text, " ");
        const size_t number = hub_html_number_size(text);
        const bool deep = blanks > GUIDE_INDENT;

        if (blanks < size && blanks > 0 && guide.block)
            strbuf_add_text(out, deep || guide.deep ? "<br>\n" : "\n");
        else if (blanks < size)
            hub_html_begin_block(&guide, text, number);
        else
            hub_html_end_block(&guide);
        if (blanks < size)
            hub_html_line(out, text + blanks + number, size - blanks - number);
        guide.deep = deep;
        text += size;
    }
    hub_html_end_block(&guide);
    if (guide.list)
        strbuf_add_text(out, "</ol>");
}
