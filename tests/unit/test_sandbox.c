/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What each profile of a worker's sandbox lets through, tried one by one in children. */
#include "config.h"

#include "forbid.h"

#include "util/calls.h"
#include "util/containment.h"
#include "worker/sandbox.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <cmocka.h>

static char folder[] = "/tmp/fob-test-sandbox-XXXXXX";
static char open_folder[64];   /* readable, or beside what is closed */
static char closed_folder[64]; /* closed */
static pid_t host;
static int listener;
static uint16_t port, other_port; /* both are listened at; the first may be connected to */

/* What a child ends with: an error of errno(3), 0, or one of these. */
#define ENDED 250   /* by SIGSYS */
#define UNKNOWN 251 /* by another signal */
#define ANY 252     /* whatever: what lies below decides */

#ifdef FOB_SANITIZED /* no limit of memory */
#define TOO_MUCH 0
#else
#define TOO_MUCH ENOMEM
#endif

static const char *in(const char *where, const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", where, name);
    return path;
}

static int open_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);

    return fd >= 0 ? close(fd) : -1;
}

static int try_read_open(void)
{
    char byte;
    int fd = open(in(open_folder, "data"), O_RDONLY | O_CLOEXEC);

    return fd >= 0 && read(fd, &byte, 1) == 1 ? close(fd) : -1;
}

static int try_read_closed(void)
{
    return open_path(in(closed_folder, "key"), O_RDONLY);
}

static int try_list_closed(void)
{
    return open_path(closed_folder, O_RDONLY | O_DIRECTORY);
}

static int try_read_rotated(void)
{
    return open_path(in(folder, "log.1"), O_RDONLY);
}

static int try_write_closed(void)
{
    return open_path(in(closed_folder, "new"), O_WRONLY | O_CREAT);
}

static int try_link_closed(void)
{
    char target[128];

    snprintf(target, sizeof target, "%s", in(open_folder, "linked"));
    return link(in(closed_folder, "key"), target);
}

static int try_truncate_closed(void)
{
    return truncate(in(closed_folder, "key"), 0);
}

static int try_write_open(void)
{
    return open_path(in(open_folder, "new"), O_WRONLY | O_CREAT | O_TRUNC);
}

static int try_append(void)
{
    return open_path(in(open_folder, "data"), O_RDWR | O_APPEND);
}

static int try_temporary(void)
{
    return open_path(open_folder, O_TMPFILE | O_RDWR);
}

static int try_remove(void)
{
    return unlink(in(open_folder, "removed"));
}

static int try_chmod(void)
{
    return chmod(in(open_folder, "data"), 0600);
}

static int try_mknod(void)
{
    return mknod(in(open_folder, "disk"), S_IFBLK | 0600, 0);
}

static int try_shadow(void)
{
    return open_path("/etc/shadow", O_RDONLY);
}

static int try_release(void)
{
    return open_path("/etc/debian_version", O_RDONLY);
}

static int try_passwd(void)
{
    return open_path("/etc/passwd", O_RDONLY);
}

static int try_resolv(void)
{
    return open_path("/etc/resolv.conf", O_RDONLY);
}

static int try_certificates(void)
{
    return open_path("/etc/ssl/certs/ca-certificates.crt", O_RDONLY);
}

static int try_memory(void)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/mem", (int)host);
    return open_path(path, O_RDONLY);
}

static int try_environment(void)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/environ", (int)host);
    return open_path(path, O_RDONLY);
}

static int try_root(void)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/root/etc/passwd", (int)host);
    return open_path(path, O_RDONLY);
}

static int try_ptrace(void)
{
    return ptrace(PTRACE_SEIZE, host, NULL, NULL) == 0 ? 0 : -1;
}

static int try_read_process(void)
{
    char byte;
    const struct iovec here = { &byte, 1 };
    const struct iovec there = { &host, 1 };

    return process_vm_readv(host, &here, 1, &there, 1, 0) == 1 ? 0 : -1;
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
    return kill(host, 0);
}

static int try_signal_thread(void)
{
    return (int)syscall(SYS_tgkill, host, host, 0);
}

static int try_queue_signal(void)
{
    const union sigval value = { 0 };

    return sigqueue(host, 0, value);
}

