/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Starting a program without a shell, and waiting for its end. */
#include "config.h"

#include "util/child.h"

#include "util/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAST_WORDS_MS 1000
#define LOOK_MS 100

/* No signal blocked, and those that fob ignores as they were. */
static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t usual;
    int error;

    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGXFSZ);
    error = posix_spawnattr_setsigmask(attributes, &none);
    if (error == 0)
        error = posix_spawnattr_setsigdefault(attributes, &usual);
    if (error == 0)
        error =
            posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return error;
}

int child_start(char *const *argv, char *const *environment, int output, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);

    if (error != 0)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    error = set_signals(&attributes);
    if (error == 0)
        error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (error == 0) /* not all of a library's are closed by the exec */
        error = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    if (error == 0)
        error = posix_spawn(pid, argv[0], &actions, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

bool child_ends_well(pid_t pid)
{
    int status;
    pid_t ended;

    do
        ended = waitpid(pid, &status, 0);
    while (ended < 0 && errno == EINTR);
    return ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Whether the process of FD ended before MILLISECONDS were over.  A signal to this one is no reason
 * to end it sooner. */
static bool ends_within(int fd, int milliseconds, void (*look)(void *data), void *data)
{
    const int64_t until = clock_ms() + milliseconds;
    struct pollfd wait = { fd, POLLIN, 0 };
    int64_t left = milliseconds;
    int ready = 0;

    while (left >= 0) {
        ready = poll(&wait, 1, look != NULL && left > LOOK_MS ? LOOK_MS : (int)left);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            break;
        if (look != NULL)
            look(data);
        left = until - clock_ms();
    }
    return ready > 0;
}

bool child_ends_well_within(pid_t pid, unsigned seconds, void (*look)(void *data), void *data)
{
    int fd = pidfd_open(pid, 0);
    bool late = fd < 0 || !ends_within(fd, (int)seconds * 1000, look, data);

    if (late) {
        kill(pid, SIGTERM);
        if (fd < 0 || !ends_within(fd, LAST_WORDS_MS, look, data))
            kill(pid, SIGKILL);
    }
    if (fd >= 0)
        close(fd);
    return child_ends_well(pid) && !late;
}
