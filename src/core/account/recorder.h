/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Making a rehearsal of a live link.
 *
 * Requests are not copied: the hook is run again, with examples in place of the fields, as for
 * "fob check", and what it sends then is written.  Answers keep only what changes the result of
 * that run when it is missing, with examples in place of texts and numbers.  So no plugin, and no
 * way to encode a secret, needs to be known.  The last run, whose requests are written, is in
 * workers that have seen examples only.
 */
#ifndef FOB_CORE_ACCOUNT_RECORDER_H
#define FOB_CORE_ACCOUNT_RECORDER_H

#include "core/provider/recording.h"
#include "core/session/handle.h"

/* Check that the hooks of HANDLE's link stack can be recorded.  Returns FOB_SUCCESS, FOB_INVALID,
 * and as dispatch_prepare(). */
int recorder_check(struct fob_handle *handle);

/*
 * Make the text of a rehearsal of HANDLE's link, which ended with CODE after the answers of
 * RECORDING.  The caller frees TEXT.  Returns FOB_SUCCESS; FOB_CONFIG (a field needs an example);
 * FOB_PROTOCOL (the link cannot be repeated so, or something in it is not understood); FOB_NOMEM,
 * or as hooks do.
 */
int recorder_make(struct fob_handle *handle, int code, struct recording *recording, char **text);

#endif
