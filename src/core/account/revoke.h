/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The part of revoking that the provider sees.
 */
#ifndef FOB_CORE_ACCOUNT_REVOKE_H
#define FOB_CORE_ACCOUNT_REVOKE_H

#include "core/session/handle.h"

/* End HANDLE's candidate at the provider.  Returns as fob_revoke(), and erases nothing. */
int revoke_end_at_provider(struct fob_handle *handle, unsigned flags);

#endif
