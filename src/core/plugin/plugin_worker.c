/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Starts workers, and sends them the files to load. */
#include "config.h"

#include "core/plugin/plugin_worker.h"

#include "core/plugin/worker_ports.h"
#include "util/clock.h"
#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* The most seconds for loading, with all constructors. */
#define LOAD_S 30
#define POLL_MS 100
/* Seconds beyond a hook's limit: of processor time, and for loading. */
#define GRACE_S 10

struct plugin_worker {
    struct worker_process *process;
    struct frame_socket *control;
    plugin_print_fn *print;
    void *data;
    char *path; /* of the plugin */
    char *lacks;
};

static void plugin_worker_print(const char *line, void *data)
{
    const struct plugin_worker *worker = data;

    worker->print(worker->data, worker->path, line);
}

void plugin_worker_end(struct plugin_worker *worker)
{
    if (worker == NULL)
        return;
    frame_socket_free(worker->control);
    worker_process_end(worker->process);
    free(worker->path);
    free(worker->lacks);
    free(worker);
}

void plugin_worker_kill(const struct plugin_worker *worker)
{
    worker_process_kill(worker->process);
}

const char *plugin_worker_lacks(const struct plugin_worker *worker)
{
    return worker->lacks != NULL ? worker->lacks : "";
}

/* A worker that does not read must not block the host. */
static int plugin_worker_take_socket(int fd, struct frame_socket **socket)
{
    const struct timeval patience = { .tv_usec = POLL_MS * 1000 };

    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return frame_socket_new(fd, socket);
}

