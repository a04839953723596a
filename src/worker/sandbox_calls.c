/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The system calls that each profile permits or refuses whatever their arguments. */
#include "config.h"

#include "worker/sandbox_calls.h"

#include <sys/syscall.h>

#ifdef SANDBOX_ARCHITECTURE

/* Newer than the oldest supported headers; the numbers are the same on all machines. */
#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

#define LIST(array)                             \
    {                                           \
        array, sizeof(array) / sizeof(array)[0] \
    }

/* pure and network. */
static const uint32_t allowed[] = {
    /* memory */
    SYS_brk,
    SYS_madvise,
    SYS_membarrier,
    SYS_mincore,
    SYS_mlock,
    SYS_mlock2,
    SYS_mremap,
    SYS_msync,
    SYS_munlock,
    SYS_munmap,
    /* threads */
    SYS_exit,
    SYS_exit_group,
    SYS_futex,
    SYS_get_robust_list,
    SYS_getcpu,
    SYS_gettid,
    SYS_rseq,
    SYS_sched_get_priority_max,
    SYS_sched_get_priority_min,
    SYS_sched_getaffinity,
    SYS_sched_getparam,
    SYS_sched_getscheduler,
    SYS_sched_yield,
    SYS_set_robust_list,
    SYS_set_tid_address,
    /* its own signals */
    SYS_getitimer,
    SYS_restart_syscall,
    SYS_rt_sigpending,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_rt_sigsuspend,
    SYS_rt_sigtimedwait,
    SYS_setitimer,
    SYS_sigaltstack,
    /* clocks */
    SYS_clock_getres,
    SYS_clock_gettime,
    SYS_clock_nanosleep,
    SYS_gettimeofday,
    SYS_nanosleep,
    SYS_times,
    /* open descriptors, and the connection to the host */
    SYS_close,
    SYS_close_range,
    SYS_dup,
    SYS_dup3,
    SYS_eventfd2,
    SYS_fstat,
    SYS_lseek,
    SYS_pipe2,
    SYS_ppoll,
    SYS_pread64,
    SYS_preadv,
    SYS_pselect6,
    SYS_read,
    SYS_readv,
    SYS_recvfrom,
    SYS_recvmsg,
    SYS_shutdown,
    SYS_write,
    SYS_writev,
    /* properties of files */
    SYS_faccessat,
    SYS_faccessat2,
    SYS_fadvise64,
    SYS_fstatfs,
    SYS_getcwd,
    SYS_getdents64,
    SYS_readlinkat,
    SYS_statfs,
    SYS_statx,
    /* the process and the machine */
    SYS_capget,
    SYS_getegid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getgroups,
    SYS_getpgid,
    SYS_getpid,
    SYS_getppid,
    SYS_getpriority,
    SYS_getrandom,
    SYS_getresgid,
    SYS_getresuid,
    SYS_getrusage,
    SYS_getsid,
    SYS_getuid,
    SYS_sysinfo,
    SYS_umask,
    SYS_uname,
#ifdef SYS_newfstatat
    SYS_newfstatat,
#endif
#if defined __x86_64__ || defined __i386__
    SYS_access,
    SYS_alarm,
    SYS_dup2,
    SYS_getdents,
    SYS_getpgrp,
    SYS_getrlimit,
    SYS_lstat,
    SYS_pause,
    SYS_pipe,
    SYS_poll,
    SYS_readlink,
    SYS_select,
    SYS_stat,
    SYS_time,
#endif
#ifdef __i386__
    SYS__llseek,
    SYS__newselect,
    SYS_clock_getres_time64,
    SYS_clock_gettime64,
    SYS_clock_nanosleep_time64,
    SYS_fadvise64_64,
    SYS_fstat64,
    SYS_fstatat64,
    SYS_fstatfs64,
    SYS_futex_time64,
    SYS_getegid32,
    SYS_geteuid32,
    SYS_getgid32,
    SYS_getgroups32,
    SYS_getresgid32,
    SYS_getresuid32,
    SYS_getuid32,
    SYS_lstat64,
    SYS_ppoll_time64,
    SYS_pselect6_time64,
    SYS_rt_sigtimedwait_time64,
    SYS_set_thread_area,
    SYS_sigprocmask,
    SYS_sigreturn,
    SYS_stat64,
    SYS_statfs64,
    SYS_ugetrlimit,
#endif
};

/* network only. */
static const uint32_t allowed_network[] = {
    SYS_connect,         SYS_epoll_create1,     SYS_epoll_ctl,         SYS_epoll_pwait,
    SYS_epoll_pwait2,    SYS_getpeername,       SYS_getsockname,       SYS_getsockopt,
    SYS_recvmmsg,        SYS_setsockopt,        SYS_timerfd_create,    SYS_timerfd_gettime,
    SYS_timerfd_settime,
#if defined __x86_64__ || defined __i386__
    SYS_epoll_create,    SYS_epoll_wait,        SYS_eventfd,
#endif
#ifdef __i386__
    SYS_recvmmsg_time64, SYS_timerfd_gettime64, SYS_timerfd_settime64,
#endif
};

