/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes the seccomp filter of a profile from its tables. */
#include "config.h"

#include "worker/sandbox_filter.h"

#include "util/calls.h"
#include "worker/sandbox_calls.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

#ifdef SANDBOX_ARCHITECTURE

/* Bit 30 of the number marks a call of x32, which has the same architecture as x86-64. */
#define X32_CALLS 0x40000000
#define INSTRUCTIONS_MAX 2048
/* The longest jump of one instruction. */
#define JUMP_MAX 255

struct sandbox_program {
    struct sock_filter code[INSTRUCTIONS_MAX];
    size_t size; /* more than INSTRUCTIONS_MAX if the filter does not fit */
};

static void filter_add(struct sandbox_program *filter, struct sock_filter instruction)
{
    if (filter->size < INSTRUCTIONS_MAX)
        filter->code[filter->size] = instruction;
    filter->size++;
}

static void filter_load(struct sandbox_program *filter, size_t offset)
{
    filter_add(filter, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void filter_load_call(struct sandbox_program *filter)
{
    filter_load(filter, offsetof(struct seccomp_data, nr));
}

static void filter_return(struct sandbox_program *filter, uint32_t action)
{
    filter_add(filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* Skip SKIP instructions unless OPERATION with VALUE is true. */
static void filter_unless(struct sandbox_program *filter, unsigned operation, uint32_t value,
                          size_t skip)
{
    filter_add(filter, (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | operation | BPF_K), value,
                                                    0, (uint8_t)skip));
}

static uint32_t filter_action(int error)
{
    return error == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | (uint32_t)error;
}

/* Refuse other architectures, whose calls have other numbers. */
static void filter_add_architecture(struct sandbox_program *filter)
{
    filter_load(filter, offsetof(struct seccomp_data, arch));
    filter_add(filter,
               (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SANDBOX_ARCHITECTURE, 1, 0));
    filter_return(filter, SECCOMP_RET_KILL_PROCESS);
    filter_load_call(filter);
#ifdef __x86_64__
    filter_unless(filter, BPF_JGE, X32_CALLS, 1);
    filter_return(filter, SECCOMP_RET_KILL_PROCESS);
#endif
}

/* Each comparison jumps to a common instruction at the end. */
static void filter_add_list(struct sandbox_program *filter, const struct sandbox_call_list *list,
                            uint32_t action)
{
    for (size_t at = 0; at < list->count;) {
        size_t end = list->count - at < JUMP_MAX ? list->count : at + JUMP_MAX;

        for (; at < end; at++)
            filter_add(filter,
                       (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, list->calls[at],
                                                    (uint8_t)(end - at), 0));
        filter_add(filter, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 1));
        filter_return(filter, action);
    }
}

static void filter_load_argument(struct sandbox_program *filter, unsigned argument)
{
    filter_load(filter, offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t));
}

static void filter_add_rule(struct sandbox_program *filter, const struct sandbox_rule *rule)
{
    uint32_t value = rule->test == SANDBOX_SELF ? (uint32_t)getpid() : rule->value;
    bool masked = rule->test == SANDBOX_ALL_BITS;

    if (rule->test == SANDBOX_ALWAYS) {
        filter_unless(filter, BPF_JEQ, rule->call, 1);
        filter_return(filter, filter_action(rule->error));
        return;
    }
    filter_unless(filter, BPF_JEQ, rule->call, masked ? 5 : 4);
    filter_load_argument(filter, rule->argument);
    if (masked)
        filter_add(filter, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, value));
    filter_unless(filter, rule->test == SANDBOX_ANY_BIT ? BPF_JSET : BPF_JEQ, value, 1);
    filter_return(filter, filter_action(rule->error));
    filter_load_call(filter);
}

static void filter_make(struct sandbox_program *filter, enum fob_needs profile)
{
    const struct sandbox_calls *calls = sandbox_calls(profile);
    const struct sandbox_rules *rules = sandbox_calls_by_argument(profile);

    filter_add_architecture(filter);
    for (size_t i = 0; i < SANDBOX_LISTS; i++)
        filter_add_list(filter, &calls->allowed[i], SECCOMP_RET_ALLOW);
    for (size_t i = 0; i < SANDBOX_LISTS; i++) {
        for (size_t at = 0; at < rules->lists[i].count; at++)
            filter_add_rule(filter, &rules->lists[i].rules[at]);
    }
    filter_add_list(filter, &calls->refused, filter_action(EPERM));
    if (!calls->default_allow) {
        filter_unless(filter, BPF_JGE, SANDBOX_CALLS_END, 1);
        filter_return(filter, filter_action(ENOSYS));
    }
    filter_return(filter, calls->default_allow ? SECCOMP_RET_ALLOW : SECCOMP_RET_TRAP);
}

int sandbox_filter_apply(enum fob_needs profile)
{
    struct sandbox_program filter = { .size = 0 };
    struct sock_fprog program = { .filter = filter.code };

    filter_make(&filter, profile);
    if (filter.size > INSTRUCTIONS_MAX) {
        errno = E2BIG;
        return -1;
    }
    program.len = (unsigned short)filter.size;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

#else

int sandbox_filter_apply(enum fob_needs profile)
{
    (void)profile;
    errno = ENOSYS;
    return -1;
}

#endif