int plugin_worker_begin(const struct worker_plan *plan, struct plugin_worker **worker)
{
    struct plugin_worker *new = calloc(1, sizeof *new);
    const struct worker_start start = {
        .programs = plan->profile == FOB_NEEDS_EXEC,
        .log = plugin_worker_print,
        .data = new,
    };
    int fd = -1;
    int code;

    if (new == NULL)
        return error_nomem();
    new->print = plan->print;
    new->data = plan->data;
    new->path = strdup(plan->file->path);
    code = new->path != NULL ? worker_process_start(&start, &new->process) : error_nomem();
    if (code == FOB_SUCCESS) {
        fd = fcntl(worker_process_control(new->process), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        code = fd >= 0 ? plugin_worker_take_socket(fd, &new->control)
                       : error_system("a worker's socket");
    }
    if (code != FOB_SUCCESS) {
        plugin_worker_end(new);
        return code;
    }
    *worker = new;
    return FOB_SUCCESS;
}

void plugin_worker_mask(const struct plugin_worker *worker, struct worker_secrets *secrets)
{
    worker_process_mask(worker->process, secrets);
}

void plugin_worker_keep(const struct plugin_worker *worker, struct span value)
{
    worker_process_keep(worker->process, value);
}

void plugin_worker_forget(const struct plugin_worker *worker, struct worker_secrets *secrets,
                          bool mute)
{
    worker_process_forget(worker->process, secrets, mute);
}

int plugin_worker_receive(const struct plugin_worker *worker, struct frame_socket *socket, int ms,
                          struct frame *frame)
{
    struct pollfd polls[] = {
        { .fd = frame_socket_fd(socket), .events = POLLIN },
        { .fd = worker_process_output(worker->process), .events = POLLIN },
    };
    int code = frame_is_begun(socket) ? frame_receive(socket, false, frame) : FOB_IGNORE;

    if (code != FOB_IGNORE)
        return code;
    if (poll(polls, 2, ms) <= 0)
        return FOB_IGNORE;
    if (polls[1].revents != 0)
        worker_process_pump(worker->process);
    return frame_receive(socket, false, frame);
}

/* The worker may read FILE's folder, and FILE itself if that is elsewhere, behind a link. */
static int plugin_worker_put_folder(struct frame_socket *control, const struct mapping *file)
{
    char *folder = mapping_folder(file);
    const size_t size = folder != NULL ? strlen(folder) : 0;
    char *target = realpath(file->path, NULL);

    if (folder != NULL)
        frame_put_text(control, FRAME_READABLE, folder);
    if (target == NULL || folder == NULL || strncmp(target, folder, size) != 0 ||
        target[size] != '/')
        frame_put_text(control, FRAME_READABLE, target);
    free(target);
    free(folder);
    return folder != NULL ? FOB_SUCCESS : error_nomem();
}

/* The files and ports that the entry's options name. */
static void plugin_worker_put_reachable(struct frame_socket *control,
                                        const struct worker_plan *plan)
{
    char *const *reachable = plan->reachable;
    struct worker_ports ports;

    worker_ports_find(reachable, plan->port, &ports);
    for (size_t i = 0; i < ports.count; i++)
        frame_put_number(control, FRAME_PORT, ports.numbers[i], 2);
    for (; reachable != NULL && *reachable != NULL; reachable++) {
        if ((*reachable)[0] == '/')
            frame_put_text(control, FRAME_READABLE, *reachable);
    }
}

static int plugin_worker_send_hello(struct plugin_worker *worker, const struct worker_plan *plan)
{
    struct frame_socket *control = worker->control;
    const struct settings *settings = plan->settings;
    const char *closed[SETTINGS_CLOSED];
    int code;

    frame_begin(control, FRAME_HELLO, 0);
    frame_put_number(control, FRAME_VERSION_OF_PROTOCOL, FRAME_PROTOCOL, 4);
    frame_put_number(
        control, FRAME_PROFILE,
        worker_process_is_bare(worker->process) ? FRAME_PROFILE_NONE : (int64_t)plan->profile, 1);
    if (settings->containment_required)
        frame_put(control, FRAME_CONTAINED, NULL, 0);
    frame_put_number(control, FRAME_SECONDS, settings->hook_limit + GRACE_S, 4);
    code = plugin_worker_put_folder(control, plan->file);
    for (size_t i = 0; i < plan->libraries->count && code == FOB_SUCCESS; i++) {
        if (plan->libraries->items[i].file != NULL)
            code = plugin_worker_put_folder(control, plan->libraries->items[i].file);
    }
    plugin_worker_put_reachable(control, plan);
    settings_find_closed(settings, closed);
    for (size_t i = 0; i < SETTINGS_CLOSED; i++)
        frame_put_text(control, FRAME_CLOSED, closed[i]);
    return code == FOB_SUCCESS ? frame_send(control, -1) : code;
}

/* FILE is NULL for a library of the system, called NAME. */
static int plugin_worker_send_file(struct plugin_worker *worker, enum frame_type type,
                                   const struct mapping *file, const char *name)
{
    struct frame_socket *control = worker->control;
    int folder = -1;
    int code = FOB_SUCCESS;

    if (file != NULL && file->by_folder)
        code = mapping_open_folder(file, &folder);
    if (code != FOB_SUCCESS)
        return code;
    frame_begin(control, type, 0);
    frame_put_text(control, FRAME_PATH, file != NULL ? file->path : name);
    if (folder >= 0)
        frame_put_text(control, FRAME_LEAF, strrchr(file->path, '/') + 1);
    if (file == NULL || file->elf.binds_now)
        frame_put(control, FRAME_LAZY, NULL, 0);
    code = frame_send(control, folder >= 0 ? folder : file != NULL ? file->fd : -1);
    if (folder >= 0)
        close(folder);
    return code;
}

int plugin_worker_send(struct plugin_worker *worker, const struct worker_plan *plan)
{
    int code = plugin_worker_send_hello(worker, plan);

    for (size_t i = 0; i < plan->libraries->count && code == FOB_SUCCESS; i++)
        code = plugin_worker_send_file(worker, FRAME_LIBRARY, plan->libraries->items[i].file,
                                       plan->libraries->items[i].name);
    if (code == FOB_SUCCESS)
        code = plugin_worker_send_file(worker, FRAME_LOAD, plan->file, NULL);
    /* A worker that does not read everything may have reported why. */
    return code == FOB_PLUGIN ? FOB_SUCCESS : code;
}

/* Set the error that the worker reports. */
static int plugin_worker_repeat(const struct plugin_worker *worker, struct span items)
{
    const int code = (int)frame_number(items, FRAME_CODE, FOB_PLUGIN);
    const char *message = frame_text(items, FRAME_MESSAGE);
    const char *hint = frame_text(items, FRAME_HINT);

    if (message == NULL || message[0] == '\0')
        return error_set(FOB_PLUGIN, "%s: cannot be loaded: its worker does not say why",
                         worker->path);
    if (strncmp(message, worker->path, strlen(worker->path)) == 0)
        error_set(FOB_PLUGIN, "%s", message);
    else
        error_set(FOB_PLUGIN, "%s: %s", worker->path, message); /* of a library */
    if (hint != NULL)
        error_hint("%s", hint);
    return code == FOB_NOMEM || code == FOB_SYSTEM ? code : FOB_PLUGIN;
}

void plugin_worker_explain_crash(struct span items, char why[static PLUGIN_WORKER_WHY])
{
    const int number = (int)frame_number(items, FRAME_SIGNAL, 0);
    const int64_t refused = frame_number(items, FRAME_SYSTEM_CALL, -1);

    if (refused >= 0)
        snprintf(why, PLUGIN_WORKER_WHY,
                 ": it made the system call %lld, which its sandbox refuses", (long long)refused);
    else
        snprintf(why, PLUGIN_WORKER_WHY, " by signal %d, %s", number, strsignal(number));
}

static unsigned plugin_worker_load_limit(const struct worker_plan *plan)
{
    const unsigned limit = plan->settings->hook_limit + GRACE_S;

    return limit < LOAD_S ? limit : LOAD_S;
}

/* Set the error for FRAME, or for CODE without a frame, in place of a declaration. */
static int plugin_worker_take_failure(const struct worker_plan *plan,
                                      const struct plugin_worker *worker, int code,
                                      const struct frame *frame)
{
    char why[PLUGIN_WORKER_WHY];

    if (code == FOB_SUCCESS && frame->type == FRAME_DONE)
        return plugin_worker_repeat(worker, frame->items);
    if (code == FOB_SUCCESS && frame->type == FRAME_CRASH) {
        plugin_worker_explain_crash(frame->items, why);
        return error_set(FOB_PLUGIN, "%s: cannot be loaded: it was ended%s", worker->path, why);
    }
    if (code == FOB_NOT_FOUND)
        return error_set(
            FOB_PLUGIN, "%s: cannot be loaded: its worker ended without an answer (out of memory?)",
            worker->path);
    if (code == FOB_IGNORE)
        return error_set(FOB_PLUGIN, "%s: cannot be loaded: not done within %u s", worker->path,
                         plugin_worker_load_limit(plan));
    snprintf(why, sizeof why, "%s", code == FOB_PLUGIN ? fob_error() : "an unexpected frame");
    return error_set(FOB_PLUGIN, "%s: cannot be loaded: its worker sent %s", worker->path, why);
}

/* Wait for the answer to load.  Returns as frame_receive(), and FOB_ABORT. */
static int plugin_worker_await(const struct worker_plan *plan, const struct plugin_worker *worker,
                               struct frame *answer)
{
    const int64_t until = clock_ms() + plugin_worker_load_limit(plan) * INT64_C(1000);
    int code;

    do {
        code = plugin_worker_receive(worker, worker->control, POLL_MS, answer);
        if (code == FOB_IGNORE && plan->is_over != NULL && plan->is_over(plan->handle))
            code = error_set(FOB_ABORT, "%s: interrupted while it was loaded", worker->path);
    } while (code == FOB_IGNORE && clock_ms() < until);
    return code;
}

int plugin_worker_finish(const struct worker_plan *plan, struct plugin_worker *worker,
                         struct span *declaration)
{
    struct frame frame = { .descriptor = -1 };
    int code = plugin_worker_await(plan, worker, &frame);

    if (code == FOB_NOMEM || code == FOB_SYSTEM)
        return code;
    if (code == FOB_ABORT) {
        plugin_worker_kill(worker);
        return code;
    }
    if (code != FOB_SUCCESS || frame.type != FRAME_DECLARATION) {
        worker_process_pump(worker->process);
        code = plugin_worker_take_failure(plan, worker, code, &frame);
        plugin_worker_kill(worker);
        return code;
    }
    *declaration = frame.items;
    if (frame_text(frame.items, FRAME_MESSAGE) == NULL)
        return FOB_SUCCESS;
    worker->lacks = strdup(frame_text(frame.items, FRAME_MESSAGE));
    return worker->lacks != NULL ? FOB_SUCCESS : error_nomem();
}

int plugin_worker_start(const struct worker_plan *plan, struct plugin_worker **worker,
                        struct span *declaration)
{
    struct plugin_worker *new = NULL;
    int code = plugin_worker_begin(plan, &new);

    if (code == FOB_SUCCESS)
        code = plugin_worker_send(new, plan);
    if (code == FOB_SUCCESS)
        code = plugin_worker_finish(plan, new, declaration);
    if (code == FOB_SUCCESS)
        *worker = new;
    else
        plugin_worker_end(new);
    return code;
}

int plugin_worker_open(struct plugin_worker *worker, struct frame_socket **socket)
{
    struct frame_socket *new = NULL;
    int ends[2];
    int code;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return error_system("a worker's socket");
    code = plugin_worker_take_socket(ends[0], &new);
    if (code == FOB_SUCCESS) {
        frame_begin(worker->control, FRAME_SOCKET, 0);
        code = frame_send(worker->control, ends[1]);
    }
    close(ends[1]);
    if (code != FOB_SUCCESS) {
        frame_socket_free(new);
        return code;
    }
    *socket = new;
    return FOB_SUCCESS;
}