/* pure and network: calls that libraries may try, and can do without. */
static const uint32_t refused[] = {
    /* other processes */
    SYS_execve,
    SYS_execveat,
    SYS_get_mempolicy,
    SYS_kcmp,
    SYS_pidfd_getfd,
    SYS_pidfd_open,
    SYS_pidfd_send_signal,
    SYS_process_madvise,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_ptrace,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_setpgid,
    SYS_setpriority,
    SYS_setsid,
    SYS_sched_setaffinity,
    SYS_sched_setattr,
    SYS_sched_setparam,
    SYS_sched_setscheduler,
    SYS_tkill,
    SYS_wait4,
    SYS_waitid,
    /* other services of the kernel */
    SYS_add_key,
    SYS_bpf,
    SYS_fanotify_init,
    SYS_inotify_init1,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_io_uring_setup,
    SYS_keyctl,
    SYS_memfd_create,
    SYS_perf_event_open,
    SYS_request_key,
    SYS_seccomp,
    SYS_userfaultfd,
    /* files */
    SYS_chdir,
    SYS_chroot,
    SYS_fallocate,
    SYS_fchdir,
    SYS_fchmod,
    SYS_fchmodat,
    SYS_fchown,
    SYS_fchownat,
    SYS_fdatasync,
    SYS_flock,
    SYS_fsync,
    SYS_ftruncate,
    SYS_linkat,
    SYS_mkdirat,
    SYS_mknodat,
    SYS_mount,
    SYS_name_to_handle_at,
    SYS_open_by_handle_at,
    SYS_renameat2,
    SYS_symlinkat,
    SYS_sync,
    SYS_truncate,
    SYS_umount2,
    SYS_unlinkat,
    SYS_utimensat,
    /* more rights, or those of others */
    SYS_capset,
    SYS_personality,
    SYS_setfsgid,
    SYS_setfsuid,
    SYS_setgid,
    SYS_setgroups,
    SYS_setregid,
    SYS_setresgid,
    SYS_setresuid,
    SYS_setreuid,
    SYS_setuid,
    SYS_setns,
    SYS_unshare,
    /* serving */
    SYS_accept4,
    SYS_bind,
    SYS_listen,
#ifdef SYS_accept
    SYS_accept,
#endif
#ifdef SYS_renameat
    SYS_renameat,
#endif
#if defined __x86_64__ || defined __i386__
    SYS_chmod,
    SYS_chown,
    SYS_creat,
    SYS_fork,
    SYS_inotify_init,
    SYS_lchown,
    SYS_link,
    SYS_mkdir,
    SYS_mknod,
    SYS_rename,
    SYS_rmdir,
    SYS_symlink,
    SYS_unlink,
    SYS_utime,
    SYS_utimes,
    SYS_vfork,
    SYS_ioperm,
    SYS_iopl,
#endif
#ifdef __i386__
    SYS_chown32,
    SYS_fchown32,
    SYS_ftruncate64,
    SYS_lchown32,
    SYS_setgid32,
    SYS_setgroups32,
    SYS_setregid32,
    SYS_setresgid32,
    SYS_setresuid32,
    SYS_setreuid32,
    SYS_setuid32,
    SYS_truncate64,
    SYS_utimensat_time64,
    SYS_waitpid,
#endif
};

/* exec: calls that bypass Landlock, or reach into another process. */
static const uint32_t refused_exec[] = {
    SYS_add_key,
    SYS_bpf,
    SYS_chroot,
    SYS_delete_module,
    SYS_fanotify_init,
    SYS_finit_module,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fsopen,
    SYS_fspick,
    SYS_init_module,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_io_uring_setup,
    SYS_kcmp,
    SYS_kexec_load,
    SYS_keyctl,
    SYS_mount,
    SYS_mount_setattr,
    SYS_move_mount,
    SYS_open_by_handle_at,
    SYS_open_tree,
    SYS_perf_event_open,
    SYS_pidfd_getfd,
    SYS_pivot_root,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_ptrace,
    SYS_request_key,
    SYS_setns,
    SYS_swapon,
    SYS_swapoff,
    SYS_umount2,
    SYS_unshare,
    SYS_userfaultfd,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#if defined __x86_64__ || defined __i386__
    SYS_ioperm,
    SYS_iopl,
#endif
#ifdef __i386__
    SYS_umount,
#endif
};

static const struct sandbox_calls profiles[] = {
    [FOB_NEEDS_NETWORK] = { .allowed = { LIST(allowed), LIST(allowed_network) },
                            .refused = LIST(refused) },
    [FOB_NEEDS_PURE] = { .allowed = { LIST(allowed) }, .refused = LIST(refused) },
    [FOB_NEEDS_EXEC] = { .refused = LIST(refused_exec), .default_allow = true },
};

const struct sandbox_calls *sandbox_calls(enum fob_needs profile)
{
    return &profiles[profile];
}

#endif
