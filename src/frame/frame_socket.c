/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sends frames, and receives them in parts. */
#include "config.h"

#include "frame/frame_socket.h"

#include "util/error.h"
#include "util/lack.h"
#include "util/pages.h"
#include "util/process.h"
#include "util/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The first buffers take most frames. */
#define FIRST_SIZE 1024

struct frame_socket {
    int fd;
    uint64_t process; /* its owner: in a child of fork() the socket is closed already */
    /* The frames that are held back, and behind them the one that is being made. */
    struct frame_head going;
    struct pages out;
    size_t held;
    size_t out_size;
    int code; /* of the first put that failed */
    /* The IN_SIZE received bytes begin with the frame that was returned last, in RETURNED bytes. */
    struct pages in;
    size_t returned;
    size_t in_size;
    bool ahead;     /* read beyond the end of a frame */
    int descriptor; /* received, and not yet returned; or -1 */
    frame_watch_fn *watch;
    void *watch_data;
    frame_wait_fn *waits;
    void *wait_data;
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
    new->ahead = true;
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
    pages_free(&socket->out);
    pages_free(&socket->in);
    free(socket);
}

void frame_socket_read_ahead(struct frame_socket *socket, bool ahead)
{
    socket->ahead = ahead;
}

int frame_socket_fd(const struct frame_socket *socket)
{
    return socket->fd;
}

void frame_watch(struct frame_socket *socket, frame_watch_fn *watch, void *data)
{
    socket->watch = watch;
    socket->watch_data = data;
}

void frame_wait(struct frame_socket *socket, frame_wait_fn *waits, void *data)
{
    socket->waits = waits;
    socket->wait_data = data;
}

/* Make room for SIZE bytes in BUFFER, whose first USED bytes stay. */
static int frame_reserve(struct pages *buffer, size_t used, size_t size)
{
    struct pages larger;

    if (size <= buffer->capacity)
        return FOB_SUCCESS;
    if (size < 2 * buffer->capacity)
        size = 2 * buffer->capacity;
    if (!pages_alloc(size < FIRST_SIZE ? FIRST_SIZE : size, &larger))
        return error_nomem();
    if (used > 0)
        memcpy(larger.data, buffer->data, used);
    pages_free(buffer);
    *buffer = larger;
    return FOB_SUCCESS;
}

/* Forget the frame that is being made. */
static void frame_wipe_out(struct frame_socket *socket)
{
    if (socket->out_size > socket->held)
        secret_wipe(socket->out.data + socket->held, socket->out_size - socket->held);
    socket->out_size = socket->held;
}

void frame_begin(struct frame_socket *socket, enum frame_type type, uint32_t call)
{
    frame_wipe_out(socket);
    socket->going = (struct frame_head){ .type = (uint8_t)type, .call = call };
    socket->code = frame_reserve(&socket->out, socket->held, socket->held + FRAME_HEAD);
    socket->out_size = socket->held + (socket->code == FOB_SUCCESS ? FRAME_HEAD : 0);
}

/* Put an item of SIZE bytes.  Returns the place of its content, or NULL. */
static char *frame_put_item(struct frame_socket *socket, uint8_t tag, size_t size)
{
    const size_t before = socket->out_size;
    const size_t after = before + size + WIRE_ITEM_EXTRA;
    unsigned char *at;

    if (socket->code == FOB_SUCCESS && after > socket->held + FRAME_HEAD + FRAME_MAX)
        socket->code = error_set(FOB_INVALID, "more than a frame takes");
    if (socket->code == FOB_SUCCESS)
        socket->code = frame_reserve(&socket->out, before, after);
    if (socket->code != FOB_SUCCESS)
        return NULL;
    at = (unsigned char *)socket->out.data + before;
    *at = tag;
    wire_put(at + 1, size, 4);
    at[5 + size] = '\0';
    socket->out_size = after;
    return (char *)at + 5;
}

