/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What an entry of a stack costs, whose hook runs in a worker that is there.
 *
 *     inside FOLDER PLUGINS
 *
 * FOLDER is empty and trusted; the debug plugin lies in PLUGINS.  Ends with 1 when a limit is
 * missed.
 */
#include "config.h"

#include "core/hook/dispatch.h"
#include "core/session/handle.h"
#include "util/strbuf.h"

#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ENTRIES 100
#define ROUNDS 301
#define ENTRY_MAX 4.0
/* About what a call of a hook sends. */
#define MESSAGE 512

static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return left < right ? -1 : left > right;
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

static void write_file(const char *folder, const char *name, const struct strbuf *text)
{
    char path[PATH_MAX];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "we");
    if (file == NULL || fputs(text->data, file) < 0 || fclose(file) != 0)
        err(1, "%s", path);
}

/* A provider whose validate stack has COUNT entries. */
static void write_provider(const char *folder, const char *name, unsigned count)
{
    struct strbuf text = STRBUF_INIT;
    char file[64];

    strbuf_printf(&text,
                  "provider: %s\nfields: [ { name: key } ]\n"
                  "link: [ { control: required, plugin: debug } ]\nvalidate:\n",
                  name);
    for (unsigned i = 0; i < count; i++)
        strbuf_add_text(&text, "  - { control: required, plugin: debug }\n");
    snprintf(file, sizeof file, "%s.yaml", name);
    write_file(folder, file, &text);
    strbuf_free(&text);
}

static struct fob_context *open_context(const char *folder, const char *plugins)
{
    struct fob_context *context = NULL;
    struct strbuf text = STRBUF_INIT;
    char path[PATH_MAX];

    strbuf_printf(&text, "store: { path: %s/store }\nkey_file: %s/key\n", folder, folder);
    strbuf_printf(&text, "plugins: [ %s ]\nproviders: [ %s ]\n", plugins, folder);
    write_file(folder, "fob.conf", &text);
    strbuf_free(&text);
    snprintf(path, sizeof path, "%s/fob.conf", folder);
    if (fob_open(path, &context) != FOB_SUCCESS)
        errx(1, "%s", fob_error());
    return context;
}

static struct fob_handle *make_handle(struct fob_context *context, const char *provider)
{
    struct fob_handle *handle = NULL;

    if (handle_new(context, "acme", NULL, &handle) != FOB_SUCCESS)
        errx(1, "%s", fob_error());
    snprintf(handle->provider_name, sizeof handle->provider_name, "%s", provider);
    if (record_new("acme", &handle->candidate) != FOB_SUCCESS ||
        dispatch(handle, HOOK_VALIDATE) != FOB_SUCCESS)
        errx(1, "%s", fob_error());
    return handle;
}

static double time_dispatch(struct fob_handle *handle)
{
    double start = now_us();

    if (dispatch(handle, HOOK_VALIDATE) != FOB_SUCCESS)
        errx(1, "%s", fob_error());
    return now_us() - start;
}

/* The other side of time_message(): sends each message back. */
static void echo(int fd)
{
    char message[MESSAGE];

    while (recv(fd, message, sizeof message, MSG_WAITALL) == (ssize_t)sizeof message &&
           send(fd, message, sizeof message, 0) == (ssize_t)sizeof message)
        ;
    _exit(0);
}

/* A process that runs echo(); it ends when the returned socket is closed. */
static int start_echo(void)
{
    int ends[2];
    pid_t child;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 || (child = fork()) < 0)
        err(1, "an echo");
    if (child == 0) {
        close(ends[0]);
        echo(ends[1]);
    }
    close(ends[1]);
    return ends[0];
}

/* A message to another process, and back: the floor of an entry. */
static double time_message(int fd)
{
    char message[MESSAGE] = { 0 };
    double start = now_us();

    for (unsigned n = 0; n < ENTRIES; n++) {
        if (send(fd, message, sizeof message, 0) != (ssize_t)sizeof message ||
            recv(fd, message, sizeof message, MSG_WAITALL) != (ssize_t)sizeof message)
            err(1, "a message");
    }
    return (now_us() - start) / ENTRIES;
}

/* A hundred entries less one, over ninety-nine: what a run costs once is not an entry's. */
static double time_entry(struct fob_handle *many, struct fob_handle *one)
{
    return (time_dispatch(many) - time_dispatch(one)) / (ENTRIES - 1);
}

int main(int argc, char **argv)
{
    struct fob_context *context;
    struct fob_handle *many;
    struct fob_handle *one;
    double entries[ROUNDS];
    double ratios[ROUNDS];
    double ratio;
    int fd;

    if (argc != 3)
        errx(64, "usage: inside FOLDER PLUGINS");
    write_provider(argv[1], "one", 1);
    write_provider(argv[1], "many", ENTRIES);
    fd = start_echo();
    context = open_context(argv[1], argv[2]);
    many = make_handle(context, "many");
    one = make_handle(context, "one");
    for (size_t i = 0; i < ROUNDS; i++) {
        entries[i] = time_entry(many, one);
        ratios[i] = entries[i] / time_message(fd);
    }
    fob_end(many);
    fob_end(one);
    fob_close(context);
    close(fd);
    ratio = median(ratios, ROUNDS);
    printf(
        "%s  an entry of a stack takes %.2f x a message there and back (at most %.1f), %.1f us\n",
        ratio <= ENTRY_MAX ? "ok    " : "MISSED", ratio, ENTRY_MAX, median(entries, ROUNDS));
    return ratio <= ENTRY_MAX ? 0 : 1;
}
