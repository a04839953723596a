/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Starts a program.  The process may have threads: after the fork, the child calls only
 * async-signal-safe functions.
 */
#include "config.h"

#include "launch.h"

#include "user.h"

#include "util/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INPUT, OUTPUT, ERRORS, REPORT, ENDED, PIPES };
enum { READ_END, WRITE_END };

/* The step at which a child failed to become the program. */
struct launch_report {
    enum { AT_STREAMS, AT_FOLDER, AT_USER, AT_EXEC } step;
    int error;
};

static int launch_fail(struct fob_handle *handle, const struct program *program, const char *what)
{
    return fob_fail(handle, errno == ENOMEM ? FOB_NOMEM : FOB_SYSTEM,
                    "provider %s: exec: %s: %s: %m", fob_provider_name(handle),
                    program->arguments[0], what);
}

static void launch_close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Move FD above the standard streams, whose numbers may be free. */
static bool launch_move_above_stdio(int *fd)
{
    int moved;

    if (*fd > STDERR_FILENO)
        return true;
    moved = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (moved < 0)
        return false;
    close(*fd);
    *fd = moved;
    return true;
}

static bool launch_make_pipe(int ends[2])
{
    return pipe2(ends, O_CLOEXEC) == 0 && launch_move_above_stdio(&ends[READ_END]) &&
           launch_move_above_stdio(&ends[WRITE_END]);
}

