/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Looks up the user that a program runs as.  This is done before the fork, where it is still
 * safe. */
#include "config.h"

#include "user.h"

#include "util/passwd.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <unistd.h>

static int user_find_ids(struct fob_handle *handle, const char *name, struct user *user)
{
    struct passwd entry;
    char *texts;
    int error = passwd_find_user(name, 0, &entry, &texts);

    if (error == 0) {
        user->uid = entry.pw_uid;
        user->gid = entry.pw_gid;
        free(texts);
        return FOB_SUCCESS;
    }
    if (error == ENOENT) {
        fob_mistake(handle, "user", "%s: there is no such user", name);
        return fob_fail(handle, FOB_CONFIG, "provider %s: exec: user: %s: there is no such user",
                        fob_provider_name(handle), name);
    }
    errno = error;
    return fob_fail(handle, error == ENOMEM ? FOB_NOMEM : FOB_SYSTEM,
                    "provider %s: exec: user: %s: %m", fob_provider_name(handle), name);
}

static int user_find_groups(struct fob_handle *handle, const char *name, struct user *user)
{
    gid_t *more;
    int count = 16;

    for (int tries = 0; tries < 8; tries++) {
        more = reallocarray(user->groups, (size_t)count, sizeof *more);
        if (more == NULL)
            return fob_fail(handle, FOB_NOMEM, "out of memory");
        user->groups = more;
        if (getgrouplist(name, user->gid, more, &count) >= 0) {
            user->count = (size_t)count;
            return FOB_SUCCESS;
        }
    }
    return fob_fail(handle, FOB_SYSTEM, "provider %s: exec: user: %s: their groups cannot be read",
                    fob_provider_name(handle), name);
}

int user_find(struct fob_handle *handle, const char *name, struct user *user)
{
    int code;

    if (geteuid() != 0) {
        fob_mistake(handle, "user", "only root can run a program as %s", name);
        fob_fail(handle, FOB_CONFIG, "provider %s: exec: user: only root can run a program as %s",
                 fob_provider_name(handle), name);
        fob_hint(handle, "run fob as root, or take the option user away");
        return FOB_CONFIG;
    }
    code = user_find_ids(handle, name, user);
    return code == FOB_SUCCESS ? user_find_groups(handle, name, user) : code;
}

void user_free(struct user *user)
{
    free(user->groups);
    *user = (struct user){ .groups = NULL };
}
