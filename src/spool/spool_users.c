/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds the users of a spool. */
#include "config.h"

#include "spool/spool_users.h"

#include "util/passwd.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The user, and its group, that fob-hub runs as where it is installed for the machine. */
#define HUB_USER "fob-hub"

/* Whether this user may give files to GROUP. */
static bool users_may_give(gid_t group)
{
    const int room = getgroups(0, NULL);
    gid_t *groups = room > 0 ? calloc((size_t)room, sizeof *groups) : NULL;
    const int count = groups != NULL ? getgroups(room, groups) : 0;
    bool may = geteuid() == 0 || getegid() == group;

    for (int i = 0; i < count && !may; i++)
        may = groups[i] == group;
    free(groups);
    return may;
}

gid_t spool_users_group(void)
{
    gid_t group;

    return passwd_find_group(HUB_USER, &group) == 0 && users_may_give(group) ? group : getegid();
}

struct spool_users spool_users_of(int inbox)
{
    struct spool_users users = { geteuid(), geteuid(), getegid() };
    struct passwd entry;
    struct stat st;
    gid_t group;
    char *texts;

    if (fstat(inbox, &st) == 0)
        users.group = st.st_gid;
    if (passwd_find_group(HUB_USER, &group) == 0 && users.group == group &&
        passwd_find_user(HUB_USER, 0, &entry, &texts) == 0) {
        users.hub = entry.pw_uid;
        free(texts);
    }
    return users;
}
