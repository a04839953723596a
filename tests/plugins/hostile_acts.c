/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The acts of a hostile plugin, one by one. */
#include "config.h"

#include "hostile_acts.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* How many descriptors a flood has. */
#define FLOOD 2000

/* UndefinedBehaviorSanitizer reports NULL itself, and prevents the signal. */
static char *volatile nowhere = (char *)16;

static bool act_segv(const char *target)
{
    (void)target;
    *(volatile char *)nowhere = 1;
    return true;
}

static bool act_abort(const char *target)
{
    (void)target;
    abort();
}

static bool act_exit_now(const char *target)
{
    (void)target;
    _exit(0);
}

static bool act_exit(const char *target)
{
    (void)target;
    exit(0);
}

static bool act_kill_itself(const char *target)
{
    (void)target;
    return kill(getpid(), SIGKILL) == 0;
}

static bool act_overflow(const char *target)
{
    volatile char here[4096];

    here[0] = target[0];
    return here[0] != 'x' && act_overflow((const char *)(uintptr_t)here) && here[0] != 'y';
}

/* As a plugin in C++ whose exception nobody catches. */
static bool act_throw(const char *target)
{
    void *library = dlopen("libstdc++.so.6", RTLD_NOW);
    void *(*allocate)(size_t) = NULL;
    void (*raise_it)(void *, void *, void *) = NULL;

    (void)target;
    if (library != NULL) {
        *(void **)&allocate = dlsym(library, "__cxa_allocate_exception");
        *(void **)&raise_it = dlsym(library, "__cxa_throw");
    }
    if (allocate == NULL || raise_it == NULL)
        abort();
    raise_it(allocate(sizeof(int)), dlsym(library, "_ZTIi"), NULL);
    return false;
}

static jmp_buf gone;

static void leave_frame(void)
{
    volatile char deep[8192];

    deep[0] = 1;
    if (setjmp(gone) != 0)
        deep[1] = deep[0];
}

static bool act_longjmp(const char *target)
{
    (void)target;
    leave_frame();
    longjmp(gone, 1);
}

static bool act_loop(const char *target)
{
    for (volatile unsigned i = 0; target != NULL; i++)
        continue;
    return true;
}

static bool act_sleep(const char *target)
{
    while (target != NULL)
        pause();
    return true;
}

/* Close the output, and go on for a second. */
static bool act_close_output(const char *target)
{
    (void)target;
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    sleep(1);
    return false;
}

static bool act_stop_itself(const char *target)
{
    (void)target;
    return kill(getpid(), SIGSTOP) == 0;
}

static bool act_refused_call(const char *target)
{
    (void)target;
    return syscall(SYS_vhangup) == 0;
}

static bool act_read(const char *target)
{
    char byte;
    int fd = open(target, O_RDONLY | O_CLOEXEC);

    return fd >= 0 && read(fd, &byte, 1) >= 0;
}

static bool act_list(const char *target)
{
    return open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0;
}

static bool act_write(const char *target)
{
    return open(target, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) >= 0;
}

static bool act_remove(const char *target)
{
    return unlink(target) == 0;
}

static pid_t process_of(const char *target)
{
    return (pid_t)strtol(target, NULL, 10);
}

static bool act_memory(const char *target)
{
    char path[64] = "/proc/";

    strncat(path, target, 20);
    strcat(path, "/mem");
    return open(path, O_RDONLY | O_CLOEXEC) >= 0;
}

static bool act_peek(const char *target)
{
    char byte = 0;
    const struct iovec part = { &byte, 1 };
    const struct iovec there = { &byte, 1 };

    return process_vm_readv(process_of(target), &part, 1, &there, 1, 0) >= 0 || errno == EFAULT;
}

static bool act_ptrace(const char *target)
{
    return ptrace(PTRACE_SEIZE, process_of(target), NULL, NULL) == 0;
}

static bool act_kill(const char *target)
{
    return kill(process_of(target), 0) == 0;
}

