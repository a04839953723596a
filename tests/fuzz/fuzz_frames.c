/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fuzzes what host and worker read of each other. */
#include "config.h"

#include "frame/frame_socket.h"
#include "util/error.h"
#include "util/strbuf.h"
#include "util/tree.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* More than a socket takes at a time is not written. */
#define INPUT_MAX 65536

/* What was read can be written, and is the same then. */
static void write_again(const struct frame *frame)
{
    struct frame_socket *there = NULL;
    struct frame_socket *back = NULL;
    struct frame again = { .descriptor = -1 };
    struct span items = frame->items;
    struct span item;
    uint8_t tag;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0 ||
        frame_socket_new(ends[0], &there) != FOB_SUCCESS ||
        frame_socket_new(ends[1], &back) != FOB_SUCCESS)
        abort();
    frame_begin(there, frame->type, frame->call);
    while (frame_next(&items, &tag, &item))
        frame_put(there, tag, item.data, item.size);
    if (frame_send(there, frame->descriptor) != FOB_SUCCESS ||
        frame_receive(back, true, &again) != FOB_SUCCESS || again.type != frame->type ||
        again.call != frame->call || again.items.size != frame->items.size ||
        memcmp(again.items.data, frame->items.data, frame->items.size) != 0 ||
        (again.descriptor >= 0) != (frame->descriptor >= 0))
        abort();
    if (again.descriptor >= 0)
        close(again.descriptor);
    frame_socket_free(there);
    frame_socket_free(back);
}

/* Send DATA, with a descriptor when its sixth byte says so. */
static void write_input(int to, const uint8_t *data, size_t size)
{
    int descriptor = STDIN_FILENO;
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof descriptor)];
    } control = { .room = { 0 } };
    struct iovec part = { (void *)(uintptr_t)data, size };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

    control.head = (struct cmsghdr){ CMSG_LEN(sizeof descriptor), SOL_SOCKET, SCM_RIGHTS };
    memcpy(CMSG_DATA(&control.head), &descriptor, sizeof descriptor);
    if (size > 5 && data[5] == FRAME_HAS_DESCRIPTOR) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
    }
    (void)sendmsg(to, &message, MSG_NOSIGNAL);
    shutdown(to, SHUT_WR);
}

/* JSON that is right as items can be written, and its members found. */
static void read_tree(struct span items)
{
    struct strbuf text = STRBUF_INIT;
    struct tree found;
    struct tree root;

    if (!tree_check(items))
        return;
    root = tree_root(items);
    tree_write(&text, &root);
    if (text.failed || text.size == 0)
        abort();
    if (!tree_find(&root, "", &found) || found.kind != root.kind)
        abort();
    (void)tree_find(&root, "/data/0/a~1b", &found);
    strbuf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame_socket *socket = NULL;
    struct frame frame = { .descriptor = -1 };
    int ends[2];

    if (size > INPUT_MAX)
        return 0;
    read_tree((struct span){ data, size });
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0 ||
        frame_socket_new(ends[0], &socket) != FOB_SUCCESS)
        abort();
    write_input(ends[1], data, size);
    while (frame_receive(socket, true, &frame) == FOB_SUCCESS) {
        write_again(&frame);
        if (frame.descriptor >= 0)
            close(frame.descriptor);
    }
    close(ends[1]);
    frame_socket_free(socket);
    return 0;
}
