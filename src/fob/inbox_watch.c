/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Waits for drops, and has them handled. */
#include "config.h"

#include "fob/inbox_watch.h"

#include "cli/output.h"
#include "fob/service.h"
#include "util/array.h"
#include "util/clock.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

/* At least this often, for what inotify does not tell; and after a failure. */
#define IDLE_MS 60000
#define FAILED_MS 10000
/* Who floods the spool must not keep this process busy. */
#define PAUSE_MS 200
/* The name of a drop. */
#define DROP_DIGITS 32
/* Room for many events. */
#define EVENTS 16384

struct inbox_watch {
    int fd; /* of inotify */
    bool ready;
    int64_t next; /* when to try again; 0 for never, -1 if the round was not made */
    int code;     /* of the last round */
    char why[256];
};

static volatile sig_atomic_t ended;

/* The second signal has its usual effect. */
static void watch_end(int number)
{
    (void)number;
    ended = 1;
}

static const int signals[] = { SIGTERM, SIGINT };

static void watch_catch(sigset_t *set)
{
    const struct sigaction action = { .sa_handler = watch_end, .sa_flags = (int)SA_RESETHAND };

    sigemptyset(set);
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        sigaddset(set, signals[i]);
        sigaction(signals[i], &action, NULL);
    }
}

static bool watch_tick(void *data)
{
    (void)data;
    (void)service_alive();
    return ended == 0;
}

/* Report CODE, unless it is that of the last round. */
static void watch_report(struct cli *cli, struct inbox_watch *watch, int code)
{
    const char *why = code != FOB_SUCCESS ? fob_error() : "";

    if (code == watch->code && strncmp(why, watch->why, sizeof watch->why - 1) == 0)
        return;
    snprintf(watch->why, sizeof watch->why, "%s", why);
    watch->code = code;
    if (code != FOB_SUCCESS)
        (void)cli_fail(cli, code);
    else
        output_note("inbox: goes on");
}

/* One round. */
static int watch_handle(struct cli *cli, const struct fob_inbox *plan, struct inbox_watch *watch)
{
    const uint32_t events = IN_CREATE | IN_MOVED_TO | IN_ONLYDIR;
    const char *folder;
    bool watched;
    int code = cli_reopen(cli);

    watch->next = -1;
    if (code != FOB_SUCCESS)
        return code;
    folder = fob_inbox_folder(cli->context);
    watched = inotify_add_watch(watch->fd, folder, events) >= 0;
    if (!watch->ready && folder[0] != '\0')
        service_tell("READY=1");
    watch->ready |= folder[0] != '\0';
    code = fob_inbox(cli->context, plan, &watch->next);
    /* The first round makes the folder. */
    if (code == FOB_SUCCESS && !watched && inotify_add_watch(watch->fd, folder, events) >= 0)
        watch->next = time(NULL);
    return code;
}

/* Whether a drop arrived.  Other names are none, and need no hurry. */
static bool watch_has_drop(const struct inbox_watch *watch)
{
    _Alignas(struct inotify_event) char buffer[EVENTS];
    bool found = false;
    ssize_t got;

    while ((got = read(watch->fd, buffer, sizeof buffer)) > 0) {
        for (const char *at = buffer; at < buffer + got;) {
            const struct inotify_event *event = (const void *)at;

            found |= (event->mask & IN_Q_OVERFLOW) != 0 ||
                     (event->len > DROP_DIGITS &&
                      strspn(event->name, "0123456789abcdef") == DROP_DIGITS);
            at += sizeof *event + event->len;
        }
    }
    return found;
}

/* When the next round begins at the latest, on clock_ms(). */
static int64_t watch_until(const struct inbox_watch *watch)
{
    int64_t most = watch->code == FOB_SUCCESS ? IDLE_MS : FAILED_MS;
    const int64_t next = (watch->next - time(NULL)) * 1000;

    if (watch->next > 0 && next < most)
        most = next;
    return clock_ms() + most;
}

/* Wait for a drop, the next round, or a signal; AWAKE is the mask without the signals. */
static void watch_wait(const struct inbox_watch *watch, const sigset_t *awake)
{
    const int64_t until = watch_until(watch);
    const struct timespec pause = { 0, PAUSE_MS * 1000000L };
    int64_t left;

    if (ended == 0)
        ppoll(NULL, 0, &pause, awake);
    while (ended == 0 && !watch_has_drop(watch) && (left = until - clock_ms()) > 0) {
        struct pollfd file = { .fd = watch->fd, .events = POLLIN };
        const int64_t alive = service_alive();
        const int64_t time = alive >= 0 && alive < left ? alive : left;

        ppoll(&file, 1, &(struct timespec){ (time_t)(time / 1000), (long)(time % 1000 * 1000000) },
              awake);
    }
}

/* Whether no later round can do better than the first one, which ended with CODE. */
static bool watch_is_vain(const struct inbox_watch *watch, int code)
{
    return watch->next < 0 && (code == FOB_CONFIG || code == FOB_NOT_FOUND ||
                               code == FOB_NOT_ALLOWED || code == FOB_INVALID);
}

static int watch_loop(struct cli *cli, const struct fob_inbox *plan, struct inbox_watch *watch)
{
    sigset_t signal_set;
    sigset_t awake;

    watch_catch(&signal_set);
    for (bool first = true; ended == 0; first = false) {
        const int code = watch_handle(cli, plan, watch);

        if (ended == 0)
            watch_report(cli, watch, code);
        cli_close(cli);
        if (first && watch_is_vain(watch, code))
            return code;
        sigprocmask(SIG_BLOCK, &signal_set, &awake);
        watch_wait(watch, &awake);
        sigprocmask(SIG_SETMASK, &awake, NULL);
    }
    service_tell("STOPPING=1");
    return FOB_SUCCESS;
}

int inbox_watch(struct cli *cli, const struct fob_inbox *plan)
{
    struct fob_inbox own = *plan;
    struct inbox_watch watch = { .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC) };
    int code;

    if (watch.fd < 0)
        return output_fail(FOB_SYSTEM, NULL, "inbox: %m");
    own.tick = watch_tick;
    cli->converse.silent = true;
    code = watch_loop(cli, &own, &watch);
    close(watch.fd);
    return code;
}
