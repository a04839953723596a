/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Reporting an account's new status to the on_change program of fob.yaml(5).
 */
#ifndef FOB_CORE_ACCOUNT_CHANGE_H
#define FOB_CORE_ACCOUNT_CHANGE_H

#include "core/session/context.h"
#include "store/record.h"

/* The time limit for all on_change programs of a validation or a sweep together. */
#define CHANGE_MS 60000

struct change {
    const char *account;
    const char *provider;
    enum fob_status from, to;
    const char *reason;          /* in plain words, or "" */
    const char *invitation;      /* its ID, for change_report_invitation() alone */
    int64_t *left;               /* what is left of CHANGE_MS */
    void (*on_poll)(void *data); /* called several times a second while the program runs; or NULL */
    void *data;
};

/* Note on RECORD, before it is written, that its status was WAS.  The new status will be reported,
 * unless the program already knows it. */
void change_record(const struct fob_context *context, struct record *record, int was);
/* Find a change of RECORD that must be reported, and set CHANGE's FROM, TO and reason.  False when
 * there is none. */
bool change_find(const struct fob_context *context, const struct record *record,
                 struct change *change);
/* Run the program and wait for it.  If it succeeds, STORE records that the change was reported;
 * else that is logged, and the change is reported again later.  Keeps the thread's error. */
void change_report(struct fob_context *context, struct store *store, const struct change *change);
/* Run the program, if there is one, for the invitation to CHANGE's account, which is now STATE.  Of
 * CHANGE only account, provider, reason and invitation count. */
void change_report_invitation(struct fob_context *context, const struct change *change,
                              const char *state);

#endif
