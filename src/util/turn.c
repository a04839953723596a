/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Implements turns with sockets in the abstract namespace (unix(7)). */
#include "config.h"

#include "util/turn.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define QUESTION_MAX 4096
#define WAITING_MAX 64
/* How long a question may take to arrive after its sender has connected. */
#define ARRIVAL_MS 100

static int turn_make_socket(void)
{
    return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static socklen_t turn_make_name(struct sockaddr_un *name)
{
    int size;

    *name = (struct sockaddr_un){ .sun_family = AF_UNIX };
    size = snprintf(name->sun_path + 1, sizeof name->sun_path - 1, "fob-turn-%ld-%lu",
                    (long)getsid(0), (unsigned long)geteuid());
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)size);
}

/* Whether the peer is a process of this user and session. */
static bool turn_is_trusted_peer(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid() &&
           peer.pid > 0 && getsid(peer.pid) == getsid(0);
}

/* Connect to the holder of the turn.  Returns a descriptor, or -1 with errno, which is EPERM when
 * the holder is of another user or session. */
static int turn_connect_to_holder(void)
{
    struct sockaddr_un name;
    socklen_t size = turn_make_name(&name);
    int fd = turn_make_socket();
    int error = 0;

    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&name, size) < 0)
        error = errno;
    else if (!turn_is_trusted_peer(fd))
        error = EPERM;
    if (error == 0)
        return fd;
    close(fd);
    errno = error;
    return -1;
}

/* Whether the peer is stopped (SIGSTOP) and so cannot release the turn. */
static bool turn_is_stopped(int fd)
{
    struct ucred peer = { .pid = 0 };
    socklen_t size = sizeof peer;
    char path[sizeof "/proc/-2147483648/stat"];
    char state = '\0';
    FILE *file;

    (void)getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
    snprintf(path, sizeof path, "/proc/%d/stat", (int)peer.pid);
    file = fopen(path, "re");
    if (file == NULL)
        return false;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = '\0';
    fclose(file);
    return state == 'T';
}

static bool turn_is_held(void)
{
    int fd = turn_connect_to_holder();
    bool stopped;

    if (fd < 0)
        return errno == EAGAIN || errno == ECONNREFUSED;
    stopped = turn_is_stopped(fd);
    close(fd);
    return !stopped;
}

bool turn_acquire(struct turn *turn)
{
    struct sockaddr_un name;
    socklen_t size = turn_make_name(&name);
    int fd = turn_make_socket();

    *turn = TURN_INIT;
    if (fd < 0)
        return true;
    if (bind(fd, (const struct sockaddr *)&name, size) == 0 && listen(fd, WAITING_MAX) == 0) {
        turn->listener = fd;
        return true;
    }
    close(fd);
    return !turn_is_held();
}

static void turn_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void turn_release(struct turn *turn)
{
    turn_close(&turn->listener);
    turn_close(&turn->asker);
}

int turn_fd(const struct turn *turn)
{
    return turn->asker >= 0 ? turn->asker : turn->listener;
}

bool turn_is_wanted(struct turn *turn)
{
    char first;

    if (turn->asker < 0)
        turn->asker = accept4(turn->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (turn->asker < 0)
        return false;
    if (turn_is_trusted_peer(turn->asker)) {
        ssize_t got = recv(turn->asker, &first, 1, MSG_PEEK);

        if (got > 0 || (got < 0 && errno == EAGAIN))
            return got > 0;
    }
    turn_close(&turn->asker); /* the peer only tested whether the turn is taken */
    return false;
}

/* Whether the program that waits at FD sent QUESTION. */
static bool turn_has_question(int fd, const char *question)
{
    struct pollfd arrival = { fd, POLLIN, 0 };
    char theirs[QUESTION_MAX];
    ssize_t got = poll(&arrival, 1, ARRIVAL_MS) > 0 ? recv(fd, theirs, sizeof theirs, 0) : -1;

    return got > 0 && (size_t)got == strlen(question) && memcmp(theirs, question, (size_t)got) == 0;
}

void turn_answer(const struct turn *turn, const char *question, const void *answer, size_t size)
{
    int fd;

    while (turn->listener >= 0 &&
           (fd = accept4(turn->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
        if (turn_is_trusted_peer(fd) && turn_has_question(fd, question))
            (void)send(fd, answer, size, MSG_NOSIGNAL);
        close(fd);
    }
}

/* Wait until something arrives at FD or the peer is stopped; with -1, for a moment.  Returns as
 * ppoll(). */
static int turn_wait_for_peer(int fd, const sigset_t *mask)
{
    static const struct timespec pause = { 0, 100 * 1000 * 1000 };
    struct pollfd wait = { fd, POLLIN, 0 };
    int ready;

    do
        ready = ppoll(&wait, 1, &pause, mask);
    while (ready == 0 && fd >= 0 && !turn_is_stopped(fd));
    return ready;
}

ssize_t turn_wait(const char *question, const sigset_t *mask, void *answer, size_t room)
{
    int fd = turn_connect_to_holder();
    ssize_t got = 0;
    int ready;

    if (fd >= 0)
        (void)send(fd, question, strlen(question), MSG_NOSIGNAL);
    /* The turn has just ended, or its queue is full: try again soon. */
    ready = turn_wait_for_peer(fd, mask);
    if (ready < 0)
        got = -1;
    else if (ready > 0)
        got = recv(fd, answer, room, 0);
    if (fd >= 0)
        close(fd);
    return ready < 0 || got >= 0 ? got : 0;
}
