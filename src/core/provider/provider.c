/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads a provider's file; provider_field.c, provider_stack.c, provider_action.c,
 * provider_argument.c and provider_paginate.c read its larger parts. */
#include "config.h"

#include "core/provider/provider_parts.h"

#include "core/config/schema.h"
#include "core/provider/provider_yaml.h"
#include "core/provider/rehearsal.h"
#include "util/address.h"
#include "util/error.h"
#include "util/names.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const filled[] = { "plugin", NULL };

static const struct yaml_shape budget_keys[] = {
    { "per_minute", SHAPE_INTEGER, SHAPE_REQUIRED, .min = 1, .max = PROVIDER_BUDGET_MAX,
      .summary = "The calls in any 60 seconds" },
    { 0 },
};

#define STACK .min = 1, .max = STACK_ENTRIES_MAX, .inner = &provider_entry_shape
const struct yaml_shape provider_keys[] = {
    { "provider", SHAPE_TEXT, SHAPE_REQUIRED, .pattern = SHAPE_NAME,
      .summary = "The name, which is also the file's" },
    { "title", SHAPE_WORD, .summary = "The name for people" },
    { "website", SHAPE_TEXT, .summary = "The provider's address on the web" },
    { "identity", SHAPE_WORD, .summary = "The thing that an account belongs to, as company" },
    { "shared_key", SHAPE_BOOLEAN, .summary = "Whether all integrations share one key pair" },
    { "hosts", SHAPE_TEXTS, .summary = "Servers that git and docker may use accounts for" },
    { "guide", SHAPE_TEXT, .summary = "How a person gets a credential" },
    { "fields", SHAPE_LIST, SHAPE_REQUIRED, .min = 1, .max = PROVIDER_FIELDS_MAX,
      .inner = &provider_field_shape, .summary = "The values of the credential" },
    { "plugin", SHAPE_TEXT, .pattern = SHAPE_PLUGIN,
      .summary = "The plugin of each stack that the file does not have" },
    { "link", SHAPE_LIST, SHAPE_UNLESS, filled, STACK, .summary = "Links an account" },
    { "validate", SHAPE_LIST, SHAPE_UNLESS, filled, STACK, .summary = "Tries a credential" },
    { "revoke", SHAPE_LIST, STACK, .summary = "Ends a credential" },
    { "authorize", SHAPE_LIST, STACK, .summary = "Puts a credential on a request" },
    { "renew", SHAPE_LIST, STACK, .summary = "Renews a token" },
    { "options", SHAPE_NAMES, .summary = "Options for every plugin of this provider" },
    { "budget", SHAPE_MAP, .inner = budget_keys,
      .summary = "The calls that fob may make by itself" },
    { "actions", SHAPE_NAMES, .min = 1, .max = PROVIDER_ACTIONS_MAX, .pattern = SHAPE_IDENTIFIER,
      .inner = &provider_action_shape, .summary = "Calls with names, for fob run" },
    { "items", SHAPE_TEXT, .pattern = SHAPE_POINTER, .summary = "Where answers have their list" },
    { "paginate", SHAPE_MAP, .inner = provider_paginate_keys,
      .summary = "The way from page to page" },
    { "untried", SHAPE_BOOLEAN, .summary = "Nobody tried the file with a live account" },
    { "spares_tests", SHAPE_BOOLEAN,
      .summary = "Accounts of the type test run no actions that write" },
    { REHEARSALS, SHAPE_LIST, .inner = &rehearsal_shape, .summary = "Calls that fob check plays" },
    { "final", SHAPE_BOOLEAN, .summary = "No other file of this name may replace this file" },
    { 0 },
};
#undef STACK

static int provider_new(const char *name, struct fob_provider **provider)
{
    struct fob_provider *new = calloc(1, sizeof *new);

    if (new == NULL)
        return error_nomem();
    new->name = strdup(name);
    if (new->name == NULL) {
        free(new);
        return error_nomem();
    }
    for (size_t i = 0; i < FOB_PROVIDER_TEXT_COUNT; i++)
        new->texts[i] = "";
    new->texts[FOB_PROVIDER_NAME] = new->name;
    new->texts[FOB_PROVIDER_TITLE] = new->name;
    new->texts[FOB_PROVIDER_IDENTITY] = "account";
    *provider = new;
    return FOB_SUCCESS;
}

