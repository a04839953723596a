/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The inbox: what invited persons sent.  Part of <fob/fob.h>. */
#ifndef FOB_INBOX_H
#define FOB_INBOX_H

#include <fob/invitation.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What became of an invitation, borrowed during the call.  Since 0.2. */
struct fob_inbox_result {
    size_t size;    /* sizeof this struct */
    const char *id; /* of the invitation */
    const char *account;
    const char *provider;
    enum fob_invitation_state state;
    int code;           /* as fob_link() */
    const char *reason; /* in plain words; "" on FOB_SUCCESS */
    const char *hint;   /* or "" */
};
typedef void fob_inbox_fn(const struct fob_inbox_result *result, void *data);
/* False ends fob_inbox() soon.  Since 0.2. */
typedef bool fob_inbox_tick_fn(void *data);

/* Since 0.2. */
struct fob_inbox {
    size_t size;             /* sizeof this struct */
    fob_inbox_fn *tell;      /* called for each change of an invitation; may be NULL */
    fob_inbox_tick_fn *tick; /* called some ten times a second; may be NULL */
    void *data;              /* for both, which are called by the calling thread */
    unsigned jobs;           /* how many links at a time; 0 for 4 */
};
/*
 * Handle all that waits in the spool: link or edit the accounts, show the persons what became of
 * it, end invitations that are over.  Two calls, also of two processes, share the work.
 *
 * Other threads, one for each link, call the context's log function.
 *
 * NEXT receives the time when something that waits now is to be tried again, 0 if nothing waits.
 * An error about one invitation, such as FOB_CORRUPT, is returned after all others were handled,
 * and NEXT is set then, too.
 *
 * Returns FOB_SUCCESS, whatever each result; FOB_ABORT when TICK ended it; FOB_CONFIG (no hub: in
 * fob.yaml), FOB_LOCKED (what was sent is kept, encrypted), FOB_NOT_FOUND (no store), FOB_INVALID,
 * FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  Since 0.2.
 */
FOB_API int fob_inbox(struct fob_context *context, const struct fob_inbox *plan, int64_t *next);
/* The spool's folder for new drops, for inotify(7), borrowed from CONTEXT; "" without hub: in
 * fob.yaml.  Since 0.2. */
FOB_API const char *fob_inbox_folder(struct fob_context *context);

#ifdef __cplusplus
}
#endif

#endif
