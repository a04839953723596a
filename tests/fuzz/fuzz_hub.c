/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fuzzes what fob-hub reads: forms, heads of requests, and cards and results for its pages. */
#include "config.h"

#include "hub/hub_card.h"
#include "hub/hub_form.h"
#include "hub/hub_html.h"
#include "hub/hub_request.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing outside a body is read, and values that fit are single lines. */
static void read_form(const uint8_t *data, size_t size)
{
    static const char *const choices[] = { "eu", "us", NULL };
    static const struct card_field fields[] = {
        { .name = "client_id", .max = 100, .lines = 1 },
        { .name = "client_secret", .max = 100, .lines = 5, .secret = true },
        { .name = "region", .max = 10, .choices = choices, .optional = true },
    };
    const struct card card = { .fields = fields, .field_count = 3, .pin = true };
    static struct hub_form form;
    struct hub_form_faults faults;
    char *body = malloc(size + 1);

    if (body == NULL)
        abort();
    memcpy(body, data, size);
    if (hub_form_parse(body, size, &form) && hub_form_fits(&form, &card) &&
        hub_form_check(&form, &card, &faults)) {
        const struct span value = hub_form_field(&form, "client_id");

        if (value.size == 0 || value.size > 100 || memchr(value.data, '\n', value.size) != NULL ||
            memchr(value.data, '\0', value.size) != NULL)
            abort();
    }
    free(body);
}

static void read_files(struct span text)
{
    static struct hub_card card;
    static struct hub_result result;
    struct hub_site site = { .json = NULL };

    card = (struct hub_card){ .json = NULL };
    result = (struct hub_result){ .json = NULL };
    (void)hub_card_parse_site(text, &site);
    if (hub_card_parse(text, &card) == FOB_SUCCESS && card.card.end[0] == '\0') {
        for (size_t i = 0; i < card.card.field_count; i++) {
            if (card.fields[i].name[0] == '\0' || card.fields[i].title[0] == '\0')
                abort();
        }
    }
    (void)hub_card_parse_result(text, &result);
    hub_card_free(&card, &result);
    hub_card_free_site(&site);
}

/* Text never opens a tag of its own. */
static void write_guide(const char *text)
{
    struct strbuf out = STRBUF_INIT;
    static const char *const known[] = { "<ol>", "<ol start=\"", "</ol>", "<li>",    "</li>",
                                         "<p>",  "</p>",         "<br>",  "<a rel=", "</a>" };

    hub_html_guide(&out, text);
    for (const char *at = out.data; at != NULL && (at = strchr(at, '<')) != NULL; at++) {
        bool found = false;

        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            found = found || strncmp(at, known[i], strlen(known[i])) == 0;
        if (!found)
            abort();
    }
    strbuf_free(&out);
}

/* Lines of TEXT: the address, then headers. */
static void check_request(char *text)
{
    struct hub_request *request = calloc(1, sizeof *request);
    char *next;

    if (request == NULL || secret_alloc(strcspn(text, "\n"), &request->uri) != FOB_SUCCESS)
        abort();
    memcpy(secret_buffer(request->uri), text, fob_secret_size(request->uri));
    request->method = HUB_POST;
    for (char *line = strchr(text, '\n'); line != NULL; line = next) {
        char *colon = strchr(++line, ':');

        next = strchr(line, '\n');
        if (colon == NULL || (next != NULL && colon > next))
            break;
        *colon = '\0';
        if (next != NULL)
            *next = '\0';
        hub_request_header(request, line, (size_t)(colon - line), colon + 1);
    }
    if (hub_request_check(request, "https://hub.example") == 0 &&
        (hub_request_length(request) < 0 || request->encoded))
        abort();
    hub_request_free(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    if (text == NULL)
        abort();
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    read_form(data, size);
    read_files((struct span){ data, size });
    write_guide(text);
    (void)hub_html_is_link(text, true);
    check_request(text);
    free(text);
    return 0;
}
