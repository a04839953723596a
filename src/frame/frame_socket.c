/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sends frames, and receives them in parts. */
#include "config.h"

#include "frame/frame_socket.h"

#include "util/error.h"
#include "util/lack.h"
#include "util/process.h"
#include "util/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct frame_socket {
    int fd;
    uint64_t process; /* its owner: in a child of fork() the socket is closed already */
    /* The frame that is being made. */
    struct frame_head going;
    struct fob_secret *out;
    int code; /* of the first put that failed */
    /* The frame that is being received. */
    unsigned char head[FRAME_HEAD];
    size_t head_size;
    int descriptor; /* or -1 */
    struct fob_secret *in;
    size_t in_size;
};

union frame_control {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
};

int frame_socket_new(int fd, struct frame_socket **socket)
{
    struct frame_socket *new = calloc(1, sizeof *new);

    if (new == NULL) {
        close(fd);
        return error_nomem();
    }
    new->fd = fd;
    new->process = process_id();
    new->descriptor = -1;
    process_close_on_fork(fd);
    *socket = new;
    return FOB_SUCCESS;
}

void frame_socket_free(struct frame_socket *socket)
{
    if (socket == NULL)
        return;
    if (socket->process == process_id()) {
        process_forget(socket->fd);
        close(socket->fd);
    }
    if (socket->descriptor >= 0)
        close(socket->descriptor);
    fob_secret_free(socket->out);
    fob_secret_free(socket->in);
    free(socket);
}

int frame_socket_fd(const struct frame_socket *socket)
{
    return socket->fd;
}

void frame_begin(struct frame_socket *socket, enum frame_type type, uint32_t call)
{
    socket->going = (struct frame_head){ .type = (uint8_t)type, .call = call };
    socket->code = FOB_SUCCESS;
    if (socket->out == NULL)
        socket->code = secret_alloc(0, &socket->out);
    else
        secret_truncate(socket->out, 0);
}

static void frame_append(struct frame_socket *socket, const void *data, size_t size)
{
    if (socket->code == FOB_SUCCESS)
        socket->code = secret_append(socket->out, data, size);
}

static void frame_put_parts(struct frame_socket *socket, uint8_t tag, struct span first,
                            struct span second)
{
    unsigned char begin[5] = { tag };

    wire_put(begin + 1, first.size + second.size, 4);
    frame_append(socket, begin, sizeof begin);
    frame_append(socket, first.data, first.size);
    frame_append(socket, second.data, second.size);
    frame_append(socket, "", 1);
}

void frame_put(struct frame_socket *socket, uint8_t tag, const void *data, size_t size)
{
    frame_put_parts(socket, tag, (struct span){ data, size }, (struct span){ NULL, 0 });
}

void frame_put_text(struct frame_socket *socket, uint8_t tag, const char *text)
{
    if (text != NULL)
        frame_put(socket, tag, text, strlen(text));
}

void frame_put_number(struct frame_socket *socket, uint8_t tag, int64_t value, size_t size)
{
    unsigned char bytes[8];

    wire_put(bytes, (uint64_t)value, size);
    frame_put(socket, tag, bytes, size);
}

void frame_put_pair(struct frame_socket *socket, uint8_t tag, const char *name, struct span value)
{
    frame_put_parts(socket, tag, (struct span){ name, strlen(name) + 1 }, value);
}

/* Write the rest of PARTS; the descriptor goes with the first byte. */
static int frame_write(const struct frame_socket *socket, struct iovec parts[static 2],
                       struct msghdr *message)
{
    while (parts[0].iov_len + parts[1].iov_len > 0) {
        ssize_t put = sendmsg(socket->fd, message, MSG_NOSIGNAL);
        size_t first;

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0 && errno != EAGAIN && lack_is(errno))
            return error_system("a worker's socket");
        if (put < 0)
            return error_set(FOB_PLUGIN, "the other side of a worker's socket does not read");
        message->msg_control = NULL;
        message->msg_controllen = 0;
        first = (size_t)put < parts[0].iov_len ? (size_t)put : parts[0].iov_len;
        parts[0].iov_base = (char *)parts[0].iov_base + first;
        parts[0].iov_len -= first;
        parts[1].iov_base = (char *)parts[1].iov_base + ((size_t)put - first);
        parts[1].iov_len -= (size_t)put - first;
    }
    return FOB_SUCCESS;
}

