/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Invitations: an account linked by a person with a browser.  Part of <fob/fob.h>. */
#ifndef FOB_INVITATION_H
#define FOB_INVITATION_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_context;
struct fob_handle;
struct fob_secret;
struct fob_invitation;

/*
 * An invitation: a link that lets one person give keys to one account on the web page of
 * fob-hub(8). What the person sends waits in the spool (fob-hub-spool(5)) until fob_inbox() links
 * the account.
 */

/* Since 0.2. */
enum fob_invitation_state {
    FOB_INVITATION_OPEN = 0,     /* nothing was sent yet */
    FOB_INVITATION_RECEIVED = 1, /* keys wait to be checked */
    FOB_INVITATION_CHECKING = 2,
    FOB_INVITATION_RETRY = 3,   /* the person was asked to correct something */
    FOB_INVITATION_SIGN_IN = 4, /* the person was sent to the provider's page */
    FOB_INVITATION_DONE = 5,    /* this one and those after it are ends */
    FOB_INVITATION_BLOCKED = 6, /* too many tries */
    FOB_INVITATION_EXPIRED = 7,
    FOB_INVITATION_CANCELLED = 8,
    FOB_INVITATION_STATES
};
/* "open", "received", "checking", "retry", "signin", "done", "blocked", "expired", "cancelled";
 * "unknown" otherwise.  Since 0.2. */
FOB_API const char *fob_invitation_state_name(int state);

/* How to invite.  A text is NULL for none.  Since 0.2. */
struct fob_invite {
    size_t size;            /* sizeof this struct */
    const char *to;         /* the name of the person */
    const char *from;       /* who invites; NULL for the name in fob.yaml */
    const char *label;      /* the company that the account is for, as the person calls it */
    const char *note;       /* a message to the person; may have several lines */
    const char *return_url; /* an https address that the last page leads to */
    int64_t valid;          /* seconds, 5 minutes to 30 days; 0 for 7 days */
    unsigned attempts;      /* how many refused keys end the invitation, 1 to 100; 0 for 5 */
    bool pin;               /* the person must know a PIN, too */
    unsigned flags;         /* FOB_HOLD; and FOB_NEW_IDENTITY for an account that exists */
};

/*
 * Invite a person to give keys to the account of HANDLE: to a new account, or, if the account
 * exists, new keys that belong to the same identity.  The items of HANDLE, FOB_ITEM_EXPECT among
 * them, and the fields that are set, apply to the account when it is linked; the person is asked
 * for the other fields.
 *
 * LINK receives the address for the person, and PIN, with the member pin, six digits for the
 * person, which should travel another way; else PIN is untouched, and may be NULL.  Neither can be
 * read again.  INVITATION, which may be NULL, receives what was stored.  The caller frees all.
 *
 * Returns FOB_SUCCESS, FOB_CONFIG (no hub: in fob.yaml; or the provider cannot be linked so),
 * FOB_INVALID (a member, or a host that the person could choose freely: set that field),
 * FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  Since 0.2.
 */
FOB_API int fob_invite(struct fob_handle *handle, const struct fob_invite *how,
                       struct fob_secret **link, struct fob_secret **pin,
                       struct fob_invitation **invitation);
/* End the invitation ID, and make another one with the same settings, valid for as long.  LINK, PIN
 * and INVITATION as fob_invite().  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_EXISTS (it is done) and
 * as fob_invite(). Since 0.2. */
FOB_API int fob_invite_again(struct fob_context *context, const char *id, struct fob_secret **link,
                             struct fob_secret **pin, struct fob_invitation **invitation);
/* End the invitation ID: its link and what was sent by it become worthless.  Returns FOB_SUCCESS,
 * FOB_NOT_FOUND, FOB_EXISTS (it has ended otherwise), FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM.  Since 0.2. */
FOB_API int fob_cancel_invitation(struct fob_context *context, const char *id);

/* Texts of an invitation, a copy of what is stored without secrets; "" if unknown.  Since 0.2. */
enum fob_invitation_text {
    FOB_INVITATION_ID, /* 32 hexadecimal digits */
    FOB_INVITATION_ACCOUNT,
    FOB_INVITATION_PROVIDER,
    FOB_INVITATION_TO,
    FOB_INVITATION_FROM,
    FOB_INVITATION_LABEL,
    FOB_INVITATION_REASON, /* why it is in its state, in plain words */
    FOB_INVITATION_TEXT_COUNT
};
FOB_API const char *fob_invitation_text(const struct fob_invitation *invitation,
                                        enum fob_invitation_text which);
/* Since 0.2. */
enum fob_invitation_number {
    FOB_INVITATION_MADE, /* times */
    FOB_INVITATION_EXPIRES,
    FOB_INVITATION_SINCE,    /* of the state */
    FOB_INVITATION_ATTEMPTS, /* refused keys */
    FOB_INVITATION_LEFT,     /* how many more refused keys end it */
    FOB_INVITATION_SIGN_INS, /* sign-ins that were begun and did not come back */
    FOB_INVITATION_NUMBER_COUNT
};
FOB_API int64_t fob_invitation_number(const struct fob_invitation *invitation,
                                      enum fob_invitation_number which);
/* The state now: an open invitation past its end is FOB_INVITATION_EXPIRED.  Since 0.2. */
FOB_API enum fob_invitation_state fob_invitation_state(const struct fob_invitation *invitation);
FOB_API void fob_invitation_free(struct fob_invitation *invitation);

/* Invitations in the order in which they were made, also those that ended within 90 days.  They
 * return as fob_accounts_open() and fob_accounts_next().  Since 0.2. */
struct fob_invitations;
FOB_API int fob_invitations_open(struct fob_context *context, struct fob_invitations **invitations);
FOB_API int fob_invitations_next(struct fob_invitations *invitations,
                                 struct fob_invitation **invitation);
FOB_API void fob_invitations_close(struct fob_invitations *invitations);

#ifdef __cplusplus
}
#endif

#endif
