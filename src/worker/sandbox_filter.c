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
#include <string.h>

#ifdef SANDBOX_ARCHITECTURE

/* Bit 30 of the number marks a call of x32, which has the same architecture as x86-64. */
#define X32_CALLS 0x40000000
#define INSTRUCTIONS_MAX 1024
/* The longest jump of one instruction. */
#define JUMP_MAX 255

/* The fate of a system call. */
struct sandbox_fate {
    uint32_t action; /* if no rule decides */
    bool by_rules;
};

struct sandbox_program {
    struct sock_filter code[INSTRUCTIONS_MAX];
    size_t size; /* more than INSTRUCTIONS_MAX if the filter does not fit */
    const struct sandbox_rules *rules;
    struct sandbox_fate fates[SANDBOX_CALLS_END];
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

static void filter_return(struct sandbox_program *filter, uint32_t action)
{
    filter_add(filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* Skip the next instruction unless OPERATION with VALUE is true. */
static void filter_unless(struct sandbox_program *filter, unsigned operation, uint32_t value)
{
    filter_add(filter,
               (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | operation | BPF_K), value, 0, 1));
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
    filter_load(filter, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
    filter_unless(filter, BPF_JGE, X32_CALLS);
    filter_return(filter, SECCOMP_RET_KILL_PROCESS);
#endif
}

static void filter_add_rule(struct sandbox_program *filter, const struct sandbox_rule *rule)
{
    uint32_t value = rule->test == SANDBOX_SELF ? (uint32_t)getpid() : rule->value;

    if (rule->test != SANDBOX_ALWAYS) {
        filter_load(filter,
                    offsetof(struct seccomp_data, args) + rule->argument * sizeof(uint64_t));
        if (rule->test == SANDBOX_ALL_BITS)
            filter_add(filter, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, value));
        filter_unless(filter, rule->test == SANDBOX_ANY_BIT ? BPF_JSET : BPF_JEQ, value);
    }
    filter_return(filter, filter_action(rule->error));
}

static void filter_add_call(struct sandbox_program *filter, uint32_t call)
{
    const struct sandbox_fate *fate = &filter->fates[call];

    for (size_t i = 0; i < SANDBOX_LISTS && fate->by_rules; i++) {
        const struct sandbox_rule_list *list = &filter->rules->lists[i];

        for (size_t at = 0; at < list->count; at++) {
            if (list->rules[at].call == call)
                filter_add_rule(filter, &list->rules[at]);
        }
    }
    filter_return(filter, fate->action);
}

/* Insert at AT: skip all instructions after AT for calls from FIRST on. */
static void filter_insert_skip(struct sandbox_program *filter, size_t at, uint32_t first)
{
    const size_t size = filter->size - at;
    const bool near = size <= JUMP_MAX;
    const struct sock_filter skip[] = {
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, near ? (uint8_t)size : 0, near ? 0 : 1),
        BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)size),
    };
    const size_t count = near ? 1 : 2;

    filter->size += count;
    if (filter->size > INSTRUCTIONS_MAX)
        return;
    memmove(&filter->code[at + count], &filter->code[at], size * sizeof *filter->code);
    memcpy(&filter->code[at], skip, count * sizeof *skip);
}

/* Search for the call in COUNT ranges of calls with the same fate; FIRST has the first of each. */
static void filter_add_search(struct sandbox_program *filter, const uint32_t *first, size_t count)
{
    const size_t half = count / 2;
    const size_t at = filter->size;

    if (count == 1) {
        filter_add_call(filter, first[0]);
        return;
    }
    filter_add_search(filter, first, half);
    filter_insert_skip(filter, at, first[half]);
    filter_add_search(filter, first + half, count - half);
}

static void filter_set(struct sandbox_program *filter, const struct sandbox_call_list *list,
                       uint32_t action)
{
    for (size_t i = 0; i < list->count; i++)
        filter->fates[list->calls[i]] = (struct sandbox_fate){ action, false };
}

/* A call in several tables has the fate of the last one here. */
static void filter_set_all(struct sandbox_program *filter, const struct sandbox_calls *calls)
{
    const uint32_t usual = calls->default_allow ? SECCOMP_RET_ALLOW : SECCOMP_RET_TRAP;

    for (size_t i = 0; i < SANDBOX_CALLS_END; i++)
        filter->fates[i] = (struct sandbox_fate){ usual, false };
    filter_set(filter, &calls->refused, filter_action(EPERM));
    for (size_t i = 0; i < SANDBOX_LISTS; i++) {
        const struct sandbox_rule_list *list = &filter->rules->lists[i];

        for (size_t at = 0; at < list->count; at++)
            filter->fates[list->rules[at].call].by_rules = true;
    }
    for (size_t i = 0; i < SANDBOX_LISTS; i++)
        filter_set(filter, &calls->allowed[i], SECCOMP_RET_ALLOW);
}

/* A binary search: the kernel tries the filter on every number when it takes the filter. */
static void filter_make(struct sandbox_program *filter, enum fob_needs profile)
{
    const struct sandbox_calls *calls = sandbox_calls(profile);
    const struct sandbox_fate *fates = filter->fates;
    uint32_t first[SANDBOX_CALLS_END];
    size_t count = 0;

    filter->size = 0;
    filter->rules = sandbox_calls_by_argument(profile);
    filter_set_all(filter, calls);
    for (uint32_t i = 0; i < SANDBOX_CALLS_END; i++) {
        if (i == 0 || fates[i].by_rules || fates[i - 1].by_rules ||
            fates[i].action != fates[i - 1].action)
            first[count++] = i;
    }
    filter_add_architecture(filter);
    filter_unless(filter, BPF_JGE, SANDBOX_CALLS_END);
    filter_return(filter, calls->default_allow ? SECCOMP_RET_ALLOW : filter_action(ENOSYS));
    filter_add_search(filter, first, count);
}

int sandbox_filter_apply(enum fob_needs profile)
{
    struct sandbox_program filter;
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
