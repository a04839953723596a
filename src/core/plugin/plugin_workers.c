/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps workers and their sockets for the next call. */
#include "config.h"

#include "core/plugin/plugin_workers.h"

#include "util/error.h"
#include "util/process.h"

#include <stdlib.h>
#include <string.h>

/* One worker. */
struct worker_member {
    struct worker_member *next;
    struct plugin_worker *worker;
    const struct mapping *file; /* the loaded plugin */
    enum fob_needs profile;
    char *const *reachable;
    unsigned port;
    struct frame_socket **idle;
    size_t idle_count;
    size_t idle_room;
    unsigned calls;
    bool alone;  /* for one call */
    bool dead;   /* takes no further call */
    bool shared; /* had more than one call when it died */
};

struct plugin_workers {
    struct process_lock lock;
    uint64_t process;
    struct worker_member *first;
};

int plugin_workers_new(struct plugin_workers **workers)
{
    struct plugin_workers *new = calloc(1, sizeof *new);

    if (new == NULL)
        return error_nomem();
    new->process = process_id();
    *workers = new;
    return FOB_SUCCESS;
}

static void plugin_workers_free_member(struct worker_member *member)
{
    for (size_t i = 0; i < member->idle_count; i++)
        frame_socket_free(member->idle[i]);
    free(member->idle);
    plugin_worker_end(member->worker);
    free(member);
}

void plugin_workers_free(struct plugin_workers *workers)
{
    if (workers == NULL)
        return;
    while (workers->first != NULL) {
        struct worker_member *member = workers->first;

        workers->first = member->next;
        plugin_workers_free_member(member);
    }
    free(workers);
}

/* With the lock held, or before WORKERS is shared. */
static struct worker_member *plugin_workers_add(struct plugin_workers *workers,
                                                const struct worker_plan *plan,
                                                struct plugin_worker *worker)
{
    struct worker_member *new = calloc(1, sizeof *new);

    if (new == NULL) {
        plugin_worker_end(worker);
        return NULL;
    }
    new->worker = worker;
    new->file = plan->file;
    new->profile = plan->profile;
    new->reachable = plan->reachable;
    new->port = plan->port;
    new->next = workers->first;
    workers->first = new;
    return new;
}

int plugin_workers_adopt(struct plugin_workers *workers, const struct worker_plan *plan,
                         struct plugin_worker *worker)
{
    return plugin_workers_add(workers, plan, worker) != NULL ? FOB_SUCCESS : error_nomem();
}

static bool plugin_workers_equal(char *const *a, char *const *b)
{
    while (a != NULL && b != NULL && *a != NULL && *b != NULL && strcmp(*a, *b) == 0) {
        a++;
        b++;
    }
    return (a == NULL || *a == NULL) && (b == NULL || *b == NULL);
}

/* With the lock held: a running worker for PLAN; NULL if there is none. */
static struct worker_member *plugin_workers_find(const struct plugin_workers *workers,
                                                 const struct worker_plan *plan)
{
    struct worker_member *member = workers->first;

    while (member != NULL && (member->dead || member->alone || member->file != plan->file ||
                              member->profile != plan->profile || member->port != plan->port ||
                              !plugin_workers_equal(member->reachable, plan->reachable)))
        member = member->next;
    return member;
}

/* With the lock held, so that other threads wait for the same worker. */
static int plugin_workers_start(struct plugin_workers *workers, const struct worker_plan *plan,
                                struct worker_member **member)
{
    struct plugin_worker *worker = NULL;
    struct span declaration;
    int code = plugin_worker_start(plan, &worker, &declaration);

    if (code != FOB_SUCCESS)
        return code;
    *member = plugin_workers_add(workers, plan, worker);
    return *member != NULL ? FOB_SUCCESS : error_nomem();
}

/* With the lock held: an idle socket, or one more. */
static int plugin_workers_take_socket(struct worker_member *member, struct frame_socket **socket)
{
    if (member->idle_count == 0)
        return plugin_worker_open(member->worker, socket);
    *socket = member->idle[--member->idle_count];
    return FOB_SUCCESS;
}

