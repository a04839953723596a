/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Renews the tokens of one account, with the lock and the key that another process has sent. */
#include "config.h"

#include "core/hook/renewer.h"

#include "core/hook/renew_ask.h"
#include "frame/frame_socket.h"
#include "util/error.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>

/* A caller that does not read must not stop the renewal. */
#define SEND_MS 100

struct renewer {
    struct frame_socket *control;
    bool silent; /* the caller is gone, or does not read */
    struct fob_context *context;
    struct fob_handle *handle;
    struct renewal *lock;
};

static void renewer_send(struct renewer *renewer)
{
    renewer->silent = renewer->silent || frame_send(renewer->control, -1) != FOB_SUCCESS;
}

static void renewer_log(enum fob_log_level level, const char *part, const char *message, void *data)
{
    struct renewer *renewer = data;
    char text[2048];

    if (renewer->silent)
        return;
    snprintf(text, sizeof text, "%s: %s", part, message);
    frame_begin(renewer->control, FRAME_LOG, 0);
    frame_put_number(renewer->control, FRAME_LEVEL, (int64_t)level, 1);
    frame_put_text(renewer->control, FRAME_TEXT, text);
    renewer_send(renewer);
}

/* Open the configuration, with the log that the caller has. */
static int renewer_open(struct renewer *renewer, struct span items)
{
    const int64_t level = frame_number(items, FRAME_LEVEL, -1);
    int code = fob_open(frame_text(items, FRAME_PATH), &renewer->context);

    if (code == FOB_SUCCESS && level >= 0) {
        fob_set_log(renewer->context, renewer_log, renewer);
        fob_set_log_level(renewer->context, (enum fob_log_level)level);
    }
    return code;
}

static int renewer_unlock(const struct renewer *renewer, struct span items, struct store **store)
{
    struct fob_secret *key = NULL;
    struct span item;
    int code = context_store(renewer->context, store);

    frame_find(items, FRAME_KEY, &item);
    if (code == FOB_SUCCESS)
        code = fob_secret_new(item.data, item.size, &key);
    if (code == FOB_SUCCESS)
        code = store_unlock_with(*store, key);
    fob_secret_free(key);
    return code;
}

static int renewer_renew(struct renewer *renewer, const struct frame *frame)
{
    const char *account = frame_text(frame->items, FRAME_ACCOUNT);
    struct store *store = NULL;
    int code;

    if (frame_number(frame->items, FRAME_VERSION_OF_PROTOCOL, 0) != FRAME_PROTOCOL)
        return error_set(FOB_CONFIG, "fob-renew and the library have different versions");
    code = renewer_open(renewer, frame->items);
    if (code == FOB_SUCCESS)
        code = renewer_unlock(renewer, frame->items, &store);
    if (code == FOB_SUCCESS)
        code = renewal_take(store, account, frame->descriptor, &renewer->lock);
    if (code == FOB_SUCCESS)
        code = renewal_keep_header(renewer->lock);
    if (code == FOB_SUCCESS)
        code = fob_start(renewer->context, NULL, account, NULL, &renewer->handle);
    if (code == FOB_SUCCESS)
        code = handle_make_candidate(renewer->handle);
    return code == FOB_SUCCESS ? renew_ask(renewer->handle, renewer->lock) : code;
}

static void renewer_answer(struct renewer *renewer, int code)
{
    frame_begin(renewer->control, FRAME_DONE, 0);
    frame_put_number(renewer->control, FRAME_CODE, code, 4);
    frame_put_text(renewer->control, FRAME_MESSAGE, fob_error());
    frame_put_text(renewer->control, FRAME_HINT, fob_error_hint());
    renewer_send(renewer);
}

int renewer_main(void)
{
    const struct timeval patience = { .tv_usec = SEND_MS * 1000 };
    struct renewer renewer = { .silent = false };
    struct frame frame;
    int code;

    fob_secret_no_dumps();
    (void)setsockopt(FRAME_CONTROL, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (frame_socket_new(FRAME_CONTROL, &renewer.control) != FOB_SUCCESS)
        return 1;
    code = frame_receive(renewer.control, true, &frame);
    if (code == FOB_SUCCESS && frame.type == FRAME_RENEW) {
        code = renewer_renew(&renewer, &frame);
        renewal_end(renewer.lock);
        renewer_answer(&renewer, code);
    }
    fob_end(renewer.handle);
    fob_close(renewer.context);
    frame_socket_free(renewer.control);
    return 0;
}
