/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fuzzes what plugins read: the answer of a program, the hours of a policy. */
#include "config.h"

#include "hours.h"
#include "reply.h"
#include "util/array.h"
#include "util/text.h"
#include "util/token.h"

#include "fuzz_text.h"
#include "worker_handle.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
    if (!good)
        abort();
}

#define BEGAN 1700000000

static void put_credential(struct frame_socket *host)
{
    const struct token old = { .name = "old", .value = wire_text("t0ken"), .ends = BEGAN };

    frame_put_pair(host, FRAME_SECRET_FIELD, wire_text("token"), wire_text("s3cret"));
    frame_put_token(host, &old);
}

/* Tokens can be sent, and end after the program's start. */
static void check_tokens(const struct fob_handle *handle)
{
    const char *name;
    size_t count = 0;

    for (; (name = fob_token_name(handle, count)) != NULL; count++) {
        int64_t ends = -1;
        const struct fob_secret *value = fob_token(handle, name, &ends);

        must(fob_secret_size(value) > 0 &&
             !text_has_control(fob_secret_data(value), fob_secret_size(value)));
        must(ends == 0 || ends > BEGAN || (strcmp(name, "old") == 0 && ends == BEGAN));
        must(fob_field(handle, name) == NULL);
    }
    must(count > 0 && count <= TOKENS_MAX);
}

/* The first byte chooses the hook, the second the status or a program that is cut off. */
static void fuzz_answer(char *text, size_t size)
{
    static const enum reply_hook meant[] = { LINK, VALIDATE, REVOKE, AUTHORIZE, RENEW };
    size_t chosen = (unsigned char)text[0] % ARRAY_SIZE(meant);
    struct reply_text reply = { .hook = meant[chosen], .path = "/bin/program", .began = BEGAN };
    struct fob_secret *output = NULL;
    struct worker_handle made;
    int code = -1;

    if (size < 2)
        return;
    worker_handle_begin(&made, (unsigned)chosen, put_credential);
    must(fob_secret_new(text + 2, size - 2, &output) == FOB_SUCCESS);
    reply.output = output;
    reply.cut = text[1] == 'c';
    if (reply.cut)
        (void)reply_keep_tokens(&made.handle, &reply);
    else if (reply_process(&made.handle, &reply, text[1] == '0' ? 0 : (unsigned char)text[1],
                           &code) == FOB_SUCCESS)
        must(code >= 0 && code < FOB_CODE_COUNT);
    else
        must(fob_error()[0] != '\0' && code == -1);
    check_tokens(&made.handle);
    fob_secret_free(output);
    worker_handle_end(&made);
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

    return fuzz_text(data, size, targets, ARRAY_SIZE(targets));
}
