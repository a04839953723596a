/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Accounts, as they are stored.  Part of <fob/fob.h>. */
#ifndef FOB_ACCOUNT_H
#define FOB_ACCOUNT_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_context;

/*
 * The state of an account.  A struct fob_account holds what is stored, without the secrets; it is a
 * copy, and does not follow later changes.  Since 0.1.
 */
enum fob_status {
    FOB_STATUS_ACTIVE = 0,
    FOB_STATUS_UNCHECKED = 1, /* stored without validation */
    FOB_STATUS_DEGRADED = 2,  /* the credential is accepted, but lacks a permission */
    FOB_STATUS_REJECTED = 3,  /* the provider no longer accepts it: relink */
    FOB_STATUS_EXPIRED = 4,
    FOB_STATUS_SUSPENDED = 5,  /* by an administrator */
    FOB_STATUS_MISMATCHED = 6, /* the keys belong to another identity than the linked one */
    FOB_STATUS_COUNT
};

/* "active", "unchecked", "degraded", "rejected", "expired", "suspended", "mismatched"; "unknown"
 * otherwise.  Since 0.1. */
FOB_API const char *fob_status_name(int status);
/* Returns FOB_SUCCESS or FOB_NOT_FOUND (without a message).  Since 0.1. */
FOB_API int fob_status_from_name(const char *name, enum fob_status *status);

/* Texts of an account; "" if unknown.  Since 0.1. */
enum fob_text {
    FOB_TEXT_NAME,
    FOB_TEXT_PROVIDER,
    FOB_TEXT_TYPE, /* "production" or "test" */
    FOB_TEXT_OWNER_ID,
    FOB_TEXT_OWNER_NAME,
    FOB_TEXT_OWNER_EMAIL,
    FOB_TEXT_REMOTE_ID, /* the identity at the provider; the company for CharlieHR */
    FOB_TEXT_REMOTE_NAME,
    FOB_TEXT_LAST_ERROR, /* in plain words */
    FOB_TEXT_HOSTS,      /* servers that helpers of git and docker may lend it to, with a blank
                            between two; since 0.2 */
    FOB_TEXT_VARIABLES,  /* what a program gets beside the fields, and is no secret: lines
                            NAME=VALUE; since 0.2 */
    FOB_TEXT_INVITATION, /* the ID of the invitation that last brought keys; since 0.2 */
    FOB_TEXT_COUNT
};

/* Since 0.1. */
enum fob_time {
    FOB_TIME_LINKED,
    FOB_TIME_CHANGED,   /* the last edit of the credential */
    FOB_TIME_VALIDATED, /* the provider last accepted it */
    FOB_TIME_REFUSED,   /* the first rejection since the last success */
    FOB_TIME_EXPIRES,
    FOB_TIME_COUNT
};

struct fob_account;

/* Since 0.1. */
FOB_API const char *fob_account_text(const struct fob_account *account, enum fob_text which);
/* Since 0.1. */
FOB_API int64_t fob_account_time(const struct fob_account *account, enum fob_time which);
/* The status now: an account past its expiry is FOB_STATUS_EXPIRED, unless it is suspended,
 * rejected or mismatched; FOB_STATUS_UNCHECKED for NULL.  Since 0.1. */
FOB_API enum fob_status fob_account_status(const struct fob_account *account);
/* The name of field number INDEX (from 0), borrowed, and whether it is secret; NULL past the last.
 * SECRET may be NULL.  Since 0.1. */
FOB_API const char *fob_account_field(const struct fob_account *account, size_t index,
                                      bool *secret);
FOB_API void fob_account_free(struct fob_account *account);
/* The name of token number INDEX (from 0), borrowed; NULL past the last.  A token is what a plugin
 * got from the provider in exchange for the fields.  Since 0.2. */
FOB_API const char *fob_account_token(const struct fob_account *account, size_t index);
/* Whether to include ACCOUNT, which is borrowed during the call.  Since 0.1. */
typedef bool fob_choose_fn(const struct fob_account *account, void *data);

/* Read one account.  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_INVALID (not a name), FOB_LOCKED,
 * FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  Since 0.2. */
FOB_API int fob_read_account(struct fob_context *context, const char *name,
                             struct fob_account **account);

/* Accounts in the order of their names.  The list may have or lack an account that is linked or
 * revoked after fob_accounts_open().  Since 0.1. */
struct fob_accounts;

/* Returns FOB_SUCCESS, FOB_NOT_FOUND (no store), FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM.  Since 0.1. */
FOB_API int fob_accounts_open(struct fob_context *context, struct fob_accounts **accounts);
/*
 * Read the next account; free it with fob_account_free().
 *
 * Returns FOB_SUCCESS; FOB_NOT_FOUND (without a message) after the last; FOB_CORRUPT or
 * FOB_NOT_ALLOWED for an account that cannot be read, which fob_error() names: the next call
 * continues after it; FOB_LOCKED, FOB_SYSTEM, FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_accounts_next(struct fob_accounts *accounts, struct fob_account **account);
/* The name of the next account, borrowed until ACCOUNTS is closed; NULL after the last.  The
 * account is not read, so no key is needed.  Since 0.2. */
FOB_API const char *fob_accounts_next_name(struct fob_accounts *accounts);
/* Since 0.1. */
FOB_API void fob_accounts_close(struct fob_accounts *accounts);

#ifdef __cplusplus
}
#endif

#endif
