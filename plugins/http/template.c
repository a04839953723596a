/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fills templates. */
#include "config.h"

#include "template.h"

#include "util/address.h"

#include <fob/http.h>

#include <string.h>

/* The characters of a field's name. */
#define NAME "abcdefghijklmnopqrstuvwxyz0123456789_-"
#define HOST "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."

bool template_next(const char **text, struct template_piece *piece)
{
    const char *at = *text;
    size_t size = strcspn(at, "{}");

    if (at[0] == '{') {
        size = strspn(at + 1, NAME);
        if (size == 0 || size > FOB_NAME_MAX || at[1 + size] != '}')
            return false;
        *piece = (struct template_piece){ at + 1, size, true };
        *text = at + size + 2;
        return true;
    }
    if (size == 0)
        return false;
    *piece = (struct template_piece){ at, size, false };
    *text = at + size;
    return true;
}

void template_name(const struct template_piece *piece, char name[static FOB_NAME_MAX + 1])
{
    memcpy(name, piece->text, piece->size);
    name[piece->size] = '\0';
}

const char *template_fault(const char *text)
{
    struct template_piece piece;

    while (template_next(&text, &piece))
        continue;
    return *text == '\0' ? NULL : "a brace begins or ends no placeholder, such as {name}";
}

static bool template_has_control(const struct fob_secret *value)
{
    const char *data = fob_secret_data(value);

    for (size_t i = 0; i < fob_secret_size(value); i++) {
        if ((unsigned char)data[i] < ' ' || data[i] == '\x7f')
            return true;
    }
    return false;
}

/* Why VALUE cannot be in PLACE, as a static string; or NULL. */
static const char *template_value_fault(enum template_place place, const struct fob_secret *value)
{
    const char *data = fob_secret_data(value);

    if (place == TEMPLATE_TEXT)
        return NULL;
    if (template_has_control(value))
        return "it has a control character";
    if (place == TEMPLATE_HOST && strspn(data, HOST) != fob_secret_size(value))
        return "it has a character that no host name has";
    if (place == TEMPLATE_PATH && strpbrk(data, "/\\") != NULL)
        return "it would leave its part of the path";
    return NULL;
}

const struct fob_secret *template_value(const struct fob_handle *handle, const char *name)
{
    const struct fob_secret *value = fob_field(handle, name);

    return value == NULL && strcmp(name, TEMPLATE_TOKEN) == 0 ? fob_token(handle, name, NULL)
                                                              : value;
}

static int template_add_field(struct fob_handle *handle, const struct template_piece *piece,
                              enum template_place place, struct fob_secret *to)
{
    char name[FOB_NAME_MAX + 1];
    const struct fob_secret *value;
    const char *fault;

    template_name(piece, name);
    value = template_value(handle, name);
    if (value == NULL || fob_secret_size(value) == 0)
        return FOB_NOT_FOUND;
    fault = template_value_fault(place, value);
    if (fault != NULL)
        return fob_fail(handle, FOB_INVALID, "%s cannot be sent: %s", name, fault);
    if (place == TEMPLATE_PATH || place == TEMPLATE_QUERY)
        return fob_http_encode(FOB_HTTP_PERCENT, fob_secret_data(value), fob_secret_size(value),
                               to);
    return fob_secret_append(to, fob_secret_data(value), fob_secret_size(value));
}

/* A query's literal text is encoded, too; a path's is one already. */
static int template_add_literal(const struct template_piece *piece, enum template_place place,
                                struct fob_secret *to)
{
    return place == TEMPLATE_QUERY ? fob_http_encode(FOB_HTTP_PERCENT, piece->text, piece->size, to)
                                   : fob_secret_append(to, piece->text, piece->size);
}

int template_fill(struct fob_handle *handle, const char *text, enum template_place place,
                  struct fob_secret *to)
{
    const size_t begin = fob_secret_size(to);
    const char *query = place == TEMPLATE_PATH ? strchr(text, '?') : NULL;
    const char *rest = text;
    struct template_piece piece;
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && template_next(&rest, &piece)) {
        const bool in_query = query != NULL && piece.text > query;

        code = piece.is_field
                   ? template_add_field(handle, &piece, in_query ? TEMPLATE_QUERY : place, to)
                   : template_add_literal(&piece, place, to);
    }
    if (code == FOB_SUCCESS && place == TEMPLATE_PATH &&
        address_has_dot_segment(fob_secret_data(to) + begin))
        return fob_fail(handle, FOB_INVALID, "%s cannot be sent: a part of the path would be dots",
                        text);
    return code;
}
