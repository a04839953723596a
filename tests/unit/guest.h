/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Invited persons, for tests of the inbox in a world of their own.
 */
#ifndef FOB_TESTS_GUEST_H
#define FOB_TESTS_GUEST_H

#include "world.h"

#include "spool/drop.h"

/* An invitation, as the person and the hub know it. */
struct guest {
    unsigned char token[SPOOL_TOKEN];
    unsigned char key[HPKE_KEY];
    struct drop_name name;
    char id[SPOOL_ID_TEXT + 1];
    char pin[7];
    unsigned char browser; /* each byte of the nonce */
};

extern const struct fob_invite guest_plain;
/* Invite to ACCOUNT, by HANDLE, which is ended, unless that is NULL. */
void guest_invite(struct world *world, const char *account, const struct fob_invite *how,
                  struct fob_handle *handle, struct guest *guest);
/* Put the drop of a form with the fields id and token, unless NULL, into the inbox; and that of a
 * callback. */
void guest_send_form(const struct world *world, struct guest *guest, const char *id,
                     const char *token);
void guest_send_callback(const struct world *world, struct guest *guest, const char *provider,
                         const char *query);
/* Run the inbox, which must say WORDS.  Returns the time of its next try. */
int64_t guest_run(struct world *world, const char *words);
/* A file of the spool, borrowed until the next call; "" if there is none. */
const char *guest_read(const struct world *world, const char *folder, const char *name);
size_t guest_count_files(const struct world *world, const char *folder);
/* The state of the invitation that was made last. */
const char *guest_state(const struct world *world);
/* The result of the invitation must have TEXT. */
void guest_assert_shown(const struct world *world, const struct guest *guest, const char *text);

#endif
