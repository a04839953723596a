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
 * PROVIDER may be NULL for an account that exists; for fob_link() the account need not exist.  CONV
 * may be NULL for the context's conversation.  CONV is copied; its data is borrowed until
 * fob_end().
 *
 * Returns FOB_SUCCESS, FOB_INVALID (a bad name), FOB_NOT_FOUND (no such account or provider),
 * FOB_EXISTS (the account is linked at another provider), FOB_CONFIG, FOB_LOCKED, FOB_CORRUPT,
 * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  Since 0.1.
 */
struct fob_handle;
FOB_API int fob_start(struct fob_context *context, const char *provider, const char *account,
                      const struct fob_conversation *conv, struct fob_handle **handle);
/* Free HANDLE.  Does nothing while another function is using HANDLE, as in a hook.  Since 0.1. */
FOB_API void fob_end(struct fob_handle *handle);

/*
 * Items: what the application says about the account before fob_link() or fob_edit().  VALUE is
 * copied; "" takes an item away; FOB_ITEM_TYPE is "production" or "test"; FOB_ITEM_EXPIRES is a
 * date, YYYY-MM-DD, the first day on which the credential is no longer used (UTC).  Returns
 * FOB_SUCCESS, FOB_INVALID, FOB_NOMEM.  Since 0.1.
 */
enum fob_item {
    FOB_ITEM_TYPE,
    FOB_ITEM_OWNER_ID,
    FOB_ITEM_OWNER_NAME,
    FOB_ITEM_OWNER_EMAIL,
    FOB_ITEM_EXPIRES,
    FOB_ITEM_PROGRAM,    /* the program's name in the audit log; by default the process's */
    FOB_ITEM_DETAIL,     /* the reason, in the audit log's line of a loan */
    FOB_ITEM_HOSTS,      /* see FOB_TEXT_HOSTS: HOST or HOST:PORT, blanks between; since 0.2 */
    FOB_ITEM_VARIABLES,  /* see FOB_TEXT_VARIABLES: all of them; at most 4096 bytes; since 0.2 */
    FOB_ITEM_INVITATION, /* see FOB_TEXT_INVITATION; since 0.2 */
    FOB_ITEM_EXPECT,     /* the ID or the name of the identity that the keys must belong to, else
                            FOB_MISMATCHED; since 0.2 */
    FOB_ITEM_COUNT
};
FOB_API int fob_set_item(struct fob_handle *handle, enum fob_item item, const char *value);

/*
 * Set the value of a field, which is copied; nobody is asked for it then.  A value with an
 * invisible character, such as a blank at its end or a byte order mark, is refused, unless
 * fob_set_exact() was called.  If a person typed such a value, the conversation asks whether to
 * keep it.
 *
 * Returns FOB_SUCCESS, FOB_NOT_FOUND (the provider has no such field), FOB_INVALID (too large, not
 * of the field's pattern, or with an invisible character), FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_set_field(struct fob_handle *handle, const char *name, const void *value,
                          size_t size);
/*
 * A field's value: set, typed, or stored; or a token's, of that name.  The account's status does
 * not matter; to lend a credential, call fob_lend() first.  Free the value with fob_secret_free().
 *
 * A token that is about to end is renewed first, by a call to the provider.
 *
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOMEM; for a token also as fob_validate().  Since 0.1.
 */
FOB_API int fob_get_field(struct fob_handle *handle, const char *name, struct fob_secret **value);
/* From now on, accept values of fields with invisible characters.  Since 0.2. */
FOB_API void fob_set_exact(struct fob_handle *handle);
/* Forget the values that were set or typed, so that the conversation asks for them again.  Since
 * 0.1. */
FOB_API void fob_clear_fields(struct fob_handle *handle);
/*
 * A sign-in whose answer comes later, perhaps to another process.  After fob_link() or fob_edit()
 * returned FOB_CONVERSATION because the conversation's sign_in returned FOB_IGNORE,
 * fob_get_sign_in() gives PENDING, a secret text that belongs to one answer within ten minutes. The
 * caller frees PENDING.
 *
 * A handle for the same account and provider gets PENDING and ANSWER, the address that the browser
 * came back to or its query, by fob_set_sign_in(), and the same fields.  Then its next fob_link()
 * or fob_edit() uses the answer, once, in place of a conversation.  Use each PENDING once: erase it
 * before that.
 *
 * They return FOB_SUCCESS, FOB_NOT_FOUND (no sign-in is pending), FOB_INVALID, FOB_NOMEM.  Since
 * 0.2.
 */
FOB_API int fob_get_sign_in(struct fob_handle *handle, struct fob_secret **pending);
FOB_API int fob_set_sign_in(struct fob_handle *handle, const struct fob_secret *pending,
                            const struct fob_secret *answer);
/* The account as the handle sees it, borrowed; NULL before it is linked.  Since 0.2. */
FOB_API const struct fob_account *fob_handle_account(struct fob_handle *handle);

/* The provider of a handle, borrowed until fob_end().  The provider's file is read when first
 * needed; NULL, with fob_error(), if it cannot be read.  Since 0.2. */
FOB_API const struct fob_provider *fob_handle_provider(struct fob_handle *handle);

