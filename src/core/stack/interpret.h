/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The interpreter of stacks: Linux-PAM's rules, failing closed.  It knows neither keywords nor
 * plugins.
 */
#ifndef FOB_CORE_STACK_INTERPRET_H
#define FOB_CORE_STACK_INTERPRET_H

#include "core/stack/stack.h"

/* The verdict of a stack in which nothing succeeded: PAM_MUST_FAIL_CODE of Linux-PAM. */
#define VERDICT_MUST_FAIL FOB_PLUGIN

/* The effect of one entry. */
struct step {
    int code;      /* the returned code; VERDICT_MUST_FAIL for an invalid one */
    int action;    /* from the entry's control */
    bool decides;  /* this entry determined the present verdict */
    bool bad_jump; /* past the end of the stack, which fails the stack */
};

struct interpreter {
    /* Run the plugin of entry INDEX; returns its code. */
    int (*run)(size_t index, void *data);
    /* Called after each entry; may be NULL. */
    void (*step)(size_t index, const struct step *step, void *data);
    void *data;
};

/* The verdict of the entries so far. */
enum impression { IMPRESSION_NONE, IMPRESSION_GOOD, IMPRESSION_BAD };
struct verdict {
    enum impression impression;
    int code;
};

/* Walk COUNT entries, and return the verdict: a code in range. */
int interpret(const struct stack_entry *entries, size_t count,
              const struct interpreter *interpreter);

/* Parts of the walk that stack_reach() uses too. */
/* Apply ACTION and CODE to VERDICT, in a stack whose verdict was ENTERED when it began.  Sets
 * DECIDES.  Returns whether the stack ends here.  The caller handles jumps. */
bool interpret_action(int action, int code, const struct verdict *entered, struct verdict *verdict,
                      bool *decides);
/* Advance *AT past COUNT entries, to the last of them; a substack counts as one.  Returns false
 * when the stack has fewer. */
bool interpret_skip(const struct stack_entry *entries, size_t total, size_t *at, int count);
/* The last entry of the stack or substack that AT is in. */
size_t interpret_end(const struct stack_entry *entries, size_t total, size_t at);

#endif
