/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Decodes and checks what a browser sent. */
#include "config.h"

#include "hub/hub_form.h"

#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define FIELD "f."
#define FIELD_SIZE (sizeof FIELD - 1)
#define PIN_MAX 32

/* The value of a hexadecimal digit, or -1. */
static int hub_form_digit(char character)
{
    static const char digits[] = "0123456789abcdef";
    const char lower = (char)(character | 0x20);
    const char *at = character >= '0' ? strchr(digits, character <= '9' ? character : lower) : NULL;

    return at != NULL && *at != '\0' ? (int)(at - digits) : -1;
}

/* Decode FROM up to END to TO.  Returns the new end, or NULL. */
static char *hub_form_decode(char *to, const char *from, const char *end)
{
    for (; from < end; from++) {
        int byte = *from == '+' ? ' ' : (unsigned char)*from;

        if (*from == '%') {
            const int high = end - from > 2 ? hub_form_digit(from[1]) : -1;
            const int low = high >= 0 ? hub_form_digit(from[2]) : -1;

            if (low < 0)
                return NULL;
            byte = high << 4 | low;
            from += 2;
        }
        if (byte == 0)
            return NULL;
        *to++ = (char)byte;
    }
    return to;
}

/* Replace CR LF by LF, in place.  Returns the new size. */
static size_t hub_form_unify_lines(char *text, size_t size)
{
    size_t to = 0;

    for (size_t i = 0; i < size; i++) {
        if (text[i] != '\r' || i + 1 == size || text[i + 1] != '\n')
            text[to++] = text[i];
    }
    return to;
}

static bool hub_form_is(struct span span, const char *text)
{
    return span.size == strlen(text) && memcmp(span.data, text, span.size) == 0;
}

/* Add the pair from FROM up to END; what it is decoded to lies at its place. */
static bool hub_form_add(char *from, const char *end, struct hub_form *form)
{
    char *equals = memchr(from, '=', (size_t)(end - from));
    char *name_end;
    char *value_end;
    struct span *name = &form->names[form->count];
    struct span *value = &form->values[form->count];

    if (equals == NULL || form->count == HUB_FORM_PAIRS_MAX)
        return false;
    name_end = hub_form_decode(from, from, equals);
    value_end = hub_form_decode(equals + 1, equals + 1, end);
    if (name_end == NULL || value_end == NULL)
        return false;
    *name = (struct span){ from, (size_t)(name_end - from) };
    *value = (struct span){ equals + 1,
                            hub_form_unify_lines(equals + 1, (size_t)(value_end - equals - 1)) };
    for (size_t i = 0; i < form->count; i++) {
        if (form->names[i].size == name->size &&
            memcmp(form->names[i].data, name->data, name->size) == 0)
            return false;
    }
    form->count++;
    return text_is_utf8(name->data, name->size) && text_is_utf8(value->data, value->size);
}

bool hub_form_parse(char *body, size_t size, struct hub_form *form)
{
    const char *end = body + size;

    form->count = 0;
    while (body < end) {
        char *stop = memchr(body, '&', (size_t)(end - body));

        if (!hub_form_add(body, stop != NULL ? stop : end, form))
            return false;
        body = stop != NULL ? stop + 1 : body + (end - body);
    }
    return form->count > 0;
}

/* The place of NAME after PREFIX; -1 for none. */
static int hub_form_find(const struct hub_form *form, const char *prefix, const char *name)
{
    const size_t size = strlen(prefix);

    for (size_t i = 0; i < form->count; i++) {
        const char *at = form->names[i].data;
        const struct span rest = { at + size, form->names[i].size - size };

        if (form->names[i].size >= size && memcmp(at, prefix, size) == 0 && hub_form_is(rest, name))
            return (int)i;
    }
    return -1;
}

struct span hub_form_value(const struct hub_form *form, const char *name)
{
    const int at = hub_form_find(form, "", name);

    return at >= 0 ? form->values[at] : (struct span){ NULL, 0 };
}

struct span hub_form_field(const struct hub_form *form, const char *name)
{
    const int at = hub_form_find(form, FIELD, name);

    return at >= 0 ? form->values[at] : (struct span){ NULL, 0 };
}

bool hub_form_fits(const struct hub_form *form, const struct card *card)
{
    static const char *const own[] = { "once", "check", "pin" };
    size_t known = 0;

    for (size_t i = 0; i < (card->pin ? 3 : 2); i++)
        known += hub_form_find(form, "", own[i]) >= 0 ? 1 : 0;
    for (size_t i = 0; i < card->field_count; i++)
        known += hub_form_find(form, FIELD, card->fields[i].name) >= 0 ? 1 : 0;
    return known == form->count;
}

static struct span hub_form_trim(struct span value)
{
    const char *from = value.data;

    while (value.size > 0 && strchr(" \t\r\n", from[value.size - 1]) != NULL)
        value.size--;
    for (; value.size > 0 && strchr(" \t\r\n", *from) != NULL; value.size--)
        from++;
    value.data = from;
    return value;
}

static bool hub_form_is_choice(struct span value, const char *const *choices)
{
    for (; *choices != NULL; choices++) {
        if (hub_form_is(value, *choices))
            return true;
    }
    return false;
}

/* What is wrong with VALUE; NULL for nothing. */
static const char *hub_form_fault(const struct card_field *field, struct span value)
{
    if (value.size == 0)
        return field->optional ? NULL : "This field is required.";
    if (value.size > field->max)
        return "This value is too long.";
    if (field->choices != NULL)
        return hub_form_is_choice(value, field->choices) ? NULL : "Choose one of the values.";
    if (field->lines <= 1 && (memchr(value.data, '\n', value.size) != NULL ||
                              memchr(value.data, '\r', value.size) != NULL))
        return "This value must be one line.";
    return NULL;
}

bool hub_form_check(struct hub_form *form, const struct card *card, struct hub_form_faults *faults)
{
    const struct span pin = hub_form_trim(hub_form_value(form, "pin"));
    bool good = true;

    *faults = (struct hub_form_faults){ .pin = NULL };
    for (size_t i = 0; i < card->field_count; i++) {
        const struct card_field *field = &card->fields[i];
        const int at = hub_form_find(form, FIELD, field->name);

        if (at >= 0 && field->lines <= 1)
            form->values[at] = hub_form_trim(form->values[at]);
        faults->fields[i] = hub_form_fault(field, hub_form_field(form, field->name));
        good = good && faults->fields[i] == NULL;
    }
    if (card->pin && (pin.size == 0 || pin.size > PIN_MAX))
        faults->pin = "Type the PIN.";
    return good && faults->pin == NULL;
}
