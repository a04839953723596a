/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The part of lending that a provider's plugins do.
 */
#ifndef FOB_CORE_ACCOUNT_LEND_H
#define FOB_CORE_ACCOUNT_LEND_H

#include "core/session/handle.h"

/* Let the authorize stack put the credential on the handle, for requests.  Returns as
 * fob_authorize(). */
int lend_put_credential(struct fob_handle *handle);

#endif
