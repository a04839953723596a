/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Speaks to systemd over the socket that it named. */
#include "config.h"

#include "fob/service.h"

#include "util/clock.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void service_tell(const char *state)
{
    const char *path = secure_getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const size_t size = path != NULL ? strlen(path) : 0;
    int fd;

    if (size < 2 || size >= sizeof address.sun_path)
        return;
    memcpy(address.sun_path, path, size);
    if (path[0] == '@') /* a name without a file */
        address.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size));
    close(fd);
}

/* How long systemd waits for a sign of life, in milliseconds; 0 if it does not. */
static int64_t service_patience(void)
{
    const char *microseconds = secure_getenv("WATCHDOG_USEC");
    const char *process = secure_getenv("WATCHDOG_PID");

    if (microseconds == NULL || (process != NULL && strtol(process, NULL, 10) != getpid()))
        return 0;
    return strtoll(microseconds, NULL, 10) / 1000;
}

int64_t service_alive(void)
{
    static int64_t due;
    const int64_t half = service_patience() / 2;
    const int64_t now = clock_ms();

    if (half <= 0)
        return -1;
    if (now >= due) {
        service_tell("WATCHDOG=1");
        due = now + half;
    }
    return due - now;
}
