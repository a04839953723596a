/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Which system calls a profile has: the tables that the seccomp filter is made of.
 */
#ifndef FOB_WORKER_SANDBOX_CALLS_H
#define FOB_WORKER_SANDBOX_CALLS_H

#include "worker/sandbox.h"

#include <linux/audit.h>
#include <stddef.h>
#include <stdint.h>

/* As the kernel calls it; undefined where the tables do not know the calls. */
#if defined __x86_64__
#define SANDBOX_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __i386__
#define SANDBOX_ARCHITECTURE AUDIT_ARCH_I386
#elif defined __aarch64__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SANDBOX_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* What an argument is held against; only its low 32 bits count. */
enum sandbox_test {
    SANDBOX_ANY_BIT,  /* it has one of the value's bits */
    SANDBOX_ALL_BITS, /* it has all of them */
    SANDBOX_EQUAL,
    SANDBOX_SELF,   /* it is this process's number; the value is not used */
    SANDBOX_ALWAYS, /* no argument is looked at */
};

/* The first rule of a call whose test holds decides. */
struct sandbox_rule {
    uint32_t call;
    enum sandbox_test test;
    unsigned argument; /* from 0 */
    uint32_t value;
    int error; /* that the call fails with; 0 lets it pass */
};

struct sandbox_call_list {
    const uint32_t *calls;
    size_t count;
};

struct sandbox_rule_list {
    const struct sandbox_rule *rules;
    size_t count;
};

#define SANDBOX_LISTS 2

struct sandbox_rules {
    struct sandbox_rule_list lists[SANDBOX_LISTS];
};

/* What no list and no rule names ends the process, or passes where DEFAULT_ALLOW says so. */
struct sandbox_calls {
    struct sandbox_call_list allowed[SANDBOX_LISTS];
    struct sandbox_call_list refused; /* with EPERM */
    bool default_allow;
};

/* The tables of PROFILE. */
const struct sandbox_calls *sandbox_calls(enum fob_needs profile);
const struct sandbox_rules *sandbox_calls_by_argument(enum fob_needs profile);

/* Calls from this number on are newer than the tables, and fail with ENOSYS, for which the C
 * library has another way. */
#define SANDBOX_CALLS_END 450

#endif
