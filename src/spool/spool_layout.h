/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The folders of a spool, their modes, and who owns what in them (fob-hub-spool(5)).
 */
#ifndef FOB_SPOOL_SPOOL_LAYOUT_H
#define FOB_SPOOL_SPOOL_LAYOUT_H

#include <stdbool.h>
#include <sys/types.h>

enum spool_folder {
    SPOOL_SITE,
    SPOOL_CARDS,
    SPOOL_INBOX,
    SPOOL_RESULTS,
    SPOOL_WORK,
    SPOOL_FOLDERS /* the number of folders in the spool */
};

struct spool_rule {
    const char *name;
    mode_t folder; /* the mode of the folder */
    mode_t file;   /* the mode of each file in it */
};
extern const struct spool_rule spool_rules[SPOOL_FOLDERS];

/* Who uses a spool: the owner of the store, and the user and group of fob-hub. */
struct spool_users {
    uid_t owner;
    uid_t hub;
    gid_t group;
};

/* Make the spool at PATH, whose parent exists, and the folders that it lacks.  A folder that exists
 * is left as it is.  The caller is the owner.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM. */
int spool_create(const char *path, gid_t group);

/* What is wrong with an entry of a spool. */
struct spool_fault {
    const char *path; /* below the spool */
    const char *what; /* "mode is 0755, not 0750", say */
    bool fixed;
};
typedef void spool_fault_fn(void *data, const struct spool_fault *fault);
/* Compare types, modes and owners of the spool at PATH with the table, and call REPORT with DATA
 * for each fault.  With FIX, correct modes and owners.  Returns FOB_SUCCESS, also with faults;
 * FOB_NOT_FOUND, FOB_NOT_ALLOWED, FOB_SYSTEM. */
struct spool_check {
    struct spool_users users;
    bool fix;
    spool_fault_fn *report;
    void *data;
};
int spool_compare(const char *path, const struct spool_check *check);

#endif
