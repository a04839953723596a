/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The forms of a secret. */
#include "config.h"

#include "exec/mask_forms.h"

#include "util/secret.h"
#include "util/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A form that is being made. */
struct form {
    struct fob_secret *text;
    bool failed;
};

static void begin(struct form *form)
{
    form->failed = secret_alloc(0, &form->text) != FOB_SUCCESS;
}

static void put(struct form *form, const char *data, size_t size)
{
    if (!form->failed)
        form->failed = secret_append(form->text, data, size) != FOB_SUCCESS;
}

static void put_text(struct form *form, const char *text)
{
    put(form, text, strlen(text));
}

static bool is_known(const struct mask_forms *forms, enum mask_way way, const char *data,
                     size_t size)
{
    for (size_t i = 0; i < forms->count; i++) {
        const struct mask_form *other = &forms->items[i];

        if (other->way == way && fob_secret_size(other->text) == size &&
            memcmp(fob_secret_data(other->text), data, size) == 0)
            return true;
    }
    return false;
}

/* Add SIZE bytes, unless there are none or the form is known. */
static int add(struct mask_forms *forms, enum mask_way way, const char *data, size_t size)
{
    struct mask_form *items;
    struct fob_secret *text = NULL;
    int code;

    if (size == 0 || is_known(forms, way, data, size))
        return FOB_SUCCESS;
    items = reallocarray(forms->items, forms->count + 1, sizeof *items);
    if (items == NULL)
        return FOB_NOMEM;
    forms->items = items;
    /* A form may be larger than a value can be. */
    code = secret_alloc(size, &text);
    if (code != FOB_SUCCESS)
        return code;
    memcpy(secret_buffer(text), data, size);
    items[forms->count++] = (struct mask_form){ text, way };
    return FOB_SUCCESS;
}

/* The form without its first SKIP bytes, unless fewer than LEAST are left. */
static int end(struct mask_forms *forms, struct form *form, size_t skip, size_t least)
{
    int code = FOB_NOMEM;

    if (!form->failed && fob_secret_size(form->text) >= skip + least)
        code = add(forms, MASK_AS_IS, fob_secret_data(form->text) + skip,
                   fob_secret_size(form->text) - skip);
    else if (!form->failed)
        code = FOB_SUCCESS;
    fob_secret_free(form->text);
    return code;
}

/* With each BYTE replaced: a newline as a terminal prints it, a quote as shells do. */
static int add_replaced(struct mask_forms *forms, const char *secret, size_t size, char byte,
                        const char *replacement)
{
    struct form form;

    begin(&form);
    for (size_t i = 0; i < size; i++) {
        if (secret[i] == byte)
            put_text(&form, replacement);
        else
            put(&form, &secret[i], 1);
    }
    return end(forms, &form, 0, 1);
}

/* A form that is shorter would be found by chance. */
#define BASE64_LEAST 4

/* Where in what was encoded the secret is. */
enum base64_place { BASE64_MIDDLE, BASE64_END, BASE64_PADDED };

/* The base64 of SECRET (RFC 4648) behind BEFORE bytes that are not known: the characters that it
 * alone decides. */
static int add_base64(struct mask_forms *forms, const char *secret, size_t size, size_t before,
                      enum base64_place place, const char *last_two)
{
    static const char common[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    /* Six bits more than come from the unknown bytes alone. */
    size_t skip = before == 0 ? 0 : before + 1;
    size_t bits = 8 * (before + size);
    size_t count = place == BASE64_MIDDLE ? bits / 6 : (bits + 5) / 6;
    struct form form;

    begin(&form);
    for (size_t i = 0; i < count; i++) {
        unsigned value = 0;

        for (size_t bit = 6 * i; bit < 6 * i + 6; bit++) {
            size_t byte = bit / 8;
            unsigned known =
                byte >= before && byte < before + size ? (unsigned char)secret[byte - before] : 0;

            value = value << 1 | (known >> (7 - bit % 8) & 1);
        }
        put(&form, value < 62 ? &common[value] : &last_two[value - 62], 1);
    }
    for (size_t i = count; place == BASE64_PADDED && i % 4 != 0; i++)
        put_text(&form, "=");
    return end(forms, &form, skip, BASE64_LEAST);
}

static int add_all_base64(struct mask_forms *forms, const char *secret, size_t size)
{
    static const char *const last_twos[] = { "+/", "-_" };
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < 2 * 3 * 3 && code == FOB_SUCCESS; i++)
        code = add_base64(forms, secret, size, i / 2 % 3, (enum base64_place)(i / 6),
                          last_twos[i % 2]);
    return code;
}

