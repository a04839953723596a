/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A sign-in from a command line: the person gets an address for a browser, and the answer comes by
 * the loopback interface, or is pasted.
 */
#ifndef FOB_FOB_BROWSER_H
#define FOB_FOB_BROWSER_H

#include "cli/cli.h"
#include "fob/loopback.h"

/* The options of link and edit. */
/* clang-format off */
#define BROWSER_OPTIONS                                                                           \
    { "browser", "WAY", "how the answer of a sign-in arrives: paste, loopback or auto" },        \
    { "open", NULL, "open the address of a sign-in with xdg-open" }
/* clang-format on */

struct browser {
    bool pastes;  /* a person can paste the answer */
    bool listens; /* a browser on this machine can bring it */
    bool opens;
    bool on_stdin; /* the address goes to the answer, and what is pasted comes from stdin */
    struct loopback loopback;
};

/* Read the options, and let CLI's handles sign in by BROWSER, which must outlive them.  Reports
 * errors.  Returns FOB_SUCCESS, FOB_INVALID. */
int browser_read(struct cli *cli, struct browser *browser);
/* Close what a sign-in has left open. */
void browser_close(struct browser *browser);

#endif
