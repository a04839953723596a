/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of a handle, for the core only.
 */
#ifndef FOB_CORE_SESSION_HANDLE_H
#define FOB_CORE_SESSION_HANDLE_H

#include <fob/plugin.h>

#include <stdatomic.h>

#include "core/config/schema.h"
#include "core/plugin/plugin_workers.h"
#include "core/provider/provider.h"
#include "core/session/context.h"
#include "store/record.h"
#include "util/proof.h"
#include "util/text.h"

/* The kind of the records of apps. */
#define APP_KIND "app"

/* One entry of a stack, ready to run. */
struct bound_entry {
    const struct plugin *plugin; /* NULL when it could not be loaded */
    struct grant_limit sandbox;
    char **reachable; /* files and URLs that its options name; ends with NULL */
    unsigned port;    /* of the account's own base URL; or 0 */
    int code;         /* the code with which the entry will fail; or FOB_SUCCESS */
    char *error;      /* the message for CODE; NULL on success */
    char *hint;
    struct option_values options;
    struct mistakes warnings; /* of the plugin's check */
};

struct bound_stack {
    struct bound_entry *entries; /* one for each entry of the provider's stack; NULL until bound */
    size_t count;
    int code;     /* FOB_CONFIG when options have mistakes */
    bool refused; /* a plugin must not be loaded, so no hook is run */
    size_t refused_at;
};

/* The state of the hook's calls to the provider. */
struct call {
    bool paid;           /* the budget already counts the next call */
    bool answered;       /* the provider answered the last call */
    int64_t retry_after; /* from the last answer, in seconds; or 0 */
};

struct fob_handle {
    struct fob_context *context;
    uint64_t process;    /* the process that started it */
    uint32_t number;     /* unique in this process; identifies the handle to workers */
    const char *at_work; /* the function that is using the handle; or NULL */
    struct fob_conversation conv;
    char account[FOB_NAME_MAX + 1];
    char provider_name[FOB_NAME_MAX + 1];
    struct fob_provider *provider; /* NULL until needed: handle_provider() */
    char *items[FOB_ITEM_COUNT];   /* NULL: not set; "": remove it */
    unsigned patience;             /* seconds */
    bool exact;                    /* allow invisible characters in values */
    bool thorough;                 /* a validation tries rights, too */
    bool untried;                  /* a validate hook has left rights untried */

    struct record *stored;            /* as last read or written; NULL before link */
    struct record *input;             /* the fields that were set or typed */
    struct record *candidate;         /* the record that the hooks work on */
    const struct record *app;         /* of the provider's app; NULL until it is needed */
    struct record *app_read;          /* that record, if it is the handle's own */
    bool for_app;                     /* the fields are the app's, not those of an account */
    bool signed_in;                   /* a person has signed in for CANDIDATE */
    bool token_put;                   /* a hook has put a token into CANDIDATE */
    bool renewed;                     /* … or a renew hook was run, and did not ignore that */
    struct fob_account *account_view; /* a view of STORED for fob_handle_account(), or NULL */

    struct bound_stack bound[HOOK_COUNT];
    bool prepared;                  /* dispatch_prepare() was called */
    bool shares;                    /* PROVIDER, BOUND and WORKERS belong to another handle */
    struct plugin_workers *workers; /* NULL until a plugin is loaded */

    struct rehearsal *rehearsal; /* of an account in memory, whose requests it answers; or NULL */
    struct recording *recording; /* takes what the provider answers; or NULL */
    char *recorded;              /* what fob_rehearsal() returns, or why it fails; or NULL */
    int recorded_code;

    struct call call;
    const _Atomic(int64_t) *end; /* of a sweep: when it must end, 0 for not yet known; else NULL */
    void (*on_poll)(void *data); /* called before END is read, if no other thread sets END */
    void *poll_data;

    struct fob_secret *sign_in; /* the pending sign-in; or NULL, as the next */
    struct fob_secret *sign_in_answer;

    struct proof proof;
    char *base_url; /* from authorize; NULL for that of the options */

    /* Valid while a hook runs. */
    enum hook hook;
    const struct plugin *plugin;
    const struct bound_entry *header_entry; /* the entry that added the last of PROOF */
    /* The same, after fob_authorize(); else NULL. */
    const struct bound_entry *authorized;
};

/* Describe in WHAT an invisible character that does not belong in a field's value; false when there
 * is none. */
bool handle_finds_unseen(const struct fob_handle *handle, const void *value, size_t size,
                         char what[static TEXT_UNSEEN]);
/* The time, in seconds since the Epoch; a rehearsal moves it. */
int64_t handle_time(const struct fob_handle *handle);
/* Whether HANDLE was started before a fork, in the parent; then its secrets are gone. */
bool handle_is_lost(const struct fob_handle *handle);
/* Check, for the public FUNCTION, that HANDLE may be used in this process.  Returns FOB_SUCCESS,
 * FOB_INVALID. */
