/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the stacks of a provider's file, and the stacks that they include. */
#include "config.h"

#include "core/provider/provider_parts.h"

#include "core/config/schema.h"
#include "core/provider/rehearsal.h"
#include "core/stack/grant.h"
#include "util/array.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define INCLUDE_DEPTH_MAX STACK_LEVELS
/* The length of a SHA-256 in hex. */
#define PIN_DIGITS 64
#define PIN_PATTERN "^[0-9a-fA-F]{64}$"

static const char *const instead[] = { "include", "substack", NULL };
static const struct yaml_shape pin_shape = { .kind = SHAPE_TEXT, .pattern = PIN_PATTERN };
static const struct yaml_shape pins_shape = { .kind = SHAPE_LIST, .min = 1, .inner = &pin_shape };

static const struct yaml_shape entry_keys[] = {
    { "control", SHAPE_TEXT, SHAPE_UNLESS, instead, .words = control_keywords,
      .other = &control_shape, .summary = "The effect of the plugin's return code" },
    { "plugin", SHAPE_TEXT, SHAPE_UNLESS, instead, .pattern = SHAPE_PLUGIN,
      .summary = "A name or an absolute path" },
    { "options", SHAPE_NAMES, .summary = "Options of this entry" },
    { "sha256", SHAPE_TEXT, .pattern = PIN_PATTERN, .other = &pins_shape,
      .summary = "The digest of the plugin's file" },
    { "sandbox", SHAPE_TEXT, .words = grant_profiles,
      .summary = "The largest profile that the plugin gets" },
    { "include", SHAPE_TEXT, SHAPE_ALONE, .pattern = SHAPE_NAME,
      .summary = "The provider whose stack stands here" },
    { "substack", SHAPE_TEXT, SHAPE_ALONE, .pattern = SHAPE_NAME,
      .summary = "The provider whose stack is one entry here" },
    { 0 },
};
const struct yaml_shape provider_entry_shape = { .kind = SHAPE_MAP, .inner = entry_keys };

struct stack_reader {
    const struct settings *settings;
    struct fob_provider *provider;
    struct stack *stack;
    enum hook hook;
    const struct yaml_file *chain[INCLUDE_DEPTH_MAX + 1]; /* the file being read is last */
    size_t depth;
    size_t includes; /* followed so far */
    unsigned level;  /* of the stack being read */
};

static int provider_stack_read_file(struct stack_reader *reading, struct yaml_file *file);

static void provider_read_plugin(struct yaml_file *file, const struct yaml_node *node,
                                 struct stack_entry *entry)
{
    const char *text;

    if (!yaml_text(file, node, &text))
        return;
    if (text[0] != '/' && !text_is_name(text))
        yaml_mistake(file, node, "plugin: must be a name or an absolute path");
    entry->plugin = text;
}

static int provider_stack_add_entry(struct stack_reader *reading, const struct stack_entry *entry)
{
    struct stack_entry *more;

    if (reading->stack->count == STACK_ENTRIES_MAX) {
        yaml_mistake(entry->file, entry->node, "more than %d entries", STACK_ENTRIES_MAX);
        return FOB_SUCCESS;
    }
    more = reallocarray(reading->stack->entries, reading->stack->count + 1, sizeof *more);
    if (more == NULL)
        return error_nomem();
    reading->stack->entries = more;
    more[reading->stack->count] = *entry;
    more[reading->stack->count++].level = reading->level;
    return FOB_SUCCESS;
}

static bool provider_read_pin(struct yaml_file *file, const struct yaml_node *node)
{
    if (node->kind == YAML_TEXT && strlen(node->text) == PIN_DIGITS &&
        strspn(node->text, "0123456789abcdefABCDEF") == PIN_DIGITS)
        return true;
    yaml_mistake(file, node, "sha256: must be 64 hexadecimal digits, or a list of such");
    return false;
}

/* Whether NODE is a digest in hex or a list of digests, as pin_check() expects. */
static bool provider_read_pins(struct yaml_file *file, const struct yaml_node *node)
{
    bool good = true;

    if (node->kind != YAML_LIST || node->count == 0)
        return provider_read_pin(file, node);
    for (size_t i = 0; i < node->count; i++)
        good &= provider_read_pin(file, node->values[i]);
    return good;
}

static int provider_read_plugin_entry(struct stack_reader *reading, struct yaml_file *file,
                                      const struct yaml_node *node)
{
    const struct yaml_node *control = yaml_get(node, "control");
    const struct yaml_node *plugin = yaml_get(node, "plugin");
    const struct yaml_node *options = yaml_get(node, "options");
    const struct yaml_node *pins = yaml_get(node, "sha256");
    const struct yaml_node *sandbox = yaml_get(node, "sandbox");
    struct stack_entry entry = { .node = node, .file = file, .plugin = "" };

    if (control == NULL || plugin == NULL)
        yaml_mistake(file, node,
                     "an entry needs a control and a plugin, or an include or substack");
    if (control != NULL)
        control_read(file, control, &entry.control);
    if (plugin != NULL)
        provider_read_plugin(file, plugin, &entry);
    if (pins != NULL && provider_read_pins(file, pins))
        entry.pins = pins;
    if (sandbox != NULL)
        grant_read(sandbox, &entry.sandbox);
    if (options != NULL && options->kind != YAML_MAP)
        yaml_mistake(file, options, "options: must be a map");
    else
        entry.options = options;
    provider_check_base_url(reading->provider, file, entry.options);
    return provider_stack_add_entry(reading, &entry);
}

