/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Collects the mistakes of a configuration file. */
#include "config.h"

#include "util/mistakes.h"

#include "util/strbuf.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Append LINE, which is taken over. */
static void mistakes_append(struct mistakes *mistakes, char *line)
{
    char **more = reallocarray(mistakes->lines, mistakes->count + 1, sizeof *more);

    if (more == NULL) {
        mistakes->failed = true;
        free(line);
        return;
    }
    mistakes->lines = more;
    more[mistakes->count++] = line;
}

/* Several ways through a file may find the same mistake. */
static bool mistakes_is_known(const struct mistakes *mistakes, const char *line)
{
    for (size_t i = 0; i < mistakes->count; i++) {
        if (strcmp(mistakes->lines[i], line) == 0)
            return true;
    }
    return false;
}

void mistakes_vadd(struct mistakes *mistakes, const struct place *place, const char *format,
                   va_list args)
{
    struct strbuf line = STRBUF_INIT;
    char what[1024];
    char *text;

    if (mistakes->count >= MISTAKES_MAX)
        return;
    vsnprintf(what, sizeof what, format, args);
    strbuf_printf(&line, "%s:%zu:%zu: %s", place->file, place->line, place->column, what);
    text = strbuf_detach(&line);
    if (text == NULL) {
        mistakes->failed = true;
        return;
    }
    text_make_printable(text);
    if (mistakes_is_known(mistakes, text))
        free(text);
    else
        mistakes_append(mistakes, text);
}

void mistakes_add(struct mistakes *mistakes, const struct place *place, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    mistakes_vadd(mistakes, place, format, args);
    va_end(args);
}

void mistakes_free(struct mistakes *mistakes)
{
    for (size_t i = 0; i < mistakes->count; i++)
        free(mistakes->lines[i]);
    free(mistakes->lines);
    *mistakes = (struct mistakes){ NULL, 0, false };
}
