/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A handle: one account linked, edited, validated, revoked.  Part of <fob/fob.h>. */
#ifndef FOB_HANDLE_H
#define FOB_HANDLE_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_account;
struct fob_context;
struct fob_conversation;
struct fob_provider;
struct fob_secret;

/*
 * A handle: one transaction with one account.
 *
 * PROVIDER may be NULL when the account exists already; the account need not exist for fob_link().
 * CONV may be NULL: then the context's conversation serves.  It is copied; its data is borrowed
 * until fob_end().
 *
 * Returns FOB_SUCCESS, FOB_INVALID (a bad name), FOB_NOT_FOUND (no such account or provider),
 * FOB_EXISTS (the account is linked at another provider), FOB_CONFIG, FOB_LOCKED, FOB_CORRUPT,
 * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  Since 0.1.
 */
struct fob_handle;
FOB_API int fob_start(struct fob_context *context, const char *provider, const char *account,
                      const struct fob_conversation *conv, struct fob_handle **handle);
/* Free HANDLE.  While a function is at work with it, as in a hook, this does nothing.  Since 0.1.
 */
FOB_API void fob_end(struct fob_handle *handle);

/*
 * Items: what the application says about the account before fob_link() or fob_edit().
 * VALUE is copied; "" takes an item away; FOB_ITEM_TYPE is "production" or "test";
 * FOB_ITEM_EXPIRES is a date, YYYY-MM-DD, the first day on which the credential is no longer used
 * (UTC).  Returns FOB_SUCCESS, FOB_INVALID, FOB_NOMEM.  Since 0.1.
 */
enum fob_item {
    FOB_ITEM_TYPE,
    FOB_ITEM_OWNER_ID,
    FOB_ITEM_OWNER_NAME,
    FOB_ITEM_OWNER_EMAIL,
    FOB_ITEM_EXPIRES,
    FOB_ITEM_PROGRAM,   /* who asks, for the audit log; the process's name by default */
    FOB_ITEM_DETAIL,    /* what for, for the audit log's line when the account is lent */
    FOB_ITEM_HOSTS,     /* see FOB_TEXT_HOSTS: HOST or HOST:PORT, blanks between; since 0.2 */
    FOB_ITEM_VARIABLES, /* see FOB_TEXT_VARIABLES: all of them; at most 4096 bytes; since 0.2. Since
                           0.1. */
    FOB_ITEM_COUNT
};
FOB_API int fob_set_item(struct fob_handle *handle, enum fob_item item, const char *value);

/*
 * Give a field's value, so that the person is not asked for it.  Copied.
 *
 * A value with something that cannot be seen, as a blank at its end or a byte order mark, is
 * refused, unless fob_set_exact() was called; one that is typed is asked about.
 *
 * Returns FOB_SUCCESS, FOB_NOT_FOUND (the provider has no such field), FOB_INVALID (too large,
 * against the field's pattern, or something in it cannot be seen), FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_set_field(struct fob_handle *handle, const char *name, const void *value,
                          size_t size);
/*
 * A field's value: given, typed, or stored.  The account's status is not looked at; to lend a
 * credential use fob_lend().  Caller frees with fob_secret_free().
 *
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_get_field(struct fob_handle *handle, const char *name, struct fob_secret **value);
/* Take the values of fields exactly as they are from now on.  Since 0.2. */
FOB_API void fob_set_exact(struct fob_handle *handle);
/* Forget the values given or typed, so that they are asked for again.  Since 0.1. */
FOB_API void fob_clear_fields(struct fob_handle *handle);
/* The account as the handle sees it, borrowed; NULL before it is linked.  Since 0.2. */
FOB_API const struct fob_account *fob_handle_account(struct fob_handle *handle);

/* The provider of a handle, borrowed until fob_end().  Its file is read at the first need; NULL,
 * with fob_error(), when it cannot be.  Since 0.2. */
FOB_API const struct fob_provider *fob_handle_provider(struct fob_handle *handle);

/*
 * Link: show the guide, ask for missing fields, run the provider's link stack, seal the account,
 * read it back.
 *
 * May be called again on the same handle when it failed, after fob_clear_fields() or as it is.
 * Takes FOB_NO_VALIDATE and FOB_NO_GUIDE.  On FOB_SUCCESS the account is durable; on any other code
 * nothing was stored.  Blocks on the conversation and the network.
 *
 * Returns FOB_SUCCESS, FOB_EXISTS, FOB_REJECTED, FOB_DENIED, FOB_EXPIRED, FOB_UNAVAILABLE,
 * FOB_RATE_LIMITED, FOB_UNTRUSTED, FOB_PROTOCOL, FOB_CONVERSATION, FOB_ABORT, FOB_INVALID,
 * FOB_LOCKED, FOB_PLUGIN, FOB_CONFIG, FOB_SYSTEM, FOB_NOMEM, or what else a plugin returned.  Since
 * 0.1.
 */
