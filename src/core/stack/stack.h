/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Stacks: the plugins that one hook of one provider runs, in order, each with a control.
 */
#ifndef FOB_CORE_STACK_STACK_H
#define FOB_CORE_STACK_STACK_H

#include <fob/plugin.h>

#include "core/stack/control.h"

enum hook { HOOK_LINK, HOOK_VALIDATE, HOOK_REVOKE, HOOK_AUTHORIZE, HOOK_RENEW, HOOK_COUNT };

/* "link", "validate", "revoke", "authorize", "renew". */
const char *hook_name(enum hook hook);

#define STACK_ENTRIES_MAX 256
/* The maximum depth of substacks, the stack itself included: PAM_SUBSTACK_MAX_LEVEL of
 * Linux-PAM. */
#define STACK_LEVELS 16

/* The largest profile that an entry grants its plugin. */
struct grant_limit {
    bool set;
    enum fob_needs max;
};

/* A plugin to run, or the start of a substack, whose entries follow one level deeper. */
struct stack_entry {
    struct control control;          /* of a plugin */
    unsigned level;                  /* 0 for the stack itself */
    const char *substack;            /* the provider's name, or NULL for a plugin */
    const char *plugin;              /* a bare name or an absolute path; borrowed from the file */
    const struct yaml_node *pins;    /* digests in hex, or NULL */
    const struct yaml_node *options; /* a map, or NULL */
    struct grant_limit sandbox;
    const struct yaml_node *node; /* for positions */
    struct yaml_file *file;       /* the file that NODE is in, for messages (include) */
};

struct stack {
    struct stack_entry *entries;
    size_t count;
    bool present; /* the file has a stack for this hook, or FILLED */
    bool filled;  /* its one entry is the file's plugin */
};

/*
 * Set REACHED[i] to whether some return codes of the plugins lead to entry i of COUNT.  Returns
 * whether some return codes let the stack succeed.
 */
bool stack_reach(const struct stack_entry *entries, size_t count, bool *reached);

#endif
