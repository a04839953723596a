/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Enters the sandbox: limits, capabilities, Landlock, and the filter of system calls at the end. */
#include "config.h"

#include "worker/sandbox.h"

#include "util/array.h"
#include "util/calls.h"
#include "util/lack.h"
#include "worker/landlock.h"
#include "worker/sandbox_closed.h"
#include "worker/sandbox_filter.h"
#include "worker/sandbox_paths.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN (1UL << 0)
#endif

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

/* For the 64 calls of a sweep: each has its socket, its connection, two of libcurl's, and files
 * while it connects. */
#define DESCRIPTORS_MAX 512
#define MEMORY_MAX ((rlim_t)1 << 30)
#define CPU_GRACE 5 /* seconds */

/* Set the soft limit to MAX, and the hard one to GRACE more.  In some C libraries WHICH is an enum.
 */
static int sandbox_limit(int which, rlim_t max, rlim_t grace)
{
    struct rlimit limit;

    if (syscall(SYS_prlimit64, 0, which, NULL, &limit) < 0)
        return -1;
    if (limit.rlim_max > max + grace)
        limit.rlim_max = max + grace;
    limit.rlim_cur = limit.rlim_max < max ? limit.rlim_max : max;
    return (int)syscall(SYS_prlimit64, 0, which, &limit, NULL);
}

static int sandbox_set_limits(const struct sandbox *sandbox)
{
    int result = sandbox_limit(RLIMIT_CORE, 0, 0);

    if (result == 0 && sandbox->cpu_seconds > 0)
        result = sandbox_limit(RLIMIT_CPU, sandbox->cpu_seconds, CPU_GRACE);
    if (result < 0 || sandbox->profile == FOB_NEEDS_EXEC)
        return result;
    result = sandbox_limit(RLIMIT_FSIZE, 0, 0);
    if (result == 0)
        result = sandbox_limit(RLIMIT_NOFILE, DESCRIPTORS_MAX, 0);
#ifndef FOB_SANITIZED /* the sanitizers' shadow is larger */
    if (result == 0)
        result = sandbox_limit(RLIMIT_AS, MEMORY_MAX, 0);
#endif
    return result;
}

/* Capabilities by which root could leave the sandbox. */
static const unsigned strong[] = {
    CAP_DAC_READ_SEARCH, CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_SYS_PTRACE,
    CAP_SYS_ADMIN,       CAP_MKNOD,      CAP_PERFMON,   CAP_BPF,
};

/* A plugin needs no capability.  The programs of exec may need those of root. */
static int sandbox_drop_capabilities(bool all)
{
    struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct kept[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

    if (all)
        return (int)syscall(SYS_capset, &head, kept);
    if (syscall(SYS_capget, &head, kept) < 0)
        return -1;
    for (size_t i = 0; i < ARRAY_SIZE(strong); i++) {
        struct __user_cap_data_struct *at = &kept[CAP_TO_INDEX(strong[i])];

        at->permitted &= ~CAP_TO_MASK(strong[i]);
        at->effective &= at->permitted;
        at->inheritable &= at->permitted;
    }
    return (int)syscall(SYS_capset, &head, kept);
}

static int sandbox_drop_rights(const struct sandbox *sandbox)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -1;
    /* Older kernels lack this; the filter refuses most of the same. */
    if (sandbox->profile != FOB_NEEDS_EXEC)
        (void)prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
    return sandbox_drop_capabilities(sandbox->profile != FOB_NEEDS_EXEC);
}

static int sandbox_fill_ruleset(const struct landlock *landlock, const struct sandbox *sandbox)
{
    int result = 0;

    if (sandbox->profile == FOB_NEEDS_EXEC)
        return sandbox_closed_allow_others(landlock, sandbox);
    for (size_t i = 0; i < sandbox->port_count && result == 0; i++)
        result = landlock_allow_port(landlock, sandbox->ports[i]);
    if (result == 0)
        result = sandbox_paths_allow_system(landlock, sandbox->profile);
    return result == 0 ? sandbox_closed_allow_named(landlock, sandbox) : result;
}

static int sandbox_close_files(const struct sandbox *sandbox)
{
    bool ports = sandbox->profile == FOB_NEEDS_PURE ||
                 (sandbox->profile == FOB_NEEDS_NETWORK && sandbox->port_count > 0);
    struct landlock landlock;
    int result;
    int error;

    if (landlock_open(&landlock, ports) < 0)
        return -1;
    result = sandbox_fill_ruleset(&landlock, sandbox);
    if (result == 0)
        result = landlock_apply(&landlock);
    error = errno;
    landlock_close(&landlock);
    errno = error;
    return result;
}

static int sandbox_filter_calls(const struct sandbox *sandbox)
{
    return sandbox_filter_apply(sandbox->profile);
}

/* In this order: each step may need rights that the next ones remove. */
static const struct {
    const char *name;
    int (*take)(const struct sandbox *sandbox);
} steps[] = {
    { "limits", sandbox_set_limits },
    { "rights", sandbox_drop_rights },
    { "Landlock", sandbox_close_files },
    { "seccomp", sandbox_filter_calls },
};

static void sandbox_add_why(char why[static SANDBOX_WHY], const char *step)
{
    size_t size = strlen(why);

    snprintf(why + size, SANDBOX_WHY - size, "%s%s: %s", size > 0 ? "; " : "", step,
             strerror(errno));
}

int sandbox_enter(const struct sandbox *sandbox, char why[static SANDBOX_WHY])
{
    why[0] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        if (steps[i].take(sandbox) == 0)
            continue;
        sandbox_add_why(why, steps[i].name);
        if (sandbox->required || lack_is(errno))
            return -1;
    }
    return 0;
}
