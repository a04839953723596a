/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The Unix user that a program runs as.
 */
#ifndef FOB_EXEC_USER_H
#define FOB_EXEC_USER_H

#include <fob/plugin.h>

#include <sys/types.h>

struct user {
    uid_t uid;
    gid_t gid;
    gid_t *groups; /* all groups of the user */
    size_t count;
};

/*
 * Look NAME up.  The caller must be able to become that user: only root can.  Returns FOB_SUCCESS,
 * or with a message FOB_CONFIG (also reported with fob_mistake()), FOB_SYSTEM, FOB_NOMEM.
 */
int user_find(struct fob_handle *handle, const char *name, struct user *user);
void user_free(struct user *user);

#endif