static int try_own_signals(void)
{
    int ends[2];

    return pipe(ends) == 0 ? fcntl(ends[0], F_SETOWN, host) : -1;
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
    return (int)syscall(SYS_userfaultfd, 0) >= 0 ? 0 : -1;
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
    return mount("none", open_folder, "tmpfs", 0, NULL);
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

static int look_for_rights(uint32_t wanted)
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
    return look_for_rights(UINT32_MAX);
}

static int try_strong_rights(void)
{
    return look_for_rights(STRONG);
}

static int try_raise_limit(void)
{
    const struct rlimit more = { 4096, 4096 };

    return setrlimit(RLIMIT_NOFILE, &more);
}

static int try_limit_host(void)
{
    struct rlimit limit;

    return prlimit(host, RLIMIT_NOFILE, NULL, &limit);
}

static int try_prctl(void)
{
    return prctl(PR_SET_PDEATHSIG, 0);
}

static int try_socket(int family, int type, int protocol)
{
    int fd = socket(family, type | SOCK_CLOEXEC, protocol);

    return fd >= 0 ? close(fd) : -1;
}

static int try_inet(void)
{
    return try_socket(AF_INET, SOCK_STREAM, 0);
}

static int try_inet6(void)
{
    return try_socket(AF_INET6, SOCK_DGRAM, 0);
}

static int try_unix(void)
{
    return try_socket(AF_UNIX, SOCK_STREAM, 0);
}

static int try_netlink(void)
{
    return try_socket(AF_NETLINK, SOCK_RAW, 0);
}

static int try_packet(void)
{
    return try_socket(AF_PACKET, SOCK_RAW, 0);
}

static int try_raw(void)
{
    return try_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static int try_pair(void)
{
    int ends[2];

    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static int connect_to(uint16_t number)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons(number),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd >= 0 ? connect(fd, (const struct sockaddr *)&address, sizeof address) : -1;
}

static int try_connect(void)
{
    return connect_to(port);
}

static int try_connect_other(void)
{
    return connect_to(other_port);
}

static int try_fast_open(void)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons(other_port),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd >= 0 && sendto(fd, "x", 1, MSG_FASTOPEN, (const struct sockaddr *)&address,
                             sizeof address) == 1
               ? 0
               : -1;
}

static int try_bind(void)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd >= 0 ? bind(fd, (const struct sockaddr *)&address, sizeof address) : -1;
}

static int try_accept(void)
{
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK) >= 0 ? 0 : -1;
}

static int map(int protection)
{
    return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED ? 0 : -1;
}

static int try_map(void)
{
    return map(PROT_READ | PROT_WRITE);
}

static int try_map_both(void)
{
    return map(PROT_READ | PROT_WRITE | PROT_EXEC);
}

static int try_make_executable(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static int try_memfd(void)
{
    return (int)syscall(SYS_memfd_create, "x", 0) >= 0 ? 0 : -1;
}

static int try_much_memory(void)
{
    return mmap(NULL, (size_t)3 << 30, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) != MAP_FAILED
               ? 0
               : -1;
}

static int open_files(int count)
{
    for (int i = 0; i < count; i++) {
        if (dup(STDERR_FILENO) < 0)
            return -1;
    }
    return 0;
}

/* What the 64 calls of a sweep need. */
static int try_files_of_calls(void)
{
    return open_files(64 * 6);
}

static int try_many_files(void)
{
    return open_files(600);
}

static int try_openat2(void)
{
    char how[24] = { 0 };

    return (int)syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof how) >= 0 ? 0 : -1;
}

static int try_newest_call(void)
{
    return (int)syscall(4095);
}

static int try_unlisted_call(void)
{
    return (int)syscall(SYS_vhangup);
}

static int try_other_numbers(void)
{
#ifdef __x86_64__
    return (int)syscall(0x40000000 + SYS_getpid);
#else
    return (int)syscall(SYS_vhangup);
#endif
}

/* As code for i386 calls the kernel: number 20 is getpid there. */
static int try_other_architecture(void)
{
#ifdef __x86_64__
    long result = 20;

    __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
    return result >= 0 ? 0 : -1;
#else
    return (int)syscall(SYS_vhangup);
#endif
}

