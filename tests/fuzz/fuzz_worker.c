/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fuzzes what a worker does with the frames of its host: calls, answers and requests. */
#include "config.h"

#include "util/array.h"
#include "worker/plugin_handle.h"
#include "worker/plugin_request.h"

#include "fuzz_lines.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX 65536

static struct fob_handle handle;
static struct plugin_request request;
static jmp_buf left;

/* A worker ends when its host is gone, or sends a frame that is not expected. */
_Noreturn void __wrap__exit(int status);
void __wrap__exit(int status)
{
    (void)status;
    longjmp(left, 1);
}

static void read_options(void)
{
    for (size_t i = 0; i < handle.option_count; i++) {
        const char *name = handle.options[i].name;
        size_t count = 0;

        (void)fob_option_text(&handle, name);
        (void)fob_option_number(&handle, name);
        (void)fob_option_flag(&handle, name);
        while (fob_option_item(&handle, name, count) != NULL)
            count++;
        fuzz_must(count < INPUT_MAX);
        (void)fob_option_member(&handle, name, 1, "status");
    }
}

static void read_credential(void)
{
    char text[] = "the token is s3cret-token, and that is all";
    const struct fob_secret *value;
    const struct fob_secret *key;
    const char *name;
    bool secret;

    for (size_t i = 0; (name = fob_field_name(&handle, i, &secret)) != NULL; i++)
        fuzz_must(fob_field(&handle, name) != NULL);
    for (size_t i = 0; fob_header(&handle, i, &name, &value) == FOB_SUCCESS; i++)
        fuzz_must(name != NULL && value != NULL);
    if (fob_certificate(&handle, &value, &key) == FOB_SUCCESS)
        fuzz_must(value != NULL && key != NULL);
    for (size_t i = 0; fob_query_parameter(&handle, i, &name, &value) == FOB_SUCCESS; i++)
        fuzz_must(name != NULL && value != NULL);
    (void)plugin_mask(&handle, text);
    for (int i = 0; i <= FOB_TEXT_REMOTE_NAME; i++)
        fuzz_must(fob_account_label(&handle, (enum fob_text)i) != NULL);
    fuzz_must(fob_provider_name(&handle) != NULL && fob_account_name(&handle) != NULL);
    fuzz_must(fob_caller(&handle)->group_count < INPUT_MAX);
}

static void ask_host(void)
{
    const struct fob_message question = { .size = sizeof question,
                                          .kind = FOB_ASK_SECRET,
                                          .text = "Code" };
    const struct fob_message *const questions[] = { &question, &question };
    struct fob_secret *replies[ARRAY_SIZE(questions)];
    int fd = -1;

    (void)fob_begin_call(&handle, 0);
    fob_end_call(&handle, true, 7);
    if (fob_open_trusted(&handle, "/etc/passwd", &fd) == FOB_SUCCESS && fd >= 0)
        close(fd);
    if (fob_converse(&handle, questions, ARRAY_SIZE(questions), replies) == FOB_SUCCESS) {
        for (size_t i = 0; i < ARRAY_SIZE(replies); i++)
            fob_secret_free(replies[i]);
    }
    (void)fob_is_over(&handle);
}

static void take_request(void)
{
    if (plugin_request_receive(&handle, &request) != FOB_SUCCESS)
        return;
    fuzz_must(request.method != NULL && request.target != NULL && request.lines != NULL);
    plugin_request_send_head(&handle, 200, "HTTP/1.1 200 OK\r\nA: b\r\n", 1);
    plugin_request_send_body(&handle, "1", 1);
}

static void take_call(struct frame_socket *socket, const struct frame *frame)
{
    int code = plugin_handle_begin(&handle, socket, frame);

    if (code == FOB_SUCCESS) {
        read_options();
        read_credential();
        if (handle.hook == FRAME_HOOK_REQUEST)
            take_request();
        else
            ask_host();
    }
    plugin_handle_put(&handle, code);
    (void)frame_send(socket, -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int other;
    struct frame_socket *socket = fuzz_open(data, size, &other);
    struct frame frame;

    if (setjmp(left) == 0 && frame_receive(socket, true, &frame) == FOB_SUCCESS &&
        frame.type == FRAME_CALL)
        take_call(socket, &frame);
    plugin_request_clear(&request);
    request = (struct plugin_request){ .body = NULL };
    plugin_handle_end(&handle);
    handle = (struct fob_handle){ .mark = NULL };
    close(other);
    frame_socket_free(socket);
    return 0;
}
