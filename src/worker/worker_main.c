/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The control socket of a worker: its sandbox, its plugin, its sockets for calls. */
#include "config.h"

#include "worker/worker_main.h"

#include "util/error.h"
#include "util/lack.h"
#include "worker/crash.h"
#include "worker/declaration.h"
#include "worker/keeper.h"
#include "worker/load.h"
#include "worker/plugin_handle.h"
#include "worker/sandbox.h"
#include "worker/serve.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

/* Threads that share an arena wait for each other.  But each arena keeps the memory that its
 * threads have freed, and reserves addresses. */
#define ARENAS_MAX 4
/* Seconds that a worker has to end by itself. */
#define GRACE 2
#define WATCH_STACK (64 * (size_t)1024)

struct worker_state {
    struct frame_socket *control;
    bool entered;            /* the sandbox */
    char lacks[SANDBOX_WHY]; /* the parts of the sandbox that are missing here */
    int code;                /* why loading must fail; or FOB_SUCCESS */
    struct saved_error error;
    struct loaded_plugin loaded; /* constant once the plugin is loaded */
};

static size_t worker_count(struct span items, uint8_t wanted)
{
    struct span item;
    uint8_t tag;
    size_t count = 0;

    while (frame_next(&items, &tag, &item))
        count += tag == wanted;
    return count;
}

static void worker_free_texts(char **texts)
{
    for (char **text = texts; text != NULL && *text != NULL; text++)
        free(*text);
    free(texts);
}

/* Copies of the texts with the tag WANTED, ending with NULL; NULL if out of memory. */
static char **worker_take_texts(struct span items, uint8_t wanted)
{
    char **texts = calloc(worker_count(items, wanted) + 1, sizeof *texts);
    struct span item;
    uint8_t tag;
    size_t count = 0;

    while (texts != NULL && frame_next(&items, &tag, &item)) {
        if (tag != wanted)
            continue;
        texts[count] = strdup(item.data);
        if (texts[count++] == NULL) {
            worker_free_texts(texts);
            return NULL;
        }
    }
    return texts;
}

static uint16_t *worker_take_ports(struct span items)
{
    uint16_t *ports = calloc(worker_count(items, FRAME_PORT) + 1, sizeof *ports);
    struct span item;
    uint8_t tag;
    size_t count = 0;

    while (ports != NULL && frame_next(&items, &tag, &item)) {
        if (tag == FRAME_PORT)
            ports[count++] = (uint16_t)wire_get(item.data, 2);
    }
    return ports;
}

/* This process becomes the keeper, and its child the worker.  The child needs a new control socket,
 * because the parent's secrets and sockets are lost in it. */
static int worker_start_keeper(struct worker_state *state)
{
    int copy = fcntl(FRAME_CONTROL, F_DUPFD_CLOEXEC, FRAME_CONTROL + 1);
    struct frame_socket *control = NULL;
    int code;

    if (copy < 0 || keeper_start() != 0 || dup2(copy, FRAME_CONTROL) < 0)
        return error_system("a worker cannot watch over its programs");
    close(copy);
    code = frame_socket_new(FRAME_CONTROL, &control);
    if (code != FOB_SUCCESS)
        return code;
    frame_socket_free(state->control);
    state->control = control;
    return FOB_SUCCESS;
}

static int worker_enter(struct worker_state *state, const struct sandbox *sandbox)
{
    state->entered = true;
    if ((int)sandbox->profile == FRAME_PROFILE_NONE)
        return FOB_SUCCESS;
    if (sandbox->profile == FOB_NEEDS_EXEC) {
        int code = worker_start_keeper(state);

        if (code != FOB_SUCCESS)
            return code;
    }
    if (sandbox_enter(sandbox, state->lacks) != 0) {
        if (lack_is(errno))
            return error_set(FOB_SYSTEM, "a worker cannot be contained now: %s", state->lacks);
        error_set(FOB_PLUGIN, "a worker cannot be contained here: %s", state->lacks);
        error_hint("containment: { required: false } in fob.yaml lets plugins run without this");
        return FOB_PLUGIN;
    }
    return FOB_SUCCESS;
}

static int worker_take_hello(struct worker_state *state, struct span items)
{
    char **readable = worker_take_texts(items, FRAME_READABLE);
    char **closed = worker_take_texts(items, FRAME_CLOSED);
    uint16_t *ports = worker_take_ports(items);
    struct span contained;
    const struct sandbox sandbox = {
        .profile = (enum fob_needs)frame_number(items, FRAME_PROFILE, FOB_NEEDS_PURE),
        .required = frame_find(items, FRAME_CONTAINED, &contained),
        .readable = readable,
        .readable_count = worker_count(items, FRAME_READABLE),
        .closed = closed,
        .closed_count = worker_count(items, FRAME_CLOSED),
        .ports = ports,
        .port_count = worker_count(items, FRAME_PORT),
        .cpu_seconds = (unsigned)frame_number(items, FRAME_SECONDS, 0),
    };
    int code = FOB_SUCCESS;

    if (frame_number(items, FRAME_VERSION_OF_PROTOCOL, 0) != FRAME_PROTOCOL ||
        (unsigned)sandbox.profile > FRAME_PROFILE_NONE)
        code = error_set(FOB_PLUGIN, "fob-worker and the library have different versions");
    else if (readable == NULL || closed == NULL || ports == NULL)
        code = error_nomem();
    else
        code = worker_enter(state, &sandbox);
    if (code == FOB_SUCCESS)
        frame_socket_read_ahead(state->control, true);
    worker_free_texts(readable);
    worker_free_texts(closed);
    free(ports);
    return code;
}

