/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The interpreter of stacks: Linux-PAM's rules, failing closed.  Knows no keyword and no plugin.
 */
#ifndef FOB_CORE_STACK_INTERPRET_H
#define FOB_CORE_STACK_INTERPRET_H

#include "core/stack/stack.h"

/* The verdict of a stack in which nothing succeeded: PAM_MUST_FAIL_CODE of Linux-PAM. */
#define VERDICT_MUST_FAIL FOB_PLUGIN

/* What one entry did. */
struct step {
    int code;      /* returned; VERDICT_MUST_FAIL instead of what is no code */
    int action;    /* of the entry's control */
    bool decides;  /* gave the verdict that now stands */
    bool bad_jump; /* over more entries than there are, which fails the stack */
};

struct interpreter {
    /* Run entry INDEX, which is a plugin; returns its code. */
    int (*run)(size_t index, void *data);
    /* Told of each entry run; may be NULL. */
    void (*step)(size_t index, const struct step *step, void *data);
    void *data;
};

/* What the entries so far make of a stack. */
enum impression { IMPRESSION_NONE, IMPRESSION_GOOD, IMPRESSION_BAD };
struct verdict {
    enum impression impression;
    int code;
};

/* Walk COUNT entries, and return the verdict: a code in range. */
int interpret(const struct stack_entry *entries, size_t count,
              const struct interpreter *interpreter);

/* Parts of the walk that stack_reach() shares. */
/* Do ACTION, with CODE, in a stack whose state was ENTERED when it began.  Fills DECIDES.  Returns
 * whether the stack ends here; jumps are the caller's. */
bool interpret_action(int action, int code, const struct verdict *entered, struct verdict *verdict,
                      bool *decides);
/* Move *AT, an entry of a stack at LEVEL, to the last entry of COUNT units after it, a substack
 * with all that is in it being one.  Returns whether there are as many. */
bool interpret_skip(const struct stack_entry *entries, size_t total, size_t *at, int count);
/* The last entry of the stack at LEVEL that AT is in. */
size_t interpret_end(const struct stack_entry *entries, size_t total, size_t at);

#endif
