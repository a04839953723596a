/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What is tried in a sandbox: sockets. */
#include "config.h"

#include "try.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
static int try_socket(int family, int type, int protocol)
{
    int fd = socket(family, type | SOCK_CLOEXEC, protocol);

    return fd >= 0 ? close(fd) : -1;
}

static int try_inet(void)
{
    return try_socket(AF_INET, SOCK_STREAM, 0);
}

static int try_inet6(void)
{
    return try_socket(AF_INET6, SOCK_DGRAM, 0);
}

static int try_unix(void)
{
    return try_socket(AF_UNIX, SOCK_STREAM, 0);
}

static int try_netlink(void)
{
    return try_socket(AF_NETLINK, SOCK_RAW, 0);
}

static int try_packet(void)
{
    return try_socket(AF_PACKET, SOCK_RAW, 0);
}

static int try_raw(void)
{
    return try_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static int try_pair(void)
{
    int ends[2];

    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

int try_connect_to(uint16_t number)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons(number),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd >= 0 ? connect(fd, (const struct sockaddr *)&address, sizeof address) : -1;
}

static int try_connect(void)
{
    return try_connect_to(place.port);
}

static int try_connect_other(void)
{
    return try_connect_to(place.other_port);
}

static int try_fast_open(void)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons(place.other_port),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd >= 0 && sendto(fd, "x", 1, MSG_FASTOPEN, (const struct sockaddr *)&address,
                             sizeof address) == 1
               ? 0
               : -1;
}

static int try_bind(void)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd >= 0 ? bind(fd, (const struct sockaddr *)&address, sizeof address) : -1;
}

static int try_accept(void)
{
    return accept4(place.listener, NULL, NULL, SOCK_NONBLOCK) >= 0 ? 0 : -1;
}

const struct attempt try_sockets[] = {
    { "socket of INET", try_inet, { EAFNOSUPPORT, 0, 0 }, 0 },
    { "socket of INET6", try_inet6, { EAFNOSUPPORT, ANY, ANY }, 0 },
    { "socket of UNIX", try_unix, { EAFNOSUPPORT, EAFNOSUPPORT, 0 }, 0 },
    { "socket of NETLINK", try_netlink, { EAFNOSUPPORT, EAFNOSUPPORT, 0 }, 0 },
    { "socket of PACKET", try_packet, { EAFNOSUPPORT, EAFNOSUPPORT, ANY }, 0 },
    { "raw socket", try_raw, { EAFNOSUPPORT, EPERM, ANY }, 0 },
    { "socketpair", try_pair, { EPERM, 0, 0 }, 0 },
    { "connect", try_connect, { EAFNOSUPPORT, 0, 0 }, 0 },
    { "connect to another port", try_connect_other, { EAFNOSUPPORT, EACCES, 0 }, 4 },
    { "connect by sending", try_fast_open, { EAFNOSUPPORT, EPERM, ANY }, 0 },
    { "bind", try_bind, { EAFNOSUPPORT, EPERM, 0 }, 0 },
    { "accept", try_accept, { EPERM, EPERM, ANY }, 0 },
    { .name = NULL },
};
