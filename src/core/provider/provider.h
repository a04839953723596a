/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Providers: one YAML file each (fob-provider(5)), read, and checked as far as possible without
 * loading a plugin.
 */
#ifndef FOB_CORE_PROVIDER_PROVIDER_H
#define FOB_CORE_PROVIDER_PROVIDER_H

#include <fob/fob.h>

#include "core/config/settings.h"
#include "core/provider/action.h"
#include "core/stack/stack.h"
#include "util/yaml_shape.h"

/* The keys of a provider's file. */
extern const struct yaml_shape provider_keys[];

/* The most calls a minute that a budget can allow. */
#define PROVIDER_BUDGET_MAX 1000000

/* What a field's value is. */
enum provider_type { PROVIDER_TEXT, PROVIDER_LABEL, PROVIDER_HOST };

struct provider_field {
    struct fob_provider_field public; /* what applications see; borrows strings of the file */
    enum provider_type type;
    struct pattern *pattern; /* or NULL */
    const char *pattern_text;
    const struct yaml_node *choices; /* a list of texts (enum:), or NULL */
};

struct fob_provider {
    struct yaml_file *file;
    struct yaml_file **included; /* files that were read because of include: */
    size_t included_count;
    char *name; /* the file's name without the suffix */
    const char *texts[FOB_PROVIDER_TEXT_COUNT];
    char *guide; /* the text of an untried provider, or NULL */
    bool shared_key;
    const struct yaml_node *hosts; /* a list of texts, or NULL */
    struct provider_field *fields; /* of an account */
    size_t field_count;
    struct provider_field *app_fields; /* of the registered app (fob-app(1)) */
    size_t app_field_count;
    struct stack stacks[HOOK_COUNT]; /* AUTHORIZE and RENEW fall back to LINK's entries */
    const struct yaml_node *options; /* for every plugin, or NULL */
    int64_t budget_per_minute;       /* 0 for none */
    struct provider_action *actions;
    size_t action_count;
    struct provider_action list; /* the file's defaults for lists, for all actions */
    bool spares_tests;           /* accounts of the type "test" run no actions that write */
};

/*
 * Read providers.d/NAME.yaml from the first folder that has one.
 *
 * A file with mistakes is returned too, with all mistakes in PROVIDER->file->mistakes; call
 * provider_usable() before use.  Returns FOB_SUCCESS, FOB_NOT_FOUND (the hint suggests the nearest
 * name, or says that an empty file masks the provider), FOB_INVALID (not a name), FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM.
 */
int provider_read(const struct settings *settings, const char *name,
                  struct fob_provider **provider);
/* FOB_SUCCESS, or FOB_CONFIG with the mistakes as the error. */
int provider_usable(const struct fob_provider *provider);
void provider_free(struct fob_provider *provider);

/* The names of all providers, sorted, without masked ones; the caller frees NAMES with
 * names_free(). */
int provider_names(const struct settings *settings, char ***names, size_t *count);

/* The account's field called NAME, or NULL. */
const struct provider_field *provider_find_field(const struct fob_provider *provider,
                                                 const char *name);
/* Whether FIELD is a host or a part of one: by its type, or by its place in base_url. */
bool provider_field_is_host(const struct fob_provider *provider,
                            const struct provider_field *field);
/* The app's field called NAME, or NULL. */
const struct provider_field *provider_find_app_field(const struct fob_provider *provider,
                                                     const char *name);
/* Field number INDEX (from 0), of the account's and then the app's; NULL past the last. */
const struct provider_field *provider_field_at(const struct fob_provider *provider, size_t index);
/* Copy a value as it was typed or pasted, without the field's prefix and suffix; of a host, and a
 * part of one, in lower case.  Returns as fob_secret_new(). */
int provider_clean_value(const struct provider_field *field, const char *value, size_t size,
                         struct fob_secret **clean);
/*
 * Check that a value, which a NUL follows, matches the field's type, enum and pattern, and is not
 * empty unless the field is optional.  The message names the field, but never a secret value.
 * Returns FOB_SUCCESS, FOB_INVALID.
 */
int provider_check_value(const struct fob_provider *provider, const struct provider_field *field,
                         const void *value, size_t size);

#endif