int handle_check(const struct fob_handle *handle, const char *function);
/* The same, and check that no function is using it. */
int handle_check_idle(const struct fob_handle *handle, const char *function);
/* Before a change at the provider or here: see the account as the server of several machines has it
 * now.  Returns as machines_catch_up() and store_read(). */
int handle_catch_up(struct fob_handle *handle);
/* Mark HANDLE as used by FUNCTION until handle_end_work(), and check FLAGS against the known ones,
 * TAKEN.  Returns FOB_SUCCESS, FOB_INVALID. */
int handle_begin_work(struct fob_handle *handle, const char *function, unsigned flags,
                      unsigned taken);
/* Returns CODE. */
int handle_end_work(struct fob_handle *handle, int code);
/* Check HANDLE, at the beginning of a public function that returns a code. */
#define NEED_HANDLE(handle)                           \
    do {                                              \
        int checked = handle_check(handle, __func__); \
                                                      \
        if (checked != FOB_SUCCESS)                   \
            return checked;                           \
    } while (0)
/* Whether PROVIDER is a provider's name.  Returns FOB_SUCCESS, FOB_INVALID. */
int handle_check_provider(const char *provider);
/* Make a handle for ACCOUNT without reading the account.  End it with fob_end().  Returns
 * FOB_SUCCESS, FOB_NOMEM. */
int handle_new(struct fob_context *context, const char *account,
               const struct fob_conversation *conv, struct fob_handle **handle);
/* Forget what hooks have put on requests. */
void handle_clear_credential(struct fob_handle *handle);
/* Read HANDLE's provider on the first call, and check that it has no mistakes.  Returns
 * FOB_SUCCESS, FOB_NOT_FOUND, FOB_CONFIG, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int handle_provider(struct fob_handle *handle);
/* As fob_start(), for an account whose RECORD was just read.  Owns RECORD, even on failure. */
int handle_start(struct fob_context *context, struct record *record,
                 const struct fob_conversation *conv, struct fob_handle **handle);
/*
 * If the provider has fields of an app, read the app's record on the first call: in a rehearsal, an
 * empty one.  Returns FOB_SUCCESS, FOB_CONFIG (nobody has registered the app, or a field is
 * missing), and as store_read().
 */
int handle_read_app(struct fob_handle *handle);
/* The name of the record of PROVIDER's app.  Returns FOB_SUCCESS, FOB_INVALID (it would be too
 * long). */
int handle_app_name(const char *provider, char name[static FOB_NAME_MAX + 1]);
/* Give the field NAME, of the account or of its provider's app, the value of a rehearsal.  Returns
 * as fob_set_field(). */
int handle_set_rehearsed(struct fob_handle *handle, const char *name, const char *value);
/* The address at fob-hub to which a browser comes back from PROVIDER; the caller frees it.  NULL if
 * hub: of fob.yaml has no url.  Returns FOB_SUCCESS, FOB_NOMEM. */
int handle_callback(const struct fob_context *context, const char *provider, char **uri);
/* The fields that HANDLE sets: those of an account, or of an app. */
const struct provider_field *handle_fields(const struct fob_handle *handle, size_t *count);
/* Let HANDLE use the provider and the stacks of MODEL, which has the same provider and
 * outlives HANDLE. */
void handle_share(struct fob_handle *handle, const struct fob_handle *model);
/* Replace STORED by RECORD, which the handle then owns; RECORD may be NULL. */
void handle_set_stored(struct fob_handle *handle, struct record *record);
/* Put a checked value into INPUT. */
int handle_set_input(struct fob_handle *handle, const struct provider_field *field,
                     const void *value, size_t size);
/* Copy the items that were set to RECORD. */
int handle_apply_items(const struct fob_handle *handle, struct record *record);
/* Make CANDIDATE: the stored record, or a new one, with the items and the input fields. */
int handle_make_candidate(struct fob_handle *handle);
/* As fob_sign_in() in a link hook. */
int handle_sign_in(struct fob_handle *handle, const struct fob_sign_in_request *request,
                   struct fob_sign_in_answer *answer);
/* Reset the state of the calls of an earlier hook. */
void call_reset(struct fob_handle *handle);
/* As fob_begin_call(), fob_end_call() and fob_is_over() in a hook. */
int call_begin(struct fob_handle *handle, int64_t pause);
void call_end(struct fob_handle *handle, bool answered, int64_t retry_after);
bool call_is_over(const struct fob_handle *handle);
/* Sleep for MS milliseconds.  Returns FOB_SUCCESS, FOB_ABORT (the sweep ends). */
int call_sleep_for(const struct fob_handle *handle, int64_t ms);
/* Whether the next call may begin at once: the budget has counted it, or does not count it. */
bool call_is_counted(const struct fob_handle *handle);
/* Report that this thread waits for the provider's answer. */
void call_report_wait(const struct fob_handle *handle);
void handle_unbind(struct bound_stack *bound);

#endif
