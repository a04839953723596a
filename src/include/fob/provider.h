/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Providers.  Part of <fob/fob.h>. */
#ifndef FOB_PROVIDER_H
#define FOB_PROVIDER_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_context;

/*
 * Providers: what can be linked.
 */
struct fob_providers;
struct fob_provider;

/* Read every provider file.  The list includes broken files, with their mistakes.  Returns
 * FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM.  Since 0.1. */
FOB_API int fob_providers_open(struct fob_context *context, struct fob_providers **providers);
/* The next provider by name, borrowed from PROVIDERS; NULL after the last.  Since 0.1. */
FOB_API const struct fob_provider *fob_providers_next(struct fob_providers *providers);
FOB_API void fob_providers_close(struct fob_providers *providers);

/* Since 0.1. */
enum fob_provider_text {
    FOB_PROVIDER_NAME,
    FOB_PROVIDER_TITLE,
    FOB_PROVIDER_WEBSITE,
    FOB_PROVIDER_GUIDE,
    FOB_PROVIDER_FILE,
    FOB_PROVIDER_IDENTITY, /* what an account stands for, such as "company"; "account" by default */
    FOB_PROVIDER_TEXT_COUNT
};
/* A text of PROVIDER, borrowed; "" if the file lacks it.  Since 0.1. */
FOB_API const char *fob_provider_text(const struct fob_provider *provider,
                                      enum fob_provider_text which);
/* Whether one key pair serves every integration at this provider.  Since 0.1. */
FOB_API bool fob_provider_shares_key(const struct fob_provider *provider);
/* Server number INDEX (from 0) to which the helpers of git and docker may lend credentials of this
 * provider, borrowed; NULL past the last.  Since 0.2. */
FOB_API const char *fob_provider_host(const struct fob_provider *provider, size_t index);
/* Mistake number INDEX (from 0) as "FILE:LINE:COLUMN: what is wrong", borrowed; NULL past the
 * last.  No handle can be started for a provider with mistakes.  Since 0.1. */
FOB_API const char *fob_provider_mistake(const struct fob_provider *provider, size_t index);

/* One field that a provider needs.  Since 0.2. */
struct fob_provider_field {
    size_t size; /* sizeof this struct */
    const char *name;
    const char *title;
    const char *description; /* "" where not given, as the next two */
    const char *example;
    const char *value; /* the default */
    bool secret;
    bool optional;
    /* Around the value, for people; a value that is pasted with them is stored without them; "" for
     * none.  Since 0.2. */
    const char *prefix;
    const char *suffix;
};
/* Field number INDEX (from 0), borrowed from PROVIDER; NULL past the last.  Since 0.2. */
FOB_API const struct fob_provider_field *fob_provider_field(const struct fob_provider *provider,
                                                            size_t index);

#ifdef __cplusplus
}
#endif

#endif
