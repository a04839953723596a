/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Asks questions on /dev/tty. */
#include "config.h"

#include "cli/terminal.h"

#include "cli/progress.h"

#include "util/array.h"
#include "util/pem.h"
#include "util/text.h"
#include "util/turn.h"
#include "util/write.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* A terminal silently drops the rest of a longer line (N_TTY_BUF_SIZE). */
#define LINE_MAX_TYPED 4094
/* Lines that follow within this time were pasted; a longer silence ends a paste. */
#define PASTE_PAUSE_MS 60

/* Signals that must not leave a terminal without echo, and SIGCONT: during a stop the shell may
 * have changed the modes. */
static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT };

#define CAUGHT_COUNT ARRAY_SIZE(caught)

static volatile sig_atomic_t last_signal;

static void terminal_note_signal(int number)
{
    if (number != SIGCONT || last_signal == 0)
        last_signal = number;
}

/* Whether the signal stops or continues the process; the question is then repeated. */
static bool terminal_is_stop(int number)
{
    return number == SIGTSTP || number == SIGCONT;
}

/* A question, and the state to be restored after it. */
struct terminal_question {
    const char *prompt;
    enum terminal_echo echo;
    const char *question; /* its name for other fobs; NULL if they cannot share the answer */
    struct sigaction actions[CAUGHT_COUNT];
    sigset_t before; /* the blocked signals */
    sigset_t mask;   /* the signals to block during a wait, without the caught ones */
    struct termios modes;
    struct turn turn;
};

bool terminal_present(struct terminal *terminal)
{
    /* Reads must not block, because another process may take the input between poll and read. */
    if (terminal->fd < 0)
        terminal->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    return terminal->fd >= 0;
}

void terminal_close(struct terminal *terminal)
{
    if (terminal->fd >= 0)
        close(terminal->fd);
    terminal->fd = -1;
}

/* Errors are ignored: the terminal is gone. */
static void terminal_print(const struct terminal *terminal, const char *text)
{
    (void)write_fully(terminal->fd, text, strlen(text));
}

void terminal_print_text(const struct terminal *terminal, const char *text)
{
    char *line;

    progress_hide();
    while ((line = text_next_line(&text)) != NULL) {
        terminal_print(terminal, line);
        terminal_print(terminal, "\n");
        free(line);
    }
}

/* Catch the signals.  They are blocked except in ppoll(), so that none is missed between a check of
 * last_signal and the wait. */
static void terminal_catch_signals(struct terminal_question *asking)
{
    const struct sigaction action = { .sa_handler = terminal_note_signal };
    sigset_t blocked;

    sigemptyset(&blocked);
    for (size_t i = 0; i < CAUGHT_COUNT; i++)
        sigaddset(&blocked, caught[i]);
    sigprocmask(SIG_BLOCK, &blocked, &asking->before);
    asking->mask = asking->before;
    last_signal = 0;
    for (size_t i = 0; i < CAUGHT_COUNT; i++) {
        sigdelset(&asking->mask, caught[i]);
        sigaction(caught[i], NULL, &asking->actions[i]);
        /* Signals that the caller ignored (nohup) stay ignored.  But a shell ignores those of keys
         * for a job in the background, which here has the keyboard. */
        if (asking->actions[i].sa_handler != SIG_IGN || caught[i] == SIGINT || caught[i] == SIGQUIT)
            sigaction(caught[i], &action, NULL);
    }
}

static void terminal_restore_signals(const struct terminal_question *asking)
{
    for (size_t i = 0; i < CAUGHT_COUNT; i++)
        sigaction(caught[i], &asking->actions[i], NULL);
    sigprocmask(SIG_SETMASK, &asking->before, NULL);
}

static void terminal_set_modes(const struct terminal *terminal, int when,
                               const struct termios *modes)
{
    while (tcsetattr(terminal->fd, when, modes) < 0 && errno == EINTR)
        continue;
}

/* Wait for this process's turn.  Another fob's answer to the same question also ends the wait. */
static int terminal_wait_for_turn(struct terminal_question *asking, struct fob_secret *reply)
{
    const char *question = asking->question != NULL ? asking->question : "another question";
    char answer[LINE_MAX_TYPED + 1];
    ssize_t size = 0;
    int code = FOB_SUCCESS;

    while (size == 0 && last_signal == 0 && !turn_acquire(&asking->turn))
        size = turn_wait(question, &asking->mask, answer, sizeof answer);
    if (size > 0)
        code = fob_secret_append(reply, answer, (size_t)size);
    explicit_bzero(answer, sizeof answer);
    return last_signal != 0 ? FOB_ABORT : code;
}