static void *thread_body(void *data)
{
    return data;
}

static int try_thread(void)
{
    pthread_t thread;

    errno = pthread_create(&thread, NULL, thread_body, NULL);
    return errno == 0 ? pthread_join(thread, NULL) : -1;
}

static int try_user(void)
{
    return getpwuid(0) != NULL && getgrgid(0) != NULL ? 0 : -1;
}

static int try_zone(void)
{
    time_t now = 1700000000;
    struct tm local;

    setenv("TZ", "Europe/Berlin", 1);
    tzset();
    return localtime_r(&now, &local) != NULL && strcmp(local.tm_zone, "CET") == 0 ? 0 : -1;
}

static int try_library(void)
{
    errno = ENOENT;
    return dlopen("libcurl.so.4", RTLD_NOW) != NULL ? 0 : -1;
}

/* The profiles in the order of the three columns. */
static const enum fob_needs profiles[] = { FOB_NEEDS_PURE, FOB_NEEDS_NETWORK, FOB_NEEDS_EXEC };
static const char *const profile_names[] = { "pure", "network", "exec" };

static const struct attempt {
    const char *name;
    int (*attempt)(void);
    int expected[3];
    int level; /* of Landlock, below which it is not refused; with 0 seccomp alone refuses it */
} attempts[] = {
    { "read a readable file", try_read_open, { 0, 0, 0 }, 0 },
    { "read a closed file", try_read_closed, { EACCES, EACCES, EACCES }, 1 },
    { "list a closed folder", try_list_closed, { EACCES, EACCES, EACCES }, 1 },
    { "read an older log", try_read_rotated, { EACCES, EACCES, EACCES }, 1 },
    { "write into a closed folder", try_write_closed, { EACCES, EACCES, EACCES }, 1 },
    { "link a closed file", try_link_closed, { EPERM, EPERM, EXDEV }, 1 },
    { "truncate a closed file", try_truncate_closed, { EPERM, EPERM, EACCES }, 3 },
    { "write beside what is closed", try_write_open, { EACCES, EACCES, 0 }, 0 },
    { "append", try_append, { EACCES, EACCES, 0 }, 0 },
    { "make a temporary file", try_temporary, { EACCES, EACCES, ANY }, 0 },
    { "remove a file", try_remove, { EPERM, EPERM, 0 }, 0 },
    { "chmod", try_chmod, { EPERM, EPERM, 0 }, 0 },
    { "make a device", try_mknod, { EPERM, EPERM, EACCES }, 1 },
    { "read /etc/shadow", try_shadow, { EACCES, EACCES, ANY }, 1 },
    { "read /etc/debian_version", try_release, { EACCES, EACCES, 0 }, 1 },
    { "read /etc/passwd", try_passwd, { 0, 0, 0 }, 0 },
    { "read /etc/resolv.conf", try_resolv, { EACCES, 0, 0 }, 1 },
    { "read certificates", try_certificates, { EACCES, 0, 0 }, 1 },
    { "read the host's memory", try_memory, { EACCES, EACCES, EACCES }, 1 },
    { "read the host's environment", try_environment, { EACCES, EACCES, EACCES }, 1 },
    { "reach the host's root", try_root, { EACCES, EACCES, EACCES }, 1 },
    { "trace the host", try_ptrace, { EPERM, EPERM, EPERM }, 0 },
    { "read another process", try_read_process, { EPERM, EPERM, EPERM }, 0 },
    { "fork", try_fork, { EPERM, EPERM, 0 }, 0 },
    { "vfork", try_vfork, { EPERM, EPERM, 0 }, 0 },
    { "spawn", try_spawn, { EPERM, EPERM, 0 }, 0 },
    { "execve", try_execve, { EPERM, EPERM, 0 }, 0 },
    { "execveat", try_execveat, { EPERM, EPERM, 0 }, 0 },
    { "signal the host", try_signal_host, { EPERM, EPERM, EPERM }, 6 },
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
    { "socket of INET", try_inet, { EAFNOSUPPORT, 0, 0 }, 0 },
    { "socket of INET6", try_inet6, { EAFNOSUPPORT, ANY, ANY }, 0 },
    { "socket of UNIX", try_unix, { EAFNOSUPPORT, EAFNOSUPPORT, 0 }, 0 },
    { "socket of NETLINK", try_netlink, { EAFNOSUPPORT, EAFNOSUPPORT, 0 }, 0 },
    { "socket of PACKET", try_packet, { EAFNOSUPPORT, EAFNOSUPPORT, ANY }, 0 },
    { "raw socket", try_raw, { EAFNOSUPPORT, EPERM, ANY }, 0 },
    { "socketpair", try_pair, { EPERM, 0, 0 }, 0 },
    { "connect", try_connect, { EAFNOSUPPORT, 0, 0 }, 0 },
    { "connect to another port", try_connect_other, { EAFNOSUPPORT, EACCES, 0 }, 4 },
    { "connect by sending", try_fast_open, { EAFNOSUPPORT, EPERM, ANY }, 0 },
    { "bind", try_bind, { EAFNOSUPPORT, EPERM, 0 }, 0 },
    { "accept", try_accept, { EPERM, EPERM, ANY }, 0 },
    { "map", try_map, { 0, 0, 0 }, 0 },
    { "map writable and executable", try_map_both, { EACCES, EACCES, 0 }, 0 },
    { "make executable", try_make_executable, { EACCES, EACCES, 0 }, 0 },
    { "memfd_create", try_memfd, { EPERM, EPERM, 0 }, 0 },
    { "map 3 GiB", try_much_memory, { TOO_MUCH, TOO_MUCH, 0 }, 0 },
    { "384 descriptors", try_files_of_calls, { 0, 0, 0 }, 0 },
    { "600 descriptors", try_many_files, { EMFILE, EMFILE, ANY }, 0 },
    { "openat2", try_openat2, { ENOSYS, ENOSYS, ANY }, 0 },
    { "a call of the future", try_newest_call, { ENOSYS, ENOSYS, ENOSYS }, 0 },
    { "a call that is not in the table", try_unlisted_call, { ENDED, ENDED, ANY }, 0 },
    { "a call of x32", try_other_numbers, { ENDED, ENDED, ENDED }, 0 },
    { "a call of i386", try_other_architecture, { ENDED, ENDED, ENDED }, 0 },
    { "start a thread", try_thread, { 0, 0, 0 }, 0 },
    { "look up a user", try_user, { 0, 0, 0 }, 0 },
    { "the time of another zone", try_zone, { 0, 0, 0 }, 0 },
    { "load a library of the system's", try_library, { 0, 0, 0 }, 0 },
};

