/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The parts of fob_check(), shared by the files check*.c.
 */
#ifndef FOB_CORE_ACCOUNT_CHECK_PARTS_H
#define FOB_CORE_ACCOUNT_CHECK_PARTS_H

#include "core/provider/provider.h"
#include "core/session/handle.h"
#include "util/strbuf.h"

struct check_state {
    struct fob_context *context;
    fob_finding_fn *fn;
    void *data;
    size_t bad;                     /* findings so far */
    int code;                       /* the gravest so far */
    struct strbuf reported;         /* lines reported about the provider's entries */
    struct plugin_workers *workers; /* of all rehearsals */
};

/* Keep the gravest code: damaged data first, else the first finding. */
void check_note_code(struct check_state *check, int code);
void check_report_finding(struct check_state *check, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Check the provider NAME with its plugins, and play its rehearsals. */
void check_provider(struct check_state *check, const char *name);

/* Report providers whose app is missing although an account or an invitation needs it
 * (check_apps.c).  The store is unlocked. */
void check_apps(struct check_state *check);

/* Check the spool of invitations, if there is a hub (check_hub.c). */
void check_hub(struct check_state *check);
/* Correct modes and owners in it, and report that.  Returns as spool_compare(). */
int check_hub_repair(struct fob_context *context, fob_finding_fn *fn, void *data);
/* Report where the sign-ins of invited people come back to. */
void check_hub_callback(struct check_state *check, const struct fob_provider *provider);

/* Check that the store's folder is on a file system of this machine. */
void check_files(struct check_state *check);
/* Check the server of a store of several machines: nothing for a store of one. */
void check_server(struct check_state *check);

#endif