/* Make the provider own an included file. */
static int provider_keep_file(struct fob_provider *provider, struct yaml_file *file)
{
    struct yaml_file **more =
        reallocarray(provider->included, provider->included_count + 1, sizeof *more);

    if (more == NULL) {
        yaml_file_free(file);
        return error_nomem();
    }
    provider->included = more;
    more[provider->included_count++] = file;
    return FOB_SUCCESS;
}

/* The file at PATH if it was read before, so that its mistakes are not reported twice. */
static struct yaml_file *provider_known_file(const struct fob_provider *provider, const char *path)
{
    if (strcmp(provider->file->name, path) == 0)
        return provider->file;
    for (size_t i = 0; i < provider->included_count; i++) {
        if (strcmp(provider->included[i]->name, path) == 0)
            return provider->included[i];
    }
    return NULL;
}

/* Set OTHER to the file of the provider that NODE names; OTHER is unchanged after a mistake. */
static int provider_open_included(struct stack_reader *reading, struct yaml_file *file,
                                  const struct yaml_node *node, struct yaml_file **other)
{
    struct yaml_file *new = NULL;
    char *path = NULL;
    int code = provider_find_file(reading->settings, node->text, &path);

    if (code == FOB_SUCCESS) {
        new = provider_known_file(reading->provider, path);
        if (new == NULL) {
            code = yaml_read_path_without(path, reading->settings->user, REHEARSALS, &new);
            if (code == FOB_SUCCESS)
                code = provider_keep_file(reading->provider, new);
        }
    }
    free(path);
    if (code == FOB_SUCCESS)
        *other = new;
    else if (code == FOB_NOT_FOUND)
        yaml_mistake(file, node, "no such provider as %s", node->text);
    else if (code != FOB_NOMEM)
        yaml_mistake(file, node, "%s: %s", node->text, fob_error());
    return code == FOB_NOMEM ? code : FOB_SUCCESS;
}

static bool provider_is_in_chain(const struct stack_reader *reading, const struct yaml_file *file)
{
    for (size_t i = 0; i <= reading->depth; i++) {
        if (reading->chain[i] == file)
            return true;
    }
    return false;
}

/* Insert the same hook's stack of OTHER, which NODE of FILE names. */
static int provider_include_file(struct stack_reader *reading, struct yaml_file *file,
                                 const struct yaml_node *node, struct yaml_file *other)
{
    int code;

    if (provider_is_in_chain(reading, other)) {
        yaml_mistake(file, node, "%s: its stack leads back here", node->text);
        return FOB_SUCCESS;
    }
    reading->chain[++reading->depth] = other;
    code = provider_stack_read_file(reading, other);
    reading->depth--;
    if (code != FOB_NOT_FOUND)
        return code;
    /* A file that could not be read already has a mistake. */
    if (other->root != NULL || other->mistakes.count == 0)
        yaml_mistake(file, node, "%s has no %s stack", node->text, hook_name(reading->hook));
    return FOB_SUCCESS;
}

/* Insert the stack of the provider that NODE names. */
static int provider_stack_include(struct stack_reader *reading, struct yaml_file *file,
                                  const struct yaml_node *node)
{
    struct yaml_file *other = NULL;
    int code;

    if (reading->depth == INCLUDE_DEPTH_MAX) {
        yaml_mistake(file, node, "%s: nested more than %d deep", node->text, INCLUDE_DEPTH_MAX);
        return FOB_SUCCESS;
    }
    /* Without this limit, files that each include two others would take exponential time. */
    if (++reading->includes > STACK_ENTRIES_MAX) {
        yaml_mistake(file, node, "more than %d includes and substacks", STACK_ENTRIES_MAX);
        return FOB_SUCCESS;
    }
    code = provider_open_included(reading, file, node, &other);
    return code == FOB_SUCCESS && other != NULL ? provider_include_file(reading, file, node, other)
                                                : code;
}

/* The same, as a substack one level deeper. */
static int provider_read_substack(struct stack_reader *reading, struct yaml_file *file,
                                  const struct yaml_node *node)
{
    const struct stack_entry entry = { .node = node, .file = file, .substack = node->text };
    int code;

    if (reading->level + 1 == STACK_LEVELS) {
        yaml_mistake(file, node, "substacks nested more than %d deep", STACK_LEVELS - 1);
        return FOB_SUCCESS;
    }
    code = provider_stack_add_entry(reading, &entry);
    if (code != FOB_SUCCESS)
        return code;
    reading->level++;
    code = provider_stack_include(reading, file, node);
    reading->level--;
    return code;
}

