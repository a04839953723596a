/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Runs a masked command: its output, its signals, its end. */
#include "config.h"

#include "fob/exec/masked.h"

#include "fob/exec/channel.h"
#include "fob/exec/screen.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often a fob in the background checks whether it still is there. */
#define POLL_MS 200
/* The output is complete after this long without more; and the longest time to wait for that. */
#define SILENCE_MS 30
#define SILENCE_MAX_MS 200

#define LOST "the command's output could not be passed on"

enum { KEYBOARD, OUTPUT, ERRORS, CHANNELS };

struct running {
    struct screen screen;
    struct channel channels[CHANNELS];
    pid_t child;   /* the monitor, or the command itself */
    pid_t command; /* the target of signals */
    int signals;   /* signalfd(2) */
    struct screen_signals before;
    int64_t next_poll; /* when to check next whether fob is still in the background */
    bool stopped;      /* the child is stopped */
    int64_t stop;      /* when fob stops too, at the latest; 0 for not at all */
    bool ended;        /* the command has ended */
    struct masked_end end;
    bool abandoned; /* drop the remaining output */
};

int masked_add_account(struct mask *mask, struct fob_handle *handle)
{
    const struct fob_account *account = fob_handle_account(handle);
    const char *field;
    int code = FOB_SUCCESS;

    for (size_t i = 0; code == FOB_SUCCESS && account != NULL &&
                       (field = fob_account_field(account, i, NULL)) != NULL;
         i++) {
        struct fob_secret *value = NULL;

        code = fob_get_field(handle, field, &value);
        if (code == FOB_SUCCESS &&
            mask_add(mask, fob_secret_data(value), fob_secret_size(value)) != FOB_SUCCESS)
            code = error_nomem();
        fob_secret_free(value);
    }
    return code;
}

int masked_add_headers(struct mask *mask, const struct fob_handle *handle)
{
    const struct fob_secret *value;
    const char *name;

    for (size_t i = 0; fob_header(handle, i, &name, &value) == FOB_SUCCESS; i++) {
        if (mask_add(mask, fob_secret_data(value), fob_secret_size(value)) != FOB_SUCCESS)
            return error_nomem();
    }
    return FOB_SUCCESS;
}

/* Block the signals that are passed on: all except those of faults and those that fob needs. */
static int masked_block_signals(struct running *running)
{
    static const int kept[] = { SIGKILL, SIGSTOP, SIGSEGV, SIGBUS,  SIGFPE, SIGILL,
                                SIGTRAP, SIGABRT, SIGSYS,  SIGTTIN, SIGTTOU };
    const struct sigaction usual = { .sa_handler = SIG_DFL };
    sigset_t set;

    sigfillset(&set);
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
        sigdelset(&set, kept[i]);
    if (sigprocmask(SIG_BLOCK, &set, &running->before.mask) < 0 ||
        sigaction(SIGCHLD, &usual, &running->before.child) < 0)
        return -1;
    running->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return running->signals < 0 ? -1 : 0;
}

/* Choose the command's descriptor for FD: the new terminal if FD is fob's terminal, a pipe into a
 * channel for output, else FD itself. */