static struct sandbox sandbox_of(enum fob_needs profile)
{
    static char log[64];
    static char *readable[3];
    static char *closed[2];

    snprintf(log, sizeof log, "%s/log", folder);
    readable[0] = open_folder;
    readable[1] = closed_folder;
    readable[2] = folder;
    closed[0] = closed_folder;
    closed[1] = log;
    return (struct sandbox){
        .profile = profile,
        .required = true,
        .readable = readable,
        .readable_count = 3,
        .closed = closed,
        .closed_count = 2,
        .ports = &port,
        .port_count = 1,
        .cpu_seconds = 10,
    };
}

/* What ATTEMPT in a sandboxed child comes to. */
static int outcome(enum fob_needs profile, int (*attempt)(void))
{
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        const struct sandbox sandbox = sandbox_of(profile);
        char why[SANDBOX_WHY];

        signal(SIGSYS, SIG_DFL); /* cmocka handles it */
        if (sandbox_enter(&sandbox, why) != 0) {
            fprintf(stderr, "%s\n", why);
            _exit(UNKNOWN);
        }
        _exit(attempt() == 0 ? 0 : errno);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? ENDED : UNKNOWN;
    return WEXITSTATUS(status);
}

static bool is_contained(void)
{
    return containment_has_seccomp() && containment_landlock_level() > 0;
}