static int provider_stack_read_entry(struct stack_reader *reading, struct yaml_file *file,
                                     const struct yaml_node *node)
{
    const struct yaml_node *included;
    const struct yaml_node *substack;
    const struct yaml_node *name;
    const char *text;

    if (!yaml_shape_check(file, node, entry_keys))
        return FOB_SUCCESS;
    included = yaml_get(node, "include");
    substack = yaml_get(node, "substack");
    name = included != NULL ? included : substack;
    if (name == NULL)
        return provider_read_plugin_entry(reading, file, node);
    if (node->count > 1)
        yaml_mistake(file, node, "%s: must be alone in its entry",
                     included != NULL ? "include" : "substack");
    if (name->kind != YAML_TEXT)
        return FOB_SUCCESS;
    text = name->text;
    if (!text_is_name(text)) {
        yaml_mistake(file, name, "%s: must be a provider's name",
                     included != NULL ? "include" : "substack");
        return FOB_SUCCESS;
    }
    return included != NULL ? provider_stack_include(reading, file, name)
                            : provider_read_substack(reading, file, name);
}

/* Read the entries of LIST in FILE. */
static int provider_stack_read_list(struct stack_reader *reading, struct yaml_file *file,
                                    const struct yaml_node *list)
{
    int code = FOB_SUCCESS;

    if (list->kind != YAML_LIST || list->count == 0) {
        yaml_mistake(file, list, "%s: must be a list of at least one entry",
                     hook_name(reading->hook));
        return FOB_SUCCESS;
    }
    for (size_t i = 0; i < list->count && code == FOB_SUCCESS; i++)
        code = provider_stack_read_entry(reading, file, list->values[i]);
    return code;
}

/* The file's plugin is the one entry of a stack that the file does not have. */
static int provider_stack_fill(struct stack_reader *reading, struct yaml_file *file,
                               const struct yaml_node *plugin)
{
    struct stack_entry entry = { .node = plugin, .file = file, .plugin = "" };

    (void)control_from_keyword("required", &entry.control);
    provider_read_plugin(file, plugin, &entry);
    return provider_stack_add_entry(reading, &entry);
}

/* Read the stack of the reader's hook in FILE.  Returns FOB_SUCCESS; FOB_NOT_FOUND, without a
 * message, if there is none; FOB_NOMEM. */
static int provider_stack_read_file(struct stack_reader *reading, struct yaml_file *file)
{
    const struct yaml_node *list = yaml_get(file->root, hook_name(reading->hook));
    const struct yaml_node *plugin = yaml_get(file->root, "plugin");

    if (list != NULL)
        return provider_stack_read_list(reading, file, list);
    return plugin != NULL ? provider_stack_fill(reading, file, plugin) : FOB_NOT_FOUND;
}

/* Without a stack for HOOK, use the entries of link. */
static int provider_copy_link_stack(struct fob_provider *provider, enum hook hook)
{
    const struct stack *from = &provider->stacks[HOOK_LINK];
    struct stack *to = &provider->stacks[hook];

    if (to->present || from->count == 0)
        return FOB_SUCCESS;
    to->entries = calloc(from->count, sizeof *to->entries);
    if (to->entries == NULL)
        return error_nomem();
    memcpy(to->entries, from->entries, from->count * sizeof *to->entries);
    to->count = from->count;
    return FOB_SUCCESS;
}

static int provider_read_stack(const struct settings *settings, struct fob_provider *provider,
                               enum hook hook)
{
    struct yaml_file *file = provider->file;
    struct stack_reader reading = {
        .settings = settings,
        .provider = provider,
        .stack = &provider->stacks[hook],
        .hook = hook,
        .chain = { file },
    };
    int code = provider_stack_read_file(&reading, file);

    reading.stack->present = code != FOB_NOT_FOUND;
    reading.stack->filled = reading.stack->present && yaml_get(file->root, hook_name(hook)) == NULL;
    if (code != FOB_NOT_FOUND)
        return code;
    if (hook == HOOK_LINK || hook == HOOK_VALIDATE)
        yaml_mistake(file, file->root, "%s: missing; \"plugin: NAME\" would fill it",
                     hook_name(hook));
    return FOB_SUCCESS;
}

int provider_read_stacks(const struct settings *settings, struct fob_provider *provider)
{
    int code = FOB_SUCCESS;

    for (int i = 0; i < HOOK_COUNT && code == FOB_SUCCESS; i++)
        code = provider_read_stack(settings, provider, (enum hook)i);
    if (code == FOB_SUCCESS)
        code = provider_copy_link_stack(provider, HOOK_AUTHORIZE);
    return code == FOB_SUCCESS ? provider_copy_link_stack(provider, HOOK_RENEW) : code;
}