FOB_API int fob_link(struct fob_handle *handle, unsigned flags);

/*
 * Give an account new keys, labels or an expiry; name, history and everything not given stay.
 *
 * Fields set before are replaced; with none set, and no item set, all fields are asked for: the
 * message's value is the present one, or "unchanged" for a secret, and an empty reply keeps it
 * (since 0.2).  New keys are tried as fob_link() tries them, and refused with FOB_MISMATCHED when
 * they belong to another identity, unless FOB_NEW_IDENTITY is given.  FOB_NEW_IDENTITY with no
 * field set keeps a mismatched account's keys, and takes the identity that they open.  Takes
 * FOB_NO_VALIDATE, FOB_NEW_IDENTITY, FOB_NO_GUIDE.  Returns as fob_link(), and FOB_NOT_FOUND,
 * FOB_CHANGED.  Since 0.1.
 */
FOB_API int fob_edit(struct fob_handle *handle, unsigned flags);

/*
 * Ask the provider whether the account is still accepted.
 *
 * On FOB_SUCCESS, FOB_REJECTED, FOB_DENIED, FOB_EXPIRED and FOB_MISMATCHED what was learnt is
 * already durable, except that after a power cut the time of a mere confirmation may be an earlier
 * one; on any other code nothing has changed.  An account becomes rejected only on the
 * second "no" at least a minute after the first, with no success between; FOB_NOW makes one enough.
 * FOB_MISMATCHED: the keys open another identity than the account's, which is kept as its status.
 * When the account gets other keys meanwhile, these are asked about; FOB_CHANGED if that happens
 * again.
 *
 * When the account has another status now, on_change of fob.yaml is run, and its end waited for.
 * Returns as fob_link(), and FOB_NOT_FOUND.  Since 0.1.
 */
FOB_API int fob_validate(struct fob_handle *handle, unsigned flags);

/* Switch an account off or on again.  Neither calls the provider.  Returns FOB_SUCCESS,
 * FOB_NOT_FOUND, FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  Since 0.1. */
FOB_API int fob_suspend(struct fob_handle *handle);
FOB_API int fob_resume(struct fob_handle *handle);

/*
 * Give the account the name NAME; HANDLE is about it under that name then.  Since 0.2.
 *
 * Everything that is stored about it stays; the lines of the log before keep the old name.  The
 * provider is not called.  A call that was killed may leave the account under both names: the same
 * call finishes it.  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_INVALID (not a name), FOB_EXISTS
 * (another account has it), FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  Since
 * 0.2.
 */
FOB_API int fob_rename(struct fob_handle *handle, const char *name);

/*
 * End the credential at the provider and erase it here.
 *
 * - FOB_SUCCESS: the provider has revoked it, and it is erased here.
 * - FOB_MANUAL: it is erased here; a person must do the rest, which the conversation was told.
 * - FOB_UNAVAILABLE, FOB_RATE_LIMITED, FOB_UNTRUSTED, FOB_PROTOCOL, FOB_REJECTED, FOB_DENIED,
 *   FOB_EXPIRED: what the provider answered; it is erased here.
 * - Any other code: nothing was erased.
 *
 * An account whose status is rejected needs nobody to end it: where the stack could not, the result
 * is FOB_REJECTED, unless the provider accepts it again.
 *
 * With FOB_CONFIRM it is erased only when the credential is dead: on FOB_SUCCESS, FOB_REJECTED and
 * FOB_EXPIRED.  When the stack ends in FOB_SUCCESS or FOB_MANUAL, the provider is asked, with
 * growing pauses and for at most the handle's patience (fob_set_patience), until it rejects the
 * credential: then the result is FOB_SUCCESS.  If it never does, that is FOB_UNAVAILABLE.  Whether
 * the account is gone, fob_handle_account() tells: it is NULL then.  Since 0.1.
 */
FOB_API int fob_revoke(struct fob_handle *handle, unsigned flags);
/* How long FOB_CONFIRM may wait, in seconds; 600 by default.  Since 0.1. */
FOB_API void fob_set_patience(struct fob_handle *handle, unsigned seconds);

#ifdef __cplusplus
}
#endif

#endif
