/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds fob-worker and fob-renew, and makes their environments. */
#include "config.h"

#include "core/plugin/worker_program.h"

#include <fob/fob.h>

#include "util/array.h"
#include "util/error.h"
#include "util/lack.h"
#include "util/path.h"
#include "util/text.h"

#include <errno.h>
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

/* Those that fob-renew gets, too: it finds the store and plugins, and starts workers, as this
 * process does. */
static const char *const passed_to_renewer[] = {
    "HOME",
    "PATH",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "CREDENTIALS_DIRECTORY",
    "FOB_LIBEXEC",
    "FOB_WORKER_PREFIX",
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

const char *worker_program_uninstalled(void)
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

/* Pass on COUNT of the variables NAMES, at *NEXT.  False when out of memory. */
static bool worker_program_pass(char ***next, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!worker_program_put(next, names[i], secure_getenv(names[i])))
            return false;
    }
    return true;
}

static bool worker_program_make_environment(struct worker_program *program)
{
    char **next = program->environment = calloc(ARRAY_SIZE(passed) + 2, sizeof *next);

    return next != NULL && worker_program_pass(&next, passed, ARRAY_SIZE(passed)) &&
           worker_program_put(&next, "LD_LIBRARY_PATH", worker_program_uninstalled());
}

static bool worker_program_make_renewers_environment(struct worker_program *program)
{
    const size_t count = ARRAY_SIZE(passed) + ARRAY_SIZE(passed_to_renewer);
    const char *libraries = worker_program_uninstalled();
    char **next = program->environment = calloc(count + 2, sizeof *next);

    if (libraries == NULL) /* plugins' libraries are found there, too */
        libraries = secure_getenv("LD_LIBRARY_PATH");
    return next != NULL && worker_program_pass(&next, passed, ARRAY_SIZE(passed)) &&
           worker_program_pass(&next, passed_to_renewer, ARRAY_SIZE(passed_to_renewer)) &&
           worker_program_put(&next, "LD_LIBRARY_PATH", libraries);
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

static bool worker_program_name(struct worker_program *program, const char *name)
{
    program->argv = calloc(2, sizeof *program->argv);
    return program->argv != NULL && (program->argv[0] = strdup(name)) != NULL;
}

static bool worker_program_make_words(struct worker_program *program)
{
    const char *prefix = secure_getenv("FOB_WORKER_PREFIX");

    program->bare = prefix != NULL && prefix[strspn(prefix, " ")] != '\0';
    if (program->bare)
        return worker_program_make_prefixed(program, prefix);
    return worker_program_name(program, "fob-worker") && worker_program_make_environment(program);
}

char *worker_program_path(const char *name)
{
    const char *folder = worker_program_uninstalled();

    return path_join(folder != NULL ? folder : FOB_LIBEXECDIR, name);
}

static int worker_program_open(struct worker_program *program)
{
    int code = path_open_trusted(program->path, 0, &program->file);

    if (code == FOB_NOT_FOUND)
        error_hint("%s only in this program: install all of fob", program->use);
    return code == FOB_NOT_FOUND || code == FOB_NOT_ALLOWED || code == FOB_INVALID ? FOB_CONFIG
                                                                                   : code;
}

int worker_program_find(struct worker_program *program)
{
    *program = (struct worker_program)WORKER_PROGRAM_INIT;
    program->use = "plugins run";
    program->path = worker_program_path("fob-worker");
    if (program->path == NULL || !worker_program_make_words(program))
        return error_nomem();
    return worker_program_open(program);
}

int worker_program_find_renewer(struct worker_program *program)
{
    *program = (struct worker_program)WORKER_PROGRAM_INIT;
    program->use = "tokens that rotate are renewed";
    program->path = worker_program_path("fob-renew");
    if (program->path == NULL || !worker_program_name(program, "fob-renew") ||
        !worker_program_make_renewers_environment(program))
        return error_nomem();
    return worker_program_open(program);
}

int worker_program_fail(const struct worker_program *program, int error)
{
    const char *path = program->path;

    if (error == ENOENT && access("/dev/null", F_OK) < 0) {
        error_set(FOB_CONFIG, "/dev/null is missing, and %s reads it in place of a terminal",
                  strrchr(path, '/') + 1);
        error_hint("mount /dev, or make that device");
        return FOB_CONFIG;
    }
    if (lack_is(error) || error == ECHILD) { /* ECHILD: it was killed before that */
        errno = error;
        return error_system("%s: cannot be run", path);
    }
    error_set(FOB_CONFIG, "%s: cannot be run: %s", path, strerror(error));
    error_hint("%s only in this program", program->use);
    return FOB_CONFIG;
}
