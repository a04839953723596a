/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Asks on the terminal, even when standard input is a pipe; a secret is not echoed, and echo comes back
 * whatever happens. */
#include "config.h"

#include "cli/terminal.h"

#include "util/error.h"
#include "util/path.h"
#include "util/secret.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
#define SIGNALS (sizeof signals / sizeof *signals)

static volatile sig_atomic_t caught;

static void catch_signal(int number)
{
    caught = number;
}

int terminal_signal(void)
{
    return caught;
}

/* A prompt under way: the terminal, and what must be put back. */
struct prompt {
    int fd;
    struct termios before;
    struct sigaction actions[SIGNALS];
};

static void catch_signals(struct prompt *prompt)
{
    struct sigaction action = { .sa_handler = catch_signal };

    caught = 0;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &action, &prompt->actions[i]);
}

static void release_signals(const struct prompt *prompt)
{
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &prompt->actions[i], NULL);
}

static int open_terminal(void)
{
    return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

bool terminal_present(const struct cli *cli)
{
    int fd = cli->global.no_input ? -1 : open_terminal();

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static void write_text(int fd, const char *text)
{
    size_t size = strlen(text);

    while (size > 0) {
        ssize_t written = write(fd, text, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        text += written;
        size -= (size_t)written;
    }
}

/* One line, without its newline.  The kernel's line editing holds 4095 bytes, so a longer secret comes
 * by --field-file. */
static int read_line(int fd, struct fob_secret **reply)
{
    struct fob_secret *line = NULL;
    char byte = 0;
    ssize_t got = 1;
    int code = fob_secret_new("", 0, &line);

    while (code == FOB_SUCCESS && caught == 0) {
        got = read(fd, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || byte == '\n')
            break;
        code = fob_secret_append(line, &byte, 1);
    }
    secret_wipe(&byte, sizeof byte);
    if (code == FOB_SUCCESS && caught != 0)
        code = error_set(FOB_ABORT, "interrupted");
    else if (code == FOB_SUCCESS && got <= 0)
        code = error_set(FOB_CONVERSATION, "no answer");
    if (code != FOB_SUCCESS) {
        fob_secret_free(line);
        return code;
    }
    *reply = line;
    return FOB_SUCCESS;
}

/* Ask with the terminal's echo as SECRET wants it, and put everything back. */
static int ask(int fd, const char *text, bool secret, struct fob_secret **reply)
{
    struct prompt prompt = { .fd = fd };
    bool is_terminal = tcgetattr(fd, &prompt.before) == 0;
    int code;

    catch_signals(&prompt);
    if (is_terminal && secret) {
        struct termios quiet = prompt.before;

        quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
        tcsetattr(fd, TCSAFLUSH, &quiet);
    }
    write_text(fd, text);
    code = read_line(fd, reply);
    if (is_terminal && secret)
        tcsetattr(fd, TCSAFLUSH, &prompt.before);
    if (secret || code != FOB_SUCCESS)
        write_text(fd, "\n");
    release_signals(&prompt);
    return code;
}

int terminal_ask(struct cli *cli, const char *prompt, bool secret, struct fob_secret **reply)
{
    int fd = cli->global.no_input ? -1 : open_terminal();
    int code;

    if (fd < 0)
        return error_set(FOB_CONVERSATION, "there is no terminal to ask on");
    code = ask(fd, prompt, secret, reply);
    close(fd);
    return code;
}

static int read_passphrase_file(const char *path, struct fob_secret **reply)
{
    struct fob_secret *text = NULL;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int code;

    if (fd < 0)
        return error_system("%s", path);
    code = path_check_trust(fd, path, PATH_PRIVATE);
    if (code == FOB_SUCCESS)
        code = secret_read_fd(fd, path, 4096, &text);
    close(fd);
    if (code != FOB_SUCCESS)
        return code;
    if (fob_secret_size(text) > 0 && fob_secret_data(text)[fob_secret_size(text) - 1] == '\n')
        secret_truncate(text, fob_secret_size(text) - 1);
    *reply = text;
    return FOB_SUCCESS;
}

static int ask_message(struct cli *cli, const struct fob_message *message,
                       struct fob_secret **reply)
{
    char prompt[512];

    if (message->kind == FOB_ASK_SECRET && message->name != NULL &&
        strcmp(message->name, "passphrase") == 0 && cli->global.passphrase_file != NULL)
        return read_passphrase_file(cli->global.passphrase_file, reply);
    snprintf(prompt, sizeof prompt, "%s%s%s%s%s: ", message->text,
             message->example != NULL ? " (like " : "",
             message->example != NULL ? message->example : "",
             message->example != NULL ? ")" : "",
             message->kind == FOB_ASK_CONFIRM ? " [yes/no]" : "");
    return terminal_ask(cli, prompt, message->kind == FOB_ASK_SECRET, reply);
}

static void tell(const struct cli *cli, const struct fob_message *message)
{
    switch (message->kind) {
    case FOB_TELL_GUIDE:
        if (terminal_present(cli))
            fprintf(stderr, "%s\n", message->text);
        break;
    case FOB_TELL_WARNING:
        fprintf(stderr, "warning: %s\n", message->text);
        break;
    default:
        fprintf(stderr, "%s\n", message->text);
        break;
    }
}

static int converse(const struct fob_message *messages, size_t count, struct fob_secret **replies,
                    void *data)
{
    struct cli *cli = data;
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        if (messages[i].kind >= FOB_TELL_GUIDE)
            tell(cli, &messages[i]);
        else
            code = ask_message(cli, &messages[i], &replies[i]);
    }
    return code;
}

void terminal_conversation(struct cli *cli, struct fob_conversation *conv)
{
    *conv = (struct fob_conversation){ converse, cli };
}
