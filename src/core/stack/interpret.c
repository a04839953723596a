/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Interprets stacks by the rules of Linux-PAM's _pam_dispatch_aux(); tests/pam compares the two.
 */
#include "config.h"

#include "core/stack/interpret.h"

/* The state of a walk. */
struct interpret_walk {
    size_t at;
    unsigned before; /* the level of the previous entry */
    struct verdict verdict;
    struct verdict entered[STACK_LEVELS]; /* the verdict when the stack of each level began */
};

/* Success keeps an earlier code other than success, and does not undo a failure. */
static bool interpret_apply_success(struct verdict *verdict, int code)
{
    if (verdict->impression == IMPRESSION_BAD ||
        (verdict->impression == IMPRESSION_GOOD && verdict->code != FOB_SUCCESS))
        return false;
    *verdict = (struct verdict){ IMPRESSION_GOOD, code };
    return true;
}

/* The first failure determines the verdict. */
static bool interpret_apply_failure(struct verdict *verdict, int code)
{
    if (verdict->impression == IMPRESSION_BAD)
        return false;
    *verdict = (struct verdict){ IMPRESSION_BAD, code == FOB_IGNORE ? VERDICT_MUST_FAIL : code };
    return true;
}

bool interpret_action(int action, int code, const struct verdict *entered, struct verdict *verdict,
                      bool *decides)
{
    *decides = false;
    switch (action) {
    case ACTION_OK:
        *decides = interpret_apply_success(verdict, code);
        return false;
    case ACTION_DONE:
        *decides = interpret_apply_success(verdict, code);
        return verdict->impression == IMPRESSION_GOOD;
    case ACTION_BAD:
        *decides = interpret_apply_failure(verdict, code);
        return false;
    case ACTION_DIE:
        *decides = interpret_apply_failure(verdict, code);
        return true;
    case ACTION_RESET:
        *verdict = *entered;
        return false;
    default:
        return false;
    }
}

bool interpret_skip(const struct stack_entry *entries, size_t total, size_t *at, int count)
{
    unsigned level = entries[*at].level;

    for (; count > 0; count--) {
        if (*at + 1 == total || entries[*at + 1].level < level)
            return false;
        do
            (*at)++;
        while (*at + 1 < total && entries[*at + 1].level > level);
    }
    return true;
}

size_t interpret_end(const struct stack_entry *entries, size_t total, size_t at)
{
    unsigned level = entries[at].level;

    while (at + 1 < total && entries[at + 1].level >= level)
        at++;
    return at;
}

/* Apply CODE, which the current entry has returned, to the walk. */
static struct step interpret_apply_code(const struct stack_entry *entries, size_t count, int code,
                                        struct interpret_walk *walk)
{
    const struct stack_entry *entry = &entries[walk->at];
    struct step step = { .code = code };

    if (step.code >= 0 && step.code < FOB_CODE_COUNT)
        step.action = entry->control.actions[step.code];
    else
        step = (struct step){ .code = VERDICT_MUST_FAIL, .action = ACTION_BAD };
    if (interpret_action(step.action, step.code, &walk->entered[entry->level], &walk->verdict,
                         &step.decides))
        walk->at = interpret_end(entries, count, walk->at);
    if (step.action > 0 && !interpret_skip(entries, count, &walk->at, step.action)) {
        walk->verdict = (struct verdict){ IMPRESSION_BAD, VERDICT_MUST_FAIL };
        step.decides = step.bad_jump = true;
    }
    return step;
}

int interpret(const struct stack_entry *entries, size_t count,
              const struct interpreter *interpreter)
{
    struct interpret_walk walk = { .at = 0 };

    for (; walk.at < count; walk.at++) {
        const struct stack_entry *entry = &entries[walk.at];
        size_t index = walk.at;
        struct step step;

        if (entry->level > walk.before)
            walk.entered[entry->level] = walk.verdict;
        walk.before = entry->level;
        if (entry->substack != NULL)
            continue;
        step =
            interpret_apply_code(entries, count, interpreter->run(index, interpreter->data), &walk);
        if (interpreter->step != NULL)
            interpreter->step(index, &step, interpreter->data);
    }
    if (walk.verdict.impression != IMPRESSION_GOOD && walk.verdict.code == FOB_SUCCESS)
        return VERDICT_MUST_FAIL;
    return walk.verdict.code;
}
