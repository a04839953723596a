/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Deferred hooks, and the drivers that wake them. */
#include "config.h"

#include "core/defer.h"

#include "util/error.h"

void defer_allow(struct fob_handle *handle, struct loop *loop, void *owner)
{
    handle->deferral.loop = loop;
    handle->deferral.owner = owner;
}

void defer_forbid(struct fob_handle *handle)
{
    handle->deferral.loop = NULL;
}

bool defer_is_deferred(const struct fob_handle *handle)
{
    return handle->deferral.resume != NULL;
}

int defer_call(struct fob_handle *handle, fob_hook_fn *hook)
{
    fob_resume_fn *resume = handle->deferral.resume;

    handle->deferral.resume = NULL;
    return resume != NULL ? resume(handle, handle->deferral.data) : hook(handle);
}

struct fob_driver **fob_driver(struct fob_handle *handle)
{
    struct loop *loop = handle != NULL ? handle->deferral.loop : NULL;

    return loop != NULL ? &loop->driver : NULL;
}

int fob_defer(struct fob_handle *handle, fob_resume_fn *resume, void *data)
{
    NEED_HANDLE(handle);
    NEED(resume);
    if (handle->deferral.loop == NULL)
        return error_set(FOB_PLUGIN, "a hook was deferred that must wait itself");
    handle->deferral.resume = resume;
    handle->deferral.data = data;
    return FOB_DEFERRED;
}

void fob_wake(struct fob_handle *handle, bool waits)
{
    struct loop *loop = handle != NULL ? handle->deferral.loop : NULL;

    if (loop == NULL)
        return;
    handle->deferral.waits = waits;
    handle->deferral.next = loop->woken;
    loop->woken = handle;
}

void loop_wait(const struct loop *loop, int64_t ms)
{
    loop->driver->wait(loop->driver, ms);
}

struct fob_handle *loop_next(struct loop *loop)
{
    struct fob_handle *handle = loop->woken;

    if (handle != NULL)
        loop->woken = handle->deferral.next;
    return handle;
}

void loop_clear(struct loop *loop)
{
    if (loop->driver != NULL)
        loop->driver->free(loop->driver);
    *loop = (struct loop){ NULL, NULL };
}
