/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Apps: what a provider knows an application by.  Part of <fob/fob.h>. */
#ifndef FOB_APP_H
#define FOB_APP_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_context;
struct fob_conversation;
struct fob_provider;
struct fob_provider_field;

/*
 * An app (fob-app(1)): the client ID and secret that a provider gives once for all accounts, after
 * somebody registered the application there.  A provider's file says which fields these are
 * (fob-provider(5)).  The store keeps them sealed, apart from accounts: only hooks get them.
 *
 * Different threads may use different apps at once, also of the same provider.
 */
struct fob_app;

/* Field number INDEX (from 0) of PROVIDER's app, borrowed from PROVIDER; NULL past the last.
 * fob_provider_field() has none of them.  Since 0.2. */
FOB_API const struct fob_provider_field *fob_provider_app_field(const struct fob_provider *provider,
                                                                size_t index);

/*
 * Read the app of PROVIDER, which need not have been set.  CONV may be NULL for the context's
 * conversation; it is copied, and its data is borrowed until fob_app_close().
 *
 * Returns FOB_SUCCESS, FOB_INVALID (not a provider's name, or its file has no fields of an app),
 * FOB_NOT_FOUND (no such provider, no store), FOB_CONFIG, FOB_LOCKED, FOB_CORRUPT,
 * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  Since 0.2.
 */
FOB_API int fob_app_open(struct fob_context *context, const char *provider,
                         const struct fob_conversation *conv, struct fob_app **app);
FOB_API void fob_app_close(struct fob_app *app);

/* Its provider, borrowed.  Since 0.2. */
FOB_API const struct fob_provider *fob_app_provider(const struct fob_app *app);
/* When it was last set, in seconds since the Epoch; 0 if it is not set.  Since 0.2. */
FOB_API int64_t fob_app_time(const struct fob_app *app);
/* The stored value of the field NAME, borrowed until APP is changed; NULL if the field is secret,
 * or has no value.  Since 0.2. */
FOB_API const char *fob_app_value(const struct fob_app *app, const char *name);
/* The redirect URI that must be registered at the provider, borrowed until APP is changed.  ""
 * if fob.yaml lacks hub: url:, from which it is made; NULL if nobody signs in at the provider.
 * http://127.0.0.1/callback stands for any port.  Since 0.2. */
FOB_API const char *fob_app_redirect_uri(const struct fob_app *app);

/* As fob_set_field() and fob_set_exact(), for a field of the app.  Since 0.2. */
FOB_API int fob_app_set_field(struct fob_app *app, const char *name, const void *value,
                              size_t size);
FOB_API void fob_app_set_exact(struct fob_app *app);

/*
 * Ask for the fields that were not set, and store the app; FLAGS is 0 or FOB_NO_GUIDE.  If the app
 * is stored already, fields that were not set keep their values, and without any the person is
 * asked for all, and an empty reply keeps a value.  Values are checked as those of an account, but
 * the provider is not called.  The audit log gets lines of the event "app".
 *
 * Returns FOB_SUCCESS, FOB_INVALID (a value that is not possible), FOB_CONVERSATION, FOB_ABORT,
 * FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  Since 0.2.
 */
FOB_API int fob_app_store(struct fob_app *app, unsigned flags);
/*
 * Erase the app, which the provider goes on to know.  Returns FOB_SUCCESS, FOB_NOT_FOUND (it is not
 * set), FOB_EXISTS (accounts of the provider, or open invitations, need it), FOB_CHANGED (somebody
 * else has set it meanwhile), and as fob_app_store().  Since 0.2.
 */
FOB_API int fob_app_remove(struct fob_app *app);

#ifdef __cplusplus
}
#endif

#endif
