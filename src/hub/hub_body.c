/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps bodies while they arrive. */
#include "config.h"

#include "hub/hub_body.h"

#include "util/secret.h"

#include <string.h>

/* The room that a body begins with, and what it is multiplied by when it is full. */
#define ROOM_FIRST ((size_t)4000)
#define ROOM_FACTOR 4

static bool body_is_of(const struct hub_request *request, struct hub_limit_address address)
{
    return memcmp(request->address.bytes, address.bytes, sizeof address.bytes) == 0;
}

/* What all bodies of ADDRESS take. */
static size_t body_held(const struct hub_bodies *bodies, struct hub_limit_address address)
{
    size_t size = 0;

    for (const struct hub_request *at = bodies->first; at != NULL; at = at->next) {
        if (body_is_of(at, address))
            size += fob_secret_size(at->body);
    }
    return size;
}

/* The first body of the address that holds the most. */
static struct hub_request *body_to_lose(const struct hub_bodies *bodies)
{
    struct hub_request *found = NULL;
    size_t most = 0;

    for (struct hub_request *at = bodies->first; at != NULL; at = at->next) {
        const size_t held = body_held(bodies, at->address);

        if (held > most) {
            most = held;
            found = at;
        }
    }
    return found;
}

static void body_link(struct hub_bodies *bodies, struct hub_request *request)
{
    request->before = bodies->last;
    *(bodies->last != NULL ? &bodies->last->next : &bodies->first) = request;
    bodies->last = request;
}

static void body_unlink(struct hub_bodies *bodies, struct hub_request *request)
{
    *(request->before != NULL ? &request->before->next : &bodies->first) = request->next;
    *(request->next != NULL ? &request->next->before : &bodies->last) = request->before;
    request->before = NULL;
    request->next = NULL;
}

void hub_body_end(struct hub_bodies *bodies, struct hub_request *request)
{
    if (request->body == NULL)
        return;
    body_unlink(bodies, request);
    bodies->size -= fob_secret_size(request->body);
    fob_secret_free(request->body);
    request->body = NULL;
    request->size = 0;
}

static void body_lose(struct hub_bodies *bodies, struct hub_request *request)
{
    request->lost = true;
    hub_body_end(bodies, request);
}

/* Make room for SIZE bytes of REQUEST, whose body has LENGTH bytes at its end. */
static bool body_reserve(struct hub_bodies *bodies, struct hub_request *request, size_t size,
                         size_t length)
{
    struct fob_secret *new = NULL;
    size_t room = ROOM_FIRST;

    if (size <= fob_secret_size(request->body))
        return true;
    while (room < size)
        room *= ROOM_FACTOR;
    room = room < length ? room : length;
    while (!request->lost && bodies->size + room > HUB_BODY_ALL_MAX) {
        struct hub_request *most = body_to_lose(bodies);

        if (most == NULL)
            return false;
        body_lose(bodies, most);
    }
    if (request->lost || secret_alloc(room, &new) != FOB_SUCCESS)
        return false;
    if (request->body == NULL) {
        body_link(bodies, request);
    } else {
        memcpy(secret_buffer(new), fob_secret_data(request->body), request->size);
        bodies->size -= fob_secret_size(request->body);
        fob_secret_free(request->body);
    }
    request->body = new;
    bodies->size += room;
    return true;
}

bool hub_body_add(struct hub_bodies *bodies, struct hub_request *request, const void *data,
                  size_t size)
{
    const long length = hub_request_length(request);

    if (request->lost)
        return true;
    if (length < 0 || size > (size_t)length - request->size)
        return false;
    if (!body_reserve(bodies, request, request->size + size, (size_t)length)) {
        body_lose(bodies, request);
        return true;
    }
    memcpy(secret_buffer(request->body) + request->size, data, size);
    request->size += size;
    return true;
}
