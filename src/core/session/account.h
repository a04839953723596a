/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * struct fob_account: an account without its secrets.
 */
#ifndef FOB_CORE_SESSION_ACCOUNT_H
#define FOB_CORE_SESSION_ACCOUNT_H

#include <fob/fob.h>

struct confirmed;
struct record;
struct store;

/* The error of an account NAME that is not in the store; the hint names the nearest one. */
int account_fail_missing(struct store *store, const char *name);

int account_from_record(const struct record *record, struct fob_account **account);
/* Have ACCOUNT look for a confirmation (confirmed.h) of RECORD, which lives as long, when somebody
 * asks. */
void account_confirm_later(struct fob_account *account, struct store *store, struct record *record);

/* Whether CHOOSE, which may be NULL, means RECORD's account; CONFIRMED tells when it was last
 * accepted, or is NULL when RECORD does.  Returns FOB_SUCCESS, FOB_NOMEM. */
int account_is_chosen(struct record *record, struct confirmed *confirmed, fob_choose_fn *choose,
                      void *data, bool *chosen);

#endif