int frame_send(struct frame_socket *socket, int descriptor)
{
    unsigned char head[FRAME_HEAD];
    union frame_control control = { .room = { 0 } };
    struct iovec parts[2] = { { head, sizeof head }, { NULL, 0 } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
    int code = socket->code;

    if (code != FOB_SUCCESS)
        return code;
    socket->going.size = (uint32_t)fob_secret_size(socket->out);
    socket->going.has_descriptor = descriptor >= 0;
    frame_write_head(head, &socket->going);
    parts[1] = (struct iovec){ secret_buffer(socket->out), socket->going.size };
    if (descriptor >= 0) {
        control.head = (struct cmsghdr){ CMSG_LEN(sizeof descriptor), SOL_SOCKET, SCM_RIGHTS };
        memcpy(CMSG_DATA(&control.head), &descriptor, sizeof descriptor);
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
    }
    code = frame_write(socket, parts, &message);
    secret_truncate(socket->out, 0);
    return code;
}

/* GOT, the result of recv(2) or recvmsg(2), as a code; FOB_SUCCESS for data. */
static int frame_code_of(const struct frame_socket *socket, ssize_t got)
{
    if (got > 0)
        return FOB_SUCCESS;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return FOB_IGNORE;
    if (got < 0 && lack_is(errno))
        return error_system("a worker's socket");
    if (socket->head_size == 0)
        return FOB_NOT_FOUND;
    return error_set(FOB_PLUGIN, "an incomplete frame");
}

/* Keep FD, unless the frame has a descriptor already.  Returns whether it was kept. */
static bool frame_keep_descriptor(struct frame_socket *socket, int fd)
{
    if (socket->descriptor >= 0) {
        close(fd);
        return false;
    }
    socket->descriptor = fd;
    return true;
}

/* Take the received descriptor; if there are others, they are closed, and the frame is refused. */
static int frame_take_descriptor(struct frame_socket *socket, struct msghdr *message)
{
    bool alone = (message->msg_flags & MSG_CTRUNC) == 0; /* the kernel has closed the rest */

    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL;
         part = CMSG_NXTHDR(message, part)) {
        const size_t count =
            part->cmsg_type == SCM_RIGHTS ? (part->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;

        for (size_t i = 0; i < count; i++) {
            int fd;

            memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
            alone &= frame_keep_descriptor(socket, fd);
        }
    }
    if (!alone && socket->descriptor < 0)
        return error_set(FOB_SYSTEM, "a worker's socket: %s", strerror(EMFILE));
    return alone ? FOB_SUCCESS : error_set(FOB_PLUGIN, "a frame with more than one descriptor");
}

static int frame_receive_head(struct frame_socket *socket, int flags)
{
    union frame_control control = { .room = { 0 } };
    struct iovec part = { socket->head + socket->head_size, FRAME_HEAD - socket->head_size };
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
    };
    ssize_t got = recvmsg(socket->fd, &message, flags | MSG_CMSG_CLOEXEC);
    struct frame_head head;
    int code = frame_code_of(socket, got);

    if (code != FOB_SUCCESS)
        return code;
    socket->head_size += (size_t)got;
    code = frame_take_descriptor(socket, &message);
    if (code != FOB_SUCCESS || socket->head_size < FRAME_HEAD)
        return code;
    head = frame_read_head(socket->head);
    if (head.why == NULL && head.has_descriptor != (socket->descriptor >= 0))
        head.why = "whose head is wrong about a descriptor";
    if (head.why != NULL)
        return error_set(FOB_PLUGIN, "a frame of type %u, %s", head.type, head.why);
    if (socket->in == NULL)
        return secret_alloc(head.size, &socket->in);
    return secret_resize(socket->in, head.size);
}

static int frame_receive_items(struct frame_socket *socket, size_t size, int flags)
{
    ssize_t got = recv(socket->fd, secret_buffer(socket->in) + socket->in_size,
                       size - socket->in_size, flags);
    int code = frame_code_of(socket, got);

    if (code == FOB_SUCCESS)
        socket->in_size += (size_t)got;
    return code;
}

/* Check and return the frame, which is complete. */
static int frame_finish(struct frame_socket *socket, const struct frame_head *head,
                        struct frame *frame)
{
    const enum frame_type type = (enum frame_type)head->type;
    const struct span items = { fob_secret_data(socket->in), head->size };
    const char *why = frame_check(type, items);

    if (why != NULL)
        return error_set(FOB_PLUGIN, "a frame \"%s\" %s", frame_name(type), why);
    *frame = (struct frame){ type, head->call, socket->descriptor, items };
    socket->descriptor = -1;
    socket->head_size = 0;
    socket->in_size = 0;
    return FOB_SUCCESS;
}

int frame_receive(struct frame_socket *socket, bool wait, struct frame *frame)
{
    const int flags = wait ? 0 : MSG_DONTWAIT;
    struct frame_head head;
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && socket->head_size < FRAME_HEAD) {
        code = frame_receive_head(socket, flags);
        if (code == FOB_IGNORE && wait)
            code = FOB_SUCCESS;
    }
    if (code != FOB_SUCCESS)
        return code;
    head = frame_read_head(socket->head);
    while (code == FOB_SUCCESS && socket->in_size < head.size) {
        code = frame_receive_items(socket, head.size, flags);
        if (code == FOB_IGNORE && wait)
            code = FOB_SUCCESS;
    }
    return code == FOB_SUCCESS ? frame_finish(socket, &head, frame) : code;
}

struct fob_secret *frame_take(struct frame_socket *socket)
{
    struct fob_secret *taken = socket->in;

    socket->in = NULL;
    return taken;
}
