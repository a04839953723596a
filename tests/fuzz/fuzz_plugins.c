/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fuzzes what plugins read: the answer of a program, the hours of a policy. */
#include "config.h"

#include "core/session/handle.h"
#include "hours.h"
#include "reply.h"
#include "util/array.h"

#include "fuzz_home.h"
#include "fuzz_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A handle as in HOOK. */
static struct fob_handle *make_handle(enum hook hook)
{
    static const struct plugin plugin = { .path = "exec.so" };
    struct fob_handle *handle = NULL;

    must(handle_new(context, "acme", NULL, &handle) == FOB_SUCCESS);
    must(handle_make_candidate(handle) == FOB_SUCCESS);
    must(record_set_field(handle->candidate, "token", "s3cret", 6, true) == FOB_SUCCESS);
    handle->hook = hook;
    handle->plugin = &plugin;
    return handle;
}

/* The first byte chooses the hook, the second the status. */
static void fuzz_answer(char *text, size_t size)
{
    static const enum hook hooks[] = { HOOK_LINK, HOOK_VALIDATE, HOOK_REVOKE, HOOK_AUTHORIZE };
    static const enum reply_hook meant[] = { LINK, VALIDATE, REVOKE, AUTHORIZE };
    size_t chosen = (unsigned char)text[0] % 4;
    struct fob_secret *output = NULL;
    struct fob_handle *handle;
    int status;
    int code = -1;

    if (size < 2)
        return;
    status = text[1] == '0' ? 0 : (unsigned char)text[1];
    handle = make_handle(hooks[chosen]);
    must(fob_secret_new(text + 2, size - 2, &output) == FOB_SUCCESS);
    if (reply_process(handle, meant[chosen], "/bin/program", output, status, &code) == FOB_SUCCESS)
        must(code >= 0 && code < FOB_CODE_COUNT);
    else
        must(fob_error()[0] != '\0' && code == -1);
    fob_secret_free(output);
    handle->plugin = NULL;
    fob_end(handle);
}

/* Each minute of the week is in the hours or not. */
static void fuzz_hours(char *text, size_t size)
{
    struct hours hours;
    size_t within = 0;

    (void)size;
    if (!hours_parse(text, &hours))
        return;
    for (int minute = 0; minute < 7 * 24 * 60; minute++) {
        const struct tm now = {
            .tm_wday = minute / (24 * 60),
            .tm_hour = minute / 60 % 24,
            .tm_min = minute % 60,
        };

        within += hours_contain(&hours, &now);
    }
    must(within > 0 && within < (size_t)7 * 24 * 60 + (hours.begin == 0 && hours.end == 24 * 60));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_text_fn *const targets[] = { fuzz_answer, fuzz_hours };

    if (folder == NULL)
        home_make();
    return fuzz_text(data, size, targets, ARRAY_SIZE(targets));
}
