/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the site, cards and results. */
#include "config.h"

#include "hub/hub_card.h"

#include <fob/fob.h>

#include "util/array.h"
#include "util/base64.h"
#include "util/error.h"
#include "util/text.h"

#include <json.h>

#include <limits.h>
#include <string.h>

/* The deepest of the three: an object, a list of fields, a field, its choices, one of them. */
#define DEPTH 5

/* Parse TEXT as an object of the version 1. */
static int hub_card_parse_object(struct span text, struct json_object **object)
{
    struct json_tokener *tokener = json_tokener_new_ex(DEPTH);
    struct json_object *new = NULL;
    struct json_object *version = NULL;
    bool good = text.size > 0 && text.size <= SPOOL_FILE_JSON_MAX;

    if (tokener == NULL)
        return error_nomem();
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8 |
                                        JSON_TOKENER_ALLOW_TRAILING_CHARS);
    if (good)
        new = json_tokener_parse_ex(tokener, text.data, (int)text.size);
    json_tokener_free(tokener);
    good = json_object_is_type(new, json_type_object) &&
           json_object_object_get_ex(new, "v", &version) &&
           json_object_is_type(version, json_type_int) && json_object_get_int64(version) == 1;
    if (!good) {
        json_object_put(new);
        return error_set(FOB_CORRUPT, "not an object of the version 1");
    }
    *object = new;
    return FOB_SUCCESS;
}

/* The text NAME of OBJECT; empty when it is missing, no text, or has a NUL. */
static const char *hub_card_text(struct json_object *object, const char *name)
{
    struct json_object *value = NULL;
    const char *text;

    if (!json_object_object_get_ex(object, name, &value) ||
        !json_object_is_type(value, json_type_string))
        return "";
    text = json_object_get_string(value);
    return strlen(text) == (size_t)json_object_get_string_len(value) ? text : "";
}

static int64_t hub_card_number(struct json_object *object, const char *name)
{
    struct json_object *value = NULL;

    if (!json_object_object_get_ex(object, name, &value) ||
        !json_object_is_type(value, json_type_int))
        return 0;
    return json_object_get_int64(value);
}

/* The number NAME, at most MAX and at least 0. */
static unsigned hub_card_count(struct json_object *object, const char *name, unsigned max)
{
    const int64_t number = hub_card_number(object, name);

    return number < 0 ? 0 : number > max ? max : (unsigned)number;
}

static bool hub_card_flag(struct json_object *object, const char *name)
{
    struct json_object *value = NULL;

    return json_object_object_get_ex(object, name, &value) &&
           json_object_is_type(value, json_type_boolean) && json_object_get_boolean(value);
}

/* The list NAME; NULL when there is none. */
static struct json_object *hub_card_list(struct json_object *object, const char *name)
{
    struct json_object *value = NULL;

    return json_object_object_get_ex(object, name, &value) &&
                   json_object_is_type(value, json_type_array)
               ? value
               : NULL;
}

/* The texts of the list NAME, at most MAX; TEXTS ends with NULL.  Returns their number. */
static size_t hub_card_texts(struct json_object *object, const char *name, const char **texts,
                             size_t max)
{
    struct json_object *list = hub_card_list(object, name);
    size_t count = 0;

    for (size_t i = 0; list != NULL && i < json_object_array_length(list) && count < max; i++) {
        struct json_object *item = json_object_array_get_idx(list, i);

        if (json_object_is_type(item, json_type_string))
            texts[count++] = json_object_get_string(item);
    }
    texts[count] = NULL;
    return count;
}

static size_t hub_card_pairs(struct json_object *object, const char *name, struct card_pair *pairs)
{
    struct json_object *value = NULL;
    size_t count = 0;

    if (!json_object_object_get_ex(object, name, &value) ||
        !json_object_is_type(value, json_type_object))
        return 0;
    json_object_object_foreach(value, key, text)
    {
        if (count < CARD_FIELDS_MAX && json_object_is_type(text, json_type_string))
            pairs[count++] = (struct card_pair){ key, json_object_get_string(text) };
    }
    return count;
}

/* A text member of a struct. */
struct hub_card_member {
    const char *name;
    const char **text;
};

static void hub_card_members(struct json_object *object, const struct hub_card_member *members,
                             size_t count)
{
    for (size_t i = 0; i < count; i++)
        *members[i].text = hub_card_text(object, members[i].name);
}

int hub_card_parse_site(struct span text, struct hub_site *site)
{
    struct card_site *to = &site->site;
    const struct hub_card_member members[] = {
        { "url", &to->url },         { "name", &to->name },       { "color", &to->color },
        { "contact", &to->contact }, { "privacy", &to->privacy }, { "logo", &to->logo },
    };
    int code = hub_card_parse_object(text, &site->json);

    if (code == FOB_SUCCESS)
        hub_card_members(site->json, members, ARRAY_SIZE(members));
    return code;
}

static bool hub_card_read_field(struct json_object *object, struct card_field *field,
                                const char **choices)
{
    const struct hub_card_member members[] = {
        { "name", &field->name },       { "title", &field->title },
        { "example", &field->example }, { "description", &field->description },
        { "default", &field->value },   { "prefix", &field->prefix },
        { "suffix", &field->suffix },
    };

    hub_card_members(object, members, ARRAY_SIZE(members));
    field->secret = hub_card_flag(object, "secret");
    field->optional = hub_card_flag(object, "optional");
    field->lines = hub_card_count(object, "lines", 40);
    field->max = hub_card_count(object, "max", FOB_VALUE_MAX);
    if (hub_card_texts(object, "enum", choices, CARD_CHOICES_MAX) > 0)
        field->choices = choices;
    if (field->title[0] == '\0')
        field->title = field->name;
    return text_is_identifier(field->name);
}

