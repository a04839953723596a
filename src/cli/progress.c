/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Shows a progress bar, or what fob waits for, by a thread. */
#include "config.h"

#include "cli/progress.h"

#include "cli/columns.h"
#include "util/clock.h"
#include "util/text.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define WIDTH 30
#define LINE_MIN 40
/* A wait is shown after this long without output: before two seconds, which is the promise. */
#define SILENCE_MS 1800
/* How often the shown time is updated. */
#define STEP_MS 1000

enum shown { SHOWN_NOTHING, SHOWN_BAR, SHOWN_WAIT };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Guarded by LOCK. */
static struct {
    enum shown shown;
    bool paused;
    bool yielded;
    bool elsewhere; /* stdout is no terminal */
    bool asked;     /* the two above are known */
    int64_t when;   /* when something was shown last, on clock_ms() */
    char what[512];
    int64_t since; /* the start of the wait */
    int64_t until; /* its expected end; 0 when unknown */
    pthread_cond_t changed;
} progress;

static pthread_t waiter;
static _Atomic(pid_t) process; /* the waiter's process; 0 while there is none */

/* Whether another program is in the terminal's foreground. */
static bool progress_is_in_background(void)
{
    pid_t foreground = tcgetpgrp(STDERR_FILENO);

    return foreground >= 0 && foreground != getpgrp();
}

/* Whether another program, such as a key_command, asks for a secret; its prompt must not be
 * overwritten. */
static bool progress_is_asked_for_secret(void)
{
    struct termios modes;

    return tcgetattr(STDERR_FILENO, &modes) == 0 && (modes.c_lflag & ECHO) == 0;
}

/* The columns of the terminal; 0 when stderr cannot show a progress line. */
static size_t progress_room(void)
{
    const char *term = secure_getenv("TERM");
    size_t columns = columns_of(STDERR_FILENO);

    if (progress.paused || progress.yielded || term == NULL || strcmp(term, "dumb") == 0 ||
        !isatty(STDERR_FILENO) || progress_is_in_background() || progress_is_asked_for_secret())
        return 0;
    if (columns == 0)
        columns = 80;
    return columns >= LINE_MIN ? columns : 0;
}

/* With the lock held. */
static void progress_draw(enum shown kind, const char *line)
{
    fprintf(stderr, "\r\033[K%s", line);
    fflush(stderr);
    progress.shown = kind;
    progress.when = clock_ms();
}

/* With the lock held. */
static void progress_erase(void)
{
    if (progress.shown != SHOWN_NOTHING) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    progress.shown = SHOWN_NOTHING;
    progress.when = clock_ms();
}

void progress_show(uint64_t done, uint64_t all, const char *note)
{
    char bar[WIDTH + 1];
    char line[256];
    size_t filled = all > 0 && done < all ? (size_t)(done * WIDTH / all) : WIDTH;
    size_t room;

    pthread_mutex_lock(&lock);
    room = progress_room();
    if (room > sizeof line)
        room = sizeof line;
    memset(bar, '#', filled);
    memset(bar + filled, '.', WIDTH - filled);
    bar[WIDTH] = '\0';
    /* A full line would wrap. */
    if (all > 0)
        snprintf(line, room, "[%s] %" PRIu64 "/%" PRIu64 "%s", bar, done, all, note);
    else
        snprintf(line, room, "%" PRIu64 "%s", done, note);
    if (room > 0)
        progress_draw(SHOWN_BAR, line);
    pthread_mutex_unlock(&lock);
}

void progress_count(uint64_t done, uint64_t all)
{
    const int64_t now = clock_ms();
    bool due;

    pthread_mutex_lock(&lock);
    if (progress.when == 0)
        progress.when = now;
    due = now - progress.when >= STEP_MS;
    pthread_mutex_unlock(&lock);
    if (due)
        progress_show(done, all, "");
}

/* Whether the waiter belongs to a parent process, so that the lock may be held for ever. */
static bool progress_is_child(void)
{
    return process != 0 && process != getpid();
}

void progress_hide(void)
{
    if (progress_is_child())
        return;
    pthread_mutex_lock(&lock);
    progress_erase();
    pthread_mutex_unlock(&lock);
}

