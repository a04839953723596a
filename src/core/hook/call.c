/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Controls a hook's calls to its provider: when each may be made, and its result. */
#include "config.h"

#include "core/session/handle.h"

#include "core/hook/budget.h"
#include "util/error.h"
#include "util/wait.h"

#include <time.h>

/* An interactive call waits at most two budget windows. */
#define WAIT_MAX_MS (2 * (int64_t)BUDGET_MINUTE_MS)
/* How often a wait checks for the end of the sweep. */
#define POLL_MS 100

void call_reset(struct fob_handle *handle)
{
    handle->call.answered = false;
    handle->call.retry_after = 0;
}

bool call_is_over(const struct fob_handle *handle)
{
    int64_t end;

    /* In a forked child, the parent's hook is over. */
    if (handle_is_lost(handle))
        return true;
    if (handle->on_poll != NULL)
        handle->on_poll(handle->poll_data);
    end = handle->end != NULL ? atomic_load_explicit(handle->end, memory_order_relaxed) : 0;
    return end != 0 && budget_clock() >= end;
}

static int call_fail_over(const struct fob_handle *handle)
{
    return error_set(FOB_ABORT, "%s: interrupted", handle->account);
}

int call_sleep_for(const struct fob_handle *handle, int64_t ms)
{
    const int64_t until = budget_clock() + ms;

    while (!call_is_over(handle)) {
        int64_t left = until - budget_clock();
        struct timespec part;

        if (left <= 0)
            return FOB_SUCCESS;
        if (handle->end != NULL && left > POLL_MS)
            left = POLL_MS;
        part = (struct timespec){ (time_t)(left / 1000), (long)(left % 1000) * 1000000 };
        (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &part, NULL);
    }
    return call_fail_over(handle);
}

static const char *call_title(const struct fob_handle *handle)
{
    return handle->provider != NULL ? handle->provider->texts[FOB_PROVIDER_TITLE]
                                    : handle->provider_name;
}

void call_report_wait(const struct fob_handle *handle)
{
    wait_begin(0, "waiting for %s", call_title(handle));
}

/* Wait before the next attempt. */
static int call_pause(const struct fob_handle *handle, int64_t ms)
{
    if (handle->call.retry_after > 0)
        wait_begin(ms, "waiting for %s, which asks for a pause", call_title(handle));
    else
        wait_begin(ms, "waiting to ask %s again", call_title(handle));
    return call_sleep_for(handle, ms);
}

static int call_fail_budget(const struct fob_handle *handle)
{
    error_set(FOB_RATE_LIMITED, "provider %s: its budget of %lld calls a minute is used up",
              handle->provider_name, (long long)handle->provider->budget_per_minute);
    error_hint("try again later; budget: in %s sets it", handle->provider->file->name);
    return FOB_RATE_LIMITED;
}

/* Wait for the provider's budget. */
static int call_wait_for_budget(struct fob_handle *handle)
{
    const struct budget_request request = {
        .provider = handle->provider_name,
        .per_minute = handle->provider->budget_per_minute,
        .planned = handle->end != NULL ? 1 : 0,
    };
    const int64_t begin = budget_clock();

    for (;;) {
        int64_t wait = 0;
        int code = budget_take(handle->context, &request, &wait);

        if (code != FOB_SUCCESS || wait == 0)
            return code;
        if (budget_clock() + wait - begin > WAIT_MAX_MS)
            return call_fail_budget(handle);
        wait_begin(wait, "waiting for the budget of %s, %lld calls a minute from %s",
                   call_title(handle), (long long)request.per_minute,
                   handle->context->settings->shared ? "all machines" : "this machine");
        code = call_sleep_for(handle, wait);
        if (code != FOB_SUCCESS)
            return code;
    }
}

/* Whether the budget counts this call; it does not count an application's own calls. */
static bool call_has_budget(const struct fob_handle *handle)
{
    return handle->plugin != NULL && handle->hook != HOOK_AUTHORIZE &&
           handle->provider->budget_per_minute > 0;
}

bool call_is_counted(const struct fob_handle *handle)
{
    return handle->call.paid || !call_has_budget(handle);
}

int call_begin(struct fob_handle *handle, int64_t pause)
{
    int code = FOB_SUCCESS;

    /* A sweep asks about other accounts meanwhile. */
    if (pause > 0 && handle->end != NULL && handle->call.retry_after > 0)
        return error_set(FOB_RATE_LIMITED, "provider %s: asks for a pause", handle->provider_name);
    if (pause > 0)
        code = call_pause(handle, pause);
    else if (call_is_over(handle))
        code = call_fail_over(handle);
    if (code == FOB_SUCCESS && handle->call.paid)
        handle->call.paid = false;
    else if (code == FOB_SUCCESS && call_has_budget(handle))
        code = call_wait_for_budget(handle);
    if (code == FOB_SUCCESS)
        call_report_wait(handle);
    else
        wait_end();
    return code;
}

void call_end(struct fob_handle *handle, bool answered, int64_t retry_after)
{
    wait_end();
    handle->call.answered = answered;
    handle->call.retry_after = retry_after > 0 ? retry_after : 0;
}
