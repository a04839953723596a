/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The databases of users and groups.  Thread-safe.
 */
#ifndef FOB_UTIL_PASSWD_H
#define FOB_UTIL_PASSWD_H

#include <pwd.h>
#include <sys/types.h>

/* Find the user NAME, or the user with the id UID when NAME is NULL.  The texts of ENTRY lie in
 * TEXTS, which the caller frees.  Returns 0, ENOENT when there is no such user, or an errno. */
int passwd_find_user(const char *name, uid_t uid, struct passwd *entry, char **texts);
/* The id of the group NAME.  Returns as above. */
int passwd_find_group(const char *name, gid_t *gid);

#endif
