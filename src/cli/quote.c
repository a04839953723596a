/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Quotes values for shells and for curl, into secrets. */
#include "config.h"

#include "cli/quote.h"

#include "util/error.h"
#include "util/secret.h"

#include <string.h>

int quote_shell(struct fob_secret *out, const char *text, size_t size)
{
    int code = secret_append(out, "'", 1);

    /* Within single quotes all is literal but the quote itself: '\'' ends, adds one, begins anew. */
    while (size > 0 && code == FOB_SUCCESS) {
        const char *quote = memchr(text, '\'', size);
        size_t part = quote != NULL ? (size_t)(quote - text) : size;

        code = secret_append(out, text, part);
        if (code == FOB_SUCCESS && quote != NULL) {
            code = secret_append(out, "'\\''", 4);
            part++;
        }
        text += part;
        size -= part;
    }
    return code == FOB_SUCCESS ? secret_append(out, "'", 1) : code;
}

int quote_curl(struct fob_secret *out, const char *text, size_t size)
{
    int code = secret_append(out, "\"", 1);

    for (size_t i = 0; i < size && code == FOB_SUCCESS; i++) {
        if (text[i] == '\n' || text[i] == '\r' || text[i] == '\0')
            return error_set(FOB_INVALID, "a value with a line break can not be given to curl");
        if (text[i] == '"' || text[i] == '\\')
            code = secret_append(out, "\\", 1);
        if (code == FOB_SUCCESS)
            code = secret_append(out, &text[i], 1);
    }
    return code == FOB_SUCCESS ? secret_append(out, "\"", 1) : code;
}