int mask_forms_add(struct mask_forms *forms, const char *secret, size_t size)
{
    int code = add(forms, MASK_AS_IS, secret, size);

    if (code == FOB_SUCCESS)
        code = add(forms, MASK_PERCENT, secret, size);
    if (code == FOB_SUCCESS && text_is_utf8(secret, size)) /* else it is in no JSON */
        code = add(forms, MASK_JSON, secret, size);
    if (code == FOB_SUCCESS)
        code = add_replaced(forms, secret, size, '\n', "\r\n");
    /* What set -x prints. */
    if (code == FOB_SUCCESS)
        code = add_replaced(forms, secret, size, '\'', "'\\''");
    if (code == FOB_SUCCESS)
        code = add_replaced(forms, secret, size, '\'', "'\"'\"'");
    return code == FOB_SUCCESS ? add_all_base64(forms, secret, size) : code;
}

void mask_forms_free(struct mask_forms *forms)
{
    for (size_t i = 0; i < forms->count; i++)
        fob_secret_free(forms->items[i].text);
    free(forms->items);
    *forms = (struct mask_forms){ NULL, 0 };
}

/* Bytes that are held against a form. */
struct reading {
    const char *data;
    size_t size;
    size_t at;
    bool ended; /* more was wanted than there is */
};

static bool take(struct reading *reading, char *byte)
{
    if (reading->at == reading->size) {
        reading->ended = true;
        return false;
    }
    *byte = reading->data[reading->at++];
    return true;
}

static bool take_bytes(struct reading *reading, const char *wanted, size_t size)
{
    size_t left = reading->size - reading->at;
    size_t compared = size < left ? size : left;

    if (memcmp(reading->data + reading->at, wanted, compared) != 0)
        return false;
    reading->at += compared;
    reading->ended = compared < size;
    return !reading->ended;
}

/* NUMBER in so many hexadecimal digits, small or capital. */
static bool take_hex(struct reading *reading, uint32_t number, unsigned digits)
{
    static const char small[] = "0123456789abcdef";
    static const char capital[] = "0123456789ABCDEF";

    while (digits-- > 0) {
        unsigned digit = number >> (4 * digits) & 15;
        char byte;

        if (!take(reading, &byte) || (byte != small[digit] && byte != capital[digit]))
            return false;
    }
    return true;
}

/* RFC 3986, and the application/x-www-form-urlencoded of the URL standard.  Programs differ in what
 * they leave as it is. */
static bool take_percent(struct reading *reading, char wanted)
{
    char byte;

    if (!take(reading, &byte))
        return false;
    if (byte == '%')
        return take_hex(reading, (unsigned char)wanted, 2);
    return byte == wanted || (byte == '+' && wanted == ' ');
}

static bool take_unit(struct reading *reading, uint32_t unit)
{
    return take_bytes(reading, "u", 1) && take_hex(reading, unit, 4);
}

/* What follows a backslash. */
static bool take_escape(struct reading *reading, uint32_t character)
{
    static const char plain[] = "\"\\/\b\f\n\r\t";
    static const char letters[] = "\"\\/bfnrt";
    const char *at = character < 0x80 ? memchr(plain, (int)character, sizeof plain - 1) : NULL;

    if (at != NULL && reading->at < reading->size &&
        reading->data[reading->at] == letters[at - plain]) {
        reading->at++;
        return true;
    }
    if (character < 0x10000)
        return take_unit(reading, character);
    return take_unit(reading, 0xd7c0 + (character >> 10)) && take_bytes(reading, "\\", 1) &&
           take_unit(reading, 0xdc00 + (character & 0x3ff));
}

/* A character of LENGTH bytes in a JSON string (RFC 8259).  Writers differ in what they escape. */
static bool take_json(struct reading *reading, const char *bytes, size_t length, uint32_t character)
{
    if (reading->at < reading->size && reading->data[reading->at] == '\\') {
        reading->at++;
        return take_escape(reading, character);
    }
    if (character < 0x20 || character == '"' || character == '\\') {
        reading->ended = reading->at == reading->size;
        return false;
    }
    return take_bytes(reading, bytes, length);
}

static bool take_text(struct reading *reading, enum mask_way way, const char *text, size_t size)
{
    uint32_t character = 0;
    bool good = true;

    if (way == MASK_AS_IS)
        return take_bytes(reading, text, size);
    for (size_t at = 0, length = 1; at < size && good; at += length) {
        if (way == MASK_JSON) {
            length = text_character(text + at, size - at, &character);
            good = take_json(reading, text + at, length, character);
        } else {
            good = take_percent(reading, text[at]);
        }
    }
    return good;
}

size_t mask_form_match(const struct mask_form *form, const char *data, size_t size, bool *maybe)
{
    struct reading reading = { data, size, 0, false };
    bool good =
        take_text(&reading, form->way, fob_secret_data(form->text), fob_secret_size(form->text));

    *maybe |= reading.ended;
    return good ? reading.at : 0;
}
