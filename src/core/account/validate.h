/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The two halves of a validation: judging what the provider says, and storing the result.
 */
#ifndef FOB_CORE_ACCOUNT_VALIDATE_H
#define FOB_CORE_ACCOUNT_VALIDATE_H

#include "core/session/handle.h"

/* Before HANDLE's validate stack runs: with NOW, and for an account that was never asked about, it
 * tries rights, too. */
void validate_prepare(struct fob_handle *handle, bool now);
/* Turn CODE, the verdict of the validate stack, into the code for the account.  VERDICT says
 * whether it is about the credential. */
int validate_judge(const struct fob_handle *handle, int code, bool *verdict);

/* Ask the provider about HANDLE's stored account.  VERDICT says whether the returned code is a
 * verdict on the credential, which must be stored.  Changes and logs nothing. */
int validate_ask(struct fob_handle *handle, unsigned flags, bool *verdict);

/* The result of a validation; texts are borrowed. */
struct validation_result {
    uint64_t generation; /* of the credential that was tried */
    int code;            /* the verdict */
    bool reject_at_once; /* the first rejection counts */
    const char *why;
    const char *remote_id;
    const char *remote_name;
};
/* Whether RESULT changes nothing in RECORD but its time of validation. */
bool validate_is_unchanged(const struct record *record, const struct validation_result *result);
/* Apply RESULT to RECORD.  Returns FOB_SUCCESS, FOB_CHANGED (RECORD has other keys by now; it is
 * left unchanged), FOB_NOMEM, FOB_INVALID. */
int validate_apply_result(struct record *record, const struct validation_result *result);

#endif