static bool act_bind(const char *target)
{
    const struct sockaddr_in address = { .sin_family = AF_INET };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)target;
    return fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

static bool act_socket(const char *target)
{
    (void)target;
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0;
}

static bool act_unix(const char *target)
{
    (void)target;
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0;
}

static bool act_connect(const char *target)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)strtol(target, NULL, 10)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

static bool act_fork(const char *target)
{
    pid_t child = fork();

    (void)target;
    if (child == 0)
        _exit(0);
    return child > 0;
}

/* A child that outlives everything, in a session of its own, and can be found by its name. */
static bool act_stay(const char *target)
{
    char *const argv[] = { (char *)(uintptr_t)target, (char *)(uintptr_t) "1000", NULL };
    pid_t child = fork();

    if (child == 0) {
        setsid();
        for (int number = 1; number < NSIG; number++)
            signal(number, SIG_IGN);
        if (fork() != 0)
            _exit(0);
        for (int fd = 0; fd < 64; fd++)
            close(fd);
        execv("/bin/sleep", argv);
        _exit(1);
    }
    return false;
}

static bool act_exec(const char *target)
{
    char *const argv[] = { (char *)(uintptr_t)target, NULL };

    execv("/bin/true", argv);
    return false;
}

static bool act_io_uring(const char *target)
{
    char parameters[120] = { 0 };

    (void)target;
    return syscall(SYS_io_uring_setup, 4, parameters) >= 0;
}

static bool act_userfaultfd(const char *target)
{
    (void)target;
    return syscall(SYS_userfaultfd, 0) >= 0;
}

static bool act_bpf(const char *target)
{
    char attributes[128] = { [0] = 1, [4] = 4, [8] = 4, [12] = 1 };

    (void)target;
    return syscall(SYS_bpf, 0, attributes, sizeof attributes) >= 0;
}

static bool act_keyctl(const char *target)
{
    (void)target;
    return syscall(SYS_keyctl, 0, -3, 1) >= 0;
}

/* Send descriptors, with and without what looks like a frame, on each socket that there is. */
static bool act_flood(const char *target)
{
    union {
        char data[CMSG_SPACE(sizeof(int))];
        struct cmsghdr head;
    } control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
                            .cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS } };
    unsigned char frame[12] = { 0, 0, 0, 0, 12, 1 };
    struct iovec part = { frame, sizeof frame };
    struct msghdr message = { .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = control.data,
                              .msg_controllen = sizeof control.data };

    (void)target;
    memset(CMSG_DATA(&control.head), 0, sizeof(int));
    for (int i = 0; i < FLOOD; i++) {
        for (int fd = 3; fd < 32; fd++)
            (void)sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    return false;
}

static const struct {
    const char *name;
    bool (*commit)(const char *target);
} acts[] = {
    { "segv", act_segv },
    { "abort", act_abort },
    { "exit_now", act_exit_now },
    { "exit", act_exit },
    { "kill_itself", act_kill_itself },
    { "stop_itself", act_stop_itself },
    { "overflow", act_overflow },
    { "throw", act_throw },
    { "longjmp", act_longjmp },
    { "loop", act_loop },
    { "sleep", act_sleep },
    { "close_output", act_close_output },
    { "refused_call", act_refused_call },
    { "read", act_read },
    { "list", act_list },
    { "write", act_write },
    { "remove", act_remove },
    { "memory", act_memory },
    { "peek", act_peek },
    { "ptrace", act_ptrace },
    { "kill", act_kill },
    { "bind", act_bind },
    { "socket", act_socket },
    { "unix", act_unix },
    { "connect", act_connect },
    { "fork", act_fork },
    { "stay", act_stay },
    { "exec", act_exec },
    { "io_uring", act_io_uring },
    { "userfaultfd", act_userfaultfd },
    { "bpf", act_bpf },
    { "keyctl", act_keyctl },
    { "flood", act_flood },
};

bool hostile_act(const char *act, const char *target)
{
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        if (strcmp(act, acts[i].name) == 0)
            return acts[i].commit(target);
    }
    return false;
}
