/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Templates: texts in which "{name}" stands for a field.  The place that a text goes to decides how
 * a value is encoded, and what it must not have.
 */
#ifndef FOB_PLUGINS_HTTP_TEMPLATE_H
#define FOB_PLUGINS_HTTP_TEMPLATE_H

#include <fob/plugin.h>

/* The placeholder of the token, if the provider gives one. */
#define TEMPLATE_TOKEN "token"

enum template_place {
    TEMPLATE_TEXT,   /* as it is */
    TEMPLATE_HEADER, /* as it is, without control characters */
    TEMPLATE_HOST,   /* a part of a host name */
    TEMPLATE_PATH,   /* percent-encoded; before a "?" it does not leave its part of the path */
    TEMPLATE_QUERY,  /* percent-encoded */
};

/* A piece of a template: literal text, or the name of a field. */
struct template_piece {
    const char *text;
    size_t size;
    bool is_field;
};

/* Cut the next piece off TEXT; false at the end, and at a brace that belongs to no placeholder. */
bool template_next(const char **text, struct template_piece *piece);
/* Copy the name of a PIECE that is a field. */
void template_name(const struct template_piece *piece, char name[static FOB_NAME_MAX + 1]);
/* What is wrong with the braces of TEXT, as a static string; or NULL. */
const char *template_fault(const char *text);

/* What {NAME} stands for: a field, or the token; NULL for none. */
const struct fob_secret *template_value(const struct fob_handle *handle, const char *name);

/*
 * Append TEXT with the values of its fields to TO.  Returns FOB_SUCCESS; FOB_NOT_FOUND, without a
 * message, if a field has no value; FOB_INVALID (a value that cannot be there); FOB_NOMEM.
 */
int template_fill(struct fob_handle *handle, const char *text, enum template_place place,
                  struct fob_secret *to);

#endif
