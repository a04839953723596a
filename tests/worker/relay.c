/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * In the place of fob-worker, as FOB_WORKER_PREFIX="relay SOCKET": passes the control socket to who
 * listens at SOCKET, and ends when that closes the connection.
 */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CONTROL 3

static void pass_control(int to)
{
    const int control_fd = CONTROL;
    char byte = 0;
    struct iovec part = { &byte, 1 };
    union {
        char data[CMSG_SPACE(sizeof control_fd)];
        struct cmsghdr head;
    } control = { .data = { 0 } };
    struct msghdr message = { .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = control.data,
                              .msg_controllen = sizeof control.data };

    control.head = (struct cmsghdr){ CMSG_LEN(sizeof control_fd), SOL_SOCKET, SCM_RIGHTS };
    memcpy(CMSG_DATA(&control.head), &control_fd, sizeof control_fd);
    if (sendmsg(to, &message, 0) != 1)
        err(1, "sendmsg");
    close(CONTROL);
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int to = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char byte;

    if (argc < 2)
        errx(64, "usage: relay SOCKET");
    snprintf(address.sun_path, sizeof address.sun_path, "%s", argv[1]);
    if (connect(to, (const struct sockaddr *)&address, sizeof address) != 0)
        err(1, "%s", argv[1]);
    pass_control(to);
    return read(to, &byte, 1) == 0 ? 0 : 1;
}
