/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Invitations as records of the store, "invitation:ID" (fob-store(5)).
 *
 * Such a record has the provider, the type, the owner and the expiry that the account will get, and
 * the values below as fields.  Fields of the credential that are known beforehand have the names
 * "f-NAME".
 *
 *           +------------------- a new drop -------------------+
 *           v                                                  |
 *   open -> received -> checking -> retry or signin -----------+
 *           |  ^            |
 *           |  +- later ----+
 *           +---------------+---> done, blocked, expired, cancelled
 *
 * In an end the record has no secret any more: the fields of secrets are empty.
 */
#ifndef FOB_CORE_INVITATION_INVITATION_H
#define FOB_CORE_INVITATION_INVITATION_H

#include "core/session/context.h"
#include "spool/spool_file.h"
#include "spool/spool_name.h"
#include "store/record.h"

#define INVITATION_KIND "invitation"
#define INVITATION_KIND_SIZE (sizeof INVITATION_KIND) /* with the colon */
/* Of the record of an invitation. */
#define INVITATION_NAME_ROOM (INVITATION_KIND_SIZE + SPOOL_ID_TEXT + 1)
/* An invitation that has ended: the page says so for a week, fob for 90 days. */
#define INVITATION_PAGE_S (7 * 24 * 3600)
#define INVITATION_KEPT_S (90 * 24 * 3600)
/* A drop counts that came in this long after the end. */
#define INVITATION_GRACE_S (15 * 60)
/* The most sign-ins that are under way, and how long the person has for one. */
#define INVITATION_SIGN_INS 8
#define INVITATION_SIGN_IN_S 600

enum invitation_text {
    INVITATION_ACCOUNT,
    INVITATION_HASH,       /* of the token, 64 hexadecimal digits */
    INVITATION_PUBLIC_KEY, /* 43 characters of base64url */
    INVITATION_TO,
    INVITATION_FROM,
    INVITATION_LABEL,
    INVITATION_NOTE,
    INVITATION_RETURN,
    INVITATION_EXPECT,
    INVITATION_REASON,
    INVITATION_DROP,    /* that waits or is being checked */
    INVITATION_BROWSER, /* that sent it */
    INVITATION_SEEN,    /* each drop that was handled, 32 digits and a blank each */
    INVITATION_TEXTS
};
enum invitation_number {
    INVITATION_STATE,  /* enum fob_invitation_state */
    INVITATION_FLAGS,  /* FOB_HOLD, FOB_NEW_IDENTITY */
    INVITATION_RELINK, /* the account existed */
    INVITATION_ASKS_PIN,
    INVITATION_MADE,
    INVITATION_VALID, /* for how long it was made, in seconds */
    INVITATION_EXPIRES,
    INVITATION_SINCE,   /* of the state */
    INVITATION_ALLOWED, /* refused keys at first */
    INVITATION_LEFT,
    INVITATION_UNCLEAR,   /* answers that were not understood */
    INVITATION_FIRST_TRY, /* of the drop that waits */
    INVITATION_TRIES,
    INVITATION_NEXT, /* the time of the next try */
    INVITATION_NUMBERS
};
enum invitation_secret { INVITATION_KEY, INVITATION_PIN, INVITATION_SECRETS };

/* The record's name for ID, which must be 32 hexadecimal digits; FOB_INVALID otherwise. */
int invitation_name(const char *id, char name[static INVITATION_NAME_ROOM]);
/* The ID of RECORD. */
const char *invitation_id(const struct record *record);
const char *invitation_text(const struct record *record, enum invitation_text which);
/* TEXT may be NULL. */
int invitation_set_text(struct record *record, enum invitation_text which, const char *text);
int64_t invitation_number(const struct record *record, enum invitation_number which);
int invitation_set_number(struct record *record, enum invitation_number which, int64_t number);
/* Borrowed; empty when there is none. */
struct span invitation_secret(const struct record *record, enum invitation_secret which);
int invitation_set_secret(struct record *record, enum invitation_secret which, struct span secret);
/* A field that is known beforehand, number INDEX from 0, without its prefix; false past the last.
 */
bool invitation_preset(const struct record *record, size_t index, struct record_field *field);
int invitation_set_preset(struct record *record, const struct record_field *field);
/* A sign-in that is under way, in the slot INDEX: what fob_get_sign_in() gave, and the drop that
 * asked for it.  False for an empty slot. */
bool invitation_sign_in(const struct record *record, unsigned index, struct span *pending,
                        struct span *drop);
int invitation_set_sign_in(struct record *record, unsigned index, struct span pending,
                           struct span drop);

/* For applications, without secrets.  The caller frees the copy. */
int invitation_copy(const struct record *record, struct fob_invitation **invitation);

enum fob_invitation_state invitation_state(const struct record *record);
/* Set the state, its time and its reason. */
int invitation_set_state(struct record *record, enum fob_invitation_state state, int64_t now,
                         const char *reason);
bool invitation_is_end(enum fob_invitation_state state);
/* Whether DROP, 32 digits, was handled. */
bool invitation_has_seen(const struct record *record, const char *drop);
int invitation_add_seen(struct record *record, const char *drop);
/* End: set the state, and erase all secrets: the key, the PIN, sign-ins, fields. */
int invitation_end(struct record *record, enum fob_invitation_state state, int64_t now,
                   const char *reason);

#endif