/*
 * Link: show the guide, ask for missing fields, run the provider's link stack, seal the account,
 * read it back.
 *
 * After a failure this may be called again with the same handle, also without fob_clear_fields().
 * Takes FOB_NO_VALIDATE, FOB_NO_GUIDE, FOB_RECORD and FOB_HOLD.  On FOB_SUCCESS the account is
 * durable; on any other code nothing was stored.  Blocks on the conversation and the network.
 *
 * Returns FOB_SUCCESS, FOB_EXISTS, FOB_REJECTED, FOB_DENIED, FOB_EXPIRED, FOB_UNAVAILABLE,
 * FOB_RATE_LIMITED, FOB_UNTRUSTED, FOB_PROTOCOL, FOB_CONVERSATION, FOB_ABORT, FOB_INVALID,
 * FOB_LOCKED, FOB_PLUGIN, FOB_CONFIG, FOB_SYSTEM, FOB_NOMEM, or what else a plugin returned.  Since
 * 0.1.
 */
FOB_API int fob_link(struct fob_handle *handle, unsigned flags);
/*
 * The rehearsal (fob-provider(5)) of the last fob_link() with FOB_RECORD that asked the provider,
 * whatever its result, as YAML, borrowed until the next or fob_end().  Every secret, token and
 * identity is replaced by an example, and "fob check" passes it.
 *
 * Returns FOB_SUCCESS; FOB_NOT_FOUND (the provider was not asked); FOB_CONFIG (a field needs an
 * example); FOB_PROTOCOL (it cannot be played, or an answer is not understood), FOB_NOMEM, or
 * another code of a hook.  Since 0.2.
 */
FOB_API int fob_rehearsal(const struct fob_handle *handle, const char **text);

/*
 * Give an account new keys, labels or an expiry; the name, the history and everything else stay.
 *
 * Fields that were set are replaced.  If neither a field nor an item was set, the conversation asks
 * for all fields: the value of its message is the present value, or "unchanged" for a secret, and
 * an empty reply keeps it.  New keys are checked as in fob_link(); keys of another identity are
 * refused with FOB_MISMATCHED, unless FOB_NEW_IDENTITY is given.  FOB_NEW_IDENTITY without a field
 * keeps the keys of a mismatched account, and stores their identity.  Takes FOB_NO_VALIDATE,
 * FOB_NEW_IDENTITY, FOB_NO_GUIDE, FOB_HOLD.  Returns as fob_link(), and FOB_NOT_FOUND, FOB_CHANGED.
 * Since 0.1.
 */
FOB_API int fob_edit(struct fob_handle *handle, unsigned flags);

/*
 * Ask the provider whether it still accepts the account.
 *
 * On FOB_SUCCESS, FOB_REJECTED, FOB_DENIED, FOB_EXPIRED and FOB_MISMATCHED the result is durable,
 * except that a power cut may undo the time of a mere confirmation; any other code changes nothing.
 * An account becomes rejected only at the second rejection, at least a minute after the first and
 * without a success between them; with FOB_NOW the first is enough, and plugins also try rights
 * that a degraded account lacks.  FOB_MISMATCHED, keys of another identity, becomes the status.  If
 * the account gets other keys meanwhile, those are validated; FOB_CHANGED if that happens again.
 * If the status changes, this runs on_change of fob.yaml and waits for it.  Returns as fob_link(),
 * and FOB_NOT_FOUND.  Since 0.1.
 */
FOB_API int fob_validate(struct fob_handle *handle, unsigned flags);

/* Suspend an account, or end its suspension.  Neither calls the provider.  Returns FOB_SUCCESS,
 * FOB_NOT_FOUND, FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  Since 0.1. */
FOB_API int fob_suspend(struct fob_handle *handle);
FOB_API int fob_resume(struct fob_handle *handle);

/*
 * Rename the account, in HANDLE too.  Everything stored about it stays; earlier lines of the log
 * keep the old name.  The provider is not called.  A call that was killed may leave the account
 * under both names: the same call finishes the renaming.  Returns FOB_SUCCESS, FOB_NOT_FOUND,
 * FOB_INVALID (not a name), FOB_EXISTS (another account has that name), FOB_LOCKED, FOB_CORRUPT,
 * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  Since 0.2.
 */
FOB_API int fob_rename(struct fob_handle *handle, const char *name);

/*
 * End the credential at the provider and erase it here.
 *
 * - FOB_SUCCESS: the provider has revoked the credential, and it is erased here.
 * - FOB_MANUAL: the credential is erased here; the conversation showed what a person must still do.
 * - FOB_UNAVAILABLE, FOB_RATE_LIMITED, FOB_UNTRUSTED, FOB_PROTOCOL, FOB_REJECTED, FOB_DENIED,
 *   FOB_EXPIRED: the provider's answer; the credential is erased here.
 * - Any other code: nothing was erased.
 *
 * A rejected account needs no revocation: if the stack fails, the result is FOB_REJECTED, unless
 * the provider accepts the account again.
 *
 * With FOB_CONFIRM the credential is erased only if the provider no longer accepts it: on
 * FOB_SUCCESS, FOB_REJECTED and FOB_EXPIRED.  When the stack ends in FOB_SUCCESS or FOB_MANUAL, the
 * provider is asked, with growing pauses and at most for the patience of the handle
 * (fob_set_patience()), until it rejects the credential: then the result is FOB_SUCCESS, otherwise
 * FOB_UNAVAILABLE.  fob_handle_account() is NULL if the account was erased.  Since 0.1.
 */
FOB_API int fob_revoke(struct fob_handle *handle, unsigned flags);
/* How long FOB_CONFIRM may wait, in seconds; 600 by default.  Since 0.1. */
FOB_API void fob_set_patience(struct fob_handle *handle, unsigned seconds);

#ifdef __cplusplus
}
#endif

#endif
