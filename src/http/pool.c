/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The pool: a short list; the client that was returned last is taken first. */
#include "config.h"

#include "http/pool.h"

#include "http/client.h"
#include "util/clock.h"
#include "util/descriptors.h"
#include "util/process.h"

#include <stdlib.h>
#include <string.h>

/* The most calls that a sweep has in flight.  Each may return a client at the same time, while
 * clients for other providers are idle. */
#define CALLS 64
#define IDLE_MAX (2 * CALLS)
/* An older client, in milliseconds, is freed: servers close idle connections about then. */
#define AGE_MAX 60000

struct idle {
    struct fob_http *http;
    int64_t since; /* milliseconds */
};

static struct process_lock lock = PROCESS_LOCK_INIT;
static uint64_t owner;             /* the process whose clients these are */
static struct idle idle[IDLE_MAX]; /* oldest first */
static size_t count;

/* Take the lock.  A child abandons its parent's clients, because libcurl would use the parent's
 * connections. */
static void pool_lock(void)
{
    process_lock(&lock);
    if (owner != process_id())
        count = 0;
    owner = process_id();
}

static void pool_free_all(void)
{
    while (owner == process_id() && count > 0)
        client_free(idle[--count].http);
}

/* With the lock held: whether all clients will be freed at exit.  curl_global_init() has run
 * before, so that this runs before libcurl's own exit handlers. */
static bool pool_will_be_freed(void)
{
    static bool registered;

    if (!registered)
        registered = atexit(pool_free_all) == 0;
    return registered;
}

/* With the lock held: remove client number AT. */
static struct fob_http *pool_remove_at(size_t at)
{
    struct fob_http *http = idle[at].http;

    for (count--; at < count; at++)
        idle[at] = idle[at + 1];
    return http;
}

static bool pool_is_for(const struct fob_http *http, const struct client_key *key)
{
    if (strcmp(http->base_url, key->base_url) != 0 ||
        (http->ca_file == NULL) != (key->ca_file == NULL))
        return false;
    return key->ca_file == NULL || strcmp(http->ca_file, key->ca_file) == 0;
}

/* With the lock held: take the newest client for KEY, or NULL. */
static struct fob_http *pool_find(const struct client_key *key)
{
    for (size_t at = count; at > 0; at--) {
        if (pool_is_for(idle[at - 1].http, key))
            return pool_remove_at(at - 1);
    }
    return NULL;
}

struct fob_http *pool_take(const struct client_key *key)
{
    const int64_t now = clock_ms();
    struct fob_http *old = NULL;
    struct fob_http *http;

    pool_lock();
    if (count > 0 && now - idle[0].since > AGE_MAX)
        old = pool_remove_at(0);
    http = pool_find(key);
    process_unlock(&lock);
    /* Closing may take a while, so it is done without the lock. */
    if (old != NULL)
        client_free(old);
    return http;
}

/* With the lock held: the most clients to keep.  The limit of descriptors is read only when needed.
 */
static size_t pool_find_room(void)
{
    static size_t room;

    if (count >= room)
        room = 2 * (size_t)descriptors_allow(CALLS);
    return room;
}

void pool_give(struct fob_http *http)
{
    const int64_t now = clock_ms();
    struct fob_http *excess = http;

    pool_lock();
    if (pool_will_be_freed()) {
        excess = count >= pool_find_room() ? pool_remove_at(0) : NULL;
        idle[count++] = (struct idle){ http, now };
    }
    process_unlock(&lock);
    if (excess != NULL)
        client_free(excess);
}
