/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The pool: a short list, the last one given back first. */
#include "config.h"

#include "http/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* As many as a sweep has calls at a time. */
#define ROOM 64
/* Seconds after which nobody will come back for it: servers close connections about then. */
#define AGE_MAX 60

struct idle {
    CURL *easy;
    char *origin;
    char *ca_file;
    time_t since;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct idle idle[ROOM]; /* the oldest first */
static size_t count;

static time_t now(void)
{
    struct timespec when;

    clock_gettime(CLOCK_MONOTONIC, &when);
    return when.tv_sec;
}

static void clear(struct idle *one)
{
    curl_easy_cleanup(one->easy);
    free(one->origin);
    free(one->ca_file);
}

static void close_all(void)
{
    while (count > 0)
        clear(&idle[--count]);
}

bool pool_start(void)
{
    /* Called before what libcurl itself has registered. */
    return atexit(close_all) == 0;
}

/* With the lock held: take number AT out. */
static struct idle remove_at(size_t at)
{
    struct idle one = idle[at];

    count--;
    memmove(&idle[at], &idle[at + 1], (count - at) * sizeof *idle);
    return one;
}

static bool is_for(const struct idle *one, const struct pool_key *key)
{
    if (strcmp(one->origin, key->origin) != 0 || (one->ca_file == NULL) != (key->ca_file == NULL))
        return false;
    return key->ca_file == NULL || strcmp(one->ca_file, key->ca_file) == 0;
}

/* The oldest one, when it is too old; else its EASY is NULL. */
static struct idle take_old(void)
{
    struct idle one = { .easy = NULL };

    pthread_mutex_lock(&lock);
    if (count > 0 && now() - idle[0].since > AGE_MAX)
        one = remove_at(0);
    pthread_mutex_unlock(&lock);
    return one;
}

/* Closing may take a while: nobody is kept from theirs by it. */
static void close_old(void)
{
    struct idle one;

    while ((one = take_old()).easy != NULL)
        clear(&one);
}

CURL *pool_take(const struct pool_key *key)
{
    struct idle one = { .easy = NULL };

    close_old();
    pthread_mutex_lock(&lock);
    for (size_t at = count; at > 0 && one.easy == NULL; at--) {
        if (is_for(&idle[at - 1], key))
            one = remove_at(at - 1);
    }
    pthread_mutex_unlock(&lock);
    free(one.origin);
    free(one.ca_file);
    return one.easy;
}

void pool_give(const struct pool_key *key, CURL *easy)
{
    struct idle one = { easy, strdup(key->origin), NULL, now() };

    if (key->ca_file != NULL)
        one.ca_file = strdup(key->ca_file);
    curl_easy_reset(easy);
    if (one.origin == NULL || (key->ca_file != NULL && one.ca_file == NULL)) {
        clear(&one);
        return;
    }
    pthread_mutex_lock(&lock);
    if (count < ROOM) {
        idle[count++] = one;
        one.easy = NULL;
    }
    pthread_mutex_unlock(&lock);
    if (one.easy != NULL)
        clear(&one);
}