void frame_put(struct frame_socket *socket, uint8_t tag, const void *data, size_t size)
{
    char *at = frame_put_item(socket, tag, size);

    if (at != NULL && size > 0)
        memcpy(at, data, size);
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

void frame_put_pair(struct frame_socket *socket, uint8_t tag, struct span name, struct span value)
{
    char *at = frame_put_item(socket, tag, name.size + 1 + value.size);

    if (at == NULL)
        return;
    memcpy(at, name.data, name.size);
    at[name.size] = '\0';
    if (value.size > 0)
        memcpy(at + name.size + 1, value.data, value.size);
}

void frame_put_token(struct frame_socket *socket, const struct token *token)
{
    char *at = frame_put_item(socket, FRAME_TOKEN, token_size(token));

    if (at != NULL)
        token_write((unsigned char *)at, token);
}

void frame_put_proof(struct frame_socket *socket, const struct proof *proof)
{
    static const uint8_t tags[PROOF_KINDS] = { [PROOF_HEADER] = FRAME_HEADER,
                                               [PROOF_PARAMETER] = FRAME_PARAMETER,
                                               [PROOF_CERTIFICATE] = FRAME_CERTIFICATE };

    for (size_t kind = 0; kind < PROOF_KINDS; kind++) {
        const struct proof_list *list = &proof->lists[kind];

        for (size_t i = 0; i < list->count; i++) {
            const struct fob_secret *value = list->items[i].value;

            frame_put_pair(socket, tags[kind], wire_text(list->items[i].name),
                           (struct span){ fob_secret_data(value), fob_secret_size(value) });
        }
    }
}

/* Write the rest of PART; the descriptor goes with the first byte. */
static int frame_write(const struct frame_socket *socket, struct iovec *part,
                       struct msghdr *message)
{
    while (part->iov_len > 0) {
        ssize_t put = sendmsg(socket->fd, message, MSG_NOSIGNAL);

        if (put < 0 && (errno == EINTR || (errno == EAGAIN && socket->waits != NULL &&
                                           socket->waits(socket->wait_data))))
            continue;
        if (put < 0 && errno != EAGAIN && lack_is(errno))
            return error_system("a worker's socket");
        if (put < 0)
            return error_set(FOB_PLUGIN, "the other side of a worker's socket does not read");
        message->msg_control = NULL;
        message->msg_controllen = 0;
        part->iov_base = (char *)part->iov_base + put;
        part->iov_len -= (size_t)put;
    }
    return FOB_SUCCESS;
}

/* Write the head of the frame that was made. */
static int frame_complete(struct frame_socket *socket, bool has_descriptor)
{
    if (socket->code != FOB_SUCCESS)
        return socket->code;
    if (socket->process != process_id())
        return error_set(FOB_INVALID,
                         "a worker's socket is the parent's: this is a child of fork()");
    socket->going.size = (uint32_t)(socket->out_size - socket->held - FRAME_HEAD);
    socket->going.has_descriptor = has_descriptor;
    frame_write_head((unsigned char *)socket->out.data + socket->held, &socket->going);
    return FOB_SUCCESS;
}

/* Send the frames that were held back, and the one that was made. */
static int frame_send_out(const struct frame_socket *socket, int descriptor)
{
    union frame_control control = { .room = { 0 } };
    struct iovec part = { socket->out.data, socket->out_size };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

    if (descriptor >= 0) {
        control.head = (struct cmsghdr){ CMSG_LEN(sizeof descriptor), SOL_SOCKET, SCM_RIGHTS };
        memcpy(CMSG_DATA(&control.head), &descriptor, sizeof descriptor);
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
    }
    return frame_write(socket, &part, &message);
}

int frame_hold(struct frame_socket *socket)
{
    int code = frame_complete(socket, false);

    if (code == FOB_SUCCESS)
        socket->held = socket->out_size;
    frame_wipe_out(socket);
    if (code == FOB_SUCCESS && socket->watch != NULL)
        socket->watch(socket->watch_data, &socket->going, true);
    return code;
}

int frame_send(struct frame_socket *socket, int descriptor)
{
    int code = frame_complete(socket, descriptor >= 0);

    if (code == FOB_SUCCESS) {
        code = frame_send_out(socket, descriptor);
        socket->held = 0;
    }
    frame_wipe_out(socket);
    if (code == FOB_SUCCESS && socket->watch != NULL)
        socket->watch(socket->watch_data, &socket->going, true);
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
    if (socket->in_size == 0)
        return FOB_NOT_FOUND;
    return error_set(FOB_PLUGIN, "an incomplete frame");
}

/* Keep FD, or close it if there is a descriptor already.  Returns whether FD was kept. */
static bool frame_keep_descriptor(struct frame_socket *socket, int fd)
{
    if (socket->descriptor >= 0) {
        close(fd);
        return false;
    }
    socket->descriptor = fd;
    return true;
}

/* Take the descriptor in MESSAGE.  If there are more, close them and refuse the frame. */
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

/* Wipe the frame that was returned last, and move the bytes behind it to the beginning. */
static void frame_forget(struct frame_socket *socket)
{
    const size_t rest = socket->in_size - socket->returned;

    if (socket->returned == 0)
        return;
    memmove(socket->in.data, socket->in.data + socket->returned, rest);
    secret_wipe(socket->in.data + rest, socket->returned);
    socket->in_size = rest;
    socket->returned = 0;
}

/* Read the MISSING bytes of the frame, and all that is there behind them.  A descriptor ends a
 * read, so there is at most one in each; while one is kept, nothing is read ahead. */
static int frame_read(struct frame_socket *socket, size_t missing, int flags)
{
    union frame_control control = { .room = { 0 } };
    struct iovec part;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
    };
    ssize_t got;
    int code = frame_reserve(&socket->in, socket->in_size, socket->in_size + missing);

    if (code != FOB_SUCCESS)
        return code;
    part.iov_base = socket->in.data + socket->in_size;
    part.iov_len =
        socket->ahead && socket->descriptor < 0 ? socket->in.capacity - socket->in_size : missing;
    got = recvmsg(socket->fd, &message, flags | MSG_CMSG_CLOEXEC);
    code = frame_code_of(socket, got);
    if (code != FOB_SUCCESS)
        return code;
    socket->in_size += (size_t)got;
    return frame_take_descriptor(socket, &message);
}

