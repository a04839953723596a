/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Functions that linking and editing share.
 */
#ifndef FOB_CORE_ACCOUNT_LINK_H
#define FOB_CORE_ACCOUNT_LINK_H

#include "core/session/handle.h"

/* Show the provider's guide, unless FOB_NO_GUIDE. */
void link_show_guide(struct fob_handle *handle, unsigned flags);
/* Run the link stack on CANDIDATE, unless FOB_NO_VALIDATE, and on success set its status, times and
 * generation. */
int link_check_candidate(struct fob_handle *handle, unsigned flags);
/* Make CANDIDATE, ask for its fields, and check it so. */
int link_make_candidate(struct fob_handle *handle, unsigned flags);

#endif
