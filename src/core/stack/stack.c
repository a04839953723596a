/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Names hooks, and finds the entries of a stack that can never run. */
#include "config.h"

#include "core/stack/interpret.h"

const char *hook_name(enum hook hook)
{
    static const char *const names[HOOK_COUNT] = { "link", "validate", "revoke", "authorize",
                                                   "renew" };

    return names[hook];
}

/* The states of a verdict that the rules distinguish: its impression, and whether its code is
 * success. */
enum { STATES = 6 };

static unsigned stack_state_of(const struct verdict *verdict)
{
    return (unsigned)verdict->impression * 2 + (verdict->code == FOB_SUCCESS);
}

static struct verdict stack_verdict_of(unsigned state)
{
    return (struct verdict){ (enum impression)(state / 2),
                             state % 2 != 0 ? FOB_SUCCESS : FOB_REJECTED };
}

struct reach {
    const struct stack_entry *entries;
    size_t count;
    unsigned
        before[STACK_ENTRIES_MAX + 1]; /* one bit for each state in which an entry can be reached */
};

static void stack_add_state(struct reach *reach, size_t at, const struct verdict *verdict)
{
    reach->before[at] |= 1U << stack_state_of(verdict);
}

/* Follow entry AT, reached with VERDICT, with every code. */
static void stack_follow(struct reach *reach, size_t at, const struct verdict *verdict)
{
    const struct stack_entry *entry = &reach->entries[at];

    for (int code = 0; code < FOB_CODE_COUNT; code++) {
        /* The state that a reset returns to is not tracked, so assume every state. */
        int action = entry->control.actions[code];
        struct verdict after = *verdict;
        size_t next = at;
        bool decides;

        if (action == ACTION_RESET) {
            for (unsigned state = 0; state < STATES; state++) {
                after = stack_verdict_of(state);
                stack_add_state(reach, at + 1, &after);
            }
            continue;
        }
        if (interpret_action(action, code, verdict, &after, &decides))
            next = interpret_end(reach->entries, reach->count, at);
        if (action > 0 && !interpret_skip(reach->entries, reach->count, &next, action))
            after = (struct verdict){ IMPRESSION_BAD, VERDICT_MUST_FAIL };
        stack_add_state(reach, next + 1, &after);
    }
}

bool stack_reach(const struct stack_entry *entries, size_t count, bool *reached)
{
    const struct verdict start = { IMPRESSION_NONE, VERDICT_MUST_FAIL };
    const struct verdict success = { IMPRESSION_GOOD, FOB_SUCCESS };
    struct reach reach = { .entries = entries, .count = count };

    stack_add_state(&reach, 0, &start);
    /* Steps only lead forward. */
    for (size_t i = 0; i < count; i++) {
        reached[i] = reach.before[i] != 0;
        for (unsigned state = 0; state < STATES; state++) {
            struct verdict verdict = stack_verdict_of(state);

            if ((reach.before[i] >> state & 1) == 0)
                continue;
            if (entries[i].substack != NULL)
                stack_add_state(&reach, i + 1, &verdict);
            else
                stack_follow(&reach, i, &verdict);
        }
    }
    return (reach.before[count] >> stack_state_of(&success) & 1) != 0;
}
