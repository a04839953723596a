/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * struct fob_account: an account without its secrets.
 */
#ifndef FOB_CORE_SESSION_ACCOUNT_H
#define FOB_CORE_SESSION_ACCOUNT_H

#include <fob/fob.h>

struct validated;
struct record;
struct store;

/* Set the error for an account NAME that is not in the store; the hint suggests the nearest. */
int account_fail_missing(struct store *store, const char *name);

int account_from_record(const struct record *record, struct fob_account **account);
/* Let ACCOUNT read RECORD's time of validation (validated.h) on demand.  RECORD must outlive
 * ACCOUNT. */
void account_set_validated_later(struct fob_account *account, struct store *store,
                                 struct record *record);

/* Whether CHOOSE, which may be NULL, chooses RECORD's account.  VALIDATED has its time of
 * validation, or is NULL when RECORD has it already.  Returns FOB_SUCCESS, FOB_NOMEM. */
int account_is_chosen(struct record *record, struct validated *validated, fob_choose_fn *choose,
                      void *data, bool *chosen);

#endif
