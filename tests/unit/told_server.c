/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A thread that serves one connection after the other. */
#include "config.h"

#include "told_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUESTS_MAX 32
#define REQUEST_MAX (4 * 1024 * 1024)

struct told_server {
    const struct told_answer *answers;
    size_t count;
    size_t next;
    int listener;
    int stop[2]; /* a pipe: closed to end the thread */
    unsigned port;
    pthread_t thread;
    bool running;
    char *requests[REQUESTS_MAX];
    size_t request_count;
    size_t connections;
    _Atomic int connection; /* the one that is served */
};

/* Wait until FD can be read; false when the test is over. */
static bool wait_for(const struct told_server *server, int fd)
{
    struct pollfd polled[] = { { fd, POLLIN, 0 }, { server->stop[0], POLLIN, 0 } };

    return poll(polled, 2, -1) > 0 && polled[1].revents == 0;
}

/* The same for the connection FD, which a new one ends. */
static bool wait_for_request(const struct told_server *server, int fd)
{
    struct pollfd polled[] = { { fd, POLLIN, 0 },
                               { server->stop[0], POLLIN, 0 },
                               { server->listener, POLLIN, 0 } };

    return poll(polled, 3, -1) > 0 && polled[1].revents == 0 &&
           (polled[0].revents != 0 || polled[2].revents == 0);
}

/* Whether the SIZE bytes at TEXT, followed by a NUL, are a whole request, or a greeting in TLS. */
static bool is_whole(const char *text, size_t size)
{
    const char *end = strstr(text, "\r\n\r\n");
    const char *length = strcasestr(text, "\r\nContent-Length: ");

    if (text[0] == '\x16')
        return true;
    if (end == NULL)
        return false;
    if (length == NULL || length > end)
        return true;
    return size - (size_t)(end + 4 - text) >= strtoul(length + 18, NULL, 10);
}

static char *read_request(const struct told_server *server, int fd)
{
    char *text = calloc(1, REQUEST_MAX + 1);
    size_t size = 0;

    if (text == NULL)
        abort();
    while (wait_for_request(server, fd)) {
        ssize_t got = recv(fd, text + size, REQUEST_MAX - size, 0);

        if (got <= 0)
            break;
        size += (size_t)got;
        text[size] = '\0';
        if (is_whole(text, size))
            return text;
    }
    free(text);
    return NULL;
}

static bool answer(struct told_server *server, int fd)
{
    const struct told_answer *told = &server->answers[server->next++];
    size_t times = told->times > 0 ? told->times : 1;

    if (told->text == NULL) {
        while (wait_for(server, server->stop[0]))
            continue;
        return false;
    }
    for (size_t i = 0; i < times; i++) {
        size_t size = told->size > 0 ? told->size : strlen(told->text);

        for (size_t sent = 0; sent < size;) {
            ssize_t put = send(fd, told->text + sent, size - sent, MSG_NOSIGNAL);

            if (put <= 0)
                return false;
            sent += (size_t)put;
        }
    }
    return !told->close;
}

static void serve_connection(struct told_server *server, int fd)
{
    for (bool open = true; open;) {
        char *request = read_request(server, fd);

        if (request == NULL)
            break;
        if (server->request_count == REQUESTS_MAX)
            abort();
        server->requests[server->request_count++] = request;
        open = server->next < server->count && answer(server, fd);
    }
    close(fd);
}

static void *serve(void *data)
{
    struct told_server *server = data;

    while (wait_for(server, server->listener)) {
        int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);

        if (fd < 0)
            break;
        server->connections++;
        server->connection = fd;
        serve_connection(server, fd);
    }
    return NULL;
}

struct told_server *told_start(const struct told_answer *answers, size_t count)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof address;
    struct told_server *server = calloc(1, sizeof *server);

    if (server == NULL)
        abort();
    server->answers = answers;
    server->count = count;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->listener < 0 || pipe(server->stop) != 0 ||
        bind(server->listener, (struct sockaddr *)&address, size) != 0 ||
        listen(server->listener, 16) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &size) != 0 ||
        pthread_create(&server->thread, NULL, serve, server) != 0)
        abort();
    server->port = ntohs(address.sin_port);
    server->running = true;
    return server;
}

unsigned told_port(const struct told_server *server)
{
    return server->port;
}

const char *told_request(const struct told_server *server, size_t index)
{
    return index < server->request_count ? server->requests[index] : NULL;
}

void told_say(struct told_server *server, const char *text)
{
    size_t size = strlen(text);

    if (send(server->connection, text, size, MSG_NOSIGNAL) != (ssize_t)size)
        abort();
}

size_t told_connections(const struct told_server *server)
{
    return server->connections;
}

void told_wait(struct told_server *server)
{
    if (!server->running)
        return;
    close(server->stop[1]);
    pthread_join(server->thread, NULL);
    server->running = false;
}

void told_free(struct told_server *server)
{
    if (server == NULL)
        return;
    told_wait(server);
    close(server->stop[0]);
    close(server->listener);
    for (size_t i = 0; i < server->request_count; i++)
        free(server->requests[i]);
    free(server);
}