static bool launch_set_nonblocking(int fd)
{
    return fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

/*
 * Write all the input into the pipe before there is a reader, so that a program that does not read
 * cannot block the hook or cause SIGPIPE.
 */
static bool launch_fill(int fd, const struct fob_secret *input)
{
    size_t size = fob_secret_size(input);
    int room = fcntl(fd, F_GETPIPE_SZ);
    ssize_t written;

    if (room < 0 || !launch_set_nonblocking(fd))
        return false;
    if ((size_t)room < size && fcntl(fd, F_SETPIPE_SZ, (int)size) < 0)
        return false;
    if (size == 0)
        return true;
    written = write(fd, fob_secret_data(input), size);
    if (written >= 0 && (size_t)written < size)
        errno = EAGAIN;
    return written >= 0 && (size_t)written == size;
}

/* The program must not inherit blocked, ignored or caught signals. */
static void launch_reset_signals(void)
{
    const struct sigaction usual = { .sa_handler = SIG_DFL };

    for (int number = 1; number < NSIG; number++)
        sigaction(number, &usual, NULL);
}

/* All other descriptors, including the program's file, are closed by the exec. */
static bool launch_set_streams(int pipes[PIPES][2])
{
    return dup2(pipes[INPUT][READ_END], STDIN_FILENO) >= 0 &&
           dup2(pipes[OUTPUT][WRITE_END], STDOUT_FILENO) >= 0 &&
           dup2(pipes[ERRORS][WRITE_END], STDERR_FILENO) >= 0 &&
           close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

/* Become the user permanently. */
static bool launch_exec(const struct user *user)
{
    gid_t gids[3];
    uid_t uids[3];

    if (setgroups(user->count, user->groups) < 0 ||
        setresgid(user->gid, user->gid, user->gid) < 0 ||
        setresuid(user->uid, user->uid, user->uid) < 0 ||
        getresgid(&gids[0], &gids[1], &gids[2]) < 0 || getresuid(&uids[0], &uids[1], &uids[2]) < 0)
        return false;
    for (int i = 0; i < 3; i++) {
        if (gids[i] != user->gid || uids[i] != user->uid) {
            errno = EPERM;
            return false;
        }
    }
    return true;
}

/*
 * Run a binary by its checked descriptor.  The descriptor is closed by the exec, so an interpreter
 * cannot open a script by it, and the kernel returns ENOENT; a script is therefore run by its path,
 * which was checked too.
 */
static void launch_become_program(const struct program *program, int file)
{
    char *const *arguments = (char *const *)(uintptr_t)program->arguments;

    execveat(file, "", arguments, program->environment, AT_EMPTY_PATH);
    if (errno == ENOENT)
        execve(arguments[0], arguments, program->environment);
}

static void launch_write_pipe(int fd, const void *data, size_t size)
{
    ssize_t ignored = write(fd, data, size);

    (void)ignored;
}

/* Runs in the child of the supervisor. */
static _Noreturn void launch_run(const struct program *program, int file, int pipes[PIPES][2],
                                 pid_t supervisor)
{
    struct launch_report report = { .step = AT_STREAMS };
    sigset_t none;

    setsid();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(077);
    if (launch_set_streams(pipes)) {
        report.step = AT_FOLDER;
        if (chdir("/") == 0) {
            report.step = AT_USER;
            if (program->user == NULL || launch_exec(program->user)) {
                report.step = AT_EXEC;
                prctl(PR_SET_PDEATHSIG, SIGTERM);
                if (getppid() == supervisor)
                    launch_become_program(program, file);
            }
        }
    }
    report.error = errno;
    launch_write_pipe(pipes[REPORT][WRITE_END], &report, sizeof report);
    _exit(127);
}

/* Runs in the supervisor: start the program, report its process id and its end, and stay until
 * killed, which keeps the process id reserved.  All of the application's descriptors are closed. */
static _Noreturn void launch_supervise(const struct program *program, int file, int pipes[PIPES][2],
                                       pid_t parent)
{
    pid_t supervisor = getpid();
    siginfo_t info;
    pid_t pid;

    launch_reset_signals();
    /* The program must not outlive the caller, which enforces its timeout. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    pid = fork();
    if (pid == 0)
        launch_run(program, file, pipes, supervisor);
    if (pid < 0 || dup2(pipes[ENDED][WRITE_END], STDIN_FILENO) < 0 || close_range(1, ~0U, 0) < 0)
        _exit(127);
    launch_write_pipe(STDIN_FILENO, &pid, sizeof pid);
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0) {
        const struct ended ended = { info.si_code, info.si_status };

        launch_write_pipe(STDIN_FILENO, &ended, sizeof ended);
    }
    for (;;)
        pause();
}

/* Fork with all signals blocked, so that none of the caller's handlers runs in the child. */
static pid_t launch_fork_child(const struct program *program, int file, int pipes[PIPES][2])
{
    pid_t parent = getpid();
    sigset_t before;
    sigset_t all;
    pid_t pid;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid = fork();
    if (pid == 0)
        launch_supervise(program, file, pipes, parent);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid;
}

void launch_end(struct launch *started)
{
    if (started->program > 0)
        kill(-started->program, SIGKILL);
    if (started->supervisor > 0) {
        kill(started->supervisor, SIGKILL);
        while (waitpid(started->supervisor, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    started->program = started->supervisor = 0;
}

static bool launch_read_pipe(int fd, void *data, size_t size)
{
    ssize_t got;

    do
        got = read(fd, data, size);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)size;
}

/* Wait until the program runs, or a process has reported why not. */
static int launch_await_exec(struct fob_handle *handle, const struct program *program, int fd)
{
    static const char *const steps[] = {
        [AT_STREAMS] = "its standard streams",
        [AT_FOLDER] = "the folder /",
        [AT_USER] = "the user it is to run as",
        [AT_EXEC] = "cannot be run",
    };
    struct launch_report report;
    ssize_t got;

    do
        got = read(fd, &report, sizeof report);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        return FOB_SUCCESS;
    if (got != sizeof report)
        return launch_fail(handle, program, "cannot be run");
    errno = report.error;
    if (report.step != AT_EXEC)
        return launch_fail(handle, program, steps[report.step]);
    fob_fail(handle, FOB_PLUGIN, "provider %s: exec: %s: cannot be run: %m",
             fob_provider_name(handle), program->arguments[0]);
    fob_hint(handle, "the user it runs as must be allowed to, and to enter its folder; a script "
                     "begins with #! and its interpreter's path");
    return FOB_PLUGIN;
}

static int launch_open_program(struct fob_handle *handle, const struct program *program, int *file)
{
    switch (fob_open_trusted(handle, program->arguments[0], file)) {
    case FOB_SUCCESS:
        return launch_move_above_stdio(file) ? FOB_SUCCESS : launch_fail(handle, program, "open");
    case FOB_NOMEM:
        return FOB_NOMEM;
    default:
        return FOB_PLUGIN; /* as for a plugin that is missing or not trusted; the error is set */
    }
}

/* Fork, and move the parent's ends of the pipes to STARTED. */
static int launch_fork(struct fob_handle *handle, const struct program *program, int file,
                       int pipes[PIPES][2], struct launch *started)
{
    int code;

    started->supervisor = launch_fork_child(program, file, pipes);
    if (started->supervisor < 0)
        return launch_fail(handle, program, "fork");
    for (int i = OUTPUT; i < PIPES; i++)
        launch_close_fd(&pipes[i][WRITE_END]);
    code = launch_await_exec(handle, program, pipes[REPORT][READ_END]);
    if (code == FOB_SUCCESS &&
        !launch_read_pipe(pipes[ENDED][READ_END], &started->program, sizeof started->program))
        code = launch_fail(handle, program, "fork");
    if (code != FOB_SUCCESS) {
        launch_end(started);
        return code;
    }
    started->output = pipes[OUTPUT][READ_END];
    started->errors = pipes[ERRORS][READ_END];
    started->ended = pipes[ENDED][READ_END];
    pipes[OUTPUT][READ_END] = -1;
    pipes[ERRORS][READ_END] = -1;
    pipes[ENDED][READ_END] = -1;
    return FOB_SUCCESS;
}

int launch_program(struct fob_handle *handle, const struct program *program, struct launch *started)
{
    int pipes[PIPES][2];
    int file = -1;
    int code = launch_open_program(handle, program, &file);

    for (int i = 0; i < PIPES; i++)
        pipes[i][READ_END] = pipes[i][WRITE_END] = -1;
    for (int i = 0; i < PIPES && code == FOB_SUCCESS; i++) {
        if (!launch_make_pipe(pipes[i]))
            code = launch_fail(handle, program, "pipe");
    }
    if (code == FOB_SUCCESS && !launch_fill(pipes[INPUT][WRITE_END], program->input))
        code = launch_fail(handle, program, "its fields do not fit into a pipe");
    if (code == FOB_SUCCESS && (!launch_set_nonblocking(pipes[OUTPUT][READ_END]) ||
                                !launch_set_nonblocking(pipes[ERRORS][READ_END])))
        code = launch_fail(handle, program, "pipe");
    launch_close_fd(&pipes[INPUT][WRITE_END]);
    if (code == FOB_SUCCESS)
        code = launch_fork(handle, program, file, pipes, started);
    for (int i = 0; i < PIPES; i++) {
        launch_close_fd(&pipes[i][READ_END]);
        launch_close_fd(&pipes[i][WRITE_END]);
    }
    launch_close_fd(&file);
    return code;
}

void launch_close(struct launch *started)
{
    launch_close_fd(&started->output);
    launch_close_fd(&started->errors);
    launch_close_fd(&started->ended);
}
