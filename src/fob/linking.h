/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Retrying a credential with a person at the keyboard, for link and edit.
 *
 * Some providers show a secret only once, so a typed value must not be lost to a bad network or a
 * full disk.
 */
#ifndef FOB_FOB_LINKING_H
#define FOB_FOB_LINKING_H

#include "cli/cli.h"

/* fob_link() or fob_edit(). */
typedef int linking_fn(struct fob_handle *handle, unsigned flags);

/*
 * Call FN on the handle with FLAGS until it succeeds or the person gives up: refused values may be
 * typed again, and after other failures the same values may be tried again or stored unchecked.
 * Without a terminal there is one try. *FLAGS receives the flags of the last try.  Reports errors.
 * Returns FN's code.
 */
int linking_run(struct cli *cli, linking_fn *fn, unsigned *flags);

#endif
