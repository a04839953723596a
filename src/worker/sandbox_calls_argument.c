/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The system calls that each profile permits or refuses by their arguments. */
#include "config.h"

#include "worker/sandbox_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#ifdef SANDBOX_ARCHITECTURE

#define WRITES (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY))
#define NAMESPACES                                                                             \
    (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | \
     CLONE_NEWCGROUP)

#define PASS(call, argument, value)                   \
    {                                                 \
        SYS_##call, SANDBOX_EQUAL, argument, value, 0 \
    }
#define FAIL(call, error)                       \
    {                                           \
        SYS_##call, SANDBOX_ALWAYS, 0, 0, error \
    }
#define ALLOW(call)                         \
    {                                       \
        SYS_##call, SANDBOX_ALWAYS, 0, 0, 0 \
    }

/* Not F_SETOWN, which can send signals to other processes. */
#define FCNTL(call)                                                                 \
    PASS(call, 1, F_DUPFD), PASS(call, 1, F_DUPFD_CLOEXEC), PASS(call, 1, F_GETFD), \
        PASS(call, 1, F_SETFD), PASS(call, 1, F_GETFL), PASS(call, 1, F_SETFL), FAIL(call, EPERM)

/* pure and network. */
static const struct sandbox_rule rules[] = {
    { SYS_openat, SANDBOX_ANY_BIT, 2, WRITES, EACCES },
    ALLOW(openat),
    FAIL(openat2, ENOSYS), /* its flags are in memory */
#ifdef SYS_open
    { SYS_open, SANDBOX_ANY_BIT, 1, WRITES, EACCES },
    ALLOW(open),
#endif
#ifdef __i386__
    { SYS_mmap2, SANDBOX_ALL_BITS, 2, PROT_WRITE | PROT_EXEC, EACCES },
    ALLOW(mmap2),
    FCNTL(fcntl64),
    PASS(socketcall, 0, 9), /* send, recv, sendto, recvfrom, shutdown, sendmsg, recvmsg */
    PASS(socketcall, 0, 10),
    PASS(socketcall, 0, 11),
    PASS(socketcall, 0, 12),
    PASS(socketcall, 0, 13),
    PASS(socketcall, 0, 16),
    PASS(socketcall, 0, 17),
#else
    { SYS_mmap, SANDBOX_ALL_BITS, 2, PROT_WRITE | PROT_EXEC, EACCES },
    ALLOW(mmap),
#endif
#ifdef __aarch64__
    /* ld.so enables branch protection in code that is executable already. */
    { SYS_mprotect, SANDBOX_ALL_BITS, 2, PROT_WRITE | PROT_EXEC, EACCES },
#else
    { SYS_mprotect, SANDBOX_ANY_BIT, 2, PROT_EXEC, EACCES },
#endif
    ALLOW(mprotect),
    FAIL(pkey_mprotect, EACCES),
    { SYS_clone, SANDBOX_ANY_BIT, 0, CLONE_THREAD, 0 },
    FAIL(clone, EPERM),
    FAIL(clone3, ENOSYS), /* its flags are in memory, too */
    /* A stopped process does not notice the end of its host. */
    { SYS_kill, SANDBOX_EQUAL, 1, SIGSTOP, EPERM },
    { SYS_kill, SANDBOX_SELF, 0, 0, 0 },
    FAIL(kill, EPERM),
    { SYS_tgkill, SANDBOX_EQUAL, 2, SIGSTOP, EPERM },
    { SYS_tgkill, SANDBOX_SELF, 0, 0, 0 },
    FAIL(tgkill, EPERM),
    PASS(prlimit64, 0, 0),
    { SYS_prlimit64, SANDBOX_SELF, 0, 0, 0 },
    FAIL(prlimit64, EPERM),
    /* Its handler reports it. */
    { SYS_rt_sigaction, SANDBOX_EQUAL, 0, SIGSYS, EPERM },
    ALLOW(rt_sigaction),
    FCNTL(fcntl),
    PASS(ioctl, 1, FIONREAD),
    PASS(ioctl, 1, FIONBIO),
    FAIL(ioctl, ENOTTY),
    PASS(prctl, 0, PR_SET_NAME),
    PASS(prctl, 0, PR_GET_NAME),
    PASS(prctl, 0, PR_GET_DUMPABLE),
    PASS(prctl, 0, PR_CAPBSET_READ),
    FAIL(prctl, EINVAL),
#ifdef SYS_arch_prctl
    FAIL(arch_prctl, EINVAL),
#endif
    /* MSG_FASTOPEN opens a connection that Landlock does not check. */
    { SYS_sendto, SANDBOX_ANY_BIT, 3, MSG_FASTOPEN, EPERM },
    ALLOW(sendto),
    { SYS_sendmsg, SANDBOX_ANY_BIT, 2, MSG_FASTOPEN, EPERM },
    ALLOW(sendmsg),
    { SYS_sendmmsg, SANDBOX_ANY_BIT, 3, MSG_FASTOPEN, EPERM },
    ALLOW(sendmmsg),
};

/* A name lookup tries other families, and continues without them. */
static const struct sandbox_rule rules_network[] = {
    PASS(socket, 0, AF_INET),
    PASS(socket, 0, AF_INET6),
    FAIL(socket, EAFNOSUPPORT),
    PASS(socketpair, 0, AF_UNIX),
    FAIL(socketpair, EAFNOSUPPORT),
#ifdef __i386__
    /* The family of a socket that is made this way is in memory. */
    { SYS_socketcall, SANDBOX_EQUAL, 0, 2, EPERM }, /* bind, listen, accept, accept4 */
    { SYS_socketcall, SANDBOX_EQUAL, 0, 4, EPERM },
    { SYS_socketcall, SANDBOX_EQUAL, 0, 5, EPERM },
    { SYS_socketcall, SANDBOX_EQUAL, 0, 18, EPERM },
    ALLOW(socketcall),
#endif
};

static const struct sandbox_rule rules_pure[] = {
    FAIL(connect, EPERM),
    FAIL(socket, EAFNOSUPPORT),
    FAIL(socketpair, EPERM),
};

static const struct sandbox_rule rules_exec[] = {
    { SYS_clone, SANDBOX_ANY_BIT, 0, NAMESPACES, EPERM },
    FAIL(clone3, ENOSYS),
};

#define LIST(array)                             \
    {                                           \
        array, sizeof(array) / sizeof(array)[0] \
    }

static const struct sandbox_rules profiles[] = {
    [FOB_NEEDS_NETWORK] = { { LIST(rules), LIST(rules_network) } },
    [FOB_NEEDS_PURE] = { { LIST(rules), LIST(rules_pure) } },
    [FOB_NEEDS_EXEC] = { { LIST(rules_exec) } },
};

const struct sandbox_rules *sandbox_calls_by_argument(enum fob_needs profile)
{
    return &profiles[profile];
}

#endif
