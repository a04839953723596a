/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The owner's side of the spool (fob-hub-spool(5)): making it, the site, cards and results.
 */
#ifndef FOB_CORE_INVITATION_INVITATION_SPOOL_H
#define FOB_CORE_INVITATION_INVITATION_SPOOL_H

#include "core/session/invitation.h"
#include "core/provider/provider.h"
#include "spool/card_write.h"

struct invitation_spool {
    struct spool files;
    uid_t hub; /* the user of fob-hub, to whom drops belong */
};

/* Open the spool of fob.yaml; make it and write the site if need be.  Returns FOB_SUCCESS,
 * FOB_CONFIG (no hub: in fob.yaml; the logo), FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int invitation_spool_open(struct fob_context *context, struct invitation_spool *spool);
void invitation_spool_close(struct invitation_spool *spool);
/* Write the card of RECORD, whose provider is PROVIDER; ORIGIN is that of the sign-in page, ""
 * while nobody was sent there.  Returns FOB_SUCCESS, FOB_INVALID (too large), and as
 * spool_file_write(). */
int invitation_spool_card(const struct invitation_spool *spool, const struct record *record,
                          const struct fob_provider *provider, const char *origin);
/* Write the short card and the result of an invitation that has ended.  RESULT, which may be NULL,
 * has what only its browser is shown.  Returns as spool_file_write(). */
int invitation_spool_end(const struct invitation_spool *spool, const struct record *record,
                         const char *title, struct card_result *result);
/* Write RESULT; RECORD gives its id, state, drop, browser, times, tries and what was seen. */
int invitation_spool_result(const struct invitation_spool *spool, const struct record *record,
                            struct card_result *result);
/* Remove what the page shows of the invitation ID. */
int invitation_spool_remove(const struct invitation_spool *spool, const char *id);

#endif
