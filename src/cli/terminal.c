/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Questions on /dev/tty. */
#include "config.h"

#include "cli/terminal.h"

#include "util/text.h"
#include "util/write.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* A terminal silently drops what a line has beyond this (N_TTY_BUF_SIZE). */
#define LINE_MAX_TYPED 4094

/* Signals that must not leave a terminal without echo. */
static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

#define CAUGHT_COUNT (sizeof caught / sizeof *caught)

static volatile sig_atomic_t last_signal;

static void note_signal(int number)
{
    last_signal = number;
}

/* What is put back after a question. */
struct before {
    struct sigaction actions[CAUGHT_COUNT];
    sigset_t mask;
    struct termios modes;
};

bool terminal_present(struct terminal *terminal)
{
    if (terminal->fd < 0)
        terminal->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    return terminal->fd >= 0;
}

void terminal_close(struct terminal *terminal)
{
    if (terminal->fd >= 0)
        close(terminal->fd);
    terminal->fd = -1;
}

/* A terminal that is gone needs no words. */
static void print(const struct terminal *terminal, const char *text)
{
    (void)write_fully(terminal->fd, text, strlen(text));
}

void terminal_tell(const struct terminal *terminal, const char *text)
{
    while (*text != '\0') {
        size_t size = strcspn(text, "\n");
        char *line = strndup(text, size);

        if (line == NULL)
            return;
        text_make_printable(line);
        print(terminal, line);
        print(terminal, "\n");
        free(line);
        text += size;
        text += *text == '\n';
    }
}

/*
 * Take over signals and modes.  The signals stay blocked but for the time in ppoll(), so that none
 * is missed between a look at last_signal and the wait.
 */
static bool prepare(const struct terminal *terminal, enum terminal_echo echo, struct before *before)
{
    struct sigaction action = { .sa_handler = note_signal };
    struct termios modes;
    sigset_t blocked;

    if (tcgetattr(terminal->fd, &before->modes) < 0)
        return false;
    sigemptyset(&blocked);
    for (size_t i = 0; i < CAUGHT_COUNT; i++)
        sigaddset(&blocked, caught[i]);
    sigprocmask(SIG_BLOCK, &blocked, &before->mask);
    last_signal = 0;
    for (size_t i = 0; i < CAUGHT_COUNT; i++) {
        sigaction(caught[i], NULL, &before->actions[i]);
        /* What the caller had ignored (nohup) stays ignored. */
        if (before->actions[i].sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
    }
    modes = before->modes;
    modes.c_lflag |= ICANON | ISIG;
    if (echo == TERMINAL_SHOWN)
        modes.c_lflag |= ECHO;
    else
        modes.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    tcsetattr(terminal->fd, TCSADRAIN, &modes);
    return true;
}

static void restore(const struct terminal *terminal, const struct before *before)
{
    while (tcsetattr(terminal->fd, TCSADRAIN, &before->modes) < 0 && errno == EINTR)
        continue;
    for (size_t i = 0; i < CAUGHT_COUNT; i++)
        sigaction(caught[i], &before->actions[i], NULL);
    sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

/* Wait until a line is there, or a signal.  The mask during the wait is BEFORE's without what is
 * caught. */
static bool wait_for_line(const struct terminal *terminal, const struct before *before)
{
    struct pollfd wait = { .fd = terminal->fd, .events = POLLIN };
    sigset_t mask = before->mask;

    for (size_t i = 0; i < CAUGHT_COUNT; i++)
        sigdelset(&mask, caught[i]);
    while (last_signal == 0) {
        if (ppoll(&wait, 1, NULL, &mask) > 0)
            return true;
        if (errno != EINTR)
            return false;
    }
    return false;
}

/* Read up to the newline into REPLY. */
static int read_line(const struct terminal *terminal, const struct before *before,
                     struct fob_secret *reply)
{
    char buffer[512];
    int code = FOB_CONVERSATION;

    while (wait_for_line(terminal, before)) {
        ssize_t got = read(terminal->fd, buffer, sizeof buffer);
        bool whole = got > 0 && buffer[got - 1] == '\n';

        if (got <= 0)
            break; /* ^D on an empty line, or the terminal is gone */
        code = fob_secret_append(reply, buffer, (size_t)got - whole);
        if (whole || code != FOB_SUCCESS)
            break;
        code = FOB_CONVERSATION;
    }
    explicit_bzero(buffer, sizeof buffer);
    return last_signal != 0 ? FOB_ABORT : code;
}

/* A job in the background must not touch the modes of the foreground's terminal: wait to be there.
 */
static bool in_foreground(const struct terminal *terminal)
{
    if (tcgetpgrp(terminal->fd) != getpgrp())
        raise(SIGTTIN);
    return tcgetpgrp(terminal->fd) == getpgrp();
}

/* One try; FOB_ABORT when a signal came, also one that only stops the process for a while. */
static int ask_once(const struct terminal *terminal, const char *prompt, enum terminal_echo echo,
                    struct fob_secret *reply)
{
    struct before before;
    int code;

    if (!in_foreground(terminal) || !prepare(terminal, echo, &before))
        return FOB_CONVERSATION;
    print(terminal, prompt);
    print(terminal, ": ");
    code = read_line(terminal, &before, reply);
    if (echo == TERMINAL_HIDDEN || code != FOB_SUCCESS)
        print(terminal, "\n");
    restore(terminal, &before);
    return code;
}

int terminal_ask(struct terminal *terminal, const char *prompt, enum terminal_echo echo,
                 struct fob_secret **reply)
{
    struct fob_secret *typed = NULL;
    char *text = strdup(prompt);
    int code;

    if (text == NULL)
        return FOB_NOMEM;
    text_make_printable(text);
    do {
        fob_secret_free(typed);
        typed = NULL;
        code = fob_secret_new("", 0, &typed);
        if (code == FOB_SUCCESS)
            code = ask_once(terminal, text, echo, typed);
        if (code == FOB_ABORT && last_signal == SIGTSTP)
            raise(SIGTSTP); /* goes on here after SIGCONT */
    } while (code == FOB_ABORT && last_signal == SIGTSTP);
    free(text);
    if (code == FOB_ABORT)
        terminal->signal = (int)last_signal;
    if (code == FOB_SUCCESS && fob_secret_size(typed) >= LINE_MAX_TYPED) {
        terminal_tell(terminal, "That is more than a terminal takes: use --field-file or --stdin.");
        code = FOB_CONVERSATION;
    }
    if (code == FOB_SUCCESS)
        *reply = typed;
    else
        fob_secret_free(typed);
    return code;
}