/* Each attempt in each profile; all that differ are told. */
static void test_attempts(void **state)
{
    const int level = containment_landlock_level();
    size_t wrong = 0;

    (void)state;
    if (!is_contained())
        skip();
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        for (size_t p = 0; p < 3 && attempts[i].level <= level; p++) {
            int expected = attempts[i].expected[p];
            int found = expected != ANY ? outcome(profiles[p], attempts[i].attempt) : ANY;

            if (found != expected)
                print_error("%s, %s: %d, not %d\n", profile_names[p], attempts[i].name, found,
                            expected);
            wrong += found != expected;
        }
    }
    assert_int_equal(wrong, 0);
}

/* Without ports every one may be connected to. */
static int try_enter_without_ports(void)
{
    struct sandbox sandbox = sandbox_of(FOB_NEEDS_NETWORK);
    char why[SANDBOX_WHY];

    sandbox.port_count = 0;
    return sandbox_enter(&sandbox, why) == 0 ? connect_to(other_port) : -1;
}

static void test_no_ports(void **state)
{
    int status;
    pid_t child;

    (void)state;
    if (!is_contained())
        skip();
    child = fork();
    if (child == 0)
        _exit(try_enter_without_ports() == 0 ? 0 : errno);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* The processor's time is limited for the whole process. */
static void test_processor(void **state)
{
    int status;
    pid_t child;

    (void)state;
    if (!is_contained())
        skip();
    child = fork();
    if (child == 0) {
        struct sandbox sandbox = sandbox_of(FOB_NEEDS_PURE);
        char why[SANDBOX_WHY];

        sandbox.cpu_seconds = 1;
        if (sandbox_enter(&sandbox, why) == 0)
            for (volatile unsigned i = 0;; i++)
                continue;
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU);
}

/* Enter a sandbox where the call NUMBER is missing; what came of it is written into WHY. */
static int enter_without(unsigned number, bool required, char why[static SANDBOX_WHY])
{
    char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status;
    pid_t child = fork();

    if (child == 0) {
        struct sandbox sandbox = sandbox_of(FOB_NEEDS_NETWORK);

        sandbox.required = required;
        assert_int_equal(forbid(number, ENOSYS), 0);
        _exit(sandbox_enter(&sandbox, shared) == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    memcpy(why, shared, SANDBOX_WHY);
    munmap(shared, 4096);
    return WEXITSTATUS(status);
}

/* A kernel that lacks one of the calls: refused, with the reason; or told of when that is allowed.
 */
static void test_missing(void **state)
{
    static const struct {
        unsigned call;
        const char *why;
    } missing[] = {
        { SYS_landlock_create_ruleset, "Landlock: Function not implemented" },
        { SYS_landlock_add_rule, "Landlock: Function not implemented" },
        { SYS_landlock_restrict_self, "Landlock: Function not implemented" },
        { SYS_seccomp, "seccomp: Function not implemented" },
        { SYS_capset, "rights: Function not implemented" },
        { SYS_prctl, "rights: Function not implemented" },
        { SYS_prlimit64, "limits: Function not implemented" },
    };
    char why[SANDBOX_WHY];

    (void)state;
    if (!is_contained())
        skip();
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        assert_int_equal(enter_without(missing[i].call, true, why), 1);
        assert_string_equal(why, missing[i].why);
        assert_int_equal(enter_without(missing[i].call, false, why), 0);
        assert_string_equal(why, missing[i].why);
    }
}

static void make_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0 && write(fd, "x", 1) == 1 && close(fd) == 0);
}

static int listen_at(uint16_t *number)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (const struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, 64), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *number = ntohs(address.sin_port);
    return fd;
}

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    host = getpid();
    snprintf(open_folder, sizeof open_folder, "%s/open", folder);
    snprintf(closed_folder, sizeof closed_folder, "%s/closed", folder);
    if (mkdir(open_folder, 0700) != 0 || mkdir(closed_folder, 0700) != 0)
        return -1;
    make_file(in(open_folder, "data"));
    make_file(in(open_folder, "removed"));
    make_file(in(closed_folder, "key"));
    make_file(in(folder, "log"));
    make_file(in(folder, "log.1"));
    listener = listen_at(&port);
    listen_at(&other_port);
    return 0;
}

static int tear_down(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attempts),
        cmocka_unit_test(test_no_ports),
        cmocka_unit_test(test_processor),
        cmocka_unit_test(test_missing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
