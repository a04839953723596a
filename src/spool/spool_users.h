/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The users of a spool, by the names that an installation gives them.
 */
#ifndef FOB_SPOOL_SPOOL_USERS_H
#define FOB_SPOOL_SPOOL_USERS_H

#include "spool/spool_layout.h"

/* The group of a new spool: the hub's if this user belongs to it, else the user's own. */
gid_t spool_users_group(void);
/* The users of the spool with the open folder INBOX, whose owner is this one.  The hub is the user
 * of fob-hub if the folder belongs to its group, else this user. */
struct spool_users spool_users_of(int inbox);

#endif
