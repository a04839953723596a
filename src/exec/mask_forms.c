/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The forms of a secret. */
#include "config.h"

#include "exec/mask_forms.h"

#include "util/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A form that is being made. */
struct form {
    struct fob_secret *text;
    bool failed;
};

static void begin(struct form *form)
{
    form->failed = fob_secret_new("", 0, &form->text) != FOB_SUCCESS;
}

static void put(struct form *form, const char *data, size_t size)
{
    if (!form->failed)
        form->failed = fob_secret_append(form->text, data, size) != FOB_SUCCESS;
}

static void put_text(struct form *form, const char *text)
{
    put(form, text, strlen(text));
}

/* The form without its first SKIP bytes, unless fewer than LEAST are left or it is known. */
static int end(struct mask_forms *forms, struct form *form, size_t skip, size_t least)
{
    const char *data = form->failed ? NULL : fob_secret_data(form->text) + skip;
    size_t size = form->failed ? 0 : fob_secret_size(form->text);
    struct fob_secret **items;
    struct fob_secret *new = NULL;
    int code = form->failed ? FOB_NOMEM : FOB_SUCCESS;

    size = size >= skip + least ? size - skip : 0;
    for (size_t i = 0; i < forms->count && size > 0; i++) {
        if (fob_secret_size(forms->items[i]) == size &&
            memcmp(fob_secret_data(forms->items[i]), data, size) == 0)
            size = 0;
    }
    if (code == FOB_SUCCESS && size > 0) {
        items = reallocarray(forms->items, forms->count + 1, sizeof(struct fob_secret *));
        if (items != NULL)
            forms->items = items;
        code = items != NULL ? fob_secret_new(data, size, &new) : FOB_NOMEM;
        if (code == FOB_SUCCESS)
            items[forms->count++] = new;
    }
    fob_secret_free(form->text);
    return code;
}

static int add_plain(struct mask_forms *forms, const char *secret, size_t size)
{
    struct form form;

    begin(&form);
    put(&form, secret, size);
    return end(forms, &form, 0, 1);
}

/* As a terminal prints it: each newline after a carriage return. */
static int add_terminal(struct mask_forms *forms, const char *secret, size_t size)
{
    struct form form;

    begin(&form);
    for (size_t i = 0; i < size; i++) {
        if (secret[i] == '\n')
            put_text(&form, "\r");
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

/* RFC 3986 and the application/x-www-form-urlencoded of the URL standard. */
static int add_percent(struct mask_forms *forms, const char *secret, size_t size, bool capitals,
                       bool plus)
{
    static const char unreserved[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    struct form form;

    begin(&form);
    for (size_t i = 0; i < size; i++) {
        unsigned byte = (unsigned char)secret[i];
        char escape[4];

        snprintf(escape, sizeof escape, capitals ? "%%%02X" : "%%%02x", byte);
        if (secret[i] != '\0' && strchr(unreserved, secret[i]) != NULL)
            put(&form, &secret[i], 1);
        else
            put_text(&form, plus && secret[i] == ' ' ? "+" : escape);
    }
    return end(forms, &form, 0, 1);
}

/* How writers of JSON differ. */
struct json_style {
    bool ascii; /* what is not ASCII is escaped */
    bool slash; /* so is / */
    bool capitals;
};

static void put_unit(struct form *form, const struct json_style *style, uint32_t unit)
{
    char escape[sizeof "\\u0000"];

    snprintf(escape, sizeof escape, style->capitals ? "\\u%04X" : "\\u%04x",
             (unsigned)unit & 0xffff);
    put_text(form, escape);
}

static void put_json(struct form *form, const struct json_style *style, const char *bytes,
                     size_t size, uint32_t character)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *at = character < 0x80 ? memchr(plain, (int)character, sizeof plain - 1) : NULL;

    if (at != NULL) {
        put_text(form, "\\");
        put(form, &letters[at - plain], 1);
    } else if (character == '/' && style->slash) {
        put_text(form, "\\/");
    } else if (character < 0x20 || (character >= 0x7f && character < 0x10000 && style->ascii)) {
        put_unit(form, style, character);
    } else if (character >= 0x10000 && style->ascii) {
        put_unit(form, style, 0xd7c0 + (character >> 10));
        put_unit(form, style, 0xdc00 + (character & 0x3ff));
    } else {
        put(form, bytes, size);
    }
}

static int add_json(struct mask_forms *forms, const char *secret, size_t size,
                    const struct json_style *style)
{
    struct form form;

    begin(&form);
    for (size_t at = 0; at < size;) {
        uint32_t character = 0;
        size_t length = text_character(secret + at, size - at, &character);

        /* What is not UTF-8 is in no JSON. */
        if (length == 0)
            break;
        put_json(&form, style, secret + at, length, character);
        at += length;
    }
    return end(forms, &form, 0, 1);
}

static int add_all_json(struct mask_forms *forms, const char *secret, size_t size)
{
    int code = FOB_SUCCESS;

    if (!text_is_utf8(secret, size))
        return FOB_SUCCESS;
    for (unsigned i = 0; i < 8 && code == FOB_SUCCESS; i++) {
        const struct json_style style = { (i & 1) != 0, (i & 2) != 0, (i & 4) != 0 };

        code = add_json(forms, secret, size, &style);
    }
    return code;
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
    int code = add_plain(forms, secret, size);

    if (code == FOB_SUCCESS)
        code = add_terminal(forms, secret, size);
    if (code == FOB_SUCCESS)
        code = add_all_base64(forms, secret, size);
    for (unsigned i = 0; i < 4 && code == FOB_SUCCESS; i++)
        code = add_percent(forms, secret, size, (i & 1) != 0, (i & 2) != 0);
    return code == FOB_SUCCESS ? add_all_json(forms, secret, size) : code;
}

void mask_forms_free(struct mask_forms *forms)
{
    for (size_t i = 0; i < forms->count; i++)
        fob_secret_free(forms->items[i]);
    free(forms->items);
    *forms = (struct mask_forms){ NULL, 0 };
}
