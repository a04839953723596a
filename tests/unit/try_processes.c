/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What is tried in a sandbox: other processes, and rights over them. */
#include "config.h"

#include "try.h"

#include "util/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>

#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif

static int try_ptrace(void)
{
    return ptrace(PTRACE_SEIZE, place.host, NULL, NULL) == 0 ? 0 : -1;
}

/* Landlock does not refuse these two. */
static int try_be_traced(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : -1;
}

static int try_read_itself(void)
{
    char byte;
    char other = 0;
    const struct iovec here = { &byte, 1 };
    const struct iovec there = { &other, 1 };

    return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == 1 ? 0 : -1;
}

static int try_read_process(void)
{
    char byte;
    const struct iovec here = { &byte, 1 };
    const struct iovec there = { &place.host, 1 };

    return process_vm_readv(place.host, &here, 1, &there, 1, 0) == 1 ? 0 : -1;
}

static int try_fork(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    return child > 0 && waitpid(child, NULL, 0) == child ? 0 : -1;
}

static int try_vfork(void)
{
    pid_t child = vfork();

    if (child == 0)
        _exit(0);
    return child > 0 ? 0 : -1;
}

static char true_name[] = "true";
static char *const true_argv[] = { true_name, NULL };

static int try_spawn(void)
{
    pid_t child;
    int status;

    errno = posix_spawn(&child, "/bin/true", NULL, NULL, true_argv, environ);
    return errno == 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}

static int try_execve(void)
{
    execve("/bin/true", true_argv, environ);
    return -1;
}

static int try_execveat(void)
{
    int fd = open("/bin/true", O_PATH | O_CLOEXEC);

    execveat(fd, "", true_argv, environ, AT_EMPTY_PATH);
    return -1;
}

static int try_signal_host(void)
{
    return kill(place.host, 0);
}

/* Landlock finds no process. */
static int try_signal_nobody(void)
{
    return kill(INT32_MAX, 0);
}

static int try_signal_thread(void)
{
    return (int)syscall(SYS_tgkill, place.host, place.host, 0);
}

static int try_queue_signal(void)
{
    const union sigval value = { 0 };

    return sigqueue(place.host, 0, value);
}

static int try_own_signals(void)
{
    int ends[2];

    return pipe(ends) == 0 ? fcntl(ends[0], F_SETOWN, place.host) : -1;
}

static int try_signal_self(void)
{
    signal(SIGUSR1, SIG_IGN);
    return raise(SIGUSR1);
}

static int try_abort_handler(void)
{
    return signal(SIGSYS, SIG_IGN) != SIG_ERR ? 0 : -1;
}

static int try_io_uring(void)
{
    char parameters[120] = { 0 };

    return (int)syscall(SYS_io_uring_setup, 4, parameters) >= 0 ? 0 : -1;
}

static int try_userfaultfd(void)
{
    return (int)syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY) >= 0 ? 0 : -1;
}

static int try_bpf(void)
{
    char attributes[128] = { 0 };

    return (int)syscall(SYS_bpf, 0, attributes, sizeof attributes) >= 0 ? 0 : -1;
}

static int try_keyctl(void)
{
    return (int)syscall(SYS_keyctl, 0, -3, 0) >= 0 ? 0 : -1;
}

static int try_perf(void)
{
    struct perf_event_attr attributes = { .size = sizeof attributes };

    return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0UL) >= 0 ? 0 : -1;
}

static int try_handle(void)
{
    char handle[64] = { 0 };

    return (int)syscall(SYS_open_by_handle_at, AT_FDCWD, handle, O_RDONLY) >= 0 ? 0 : -1;
}

static int try_mount(void)
{
    return mount("none", place.open, "tmpfs", 0, NULL);
}

static int try_unshare(void)
{
    return unshare(CLONE_NEWUSER | CLONE_NEWNS);
}

static int try_namespace(void)
{
    long child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0UL);

    if (child == 0)
        _exit(0);
    return child > 0 ? 0 : -1;
}

static int try_seccomp(void)
{
    return (int)syscall(SYS_seccomp, 0, 0, NULL);
}

static int try_setuid(void)
{
    return setresuid(1, 1, 1);
}