void progress_pause(bool paused)
{
    if (progress_is_child())
        return;
    pthread_mutex_lock(&lock);
    progress_erase();
    progress.paused = paused;
    pthread_mutex_unlock(&lock);
}

void progress_yield(int fd)
{
    struct stat info;

    if (progress_is_child())
        return;
    pthread_mutex_lock(&lock);
    if (!progress.asked && fstat(fd, &info) == 0) {
        progress.yielded = S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode);
        progress.elsewhere = !S_ISCHR(info.st_mode) || !isatty(fd);
    }
    /* What goes into a file is not seen. */
    if (!progress.elsewhere || !progress.asked)
        progress_erase();
    progress.asked = true;
    pthread_mutex_unlock(&lock);
}

/* With the lock held. */
static void progress_show_wait(int64_t now)
{
    size_t room = progress_room();
    char line[sizeof progress.what + 32];
    char time[32];
    size_t size;

    if (room == 0)
        return;
    if (progress.until > now)
        snprintf(time, sizeof time, " (%" PRId64 " s left)", (progress.until - now + 999) / 1000);
    else
        snprintf(time, sizeof time, " (%" PRId64 " s)", (now - progress.since) / 1000);
    /* On a narrow terminal, cut the text rather than the time. */
    size = room - 1 - strlen(time);
    if (size > strlen(progress.what))
        size = strlen(progress.what);
    while (size > 0 && ((unsigned char)progress.what[size] & 0xC0) == 0x80)
        size--;
    snprintf(line, sizeof line, "%.*s%s", (int)size, progress.what, time);
    progress_draw(SHOWN_WAIT, line);
}

static void *progress_show_waits(void *unused)
{
    pthread_mutex_lock(&lock);
    while (progress.what[0] != '\0') {
        const int64_t now = clock_ms();
        int64_t due = progress.when + (progress.shown == SHOWN_WAIT ? STEP_MS : SILENCE_MS);
        struct timespec until;

        if (due <= now) {
            progress_show_wait(now);
            due = now + STEP_MS;
        }
        until = (struct timespec){ (time_t)(due / 1000), (long)(due % 1000) * 1000000 };
        (void)pthread_cond_timedwait(&progress.changed, &lock, &until);
    }
    pthread_mutex_unlock(&lock);
    return unused;
}

/* With the lock held.  If the thread cannot be created, nothing is shown. */
static void progress_start_thread(void)
{
    pthread_condattr_t clock;
    sigset_t all;
    sigset_t before;

    if (pthread_condattr_init(&clock) != 0)
        return;
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&progress.changed, &clock);
    pthread_condattr_destroy(&clock);
    /* The main thread handles signals. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&waiter, NULL, progress_show_waits, NULL) == 0)
        process = getpid();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* The thread ends with the wait, so that none exists when another program is started. */
static void progress_end_wait(void)
{
    pthread_mutex_lock(&lock);
    progress.what[0] = '\0';
    if (process != 0)
        pthread_cond_signal(&progress.changed);
    pthread_mutex_unlock(&lock);
    if (process == 0)
        return;
    pthread_join(waiter, NULL);
    pthread_cond_destroy(&progress.changed);
    process = 0;
    if (progress.shown == SHOWN_WAIT)
        progress_hide();
}

static void progress_begin_wait(const char *what, int64_t ms)
{
    const int64_t now = clock_ms();

    pthread_mutex_lock(&lock);
    if (strncmp(what, progress.what, sizeof progress.what - 1) != 0)
        progress.since = now;
    progress.until = ms > 0 ? now + ms : 0;
    snprintf(progress.what, sizeof progress.what, "%s", what);
    text_make_printable(progress.what);
    if (progress.when == 0)
        progress.when = now;
    if (process == 0)
        progress_start_thread();
    pthread_mutex_unlock(&lock);
}

void progress_wait(const char *what, int64_t ms, void *unused)
{
    (void)unused;
    if (progress_is_child())
        return;
    if (what == NULL)
        progress_end_wait();
    else if (isatty(STDERR_FILENO))
        progress_begin_wait(what, ms);
}
