/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Invitations on the command line: reading them, finding one by a word, showing it.
 */
#ifndef FOB_FOB_INVITED_H
#define FOB_FOB_INVITED_H

#include "cli/cli.h"
#include "util/strbuf.h"

/* The digits of an ID that people see. */
#define INVITED_SHORT 8

/* Whether INVITATION has ended. */
bool invited_is_over(const struct fob_invitation *invitation);

/* True when it keeps INVITATION, which it then frees. */
typedef bool invited_fn(struct fob_invitation *invitation, void *data);
/* Call FN for each invitation.  Those that cannot be read are reported.  Returns the gravest code,
 * reported: as fob_invitations_open() and fob_invitations_next(). */
int invited_each(struct cli *cli, invited_fn *fn, void *data);

/* Find the invitation of the account WORD that has not ended, or that whose ID is WORD or alone
 * begins with it.  The caller frees INVITATION.  Reports errors.  Returns FOB_SUCCESS,
 * FOB_NOT_FOUND, FOB_INVALID (several), and as invited_each(). */
int invited_find(struct cli *cli, const char *word, struct fob_invitation **invitation);

/* Append the members of the invitation's JSON object. */
void invited_json(struct strbuf *buf, const struct fob_invitation *invitation);

#endif