/* Wait for input, a signal, or MILLISECONDS; -1 means for ever. */
static bool terminal_wait_for_input(const struct terminal *terminal,
                                    const struct terminal_question *asking, int milliseconds)
{
    const struct timespec limit = { 0, milliseconds * 1000L * 1000 };
    struct pollfd wait[2] = {
        { .fd = terminal->fd, .events = POLLIN },
        { .fd = milliseconds < 0 ? terminal->wake : -1, .events = POLLIN },
    };

    while (last_signal == 0) {
        int ready = ppoll(wait, 2, milliseconds < 0 ? NULL : &limit, &asking->mask);

        if (ready >= 0)
            return ready > 0 && wait[0].revents != 0;
        if (errno != EINTR)
            return false;
    }
    return false;
}

/* Read up to the newline into REPLY. */
static int terminal_read_line(const struct terminal *terminal,
                              const struct terminal_question *asking, struct fob_secret *reply)
{
    char buffer[512];
    int code = FOB_CONVERSATION;

    while (terminal_wait_for_input(terminal, asking, -1)) {
        ssize_t got = read(terminal->fd, buffer, sizeof buffer);
        bool whole = got > 0 && buffer[got - 1] == '\n';

        if (got < 0 && errno == EAGAIN)
            continue;
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

static bool terminal_begins(const struct fob_secret *reply, size_t line, const char *text)
{
    return strncmp(fob_secret_data(reply) + line, text, strlen(text)) == 0;
}

/* Read the lines of PEM after its first one, up to its end or, if more blocks were pasted, theirs.
 */
static int terminal_read_pem(const struct terminal *terminal,
                             const struct terminal_question *asking, struct fob_secret *reply)
{
    bool ended = false;
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS &&
           (!ended || terminal_wait_for_input(terminal, asking, PASTE_PAUSE_MS))) {
        const size_t line = fob_secret_size(reply) + 1;

        code = fob_secret_append(reply, "\n", 1);
        if (code == FOB_SUCCESS)
            code = terminal_read_line(terminal, asking, reply);
        if (code == FOB_SUCCESS && terminal_begins(reply, line, PEM_BEGIN))
            ended = false;
        else if (code == FOB_SUCCESS && terminal_begins(reply, line, PEM_END))
            ended = true;
    }
    return code;
}

/* Whether more input follows the line at once.  It is read and dropped, so that the terminal's next
 * reader does not get it. */
static bool terminal_discard_rest(const struct terminal *terminal,
                                  const struct terminal_question *asking)
{
    struct termios modes;
    char buffer[512];
    bool more = false;

    /* The last line of a paste has no newline. */
    if (tcgetattr(terminal->fd, &modes) < 0)
        return false;
    modes.c_lflag &= ~(tcflag_t)ICANON;
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    terminal_set_modes(terminal, TCSANOW, &modes);
    while (terminal_wait_for_input(terminal, asking, PASTE_PAUSE_MS) &&
           read(terminal->fd, buffer, sizeof buffer) > 0)
        more = true;
    explicit_bzero(buffer, sizeof buffer);
    return more;
}

/* While holding the turn: prompt, read a line, and restore the modes. */
static int terminal_ask_in_turn(struct terminal *terminal, struct terminal_question *asking,
                                struct fob_secret *reply)
{
    struct termios modes;
    int code;

    if (tcgetattr(terminal->fd, &asking->modes) < 0)
        return FOB_CONVERSATION;
    modes = asking->modes;
    modes.c_lflag |= ICANON | ISIG;
    if (asking->echo == TERMINAL_SHOWN)
        modes.c_lflag |= ECHO;
    else
        modes.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    terminal_set_modes(terminal, asking->echo == TERMINAL_SHOWN ? TCSADRAIN : TCSAFLUSH, &modes);
    terminal_print(terminal, asking->prompt);
    code = terminal_read_line(terminal, asking, reply);
    if (code == FOB_SUCCESS && terminal_begins(reply, 0, PEM_BEGIN))
        code = terminal_read_pem(terminal, asking, reply);
    terminal->why = "no answer";
    terminal->hint = "";
    if (code == FOB_SUCCESS && terminal_discard_rest(terminal, asking)) {
        terminal->why = "more than one line was pasted";
        terminal->hint = "paste one line; a value of several lines can be given by a file";
        code = FOB_CONVERSATION;
    }
    if (asking->echo == TERMINAL_HIDDEN || code != FOB_SUCCESS)
        terminal_print(terminal, "\n");
    /* The shell must not get half of a secret. */
    terminal_set_modes(
        terminal, asking->echo == TERMINAL_SHOWN && code == FOB_SUCCESS ? TCSADRAIN : TCSAFLUSH,
        &asking->modes);
    return last_signal != 0 ? FOB_ABORT : code;
}

/* Wait until this job is in the foreground; a background job must not change the terminal's
 * modes. */
static bool terminal_wait_for_foreground(const struct terminal *terminal)
{
    if (tcgetpgrp(terminal->fd) != getpgrp())
        raise(SIGTTIN);
    return tcgetpgrp(terminal->fd) == getpgrp();
}

/* Ask once.  FOB_ABORT after a signal, even one that only stops the process. */
static int terminal_try_to_ask(struct terminal *terminal, struct terminal_question *asking,
                               struct fob_secret *reply)
{
    int code;

    if (!terminal_wait_for_foreground(terminal))
        return FOB_CONVERSATION;
    terminal_catch_signals(asking);
    code = terminal_wait_for_turn(asking, reply);
    if (code == FOB_SUCCESS && fob_secret_size(reply) == 0) {
        code = terminal_ask_in_turn(terminal, asking, reply);
        if (code == FOB_SUCCESS && asking->question != NULL)
            turn_answer(&asking->turn, asking->question, fob_secret_data(reply),
                        fob_secret_size(reply));
    }
    turn_release(&asking->turn);
    terminal_restore_signals(asking);
    return code;
}

static int terminal_ask_again(struct terminal *terminal, struct terminal_question *asking,
                              struct fob_secret **reply)
{
    struct fob_secret *typed = NULL;
    int code;

    progress_pause(true);
    do {
        fob_secret_free(typed);
        typed = NULL;
        code = fob_secret_new("", 0, &typed);
        if (code == FOB_SUCCESS)
            code = terminal_try_to_ask(terminal, asking, typed);
        if (code == FOB_ABORT && last_signal == SIGTSTP)
            raise(SIGTSTP); /* continues here after SIGCONT */
    } while (code == FOB_ABORT && terminal_is_stop(last_signal));
    progress_pause(false);
    if (code == FOB_ABORT)
        terminal->signal = (int)last_signal;
    if (code == FOB_SUCCESS && fob_secret_size(typed) >= LINE_MAX_TYPED &&
        !terminal_begins(typed, 0, PEM_BEGIN)) {
        terminal_print_text(terminal,
                            "That is more than a terminal takes: use --field-file or --stdin.");
        code = FOB_CONVERSATION;
    }
    if (code == FOB_SUCCESS)
        *reply = typed;
    else
        fob_secret_free(typed);
    return code;
}

static int terminal_ask_printable(struct terminal *terminal, struct terminal_question asking,
                                  struct fob_secret **reply)
{
    char *prompt;
    int code;

    /* Write the prompt at once, so that typed-ahead input is not echoed into it. */
    if (asprintf(&prompt, "%s: ", asking.prompt) < 0)
        return FOB_NOMEM;
    text_make_printable(prompt);
    asking.prompt = prompt;
    code = terminal_ask_again(terminal, &asking, reply);
    free(prompt);
    return code;
}

int terminal_ask(struct terminal *terminal, const char *prompt, enum terminal_echo echo,
                 struct fob_secret **reply)
{
    return terminal_ask_printable(
        terminal, (struct terminal_question){ .prompt = prompt, .echo = echo }, reply);
}

int terminal_ask_once(struct terminal *terminal, const char *prompt, const char *question,
                      struct fob_secret **reply)
{
    return terminal_ask_printable(terminal,
                                  (struct terminal_question){ .prompt = prompt,
                                                              .echo = TERMINAL_HIDDEN,
                                                              .question = question },
                                  reply);
}
