/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Shows the address of a sign-in, and waits for both ends: a browser on this machine, and what a
 * person pastes. */
#include "config.h"

#include "fob/browser.h"

#include "cli/output.h"
#include "util/clock.h"
#include "util/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define XDG_OPEN "/usr/bin/xdg-open"
/* How long a browser on this machine is awaited, if nobody can paste. */
#define WAIT_MS (5 * 60 * 1000)

static int browser_fail(struct converse *converse, const char *why, const char *hint)
{
    snprintf(converse->why, sizeof converse->why, "%s%s%s",
             converse->account != NULL ? converse->account : "",
             converse->account != NULL ? ": " : "", why);
    snprintf(converse->hint, sizeof converse->hint, "%s", hint);
    return FOB_CONVERSATION;
}

/* Agree on a redirect URI. */
static int browser_choose(struct converse *converse, const struct fob_sign_in *sign_in,
                          struct fob_secret **reply)
{
    struct browser *browser = converse->browser;
    const char *redirect = sign_in->redirect;
    char why[160];

    browser_close(browser);
    if (loopback_takes(redirect)) {
        if (loopback_open(&browser->loopback, redirect, browser->listens) != FOB_SUCCESS) {
            snprintf(why, sizeof why, "%.100s cannot be used: %s", redirect, strerror(errno));
            return browser_fail(converse, why, "another program may use that port");
        }
        redirect = browser->loopback.uri;
    } else if (!browser->pastes) {
        return browser_fail(converse, "its provider sends no browser to this machine",
                            "use --browser paste");
    } else if (strcmp(redirect, "https") == 0) {
        redirect = sign_in->callback;
        if (redirect == NULL)
            return FOB_CONFIG;
    }
    return fob_secret_new(redirect, strlen(redirect), reply);
}

static void browser_start(const char *address)
{
    char *const argv[] = { (char *)(uintptr_t)XDG_OPEN, (char *)(uintptr_t)address, NULL };
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const struct detach detach = {
        .file = -1, .argv = argv, .environment = environ, .streams = { null, null, null }
    };
    int pidfd = -1;
    int error = detach_start(&detach, &pidfd);

    if (error != 0)
        output_note(XDG_OPEN ": %s", strerror(error));
    if (pidfd >= 0)
        close(pidfd);
    if (null >= 0)
        close(null);
}

static void browser_show(const struct converse *converse, const struct browser *browser,
                         const char *address)
{
    if (browser->on_stdin) {
        output_line("%s", address);
        (void)output_flush();
    } else if (terminal_present((struct terminal *)(uintptr_t)&converse->terminal)) {
        terminal_print_text(&converse->terminal, "Open this address in a browser, and sign in:");
        terminal_print_text(&converse->terminal, address);
    } else {
        output_note("Open this address in a browser, and sign in:");
        output_note("%s", address);
    }
    if (browser->opens)
        browser_start(address);
}

/* Read a line of stdin, which holds nothing else that is needed. */
static int browser_read_line(struct fob_secret **reply)
{
    struct fob_secret *line = NULL;
    ssize_t got = 0;
    char c = '\0';
    int code = fob_secret_new("", 0, &line);

    while (code == FOB_SUCCESS && (got = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n')
        code = fob_secret_append(line, &c, 1);
    if (code == FOB_SUCCESS && got <= 0 && fob_secret_size(line) == 0)
        code = FOB_CONVERSATION;
    if (code == FOB_SUCCESS)
        *reply = line;
    else
        fob_secret_free(line);
    return code;
}

/* Whether FD becomes readable before UNTIL; WHICH is 1 if that is the listener. */
static bool browser_poll(const struct browser *browser, bool stdin_too, int64_t until, bool *other)
{
    struct pollfd wait[2] = {
        { .fd = browser->listens ? browser->loopback.fd : -1, .events = POLLIN },
        { .fd = stdin_too ? STDIN_FILENO : -1, .events = POLLIN },
    };
    const int64_t left = until - clock_ms();

    if (left <= 0 || poll(wait, 2, (int)left) <= 0)
        return false;
    *other = wait[0].revents == 0;
    return true;
}

/* Wait without a terminal. */
static int browser_await(const struct browser *browser, struct fob_secret **reply)
{
    const int64_t until = clock_ms() + WAIT_MS;
    bool typed = false;
    int code = FOB_IGNORE;

    while (code == FOB_IGNORE && browser_poll(browser, browser->on_stdin, until, &typed))
        code = typed ? browser_read_line(reply) : loopback_serve(&browser->loopback, reply);
    return code == FOB_IGNORE ? FOB_UNAVAILABLE : code;
}

/* Ask on the terminal; a browser on this machine ends the question. */
static int browser_ask(struct converse *converse, struct fob_secret **reply)
{
    const struct browser *browser = converse->browser;
    struct terminal *terminal = &converse->terminal;
    bool typed = true;
    int code = FOB_IGNORE;

    while (code == FOB_IGNORE) {
        terminal->wake = browser->listens ? browser->loopback.fd : -1;
        code = terminal_ask(terminal,
                            browser->loopback.fd >= 0 && browser->listens
                                ? "The address at the end, unless this goes on by itself"
                                : "The address that the browser shows at the end",
                            TERMINAL_HIDDEN, reply);
        terminal->wake = -1;
        if (code == FOB_CONVERSATION && browser_poll(browser, false, clock_ms() + 1, &typed))
            code = loopback_serve(&browser->loopback, reply);
    }
    return code;
}

static int browser_sign_in(const struct fob_sign_in *sign_in, struct fob_secret **reply, void *data)
{
    struct converse *converse = data;
    const struct browser *browser = converse->browser;
    const bool asks = browser->pastes && !browser->on_stdin && converse_can_ask(converse);
    int code;

    if (sign_in->address == NULL)
        return browser_choose(converse, sign_in, reply);
    if (!asks && !browser->on_stdin && (!browser->listens || browser->loopback.fd < 0))
        return browser_fail(converse, "a person must sign in with a browser, and nobody to ask",
                            "use --stdin, or run it on a terminal");
    browser_show(converse, browser, sign_in->address);
    code = asks ? browser_ask(converse, reply) : browser_await(browser, reply);
    if (asks && code == FOB_SUCCESS)
        converse->asked++;
    browser_close(converse->browser);
    return code;
}

int browser_read(struct cli *cli, struct browser *browser)
{
    const char *way = options_text(&cli->options, "browser");

    way = way != NULL ? way : "auto";
    *browser = (struct browser){ .pastes = strcmp(way, "loopback") != 0,
                                 .listens = strcmp(way, "paste") != 0,
                                 .opens = options_has(&cli->options, "open"),
                                 .on_stdin = options_has(&cli->options, "stdin"),
                                 .loopback = LOOPBACK_INIT };
    if (strcmp(way, "auto") != 0 && browser->pastes && browser->listens)
        return output_fail(FOB_INVALID, "it is paste, loopback or auto",
                           "--browser: %s: no such way", way);
    cli->converse.browser = browser;
    cli->converse.sign_in = browser_sign_in;
    return FOB_SUCCESS;
}

void browser_close(struct browser *browser)
{
    loopback_close(&browser->loopback);
}
