/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Rehearsals: what the hooks of a provider send, and what is answered, as its file has it.
 */
#ifndef FOB_CORE_PROVIDER_REHEARSAL_H
#define FOB_CORE_PROVIDER_REHEARSAL_H

#include "core/provider/provider.h"
#include "util/wire.h"

/* The key of a provider's file. */
#define REHEARSALS "rehearsals"
/* An item of its list. */
extern const struct yaml_shape rehearsal_shape;

struct rehearsal;
struct rehearsal_answer;
/*
 * Answer the request in ITEMS, of a frame "rehearse".  The caller clears ANSWER in each case.
 * Returns FOB_SUCCESS, FOB_ABORT (it is not the expected request), FOB_NOMEM.
 */
typedef int rehearsal_answer_fn(struct rehearsal *rehearsal, struct span items,
                                struct rehearsal_answer *answer);

/* A rehearsal that is being played. */
struct rehearsal {
    rehearsal_answer_fn *answer;  /* rehearsal_answer(), or what a recording answers */
    struct yaml_file *file;       /* failures become mistakes of it */
    const struct yaml_node *tree; /* checked, as the next two */
    const struct yaml_node *step;
    const struct yaml_node *calls; /* of STEP; or NULL */
    const char *hook;              /* that STEP calls, or "run" */
    size_t made;                   /* calls of STEP so far */
    size_t items;                  /* that the action of STEP has given */
    bool signed_in;                /* STEP's sign-in was used */
    int64_t moved;                 /* how far the clock was moved, in seconds */
    bool failed;
};

struct rehearsal_answer {
    int fault; /* of enum frame_fault; or -1 */
    int status;
    struct strbuf lines;
    struct strbuf content;
};

/*
 * Read PROVIDER's file with its rehearsals, which are the list REHEARSALS of FILE; without
 * mistakes, they are valid.  Returns as yaml_read_path().
 */
int rehearsal_read(const struct settings *settings, const struct fob_provider *provider,
                   struct yaml_file **file);
/* Check the rehearsals in LIST, for a provider that has PROVIDER's fields; mistakes become mistakes
 * of FILE.  Returns FOB_SUCCESS, FOB_NOMEM. */
int rehearsal_check_list(const struct fob_provider *provider, struct yaml_file *file,
                         const struct yaml_node *list);
/* Whether a header may be sent although the rehearsal does not have it. */
bool rehearsal_is_free_header(const char *name);
/* The number of seconds in a step's "after". */
int64_t rehearsal_pause(const struct yaml_node *step);
/* The hook that STEP calls, and NODE with its code; HOOK_COUNT for none. */
enum hook rehearsal_hook(const struct yaml_node *step, const struct yaml_node **node);
/* The node with the name of the action that STEP runs, in place of a hook; or NULL. */
const struct yaml_node *rehearsal_action(const struct yaml_node *step);

/* Add a failure at NODE. */
void rehearsal_fail(struct rehearsal *rehearsal, const struct yaml_node *node, const char *format,
                    ...) __attribute__((format(printf, 3, 4)));
/* Compare the request in ITEMS with the step's next call, and make the call's answer; that it is
 * not the expected request becomes a failure. */
rehearsal_answer_fn rehearsal_answer;
void rehearsal_answer_clear(struct rehearsal_answer *answer);
/* The redirect URI of a provider that accepts any. */
#define REHEARSAL_REDIRECT_URI "https://fob.example/callback"
/* Compare ADDRESS with that of the step's sign-in, and append the answer to the query in TO.
 * Returns FOB_SUCCESS, FOB_ABORT (it is not the expected one, which became a failure), FOB_NOMEM.
 */
int rehearsal_sign_in(struct rehearsal *rehearsal, const char *address, struct fob_secret *to);
/* Add a failure if the step has a call or a sign-in that was not made. */
void rehearsal_end_step(struct rehearsal *rehearsal);

#endif