void provider_free(struct fob_provider *provider)
{
    if (provider == NULL)
        return;
    provider_free_fields(provider);
    provider_free_actions(provider);
    for (size_t i = 0; i < HOOK_COUNT; i++)
        free(provider->stacks[i].entries);
    for (size_t i = 0; i < provider->included_count; i++)
        yaml_file_free(provider->included[i]);
    free(provider->included);
    yaml_file_free(provider->file);
    free(provider->guide);
    free(provider->name);
    free(provider);
}

static void provider_read_budget(struct fob_provider *provider)
{
    const struct yaml_node *budget = yaml_get(provider->file->root, "budget");

    if (budget != NULL && yaml_shape_check(provider->file, budget, budget_keys))
        provider->budget_per_minute = provider_number_at(budget, "per_minute", 0);
}

static void provider_read_hosts(struct fob_provider *provider)
{
    struct yaml_file *file = provider->file;
    const struct yaml_node *hosts = provider_list_at(file->root, "hosts");

    for (size_t i = 0; hosts != NULL && i < hosts->count; i++) {
        const struct yaml_node *host = hosts->values[i];
        const char *fault = address_server_fault(host->text);

        if (fault != NULL)
            yaml_mistake(file, host, "hosts: %s: %s", host->text, fault);
    }
    provider->hosts = hosts;
}

static void provider_read_texts(struct fob_provider *provider)
{
    struct yaml_file *file = provider->file;
    const struct yaml_node *root = file->root;
    const struct yaml_node *name = yaml_get(root, "provider");

    if (strcmp(provider_text_at(root, "provider", provider->name), provider->name) != 0)
        yaml_mistake(file, name, "provider: must be %s, as the file's name is", provider->name);
    provider->texts[FOB_PROVIDER_TITLE] = provider_text_at(root, "title", provider->name);
    provider->texts[FOB_PROVIDER_WEBSITE] = provider_text_at(root, "website", "");
    provider->texts[FOB_PROVIDER_IDENTITY] = provider_text_at(root, "identity", "account");
    provider->shared_key = provider_flag_at(root, "shared_key");
    provider_read_hosts(provider);
    provider->spares_tests = provider_flag_at(root, "spares_tests");
}

static int provider_read_guide(struct fob_provider *provider)
{
    const struct yaml_node *root = provider->file->root;
    struct strbuf guide = STRBUF_INIT;

    provider->texts[FOB_PROVIDER_GUIDE] = provider_text_at(root, "guide", "");
    if (!provider_flag_at(root, "untried"))
        return FOB_SUCCESS;
    strbuf_printf(&guide, "%s\nThis provider's file was not tried with a live account.\n",
                  provider->texts[FOB_PROVIDER_GUIDE]);
    if (guide.failed) {
        strbuf_free(&guide);
        return error_nomem();
    }
    provider->guide = strbuf_detach(&guide);
    provider->texts[FOB_PROVIDER_GUIDE] = provider->guide;
    return FOB_SUCCESS;
}

static void provider_read_options(struct fob_provider *provider)
{
    const struct yaml_node *options = yaml_get(provider->file->root, "options");

    if (options != NULL && options->kind != YAML_MAP)
        yaml_mistake(provider->file, options, "options: must be a map");
    else
        provider->options = options;
}

static int provider_read_root(const struct settings *settings, struct fob_provider *provider)
{
    struct yaml_file *file = provider->file;
    int code;

    if (file->root == NULL || !yaml_shape_check(file, file->root, provider_keys))
        return FOB_SUCCESS;
    provider_read_texts(provider);
    provider_read_options(provider);
    provider_read_budget(provider);
    code = provider_read_guide(provider);
    if (code == FOB_SUCCESS)
        code = provider_read_fields(provider);
    provider_check_base_url(provider, provider->file, provider->options);
    if (code == FOB_SUCCESS)
        code = provider_read_actions(provider);
    if (code == FOB_SUCCESS)
        code = provider_read_stacks(settings, provider);
    return code == FOB_SUCCESS && file->mistakes.failed ? error_nomem() : code;
}

static int provider_fail_not_found(const struct settings *settings, const char *name)
{
    char **names = NULL;
    size_t count = 0;
    const char *nearest = NULL;

    if (provider_names(settings, &names, &count) == FOB_SUCCESS)
        nearest = text_nearest(name, (const char *const *)names, count);
    error_set(FOB_NOT_FOUND, "%s: no such provider", name);
    if (nearest != NULL)
        error_hint("did you mean %s?", nearest);
    else
        error_hint("\"fob providers\" lists the providers");
    names_free(names, count);
    return FOB_NOT_FOUND;
}

