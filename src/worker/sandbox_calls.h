/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The system calls of each profile: the tables for the seccomp filter.
 */
#ifndef FOB_WORKER_SANDBOX_CALLS_H
#define FOB_WORKER_SANDBOX_CALLS_H

#include "worker/sandbox.h"

#include <linux/audit.h>
#include <stddef.h>
#include <stdint.h>

/* The kernel's name of the architecture; undefined if the tables lack its calls. */
#if defined __x86_64__
#define SANDBOX_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __i386__
#define SANDBOX_ARCHITECTURE AUDIT_ARCH_I386
#elif defined __aarch64__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SANDBOX_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* Tests of an argument's low 32 bits. */
enum sandbox_test {
    SANDBOX_ANY_BIT,  /* the argument has one of the value's bits */
    SANDBOX_ALL_BITS, /* it has all of the value's bits */
    SANDBOX_EQUAL,
    SANDBOX_SELF,   /* it is this process's id; the value is not used */
    SANDBOX_ALWAYS, /* true, whatever the arguments */
};

/* The first rule of a call whose test is true decides. */
struct sandbox_rule {
    uint32_t call;
    enum sandbox_test test;
    unsigned argument; /* from 0 */
    uint32_t value;
    int error; /* the call fails with this error; 0 lets it pass */
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

/* A call without a list or rule ends the process, or passes with DEFAULT_ALLOW. */
struct sandbox_calls {
    struct sandbox_call_list allowed[SANDBOX_LISTS];
    struct sandbox_call_list refused; /* with EPERM */
    bool default_allow;
};

/* The tables of PROFILE. */
const struct sandbox_calls *sandbox_calls(enum fob_needs profile);
const struct sandbox_rules *sandbox_calls_by_argument(enum fob_needs profile);

/* Calls from this number on are newer than the tables, and fail with ENOSYS: the C library then
 * uses an older call. */
#define SANDBOX_CALLS_END 450

#endif
