/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Stacks: the plugins that one hook of one provider runs, in order, each with a control.
 */
#ifndef FOB_CORE_STACK_STACK_H
#define FOB_CORE_STACK_STACK_H

#include <fob/plugin.h>

#include "core/stack/control.h"

enum hook { HOOK_LINK, HOOK_VALIDATE, HOOK_REVOKE, HOOK_AUTHORIZE, HOOK_COUNT };

/* "link", "validate", "revoke", "authorize". */
const char *hook_name(enum hook hook);
/* What PLUGIN has for it; NULL for nothing. */
fob_hook_fn *hook_function(const struct fob_plugin *plugin, enum hook hook);

#define STACK_ENTRIES_MAX 256
/* How deep substacks go, the stack itself included: PAM_SUBSTACK_MAX_LEVEL of Linux-PAM. */
#define STACK_LEVELS 16

/* A plugin to run, or the beginning of a substack: the entries after it that are a level deeper. */
struct stack_entry {
    struct control control;          /* of a plugin */
    unsigned level;                  /* 0 for the stack itself */
    const char *substack;            /* the provider's name, or NULL for a plugin */
    const char *plugin;              /* a bare name or an absolute path; borrowed from the file */
    const struct yaml_node *pins;    /* digests in hex, or NULL */
    const struct yaml_node *options; /* a map, or NULL */
    const struct yaml_node *node;    /* for positions */
    struct yaml_file *file;          /* the file that NODE is in, for messages (include) */
};

struct stack {
    struct stack_entry *entries;
    size_t count;
    bool present; /* the file has this hook */
};

/*
 * Find out what can be run: REACHED[i] is set for each of the COUNT entries that some return codes
 * lead to.  An entry that is left unset is dead whatever the plugins answer.  Returns whether some
 * return codes let the whole succeed.
 */
bool stack_reach(const struct stack_entry *entries, size_t count, bool *reached);

#endif