static int masked_choose_descriptor(struct running *running, const struct mask *mask, int fd,
                                    int *inside)
{
    const struct screen *screen = &running->screen;
    int ends[2];

    *inside = fd;
    if (screen->outer >= 0 && isatty(fd) && (screen->job || fd != STDIN_FILENO)) {
        *inside = screen->slave;
        return 0;
    }
    if (fd == STDIN_FILENO)
        return 0;
    if (pipe2(ends, O_CLOEXEC) < 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
        return -1;
    running->channels[fd] = channel_make(ends[0], fd, mask);
    *inside = ends[1];
    return 0;
}

/* Connect the channels to the new terminal's master side. */
static void masked_connect_screen(struct running *running, const struct mask *mask)
{
    const struct screen *screen = &running->screen;

    if (screen->outer < 0)
        return;
    running->channels[screen->outer] =
        channel_make(screen->master, screen->own >= 0 ? screen->own : screen->outer, mask);
    running->channels[screen->outer].interactive = true;
    if (screen->job)
        running->channels[KEYBOARD] = channel_make(screen->own, screen->master, NULL);
}

static int masked_fork_command(struct running *running, const struct spawn *start, const int fds[3])
{
    pid_t parent = getpid();
    int report[2];

    if (pipe2(report, O_CLOEXEC) < 0)
        return -1;
    running->child = fork();
    if (running->child == 0) {
        if (running->screen.job)
            screen_monitor(&running->screen, start, fds, &running->before, report[1]);
        /* Without a terminal there is no hangup when fob dies. */
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() == parent)
            screen_become(start, fds, &running->before);
        _exit(SPAWN_NOT_EXECUTABLE);
    }
    close(report[1]);
    running->command = running->child;
    if (running->child > 0 && running->screen.job &&
        read(report[0], &running->command, sizeof running->command) !=
            (ssize_t)sizeof running->command)
        running->command = running->child;
    close(report[0]);
    return running->child > 0 ? 0 : -1;
}

/* Stop until somebody continues fob.  If nobody could, the kernel ignores the stop.  If the command
 * has its own terminal, stop fob's whole job, which may be a script; else the whole job got the
 * signal already. */
static void masked_stop_with_command(struct running *running)
{
    sigset_t stop;

    running->stop = 0;
    screen_leave(&running->screen);
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    kill(running->screen.job ? 0 : getpid(), SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, NULL); /* fob stops here */
    sigprocmask(SIG_BLOCK, &stop, NULL);
    screen_resize(&running->screen);
    screen_enter(&running->screen);
    if (running->screen.job && !running->ended) {
        kill(running->child, SIGCONT);
        running->stopped = false;
    }
}

/* Stop after the command's output, including its terminal's ^Z, was shown: it must not follow the
 * shell's prompt.  From now on input is not for the command. */
static void masked_schedule_stop(struct running *running)
{
    running->stop = clock_ms() + SILENCE_MAX_MS;
}

static void masked_note_end(struct running *running, int status)
{
    running->ended = true;
    running->end = (struct masked_end){ .status = WEXITSTATUS(status),
                                        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0 };
}

static void masked_reap(struct running *running)
{
    int status;

    while (!running->ended &&
           waitpid(running->child, &status, WNOHANG | WUNTRACED | WCONTINUED) == running->child) {
        running->stopped = WIFSTOPPED(status);
        if (running->stopped)
            masked_schedule_stop(running);
        else
            running->stop = 0;
        if (!running->stopped && !WIFCONTINUED(status))
            masked_note_end(running, status);
    }
}

/* fob was continued: continue the command too, unless it got the signal already. */
static void masked_resume(struct running *running)
{
    screen_return(&running->screen);
    masked_reap(running);
    running->stop = 0;
    if (running->stopped)
        kill(running->child, SIGCONT);
}

/* Whether the command got the signal too, from the terminal that both share.  Not so SIGWINCH,
 * which came before the command could see the new size, and SIGHUP, which only a session leader
 * gets. */
static bool masked_is_shared(const struct running *running, const struct signalfd_siginfo *info)
{
    return !running->screen.job && info->ssi_code == SI_KERNEL && info->ssi_signo != SIGHUP &&
           (running->screen.outer < 0 || info->ssi_signo != SIGWINCH);
}

/* SIGPIPE from fob's own write is not for the command. */
static bool masked_is_own_pipe(const struct signalfd_siginfo *info)
{
    return info->ssi_signo == SIGPIPE && info->ssi_pid == (uint32_t)getpid();
}