/* The host has closed the control socket, but the main thread does not end. */
static void *worker_watch(void *data)
{
    const struct timespec grace = { .tv_sec = GRACE };
    struct pollfd host = { .fd = FRAME_CONTROL, .events = POLLRDHUP };

    while (poll(&host, 1, -1) < 0 && errno == EINTR)
        continue;
    nanosleep(&grace, NULL);
    _exit(0);
    return data;
}

/* Let the process end with its host, even if loading the plugin never ends. */
static int worker_start_watch(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    int error;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, WATCH_STACK);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    error = pthread_create(&thread, &attributes, worker_watch, NULL);
    pthread_attr_destroy(&attributes);
    return error == 0 ? FOB_SUCCESS : error_nomem();
}

static int worker_find_plugin(struct worker_state *state, const struct frame *frame)
{
    const char *path = frame_text(frame->items, FRAME_PATH);
    const struct fob_plugin *plugin;
    void *handle = NULL;
    int code = worker_start_watch();

    if (code == FOB_SUCCESS)
        code = load_file(frame, &handle);
    if (code != FOB_SUCCESS)
        return code;
    plugin = dlsym(handle, "fob_plugin");
    if (plugin == NULL)
        return error_set(FOB_PLUGIN, "%s: not a fob plugin: it has no symbol fob_plugin", path);
    code = declaration_take(plugin, path, &state->loaded);
    state->loaded.request = (fob_hook_fn *)dlsym(handle, "requester_hook");
    return code;
}

static int worker_send_failure(struct worker_state *state, int code)
{
    frame_begin(state->control, FRAME_DONE, 0);
    frame_put_number(state->control, FRAME_CODE, code, 4);
    frame_put_text(state->control, FRAME_MESSAGE, fob_error());
    frame_put_text(state->control, FRAME_HINT, fob_error_hint());
    return frame_send(state->control, -1);
}

/* Load the plugin, unless an earlier step failed, and send the declaration or the error. */
static int worker_load(struct worker_state *state, const struct frame *frame)
{
    int code = state->code;

    if (code == FOB_SUCCESS)
        code = worker_find_plugin(state, frame);
    else
        error_restore(&state->error, code);
    if (code == FOB_SUCCESS) {
        code = declaration_send(state->control, &state->loaded,
                                state->lacks[0] != '\0' ? state->lacks : NULL);
        if (code == FOB_SUCCESS || code == FOB_PLUGIN)
            return code;
    }
    return worker_send_failure(state, code);
}

/* Note the failure of a step before LOAD; it becomes the answer to LOAD. */
static void worker_note(struct worker_state *state, int code)
{
    if (code == FOB_SUCCESS || state->code != FOB_SUCCESS)
        return;
    state->code = code;
    error_save(&state->error);
}

/* Obey FRAME.  False if the frame is unexpected, or the host is gone. */
static bool worker_obey(struct worker_state *state, const struct frame *frame)
{
    const bool loaded = state->loaded.plugin != NULL;
    const bool greeted = state->entered || state->code != FOB_SUCCESS;
    void *handle;

    switch (frame->type) {
    case FRAME_HELLO:
        if (greeted)
            return false;
        worker_note(state, worker_take_hello(state, frame->items));
        return true;
    case FRAME_LIBRARY:
        if (!greeted || loaded)
            return false;
        if (state->code == FOB_SUCCESS)
            worker_note(state, load_file(frame, &handle));
        return true;
    case FRAME_LOAD:
        return greeted && !loaded && worker_load(state, frame) == FOB_SUCCESS;
    case FRAME_SOCKET:
        return loaded && serve_calls(&state->loaded, frame->descriptor) == FOB_SUCCESS;
    default:
        return false;
    }
}

int worker_main(void)
{
    static struct worker_state state;
    struct frame frame;
    bool good = true;
    int code = FOB_SUCCESS;

#ifdef M_ARENA_MAX /* not in musl, which has no arenas */
    mallopt(M_ARENA_MAX, MIN(get_nprocs(), ARENAS_MAX));
#endif
    /* A plugin's output goes to a pipe, and must get there before a crash. */
    setvbuf(stdout, NULL, _IOLBF, 0);
    crash_watch();
    if (frame_socket_new(FRAME_CONTROL, &state.control) != FOB_SUCCESS)
        return 1;
    /* The keeper does not pass on what it takes. */
    frame_socket_read_ahead(state.control, false);
    while (good && (code = frame_receive(state.control, true, &frame)) == FOB_SUCCESS)
        good = worker_obey(&state, &frame);
    if (code != FOB_SUCCESS && code != FOB_NOT_FOUND && state.loaded.plugin == NULL)
        (void)worker_send_failure(&state, code);
    plugin_forget_all();
    fflush(stdout);
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    /* Run no exit handlers of a plugin. */
    _exit(0);
}