/* Find the number of bytes that the frame's head still lacks or, once HEAD is read, its items. */
static int frame_find_missing(const struct frame_socket *socket, struct frame_head *head,
                              size_t *missing)
{
    if (socket->in_size < FRAME_HEAD) {
        *missing = FRAME_HEAD - socket->in_size;
        return FOB_SUCCESS;
    }
    *head = frame_read_head((const unsigned char *)socket->in.data);
    if (head->why != NULL)
        return error_set(FOB_PLUGIN, "a frame of type %u, %s", head->type, head->why);
    *missing = FRAME_HEAD + (size_t)head->size;
    *missing -= socket->in_size < *missing ? socket->in_size : *missing;
    return FOB_SUCCESS;
}

/* Check and return the complete frame.  The descriptor may belong to a frame behind this one. */
static int frame_finish(struct frame_socket *socket, const struct frame_head *head,
                        struct frame *frame)
{
    const enum frame_type type = (enum frame_type)head->type;
    const struct span items = { socket->in.data + FRAME_HEAD, head->size };
    const size_t size = FRAME_HEAD + items.size;
    const char *why = frame_check(type, items);

    if (head->has_descriptor ? socket->descriptor < 0
                             : socket->descriptor >= 0 && size == socket->in_size)
        why = "whose head is wrong about a descriptor";
    if (why != NULL)
        return error_set(FOB_PLUGIN, "a frame \"%s\" %s", frame_name(type), why);
    *frame = (struct frame){ type, head->call, -1, items };
    if (head->has_descriptor) {
        frame->descriptor = socket->descriptor;
        socket->descriptor = -1;
    }
    socket->returned = size;
    if (socket->watch != NULL)
        socket->watch(socket->watch_data, head, false);
    return FOB_SUCCESS;
}

bool frame_is_begun(const struct frame_socket *socket)
{
    return socket->in_size > socket->returned;
}

int frame_receive(struct frame_socket *socket, bool wait, struct frame *frame)
{
    struct frame_head head = { .size = 0 };
    size_t missing = 0;
    int code;

    frame_forget(socket);
    code = frame_find_missing(socket, &head, &missing);
    while (code == FOB_SUCCESS && missing > 0) {
        code = frame_read(socket, missing, wait ? 0 : MSG_DONTWAIT);
        if (code == FOB_SUCCESS || (code == FOB_IGNORE && wait))
            code = frame_find_missing(socket, &head, &missing);
    }
    return code == FOB_SUCCESS ? frame_finish(socket, &head, frame) : code;
}