int provider_read(const struct settings *settings, const char *name, struct fob_provider **provider)
{
    struct fob_provider *new = NULL;
    int code;

    if (!text_is_name(name))
        return error_set(FOB_INVALID, "%s: not a provider's name", name);
    code = provider_new(name, &new);
    if (code != FOB_SUCCESS)
        return code;
    code = provider_open_file(settings, name, &new->file);
    if (code == FOB_NOT_FOUND) {
        code = provider_fail_not_found(settings, name);
    } else if (code == FOB_SUCCESS && yaml_file_is_empty(new->file)) {
        code = error_set(FOB_NOT_FOUND, "%s: masked by the empty file %s", name, new->file->name);
        error_hint("remove that file to use the provider again");
    } else if (code == FOB_SUCCESS) {
        new->texts[FOB_PROVIDER_FILE] = new->file->name;
        code = provider_read_root(settings, new);
    }
    if (code != FOB_SUCCESS) {
        provider_free(new);
        return code;
    }
    *provider = new;
    return FOB_SUCCESS;
}

/* WHY without the prefix "FILE: ". */
static const char *provider_without_file(const char *why, const char *file)
{
    size_t size = strlen(file);

    return strncmp(why, file, size) == 0 && strncmp(why + size, ": ", 2) == 0 ? why + size + 2
                                                                              : why;
}

int provider_read_any(const struct settings *settings, const char *name,
                      struct fob_provider **provider)
{
    struct fob_provider *new = NULL;
    char *path = NULL;
    char why[1024];
    int code = provider_read(settings, name, provider);

    if (code == FOB_SUCCESS || code == FOB_NOT_FOUND || code == FOB_NOMEM)
        return code;
    snprintf(why, sizeof why, "%s", fob_error());
    code = provider_new(name, &new);
    if (code != FOB_SUCCESS)
        return code;
    /* If even the folder is not searchable, use the provider's name for the file's. */
    code = provider_find_file(settings, name, &path);
    if (code != FOB_NOMEM)
        code = yaml_read_text(path != NULL ? path : name, "", 0, &new->file);
    free(path);
    if (code != FOB_SUCCESS) {
        provider_free(new);
        return code;
    }
    new->texts[FOB_PROVIDER_FILE] = new->file->name;
    yaml_mistake(new->file, NULL, "%s", provider_without_file(why, new->file->name));
    *provider = new;
    return FOB_SUCCESS;
}

const char *fob_provider_mistake(const struct fob_provider *provider, size_t index)
{
    const struct mistakes *mistakes;

    if (provider == NULL)
        return NULL;
    mistakes = &provider->file->mistakes;
    for (size_t i = 0; index >= mistakes->count && i < provider->included_count; i++) {
        index -= mistakes->count;
        mistakes = &provider->included[i]->mistakes;
    }
    return index < mistakes->count ? mistakes->lines[index] : NULL;
}

int provider_usable(const struct fob_provider *provider)
{
    char **lines = NULL;
    size_t count = 0;
    int code;

    while (fob_provider_mistake(provider, count) != NULL)
        count++;
    if (count == 0)
        return FOB_SUCCESS;
    lines = calloc(count, sizeof *lines);
    if (lines == NULL)
        return error_nomem();
    for (size_t i = 0, kept = 0; i <= provider->included_count; i++) {
        const struct mistakes *mistakes =
            i == 0 ? &provider->file->mistakes : &provider->included[i - 1]->mistakes;

        for (size_t j = 0; j < mistakes->count; j++)
            lines[kept++] = mistakes->lines[j];
    }
    code = error_set_lines(FOB_CONFIG, lines, count);
    error_hint("see fob-provider(5)");
    free(lines);
    return code;
}

const char *fob_provider_text(const struct fob_provider *provider, enum fob_provider_text which)
{
    return provider != NULL && (unsigned)which < FOB_PROVIDER_TEXT_COUNT ? provider->texts[which]
                                                                         : "";
}

bool fob_provider_shares_key(const struct fob_provider *provider)
{
    return provider != NULL && provider->shared_key;
}

const char *fob_provider_host(const struct fob_provider *provider, size_t index)
{
    if (provider == NULL)
        return NULL;
    return provider->hosts != NULL && index < provider->hosts->count
               ? provider->hosts->values[index]->text
               : NULL;
}

const struct fob_provider_field *fob_provider_field(const struct fob_provider *provider,
                                                    size_t index)
{
    return provider != NULL && index < provider->field_count ? &provider->fields[index].public
                                                             : NULL;
}
