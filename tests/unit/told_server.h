/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A web server on a free loopback port that answers what it was told, one answer a request, and
 * keeps what it was asked.
 */
#ifndef FOB_TESTS_TOLD_SERVER_H
#define FOB_TESTS_TOLD_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct told_answer {
    const char *text; /* sent as it is; NULL to answer nothing and hold the connection */
    size_t times;     /* send TEXT so often; 0 is once */
    bool close;       /* end the connection afterwards */
    size_t size;      /* of TEXT, when it has a NUL in it */
};

struct told_server;

/* ANSWERS are borrowed until told_wait(); after the last, connections are closed unanswered. */
struct told_server *told_start(const struct told_answer *answers, size_t count);
unsigned told_port(const struct told_server *server);
/* What was asked, after told_wait(): head and body of request number INDEX, NULL past the last. */
const char *told_request(const struct told_server *server, size_t index);
/* Say TEXT on the connection that there is, without having been asked. */
void told_say(struct told_server *server, const char *text);
size_t told_connections(const struct told_server *server);
/* End the thread; the server stays readable. */
void told_wait(struct told_server *server);
void told_free(struct told_server *server);

#endif
