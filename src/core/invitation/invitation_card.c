/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes what the page of an invitation shows. */
#include "config.h"

#include "core/invitation/invitation_spool.h"

#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 4096
#define LINES_MAX_BYTES 32768
#define LINES 10

/* Whether NODE has the placeholder of the field NAME. */
static bool card_mentions(const struct yaml_node *node, const char *name)
{
    char placeholder[FOB_NAME_MAX + 3];

    if (node == NULL)
        return false;
    if (node->kind == YAML_TEXT) {
        (void)snprintf(placeholder, sizeof placeholder, "{%s}", name);
        return strstr(node->text, placeholder) != NULL;
    }
    for (size_t i = 0; i < node->count; i++) {
        if (card_mentions(node->values[i], name))
            return true;
    }
    return false;
}

/* The texts of enum: as a list that ends with NULL; NULL for any value, or when out of memory. */
static const char **card_choices(const struct yaml_node *node)
{
    const size_t count = node != NULL && node->count <= CARD_CHOICES_MAX ? node->count : 0;
    const char **choices = count > 0 ? calloc(count + 1, sizeof *choices) : NULL;

    for (size_t i = 0; choices != NULL && i < count; i++)
        choices[i] = node->values[i]->text;
    return choices;
}

static void card_fill_field(const struct fob_provider *provider, const struct provider_field *from,
                            struct card_field *field)
{
    const struct fob_provider_field *public = &from->public;
    /* A certificate and its key have several lines. */
    const bool several = card_mentions(yaml_get(provider->options, "certificate"), public->name);

    *field = (struct card_field){
        .name = public->name,
        .title = public->title,
        .description = public->description,
        .example = public->example,
        .value = public->value,
        .prefix = public->prefix,
        .suffix = public->suffix,
        .choices = card_choices(from->choices),
        .secret = public->secret,
        .optional = public->optional,
        .lines = several ? LINES : 1,
        .max = several ? LINES_MAX_BYTES : LINE_MAX_BYTES,
    };
}

static bool card_is_preset(const struct record *record, const char *name)
{
    struct record_field field;

    for (size_t i = 0; invitation_preset(record, i, &field); i++) {
        if (strcmp(field.name, name) == 0)
            return true;
    }
    return false;
}

/* The fields that the person is asked for. */
static size_t card_fill_fields(const struct record *record, const struct fob_provider *provider,
                               struct card_field *fields)
{
    size_t count = 0;

    for (size_t i = 0; i < provider->field_count && count < CARD_FIELDS_MAX; i++) {
        if (!card_is_preset(record, provider->fields[i].public.name))
            card_fill_field(provider, &provider->fields[i], &fields[count++]);
    }
    return count;
}

static int card_store(const struct invitation_spool *spool, const struct card *card)
{
    struct strbuf text = STRBUF_INIT;
    int code;

    card_write(&text, card);
    if (text.failed)
        code = error_nomem();
    else if (text.size > SPOOL_FILE_JSON_MAX)
        code = error_set(FOB_INVALID,
                         "the texts of the invitation are too long: %zu bytes, and at "
                         "most %d fit",
                         text.size, SPOOL_FILE_JSON_MAX);
    else
        code = spool_file_write(&spool->files, SPOOL_CARDS, card->id,
                                (struct span){ text.data, text.size });
    strbuf_free(&text);
    return code;
}

/* What every card of RECORD has. */
static struct card card_begin(const struct record *record, const char *title)
{
    return (struct card){
        .id = invitation_id(record),
        .hash = invitation_text(record, INVITATION_HASH),
        .kind = invitation_number(record, INVITATION_RELINK) != 0 ? "relink" : "link",
        .end = "",
        .expires = invitation_number(record, INVITATION_EXPIRES),
        .title = title,
        .from = invitation_text(record, INVITATION_FROM),
    };
}

/* The guide without the words that are meant for the administrator. */
static const char *card_guide(const struct fob_provider *provider)
{
    const struct yaml_node *guide = yaml_get(provider->file->root, "guide");

    return guide != NULL && guide->kind == YAML_TEXT ? guide->text : "";
}

int invitation_spool_card(const struct invitation_spool *spool, const struct record *record,
                          const struct fob_provider *provider, const char *origin)
{
    struct card_field fields[CARD_FIELDS_MAX];
    struct card card = card_begin(record, provider->texts[FOB_PROVIDER_TITLE]);
    int code;

    card.key = invitation_text(record, INVITATION_PUBLIC_KEY);
    card.provider = provider->name;
    card.website = provider->texts[FOB_PROVIDER_WEBSITE];
    card.guide = card_guide(provider);
    card.to = invitation_text(record, INVITATION_TO);
    card.label = invitation_text(record, INVITATION_LABEL);
    card.note = invitation_text(record, INVITATION_NOTE);
    card.return_url = invitation_text(record, INVITATION_RETURN);
    card.origin = origin;
    card.signin = yaml_get(provider->options, "oauth") != NULL;
    card.pin = invitation_secret(record, INVITATION_PIN).size > 0;
    card.fields = fields;
    card.field_count = card_fill_fields(record, provider, fields);
    code = card_store(spool, &card);
    for (size_t i = 0; i < card.field_count; i++)
        free((void *)(uintptr_t)fields[i].choices);
    return code;
}

int invitation_spool_end(const struct invitation_spool *spool, const struct record *record,
                         const char *title, struct card_result *result)
{
    struct card_result nothing = { .id = NULL };
    struct card card = card_begin(record, title);
    int code = invitation_spool_result(spool, record, result != NULL ? result : &nothing);

    card.end = fob_invitation_state_name((int)invitation_state(record));
    card.return_url = invitation_text(record, INVITATION_RETURN);
    return code == FOB_SUCCESS ? card_store(spool, &card) : code;
}