static bool hub_card_read_fields(struct hub_card *card)
{
    struct json_object *list = hub_card_list(card->json, "fields");
    const size_t count = list != NULL ? json_object_array_length(list) : 0;

    if (count > CARD_FIELDS_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct json_object *item = json_object_array_get_idx(list, i);

        if (!json_object_is_type(item, json_type_object) ||
            !hub_card_read_field(item, &card->fields[i], card->choices[i]))
            return false;
    }
    card->card.fields = card->fields;
    card->card.field_count = count;
    return true;
}

/* Whether what the page relies on is there. */
static bool hub_card_is_whole(struct hub_card *card)
{
    const struct card *at = &card->card;

    return strlen(at->hash) == 2 * SPOOL_HASH && strlen(at->id) == SPOOL_ID_TEXT &&
           strncmp(at->id, at->hash, SPOOL_ID_TEXT) == 0 &&
           (at->end[0] != '\0' ||
            (base64_url_read(at->key, strlen(at->key), card->key, sizeof card->key) &&
             text_is_name(at->provider) && hub_card_read_fields(card)));
}

int hub_card_parse(struct span text, struct hub_card *card)
{
    struct card *to = &card->card;
    const struct hub_card_member members[] = {
        { "id", &to->id },       { "hash", &to->hash },       { "key", &to->key },
        { "kind", &to->kind },   { "end", &to->end },         { "provider", &to->provider },
        { "title", &to->title }, { "website", &to->website }, { "guide", &to->guide },
        { "to", &to->to },       { "from", &to->from },       { "label", &to->label },
        { "note", &to->note },   { "origin", &to->origin },   { "return", &to->return_url },
    };
    int code = hub_card_parse_object(text, &card->json);

    if (code != FOB_SUCCESS)
        return code;
    hub_card_members(card->json, members, ARRAY_SIZE(members));
    to->expires = hub_card_number(card->json, "expires");
    to->signin = hub_card_flag(card->json, "signin");
    to->pin = hub_card_flag(card->json, "pin");
    return hub_card_is_whole(card) ? FOB_SUCCESS : error_set(FOB_CORRUPT, "not a whole card");
}

static bool hub_card_read_state(struct json_object *object, enum card_state *state)
{
    const char *name = hub_card_text(object, "state");

    for (int i = 0; i < CARD_STATES; i++) {
        if (strcmp(card_state_name((enum card_state)i), name) == 0) {
            *state = (enum card_state)i;
            return true;
        }
    }
    return false;
}

int hub_card_parse_result(struct span text, struct hub_result *result)
{
    struct card_result *to = &result->result;
    const struct hub_card_member members[] = {
        { "id", &to->id },           { "drop", &to->drop },         { "browser", &to->browser },
        { "message", &to->message }, { "says", &to->says },         { "hint", &to->hint },
        { "go", &to->go },           { "identity", &to->identity },
    };
    int code = hub_card_parse_object(text, &result->json);

    if (code != FOB_SUCCESS)
        return code;
    hub_card_members(result->json, members, ARRAY_SIZE(members));
    to->at = hub_card_number(result->json, "at");
    to->expires = hub_card_number(result->json, "expires");
    to->until = hub_card_number(result->json, "until");
    to->left = hub_card_count(result->json, "left", INT_MAX);
    to->hold = hub_card_flag(result->json, "hold");
    hub_card_texts(result->json, "seen", result->seen, HUB_CARD_SEEN_MAX);
    to->seen = result->seen;
    to->errors = result->errors;
    to->error_count = hub_card_pairs(result->json, "errors", result->errors);
    to->echo = result->echo;
    to->echo_count = hub_card_pairs(result->json, "echo", result->echo);
    return hub_card_read_state(result->json, &to->state)
               ? FOB_SUCCESS
               : error_set(FOB_CORRUPT, "a result without a state");
}

int hub_card_read_site(const struct spool *spool, struct hub_site *site)
{
    struct strbuf text = STRBUF_INIT;
    int code = spool_file_read(spool, SPOOL_SITE, "site.json", SPOOL_FILE_JSON_MAX, &text);

    if (code == FOB_SUCCESS)
        code = hub_card_parse_site((struct span){ text.data, text.size }, site);
    strbuf_free(&text);
    return code;
}

int hub_card_read(const struct spool *spool, const unsigned char id[static SPOOL_ID],
                  struct hub_card *card, struct hub_result *result)
{
    struct strbuf text = STRBUF_INIT;
    char name[SPOOL_ID_TEXT + 1];
    int code;

    text_hex(id, SPOOL_ID, name);
    code = spool_file_read(spool, SPOOL_CARDS, name, SPOOL_FILE_JSON_MAX, &text);
    if (code == FOB_SUCCESS)
        code = hub_card_parse((struct span){ text.data, text.size }, card);
    strbuf_reset(&text);
    if (code == FOB_SUCCESS) {
        code = spool_file_read(spool, SPOOL_RESULTS, name, SPOOL_FILE_JSON_MAX, &text);
        if (code == FOB_SUCCESS)
            code = hub_card_parse_result((struct span){ text.data, text.size }, result);
        else if (code == FOB_NOT_FOUND)
            code = FOB_SUCCESS;
    }
    strbuf_free(&text);
    return code;
}

void hub_card_free_site(struct hub_site *site)
{
    json_object_put(site->json);
    site->json = NULL;
}

void hub_card_free(struct hub_card *card, struct hub_result *result)
{
    json_object_put(card->json);
    json_object_put(result->json);
    card->json = NULL;
    result->json = NULL;
}
