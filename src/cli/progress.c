/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The bar. */
#include "config.h"

#include "cli/progress.h"

#include "cli/output.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIDTH 30
#define LINE_MIN 40

static atomic_bool shown;

/* The columns of the terminal, or 0 when it is none that can show a bar. */
static size_t progress_room(void)
{
    const char *term = secure_getenv("TERM");
    size_t columns = output_columns(STDERR_FILENO);

    if (term == NULL || strcmp(term, "dumb") == 0 || !isatty(STDERR_FILENO))
        return 0;
    return columns > 0 ? columns : 80;
}

void progress_show(uint64_t done, uint64_t all, const char *note)
{
    size_t room = progress_room();
    char bar[WIDTH + 1];
    char line[256];
    size_t filled = all > 0 && done < all ? (size_t)(done * WIDTH / all) : WIDTH;

    if (room < LINE_MIN)
        return;
    if (room > sizeof line)
        room = sizeof line;
    memset(bar, '#', filled);
    memset(bar + filled, '.', WIDTH - filled);
    bar[WIDTH] = '\0';
    /* A line that is full would go on in the next one. */
    if (all > 0)
        snprintf(line, room, "[%s] %" PRIu64 "/%" PRIu64 "%s", bar, done, all, note);
    else
        snprintf(line, room, "%" PRIu64 "%s", done, note);
    fprintf(stderr, "\r\033[K%s", line);
    fflush(stderr);
    atomic_store(&shown, true);
}

void progress_hide(void)
{
    if (atomic_exchange(&shown, false))
        fputs("\r\033[K", stderr);
}
