/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Whether the credential of a new account, or its company, is linked already under another name.
 */
#ifndef FOB_CORE_ACCOUNT_DUPLICATES_H
#define FOB_CORE_ACCOUNT_DUPLICATES_H

#include "core/session/handle.h"

/*
 * Warn of the other accounts of the same provider that have the same credential as DRAFT, or, with
 * IDENTITIES, the same remote identity: one warning an account.  Returns as sharing_find().
 */
int duplicates_warn(struct fob_handle *handle, bool identities);

#endif