static void masked_forward_signals(struct running *running)
{
    struct signalfd_siginfo info;

    while (read(running->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGWINCH)
            screen_resize(&running->screen);
        if (info.ssi_signo == SIGCHLD) {
            masked_reap(running);
        } else if (info.ssi_signo == SIGWINCH && running->screen.job) {
            continue; /* the command gets it from the new terminal */
        } else if (info.ssi_signo == SIGCONT) {
            masked_resume(running);
        } else if (running->ended && info.ssi_signo == SIGTSTP) {
            masked_schedule_stop(running);
        } else if (running->ended) {
            running->abandoned = true; /* the command it is for has ended */
        } else if (!masked_is_own_pipe(&info) && !masked_is_shared(running, &info)) {
            kill(running->command, (int)info.ssi_signo);
        }
    }
}

/* fob's terminal has hung up: hang up the command's too. */
static void masked_hang_up_abandoned(struct running *running)
{
    struct screen *screen = &running->screen;

    if (screen->master < 0 || running->channels[screen->outer].to >= 0)
        return;
    screen->master = -1; /* closed by its channel */
    running->channels[KEYBOARD].from = -1;
    running->channels[KEYBOARD].size = 0;
}

/* The timeout for poll(2); -1 for ever. */
static int masked_poll_timeout(const struct running *running, bool background)
{
    int min = running->stop != 0 ? SILENCE_MS : background ? POLL_MS : -1;

    for (size_t i = 0; i < CHANNELS; i++) {
        int patience = channel_hold_timeout(&running->channels[i]);

        if (patience >= 0 && (min < 0 || patience < min))
            min = patience;
    }
    return min;
}

static bool masked_is_to_write(const struct running *running)
{
    return running->channels[OUTPUT].size > 0 || running->channels[ERRORS].size > 0;
}

/* Take the keyboard when fob is in the foreground or its previous holder has ended. */
static void masked_poll_keyboard(struct running *running)
{
    if (clock_ms() < running->next_poll)
        return;
    screen_enter(&running->screen);
    running->next_poll = clock_ms() + POLL_MS;
}

/* Give the turn to another fob that must ask. */
static void masked_lend_keyboard(struct running *running)
{
    if (!running->screen.raw || !turn_is_wanted(&running->screen.turn))
        return;
    screen_leave(&running->screen);
    running->next_poll = clock_ms() + POLL_MS;
}

static int masked_serve_once(struct running *running)
{
    struct pollfd polls[2 * CHANNELS + 2];
    bool background = running->screen.job && !running->screen.raw;
    int patience = masked_poll_timeout(running, background);
    int ready;
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < CHANNELS; i++)
        channel_poll(&running->channels[i], &polls[2 * i]);
    if (background || running->stop != 0) /* input is not for the command */
        polls[0].fd = -1;
    if (background)
        masked_poll_keyboard(running);
    polls[2 * CHANNELS] = (struct pollfd){ running->signals, POLLIN, 0 };
    polls[2 * CHANNELS + 1] = (struct pollfd){ turn_fd(&running->screen.turn), POLLIN, 0 };
    ready = poll(polls, ARRAY_SIZE(polls), patience);
    if (ready < 0)
        return errno == EINTR ? FOB_SUCCESS : error_set(FOB_SYSTEM, LOST ": %m");
    for (size_t i = 0; i < CHANNELS && code == FOB_SUCCESS; i++)
        code = ready == 0 ? channel_flush_idle(&running->channels[i], patience)
                          : channel_serve(&running->channels[i], &polls[2 * i]);
    masked_hang_up_abandoned(running);
    if (running->stop != 0 &&
        ((ready == 0 && !masked_is_to_write(running)) || clock_ms() >= running->stop))
        masked_stop_with_command(running);
    if (polls[2 * CHANNELS].revents != 0)
        masked_forward_signals(running);
    if (polls[2 * CHANNELS + 1].revents != 0)
        masked_lend_keyboard(running);
    return code;
}

static bool masked_all_passed(const struct running *running)
{
    return channel_done(&running->channels[OUTPUT]) && channel_done(&running->channels[ERRORS]);
}