/* With the lock held. */
static void plugin_workers_mark_dead(struct worker_member *member)
{
    if (member->dead)
        return;
    member->dead = true;
    member->shared = member->calls > 1;
}

static int plugin_workers_take_locked(struct plugin_workers *workers,
                                      const struct worker_plan *plan, bool alone,
                                      struct worker_call *call)
{
    struct worker_member *member = alone ? NULL : plugin_workers_find(workers, plan);
    struct frame_socket *socket = NULL;
    int code = member != NULL ? plugin_workers_take_socket(member, &socket) : FOB_SUCCESS;

    /* It has just died, with another call. */
    if (member != NULL && code == FOB_PLUGIN) {
        plugin_workers_mark_dead(member);
        member = NULL;
    }
    if (member == NULL) {
        code = plugin_workers_start(workers, plan, &member);
        if (code == FOB_SUCCESS)
            code = plugin_workers_take_socket(member, &socket);
    }
    if (code != FOB_SUCCESS)
        return code;
    member->alone = alone;
    member->calls++;
    *call = (struct worker_call){ member->worker, socket, member };
    return FOB_SUCCESS;
}

int plugin_workers_take(struct plugin_workers *workers, const struct worker_plan *plan, bool alone,
                        struct worker_call *call)
{
    int code;

    process_lock(&workers->lock);
    code = plugin_workers_take_locked(workers, plan, alone, call);
    process_unlock(&workers->lock);
    return code;
}

/* With the lock held: keep the socket for the next call. */
static void plugin_workers_keep_socket(struct worker_member *member, struct frame_socket *socket)
{
    if (member->idle_count == member->idle_room) {
        const size_t room = member->idle_room + 8;
        struct frame_socket **more = reallocarray(member->idle, room, sizeof(*more));

        if (more == NULL) {
            frame_socket_free(socket);
            return;
        }
        member->idle = more;
        member->idle_room = room;
    }
    member->idle[member->idle_count++] = socket;
}

/* With the lock held. */
static void plugin_workers_remove(struct plugin_workers *workers,
                                  const struct worker_member *member)
{
    struct worker_member **at = &workers->first;

    while (*at != member)
        at = &(*at)->next;
    *at = member->next;
}

/* With the lock held: remove and return a worker without a call; NULL if there is none. */
static struct worker_member *plugin_workers_take_idle(struct plugin_workers *workers)
{
    struct worker_member *member = workers->first;

    while (member != NULL && member->calls > 0)
        member = member->next;
    if (member != NULL)
        plugin_workers_remove(workers, member);
    return member;
}

void plugin_workers_rest(struct plugin_workers *workers)
{
    struct worker_member *member;

    do {
        process_lock(&workers->lock);
        member = plugin_workers_take_idle(workers);
        process_unlock(&workers->lock);
        if (member != NULL)
            plugin_workers_free_member(member);
    } while (member != NULL);
}

/* With the lock held.  Returns whether this was the last call of a worker that must end. */
static bool plugin_workers_end_call(struct worker_member *member, bool dead)
{
    if (dead)
        plugin_workers_mark_dead(member);
    member->calls--;
    return member->calls == 0 && (member->dead || member->alone);
}

bool plugin_workers_give(struct plugin_workers *workers, struct worker_call *call, bool dead)
{
    struct worker_member *member = call->member;
    bool shared;
    bool last;

    /* The worker belongs to the parent process. */
    if (workers->process != process_id())
        return false;
    process_lock(&workers->lock);
    last = plugin_workers_end_call(member, dead);
    shared = member->shared;
    if (last)
        plugin_workers_remove(workers, member);
    if (!dead && !last)
        plugin_workers_keep_socket(member, call->socket);
    process_unlock(&workers->lock);
    if (dead || last)
        frame_socket_free(call->socket);
    if (last)
        plugin_workers_free_member(member);
    *call = (struct worker_call){ .worker = NULL };
    return shared;
}
