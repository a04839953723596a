/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Writing a value, which may be a secret, so that a shell, curl or a JSON parser reads it back
 * unchanged.
 *
 * No copy is made here: the output goes straight to a sink.
 */
#ifndef FOB_UTIL_QUOTE_H
#define FOB_UTIL_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

/* Receives the next SIZE bytes of output. */
typedef void quote_sink_fn(void *sink, const char *data, size_t size);

struct quote {
    quote_sink_fn *add;
    void *sink;
};

void quote_text(const struct quote *out, const char *text);
/* As one word of a POSIX shell: between single quotes.  The value must not have a NUL. */
void quote_shell(const struct quote *out, const char *data, size_t size);
/* As one word of fish, whose single quotes have two escapes. */
void quote_fish(const struct quote *out, const char *data, size_t size);
/* Between double quotes, as in a config file of curl.  The value must pass quote_fits_line(). */
void quote_curl(const struct quote *out, const char *data, size_t size);
/* Percent-encoded (RFC 3986). */
void quote_percent(const struct quote *out, const char *data, size_t size);
/* As a JSON string (RFC 8259).  The value must be UTF-8. */
void quote_json(const struct quote *out, const char *data, size_t size);

/* Whether a value can stand on one line: it has no line break and no NUL. */
bool quote_fits_line(const char *data, size_t size);
/* Whether TEXT is empty or may begin a shell variable's name. */
bool quote_is_prefix(const char *text);
/* The variable for FIELD: PROVIDER_FIELD, or PREFIX and FIELD where PREFIX is not NULL. */
void quote_name(const struct quote *out, const char *prefix, const char *provider,
                const char *field);

#endif
