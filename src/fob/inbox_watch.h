/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Handling what arrives in the spool until a signal ends it.
 */
#ifndef FOB_FOB_INBOX_WATCH_H
#define FOB_FOB_INBOX_WATCH_H

#include "cli/cli.h"

/*
 * Call fob_inbox() with PLAN, except tick, for what is there, then whenever something arrives, and
 * at least each minute, with a new context each time: so no key is held meanwhile, and a new
 * configuration is seen.  A failure is reported once, and tried again.
 *
 * Returns FOB_SUCCESS after SIGTERM or SIGINT; before the first success, reported: as fob_open(),
 * FOB_CONFIG, FOB_NOT_FOUND, FOB_NOT_ALLOWED; and FOB_SYSTEM.
 */
int inbox_watch(struct cli *cli, const struct fob_inbox *plan);

#endif
