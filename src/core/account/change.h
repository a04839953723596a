/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Telling the program that on_change of fob.yaml(5) names of an account's new status.
 */
#ifndef FOB_CORE_ACCOUNT_CHANGE_H
#define FOB_CORE_ACCOUNT_CHANGE_H

#include "core/session/context.h"
#include "store/record.h"

/* Milliseconds that all programs together get, of one validation or of a sweep. */
#define CHANGE_MS 60000

struct change {
    const char *account;
    const char *provider;
    enum fob_status from, to;
    const char *reason;          /* in plain words, or "" */
    int64_t *left;               /* of CHANGE_MS */
    void (*on_poll)(void *data); /* called several times a second meanwhile, or NULL */
    void *data;
};

/* Note on RECORD, which is to be written, that it had the status WAS: what its new one is, is to be
 * told, unless the program knows that. */
void change_record(const struct fob_context *context, struct record *record, int was);
/* What RECORD has that is to be told: FROM, TO and the reason are put into CHANGE.  False when it
 * has nothing. */
bool change_find(const struct fob_context *context, const struct record *record,
                 struct change *change);
/* Run the program, and wait for its end.  When it ended well, that is kept in STORE; else it is
 * logged, and the change is told the next time.  Keeps the thread's error. */
void change_report(struct fob_context *context, struct store *store, const struct change *change);

#endif
