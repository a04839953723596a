/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Warning of accounts that share a new account's credential or remote identity.
 */
#ifndef FOB_CORE_ACCOUNT_DUPLICATES_H
#define FOB_CORE_ACCOUNT_DUPLICATES_H

#include "core/session/handle.h"

/*
 * Warn of each other account of the same provider that has the same credential as CANDIDATE or,
 * with IDENTITIES, the same remote identity.  Returns as sharing_find().
 */
int duplicates_warn(struct fob_handle *handle, bool identities);

#endif
