/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds fob-worker, and makes its environment. */
#include "config.h"

#include "core/plugin/worker_program.h"

#include <fob/fob.h>

#include "util/array.h"
#include "util/error.h"
#include "util/path.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX_WORDS_MAX 32

/* The variables that a plugin gets. */
static const char *const passed[] = {
    "LANG",          "TZ",
    "SSL_CERT_FILE", "SSL_CERT_DIR",
    "http_proxy",    "https_proxy",
    "HTTPS_PROXY",   "all_proxy",
    "ALL_PROXY",     "no_proxy",
    "NO_PROXY",
#ifdef FOB_SANITIZED
    "ASAN_OPTIONS",  "UBSAN_OPTIONS",
#endif
};

static void worker_program_free_words(char **words)
{
    for (char **word = words; word != NULL && *word != NULL; word++)
        free(*word);
    free(words);
}

void worker_program_free(struct worker_program *program)
{
    if (program->file >= 0)
        close(program->file);
    free(program->path);
    worker_program_free_words(program->argv);
    worker_program_free_words(program->environment);
    *program = (struct worker_program)WORKER_PROGRAM_INIT;
}

/* The folder of fob-worker and its library in a build that is not installed; NULL otherwise. */
static const char *worker_program_uninstalled(void)
{
    const char *folder = secure_getenv("FOB_LIBEXEC");

    return folder != NULL && folder[0] != '\0' ? folder : NULL;
}

/* Put "NAME=VALUE" at *NEXT, unless VALUE is NULL.  False when out of memory. */
static bool worker_program_put(char ***next, const char *name, const char *value)
{
    if (value == NULL)
        return true;
    **next = text_make_entry(name, value);
    return *(*next)++ != NULL;
}

static bool worker_program_make_environment(struct worker_program *program)
{
    char **next = program->environment = calloc(ARRAY_SIZE(passed) + 2, sizeof *next);
    bool good = next != NULL;

    for (size_t i = 0; good && i < ARRAY_SIZE(passed); i++)
        good = worker_program_put(&next, passed[i], secure_getenv(passed[i]));
    return good && worker_program_put(&next, "LD_LIBRARY_PATH", worker_program_uninstalled());
}

/* The prefix's program gets the whole environment. */
static bool worker_program_copy_environment(struct worker_program *program)
{
    size_t count = 0;

    while (environ[count] != NULL)
        count++;
    program->environment = calloc(count + 1, sizeof *program->environment);
    for (size_t i = 0; program->environment != NULL && i < count; i++) {
        program->environment[i] = strdup(environ[i]);
        if (program->environment[i] == NULL)
            return false;
    }
    return program->environment != NULL;
}

/* Make the command: the words of PREFIX, whose program env(1) finds in PATH, then the program. */
static bool worker_program_make_prefixed(struct worker_program *program, const char *prefix)
{
    char **argv = program->argv = calloc(PREFIX_WORDS_MAX + 3, sizeof *argv);
    size_t count = 1;
    size_t size;

    if (argv == NULL || (argv[0] = strdup("/usr/bin/env")) == NULL)
        return false;
    for (; count <= PREFIX_WORDS_MAX; prefix += size) {
        prefix += strspn(prefix, " ");
        size = strcspn(prefix, " ");
        if (size == 0)
            break;
        argv[count] = strndup(prefix, size);
        if (argv[count++] == NULL)
            return false;
    }
    argv[count] = strdup(program->path);
    return argv[count] != NULL && worker_program_copy_environment(program);
}

static bool worker_program_make_words(struct worker_program *program)
{
    const char *prefix = secure_getenv("FOB_WORKER_PREFIX");

    program->bare = prefix != NULL && prefix[strspn(prefix, " ")] != '\0';
    if (program->bare)
        return worker_program_make_prefixed(program, prefix);
    program->argv = calloc(2, sizeof *program->argv);
    if (program->argv == NULL || (program->argv[0] = strdup("fob-worker")) == NULL)
        return false;
    return worker_program_make_environment(program);
}

char *worker_program_path(const char *name)
{
    const char *folder = worker_program_uninstalled();

    return path_join(folder != NULL ? folder : FOB_LIBEXECDIR, name);
}

int worker_program_find(struct worker_program *program)
{
    int code;

    *program = (struct worker_program)WORKER_PROGRAM_INIT;
    program->path = worker_program_path("fob-worker");
    if (program->path == NULL || !worker_program_make_words(program))
        return error_nomem();
    code = path_open_trusted(program->path, 0, &program->file);
    if (code == FOB_NOT_FOUND)
        error_hint("plugins run only in this program: install all of fob");
    return code == FOB_NOT_FOUND || code == FOB_NOT_ALLOWED || code == FOB_INVALID ? FOB_CONFIG
                                                                                   : code;
}
