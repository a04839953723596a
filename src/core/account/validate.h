/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The two halves of a validation: asking the provider, and keeping what was learnt.
 */
#ifndef FOB_CORE_ACCOUNT_VALIDATE_H
#define FOB_CORE_ACCOUNT_VALIDATE_H

#include "core/session/handle.h"

/* Ask the provider about HANDLE's stored account.  VERDICT says whether the code that is returned
 * is one on the credential, which is to be kept.  Nothing is changed or logged. */
int validate_ask(struct fob_handle *handle, bool *verdict);

/* What was learnt about a credential; texts are borrowed. */
struct validation_result {
    uint64_t generation; /* of the credential that was tried */
    int code;            /* the verdict */
    bool one_no;         /* one "no" is enough */
    const char *why;
    const char *remote_id;
    const char *remote_name;
};
/* Put it on the record.  Returns FOB_SUCCESS, FOB_CHANGED (it has other keys by now, and nothing
 * was changed), FOB_NOMEM, FOB_INVALID. */
int validate_apply_result(struct record *record, const struct validation_result *learnt);

#endif
