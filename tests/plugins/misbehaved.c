/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A plugin for tests that does what no plugin must.  When it is loaded it prints, and with
 * MISBEHAVED in the environment it changes the umask; each hook says what it finds, commits the
 * faults that its entry names, and answers "ignore".
 */
#include "config.h"

#include <fob/plugin.h>

#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Always there with glibc. */
#define OTHER_LOCALE "C.UTF-8"

static const struct fob_option options[] = {
    { "do", FOB_OPTION_LIST, false, NULL, 0, 0, NULL,
      "print, write, leak, keep, wait, close, umask, locale, thread_locale, exit, hang" },
    { 0 },
};

__attribute__((constructor)) static void misbehave_early(void)
{
    puts("noise of a constructor");
    if (secure_getenv("MISBEHAVED") != NULL)
        umask(0);
}

/* State outside the handle is one more fault. */
static locale_t other;

__attribute__((destructor)) static void free_other(void)
{
    if (other != (locale_t)0)
        freelocale(other);
}

static void use_other(void)
{
    if (other == (locale_t)0)
        other = newlocale(LC_ALL_MASK, OTHER_LOCALE, (locale_t)0);
    uselocale(other);
}

/* Print the secret: at once, in two parts, late in a long line, and without a newline. */
static void leak(struct fob_handle *handle)
{
    const struct fob_secret *secret = fob_field(handle, "client_secret");
    const char *text = secret != NULL ? fob_secret_data(secret) : "";

    fprintf(stderr, "leak %s\n", text);
    fprintf(stderr, "leak %.3s", text);
    usleep(1000);
    fprintf(stderr, "%s\n", strlen(text) > 3 ? text + 3 : "");
    fprintf(stderr, "%0*d%s\n", 1020, 0, text);
    fprintf(stderr, "%0*d%s\n", 20000, 0, text);
    printf("late %s", text);
}

static char kept[256];

/* Print the secret after the hook, from another thread and at the end of the handle. */
static void *leak_late(void *data)
{
    usleep(50000);
    fprintf(stderr, "thread %s\n", kept);
    return data;
}

static void leak_at_end(void *data)
{
    fprintf(stderr, "end %s\n", (const char *)data);
}

static void keep(struct fob_handle *handle)
{
    pthread_t thread;

    snprintf(kept, sizeof kept, "%s", fob_secret_data(fob_field(handle, "client_secret")));
    fob_set_data(handle, kept, leak_at_end);
    if (pthread_create(&thread, NULL, leak_late, NULL) == 0)
        pthread_detach(thread);
}

static void commit(struct fob_handle *handle, const char *fault)
{
    static const char noise[] = "noise of write\n";

    if (strcmp(fault, "print") == 0)
        puts("noise of puts");
    else if (strcmp(fault, "write") == 0)
        (void)!write(STDOUT_FILENO, noise, sizeof noise - 1);
    else if (strcmp(fault, "leak") == 0)
        leak(handle);
    else if (strcmp(fault, "keep") == 0)
        keep(handle);
    else if (strcmp(fault, "wait") == 0)
        usleep(200000);
    else if (strcmp(fault, "close") == 0)
        close(STDOUT_FILENO);
    else if (strcmp(fault, "umask") == 0)
        umask(0);
    else if (strcmp(fault, "locale") == 0)
        setlocale(LC_ALL, OTHER_LOCALE);
    else if (strcmp(fault, "thread_locale") == 0)
        use_other();
    else if (strcmp(fault, "exit") == 0)
        exit(0);
    else if (strcmp(fault, "hang") == 0)
        for (;;)
            pause();
}

static int hook(struct fob_handle *handle)
{
    const char *fault;
    mode_t mask = umask(0);

    umask(mask);
    fob_log(handle, FOB_LOG_INFO, "found %s, %03o, %s", setlocale(LC_ALL, NULL), (unsigned)mask,
            uselocale((locale_t)0) == LC_GLOBAL_LOCALE ? "no locale of the thread's" : "another");
    for (size_t i = 0; (fault = fob_option_item(handle, "do", i)) != NULL; i++)
        commit(handle, fault);
    return FOB_IGNORE;
}

const struct fob_plugin fob_plugin = {
    .abi = FOB_PLUGIN_ABI,
    .size = sizeof(struct fob_plugin),
    .name = "misbehaved",
    .version = "1",
    .summary = "Commits faults",
    .options = options,
    .link = hook,
    .validate = hook,
    .revoke = hook,
    .authorize = hook,
    .option_size = sizeof(struct fob_option),
};
