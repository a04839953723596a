/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The data that a plugin keeps for each handle, from hook to hook. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/error.h"

#include <pthread.h>
#include <stdlib.h>

struct kept_data {
    struct kept_data *next;
    uint32_t handle;
    void *data;
    void (*destroy)(void *data);
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept_data *kept;

/* The pointer to the data of the handle with NUMBER, or to NULL; with the lock held. */
static struct kept_data **plugin_find_data(uint32_t number)
{
    struct kept_data **at = &kept;

    while (*at != NULL && (*at)->handle != number)
        at = &(*at)->next;
    return at;
}

static void plugin_destroy_data(struct kept_data *old)
{
    if (old != NULL && old->destroy != NULL)
        old->destroy(old->data);
    free(old);
}

/* Remove and return the data that AT points to; with the lock held. */
static struct kept_data *plugin_take_data(struct kept_data **at)
{
    struct kept_data *taken = *at;

    if (taken != NULL)
        *at = taken->next;
    return taken;
}

int fob_set_data(struct fob_handle *handle, void *data, void (*destroy)(void *data))
{
    struct kept_data *new;
    struct kept_data *old;

    NEED_HANDLE(handle);
    new = malloc(sizeof *new);
    if (new == NULL)
        return error_nomem();
    pthread_mutex_lock(&lock);
    old = plugin_take_data(plugin_find_data(handle->number));
    *new = (struct kept_data){ kept, handle->number, data, destroy };
    kept = new;
    pthread_mutex_unlock(&lock);
    plugin_destroy_data(old);
    return FOB_SUCCESS;
}

void *fob_get_data(const struct fob_handle *handle)
{
    const struct kept_data *found;

    if (!plugin_is_here(handle))
        return NULL;
    pthread_mutex_lock(&lock);
    found = *plugin_find_data(handle->number);
    pthread_mutex_unlock(&lock);
    return found != NULL ? found->data : NULL;
}

void plugin_forget_data(uint32_t number)
{
    struct kept_data *old;

    pthread_mutex_lock(&lock);
    old = plugin_take_data(plugin_find_data(number));
    pthread_mutex_unlock(&lock);
    plugin_destroy_data(old);
}

void plugin_forget_all(void)
{
    struct kept_data *old;

    do {
        pthread_mutex_lock(&lock);
        old = plugin_take_data(&kept);
        pthread_mutex_unlock(&lock);
        plugin_destroy_data(old);
    } while (old != NULL);
}
