/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Bytes that arrive before a request are never read as its answer. */
#include "config.h"

#include "http/connection.h"

#include <stdbool.h>
#include <sys/socket.h>

void connection_check(CURL *easy)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    char bytes[4096];
    bool any = false;

    if (curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK || fd == CURL_SOCKET_BAD)
        return;
    /* libcurl notices a closed connection, but not if unread bytes come before its end. */
    while (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        any = true;
    if (any)
        shutdown(fd, SHUT_RDWR);
}
