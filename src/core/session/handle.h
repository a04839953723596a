/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of a handle, for the core alone.
 */
#ifndef FOB_CORE_SESSION_HANDLE_H
#define FOB_CORE_SESSION_HANDLE_H

#include <fob/plugin.h>

#include <stdatomic.h>

#include "core/config/schema.h"
#include "core/provider/provider.h"
#include "core/session/context.h"
#include "store/record.h"
#include "util/text.h"

/* One entry of a stack, ready to run. */
struct bound_entry {
    const struct plugin *plugin; /* NULL: it could not be loaded */
    int code;                    /* what the entry fails with when its turn comes; or FOB_SUCCESS */
    char *error;                 /* why; NULL on success */
    char *hint;
    struct option_values options;
};

struct bound_stack {
    struct bound_entry *entries; /* as many as the provider's stack has; NULL until bound */
    size_t count;
    int code;     /* FOB_CONFIG when options are mistaken */
    bool refused; /* there is a plugin that must not be loaded: no hook is run */
    size_t refused_at;
};

/* What a plugin keeps on the handle. */
struct plugin_data {
    const struct plugin *plugin;
    void *data;
    void (*destroy)(void *data);
};

struct header {
    char *name;
    struct fob_secret *value;
};

/* What is known of the hook's calls to the provider. */
struct call {
    bool paid;           /* the next one is counted in the budget already */
    bool answered;       /* the last one */
    int64_t retry_after; /* seconds, as the last answer asked for; or 0 */
};

struct fob_handle {
    struct fob_context *context;
    uint64_t process;    /* that it was started in */
    const char *at_work; /* the function that is at work with it; or NULL */
    struct fob_conversation conv;
    char account[FOB_NAME_MAX + 1];
    char provider_name[FOB_NAME_MAX + 1];
    struct fob_provider *provider; /* NULL until needed: handle_provider() */
    char *items[FOB_ITEM_COUNT];   /* NULL: not said; "": take it away */
    unsigned patience;             /* seconds */
    bool exact;                    /* values of fields may have what cannot be seen */

    struct record *stored;            /* as last read or written; NULL before link */
    struct record *given;             /* the fields that were set or typed */
    struct record *draft;             /* what the hooks work on */
    struct fob_account *account_view; /* STORED for fob_handle_account(), or NULL */

    struct bound_stack bound[HOOK_COUNT];
    bool prepared; /* dispatch_prepare() was called */
    bool shares;   /* PROVIDER and BOUND are another handle's */

    struct call call;
    bool crowd;                  /* other threads run hooks at the same time */
    const _Atomic(int64_t) *end; /* of a sweep: when all is over, 0 for not yet; else NULL */
    void (*look)(void *data); /* called before END is looked at, where nobody else would set it */
    void *look_data;

    struct plugin_data *data;
    size_t data_count;
    struct header *headers;
    size_t header_count;

    struct entry_judgment *judgment; /* while a plugin judges its options; else NULL */

    /* While a hook runs. */
    enum hook hook;
    const struct plugin *plugin;
    struct fob_secret **borrowed; /* by fob_field() */
    size_t borrowed_count;
    /* Also after authorize: the options of the entry that put the last header. */
    const struct option_values *options;
    const struct option_values *header_options;
};

/* Describe in WHAT something in a field's value that cannot be seen, and should not be there; false
 * when there is none. */
bool handle_finds_unseen(const struct fob_handle *handle, const void *value, size_t size,
                         char what[static TEXT_UNSEEN]);
/* Whether HANDLE belongs to a parent of this process, so that its secrets are gone. */
bool handle_is_lost(const struct fob_handle *handle);
/* For the public FUNCTION: whether HANDLE may be used at all.  Returns FOB_SUCCESS, FOB_INVALID. */
int handle_check(const struct fob_handle *handle, const char *function);
/* The same, and that nothing is at work with it. */
int handle_check_idle(const struct fob_handle *handle, const char *function);
/* Set FUNCTION, which takes the flags TAKEN, to work with HANDLE until handle_end_work().  Returns
 * FOB_SUCCESS, FOB_INVALID. */
int handle_begin_work(struct fob_handle *handle, const char *function, unsigned flags,
                      unsigned taken);
/* Returns CODE. */
int handle_end_work(struct fob_handle *handle, int code);
/* For the beginning of a public function that returns a code. */
#define NEED_HANDLE(handle)                           \
    do {                                              \
        int checked = handle_check(handle, __func__); \
                                                      \
        if (checked != FOB_SUCCESS)                   \
            return checked;                           \
    } while (0)
/* A handle that knows of no ACCOUNT yet; end it with fob_end().  Returns FOB_SUCCESS, FOB_NOMEM. */
int handle_new(struct fob_context *context, const char *account,
               const struct fob_conversation *conv, struct fob_handle **handle);
/* The provider, read at the first call, without mistakes.  Returns FOB_SUCCESS, FOB_NOT_FOUND,
 * FOB_CONFIG, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int handle_provider(struct fob_handle *handle);
/* As fob_start() for an account whose RECORD, which is taken over in each case, was just read. */
int handle_start(struct fob_context *context, struct record *record,
                 const struct fob_conversation *conv, struct fob_handle **handle);
/* Let HANDLE use what MODEL, which outlives it, has prepared: they have the same provider. */
void handle_share(struct fob_handle *handle, const struct fob_handle *model);
/* Replace STORED (taken over; may be NULL). */
void handle_set_stored(struct fob_handle *handle, struct record *record);
/* Put a checked value into GIVEN. */
int handle_set_input(struct fob_handle *handle, const struct provider_field *field,
                     const void *value, size_t size);
/* Put the items that were set into RECORD. */
int handle_apply_items(const struct fob_handle *handle, struct record *record);
/* Make DRAFT: what is stored, or a new account, with the items and the given fields put in. */
int handle_make_candidate(struct fob_handle *handle);
/* Forget how the calls of an earlier hook went. */
void call_reset(struct fob_handle *handle);
/* Tell that an answer of the provider is waited for. */
void call_report_wait(const struct fob_handle *handle);
void handle_clear_headers(struct fob_handle *handle);
void handle_unbind(struct bound_stack *bound);
/* Give back what fob_field() lent. */
void handle_end_borrowing(struct fob_handle *handle);

#endif
