/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Making and ending invitations.
 */
#ifndef FOB_CORE_INVITATION_INVITE_H
#define FOB_CORE_INVITATION_INVITE_H

#include "core/invitation/invitation_spool.h"

/* A new link: a record of its own with the token's hash, a key pair, perhaps a PIN. */
struct invite {
    struct record *record;
    struct fob_secret *link;
    struct fob_secret *pin;      /* or NULL */
    struct fob_invitation *copy; /* of the record, for the caller */
};
/* Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM; clear INVITE even on failure. */
int invite_begin(struct fob_context *context, bool pin, struct invite *invite);
/* The invitation begins NOW, and is valid for VALID seconds and ATTEMPTS refused keys. */
int invite_set_numbers(struct record *record, int64_t now, int64_t valid, int64_t attempts);
/* Store the record, and show the page. */
int invite_publish(struct store *store, const struct invitation_spool *spool,
                   const struct fob_provider *provider, struct record *record);
/* Hand over to the caller what belongs to the person.  PIN may be NULL without one; so may
 * INVITATION. */
void invite_give(struct invite *invite, struct fob_secret **link, struct fob_secret **pin,
                 struct fob_invitation **invitation);
void invite_clear(struct invite *invite);

/* Read the record of the invitation ID.  Returns FOB_SUCCESS, FOB_INVALID, FOB_NOT_FOUND, and as
 * store_read(). */
int invite_read(struct store *store, const char *id, struct record **record);
/* The title of RECORD's provider, for the caller to free; NULL when out of memory. */
char *invite_title(struct fob_context *context, const struct record *record);
/* Report the state of RECORD to the on_change program of fob.yaml(5). */
void invite_report(struct fob_context *context, const struct record *record);
/* End the invitation of RECORD, which was read before, in STATE: in the store, the spool and the
 * log.  FOB_CHANGED if somebody else ended it meanwhile.  RECORD becomes what is stored. */
int invite_end(struct fob_context *context, const struct invitation_spool *spool,
               struct record *record, enum fob_invitation_state state, const char *reason);

#endif