/* Those by which root gets around the sandbox. */
#define STRONG                                                                \
    (1U << CAP_DAC_READ_SEARCH | 1U << CAP_SYS_MODULE | 1U << CAP_SYS_RAWIO | \
     1U << CAP_SYS_PTRACE | 1U << CAP_SYS_ADMIN | 1U << CAP_MKNOD)

static int try_find_rights(uint32_t wanted)
{
    struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

    if (syscall(SYS_capget, &head, data) != 0)
        return -1;
    errno = EPERM;
    return ((data[0].effective | data[0].permitted) & wanted) != 0 ? 0 : -1;
}

static int try_rights(void)
{
    return try_find_rights(UINT32_MAX);
}

static int try_strong_rights(void)
{
    return try_find_rights(STRONG);
}

static int try_raise_limit(void)
{
    const struct rlimit more = { 4096, 4096 };

    return setrlimit(RLIMIT_NOFILE, &more);
}

static int try_limit_host(void)
{
    struct rlimit limit;

    return prlimit(place.host, RLIMIT_NOFILE, NULL, &limit);
}

static int try_prctl(void)
{
    return prctl(PR_SET_PDEATHSIG, 0);
}

const struct attempt try_processes[] = {
    { "trace the host", try_ptrace, { EPERM, EPERM, EPERM }, 0 },
    { "be traced", try_be_traced, { EPERM, EPERM, EPERM }, 0 },
    { "read itself as another process", try_read_itself, { EPERM, EPERM, EPERM }, 0 },
    { "read another process", try_read_process, { EPERM, EPERM, EPERM }, 0 },
    { "fork", try_fork, { EPERM, EPERM, 0 }, 0 },
    { "vfork", try_vfork, { EPERM, EPERM, 0 }, 0 },
    { "spawn", try_spawn, { EPERM, EPERM, 0 }, 0 },
    { "execve", try_execve, { EPERM, EPERM, 0 }, 0 },
    { "execveat", try_execveat, { EPERM, EPERM, 0 }, 0 },
    { "signal the host", try_signal_host, { EPERM, EPERM, EPERM }, 6 },
    { "signal nobody", try_signal_nobody, { EPERM, EPERM, ESRCH }, 0 },
    { "signal the host's thread", try_signal_thread, { EPERM, EPERM, EPERM }, 6 },
    { "queue a signal", try_queue_signal, { EPERM, EPERM, EPERM }, 6 },
    { "have signals sent", try_own_signals, { EPERM, EPERM, 0 }, 0 },
    { "signal itself", try_signal_self, { 0, 0, 0 }, 0 },
    { "handle SIGSYS", try_abort_handler, { EPERM, EPERM, 0 }, 0 },
    { "io_uring", try_io_uring, { EPERM, EPERM, EPERM }, 0 },
    { "userfaultfd", try_userfaultfd, { EPERM, EPERM, EPERM }, 0 },
    { "bpf", try_bpf, { EPERM, EPERM, EPERM }, 0 },
    { "keyctl", try_keyctl, { EPERM, EPERM, EPERM }, 0 },
    { "perf_event_open", try_perf, { EPERM, EPERM, EPERM }, 0 },
    { "open_by_handle_at", try_handle, { EPERM, EPERM, EPERM }, 0 },
    { "mount", try_mount, { EPERM, EPERM, EPERM }, 0 },
    { "unshare", try_unshare, { EPERM, EPERM, EPERM }, 0 },
    { "clone into a namespace", try_namespace, { EPERM, EPERM, EPERM }, 0 },
    { "seccomp", try_seccomp, { EPERM, EPERM, ANY }, 0 },
    { "setresuid", try_setuid, { EPERM, EPERM, ANY }, 0 },
    { "have capabilities", try_rights, { EPERM, EPERM, ANY }, 0 },
    { "have strong ones", try_strong_rights, { EPERM, EPERM, EPERM }, 0 },
    { "raise a limit", try_raise_limit, { EPERM, EPERM, ANY }, 0 },
    { "look at the host's limits", try_limit_host, { EPERM, EPERM, ANY }, 0 },
    { "prctl", try_prctl, { EINVAL, EINVAL, 0 }, 0 },
    { .name = NULL },
};
