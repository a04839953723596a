/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The interpreter of stacks: Linux-PAM's rules, failing closed.  Knows no keyword and no plugin. */
#include "config.h"

#include "core/dispatch.h"

enum impression { UNDECIDED, POSITIVE, NEGATIVE };

struct verdict {
    enum impression impression;
    int code;
};

/* Take CODE as a success of the stack.  True when the verdict changed. */
static bool take_good(struct verdict *verdict, int code)
{
    if (verdict->impression == NEGATIVE ||
        (verdict->impression == POSITIVE && verdict->code != FOB_SUCCESS))
        return false;
    if (verdict->impression == UNDECIDED && code == FOB_SUCCESS)
        verdict->impression = POSITIVE;
    verdict->code = code;
    return true;
}

/* Take CODE as a failure of the stack: the first one stands. */
static bool take_bad(struct verdict *verdict, int code)
{
    if (verdict->impression == NEGATIVE)
        return false;
    verdict->impression = NEGATIVE;
    verdict->code = code == FOB_IGNORE ? DISPATCH_MUST_FAIL : code;
    return true;
}

int dispatch_interpret(const struct stack_entry *entries, size_t count,
                       const struct dispatch_steps *steps)
{
    struct verdict verdict = { UNDECIDED, DISPATCH_MUST_FAIL };
    bool finished = false;

    for (size_t i = 0; i < count && !finished; i++) {
        int code = steps->run(i, steps->data);
        bool in_range = code >= 0 && code < FOB_CODE_COUNT;
        enum action action = in_range ? entries[i].control.actions[code] : ACTION_BAD;
        bool decides = false;

        if (!in_range)
            code = DISPATCH_MUST_FAIL;
        switch (action) {
        case ACTION_OK:
        case ACTION_DONE:
            decides = take_good(&verdict, code);
            finished = action == ACTION_DONE && verdict.impression == POSITIVE;
            break;
        case ACTION_BAD:
        case ACTION_DIE:
            decides = take_bad(&verdict, code);
            finished = action == ACTION_DIE;
            break;
        case ACTION_RESET:
            verdict = (struct verdict){ UNDECIDED, DISPATCH_MUST_FAIL };
            break;
        case ACTION_IGNORE:
            break;
        }
        if (steps->step != NULL)
            steps->step(i, code, action, decides, steps->data);
    }
    if (verdict.code == FOB_SUCCESS && verdict.impression != POSITIVE)
        verdict.code = DISPATCH_MUST_FAIL;
    return verdict.code;
}