/* Serve the command from the fork to its end, and until its output is written. */
static int masked_run_until_end(struct running *running)
{
    int code = FOB_SUCCESS;

    screen_enter(&running->screen);
    while (!running->ended && code == FOB_SUCCESS)
        code = masked_serve_once(running);
    if (code != FOB_SUCCESS)
        kill(running->command, SIGTERM);
    for (size_t i = OUTPUT; i < CHANNELS && code == FOB_SUCCESS; i++)
        code = channel_end(&running->channels[i]);
    running->channels[KEYBOARD].from = -1;
    running->channels[KEYBOARD].size = 0;
    while (code == FOB_SUCCESS && !running->abandoned && !masked_all_passed(running))
        code = masked_serve_once(running);
    return code == FOB_NOMEM ? error_set(code, LOST ": out of memory") : code;
}

static int masked_begin_error(void)
{
    return error_set(FOB_SYSTEM, "the command cannot be started: %m");
}

static int masked_begin(struct running *running, const struct spawn *start, const struct mask *mask)
{
    int fds[3] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO };

    for (size_t i = 0; i < CHANNELS; i++)
        running->channels[i] = channel_make(-1, -1, NULL);
    if (screen_open(&running->screen) != FOB_SUCCESS)
        return FOB_SYSTEM;
    for (int fd = 0; fd < 3; fd++) {
        if (masked_choose_descriptor(running, mask, fd, &fds[fd]) < 0)
            return masked_begin_error();
    }
    masked_connect_screen(running, mask);
    if (masked_block_signals(running) < 0 || masked_fork_command(running, start, fds) < 0)
        return masked_begin_error();
    for (int fd = 1; fd < 3; fd++) {
        if (fds[fd] != fd && fds[fd] != running->screen.slave)
            close(fds[fd]);
    }
    if (running->screen.slave >= 0)
        close(running->screen.slave);
    running->screen.slave = -1;
    return FOB_SUCCESS;
}

/* Lost output is a failure, unless the command itself has failed. */
static int masked_report_lost(const struct running *running, const struct spawn *start)
{
    static const char *const names[CHANNELS] = { "stdin", "stdout", "stderr" };
    int code = FOB_SUCCESS;

    for (size_t i = OUTPUT; i < CHANNELS; i++) {
        int error = running->channels[i].error;

        if (error == 0)
            continue;
        start->report(error_set(FOB_SYSTEM, "%s: %s", names[i], strerror(error)));
        if (running->end.signal == SIGPIPE ||
            (running->end.signal == 0 && running->end.status == 0))
            code = FOB_SYSTEM;
    }
    return code;
}

/* A ^C or ^\ that ended the command is for fob's whole job, such as a script.  If fob's terminal
 * was raw, fob must send it to the job. */
static void masked_end_job(const struct masked_end *end)
{
    if (end->signal == SIGINT || end->signal == SIGQUIT)
        kill(0, end->signal);
}

int masked_run(const struct spawn *start, const struct mask *mask, struct masked_end *end)
{
    struct running running = {
        .screen = SCREEN_INIT,
        .signals = -1,
        .end = { .status = SPAWN_NOT_EXECUTABLE },
    };
    int code = masked_begin(&running, start, mask);
    int lost;
    bool raw;

    if (code == FOB_SUCCESS)
        code = masked_run_until_end(&running);
    raw = running.screen.raw;
    screen_leave(&running.screen);
    if (raw)
        masked_end_job(&running.end);
    if (code != FOB_SUCCESS)
        start->report(code);
    lost = masked_report_lost(&running, start);
    *end = running.end;
    for (size_t i = 0; i < CHANNELS; i++)
        channel_clear(&running.channels[i]);
    screen_close(&running.screen);
    return code != FOB_SUCCESS && running.ended && end->status == 0 && end->signal == 0 ? code
                                                                                        : lost;
}
