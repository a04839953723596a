/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes the site, cards and results as JSON. */
#include "config.h"

#include "spool/card_write.h"

#include "util/array.h"
#include "util/json_write.h"

#include <inttypes.h>
#include <string.h>

/* A member of an object after its first. */
static void card_put_name(struct strbuf *out, const char *name)
{
    strbuf_printf(out, ",\"%s\":", name);
}

static void card_put_value(struct strbuf *out, const char *text)
{
    json_write_string(out, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
}

static void card_put_text(struct strbuf *out, const char *name, const char *text)
{
    card_put_name(out, name);
    card_put_value(out, text);
}

/* Texts of an object, to be written in this order. */
struct card_text {
    const char *name;
    const char *text;
};

static void card_put_texts(struct strbuf *out, const struct card_text *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        card_put_text(out, texts[i].name, texts[i].text);
}

static void card_put_number(struct strbuf *out, const char *name, int64_t number)
{
    card_put_name(out, name);
    strbuf_printf(out, "%" PRId64, number);
}

static void card_put_flag(struct strbuf *out, const char *name, bool flag)
{
    card_put_name(out, name);
    strbuf_add_text(out, flag ? "true" : "false");
}

/* TEXTS end with NULL, or are NULL for none. */
static void card_put_list(struct strbuf *out, const char *name, const char *const *texts)
{
    card_put_name(out, name);
    strbuf_add_text(out, "[");
    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++) {
        if (i > 0)
            strbuf_add_text(out, ",");
        card_put_value(out, texts[i]);
    }
    strbuf_add_text(out, "]");
}

static void card_put_pairs(struct strbuf *out, const char *name, const struct card_pair *pairs,
                           size_t count)
{
    card_put_name(out, name);
    strbuf_add_text(out, "{");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            strbuf_add_text(out, ",");
        card_put_value(out, pairs[i].name);
        strbuf_add_text(out, ":");
        card_put_value(out, pairs[i].value);
    }
    strbuf_add_text(out, "}");
}

void card_write_site(struct strbuf *out, const struct card_site *site)
{
    const struct card_text texts[] = {
        { "url", site->url },         { "name", site->name },       { "color", site->color },
        { "contact", site->contact }, { "privacy", site->privacy }, { "logo", site->logo },
    };

    strbuf_add_text(out, "{\"v\":1");
    card_put_texts(out, texts, ARRAY_SIZE(texts));
    strbuf_add_text(out, "}\n");
}

static void card_put_field(struct strbuf *out, const struct card_field *field)
{
    const struct card_text texts[] = {
        { "title", field->title },     { "description", field->description },
        { "example", field->example }, { "default", field->value },
        { "prefix", field->prefix },   { "suffix", field->suffix },
    };

    strbuf_add_text(out, "{\"name\":");
    card_put_value(out, field->name);
    card_put_texts(out, texts, ARRAY_SIZE(texts));
    card_put_flag(out, "secret", field->secret);
    card_put_flag(out, "optional", field->optional);
    card_put_number(out, "lines", field->lines);
    card_put_number(out, "max", field->max);
    card_put_list(out, "enum", field->choices);
    strbuf_add_text(out, "}");
}

static void card_put_form(struct strbuf *out, const struct card *card)
{
    const struct card_text texts[] = {
        { "key", card->key },         { "provider", card->provider },
        { "website", card->website }, { "guide", card->guide },
        { "to", card->to },           { "label", card->label },
        { "note", card->note },       { "origin", card->origin },
    };

    card_put_texts(out, texts, ARRAY_SIZE(texts));
    card_put_flag(out, "signin", card->signin);
    card_put_flag(out, "pin", card->pin);
    card_put_name(out, "fields");
    strbuf_add_text(out, "[");
    for (size_t i = 0; i < card->field_count; i++) {
        if (i > 0)
            strbuf_add_text(out, ",");
        card_put_field(out, &card->fields[i]);
    }
    strbuf_add_text(out, "]");
}

void card_write(struct strbuf *out, const struct card *card)
{
    const struct card_text texts[] = {
        { "id", card->id },
        { "hash", card->hash },
        { "kind", card->kind },
        { "title", card->title },
        { "from", card->from },
        { "end", card->end },
        { "return", card->return_url },
    };

    strbuf_add_text(out, "{\"v\":1");
    card_put_texts(out, texts, ARRAY_SIZE(texts));
    card_put_number(out, "expires", card->expires);
    if (card->end == NULL || card->end[0] == '\0')
        card_put_form(out, card);
    strbuf_add_text(out, "}\n");
}

const char *card_state_name(enum card_state state)
{
    static const char *const names[CARD_STATES] = {
        [CARD_RECEIVED] = "received", [CARD_CHECKING] = "checking",   [CARD_RETRY] = "retry",
        [CARD_SIGNIN] = "signin",     [CARD_DONE] = "done",           [CARD_BLOCKED] = "blocked",
        [CARD_EXPIRED] = "expired",   [CARD_CANCELLED] = "cancelled",
    };

    return names[state];
}

void card_write_result(struct strbuf *out, const struct card_result *result)
{
    const struct card_text texts[] = {
        { "id", result->id },
        { "state", card_state_name(result->state) },
        { "drop", result->drop },
        { "browser", result->browser },
        { "message", result->message },
        { "says", result->says },
        { "hint", result->hint },
        { "go", result->go },
        { "identity", result->identity },
    };

    strbuf_add_text(out, "{\"v\":1");
    card_put_texts(out, texts, ARRAY_SIZE(texts));
    card_put_number(out, "at", result->at);
    card_put_number(out, "expires", result->expires);
    card_put_number(out, "left", result->left);
    card_put_number(out, "until", result->until);
    card_put_flag(out, "hold", result->hold);
    card_put_list(out, "seen", result->seen);
    card_put_pairs(out, "errors", result->errors, result->error_count);
    card_put_pairs(out, "echo", result->echo, result->echo_count);
    strbuf_add_text(out, "}\n");
}
