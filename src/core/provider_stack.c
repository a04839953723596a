/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the stacks of a provider's file, with what they include from others. */
#include "config.h"

#include "core/provider_parts.h"

#include "util/error.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define INCLUDE_DEPTH_MAX 32 /* as PAM_SUBSTACK_MAX_LEVEL in Linux-PAM */
#define ENTRIES_MAX 256

struct reading {
    const struct settings *settings;
    struct fob_provider *provider;
    struct stack *stack;
    enum hook hook;
    const struct yaml_file *chain[INCLUDE_DEPTH_MAX + 1]; /* the file being read, by way of which */
    size_t depth;
    size_t includes; /* followed so far */
};

static int read_list(struct reading *reading, struct yaml_file *file, const struct yaml_node *list);

static void read_control(struct yaml_file *file, const struct yaml_node *node,
                         struct control *control)
{
    size_t count;
    const char *const *known = control_keywords(&count);
    struct strbuf words = STRBUF_INIT;

    if (node->kind == YAML_TEXT && control_from_keyword(node->text, control))
        return;
    for (size_t i = 0; i < count; i++)
        strbuf_printf(&words, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", known[i]);
    yaml_mistake(file, node, "control: must be %s", words.data != NULL ? words.data : "a keyword");
    strbuf_free(&words);
}

static void read_sha256(struct yaml_file *file, const struct yaml_node *node,
                        struct stack_entry *entry)
{
    const char *text;

    if (node == NULL || !yaml_text(file, node, &text))
        return;
    if (strlen(text) != 64 || strspn(text, "0123456789abcdefABCDEF") != 64)
        yaml_mistake(file, node, "sha256: must be 64 hexadecimal digits");
    else
        entry->sha256 = text;
}

static void read_plugin(struct yaml_file *file, const struct yaml_node *node,
                        struct stack_entry *entry)
{
    const char *text;

    if (!yaml_text(file, node, &text))
        return;
    if (text[0] != '/' && !text_is_name(text))
        yaml_mistake(file, node, "plugin: must be a name or an absolute path");
    entry->plugin = text;
}

static int add_entry(struct reading *reading, struct yaml_file *file, const struct yaml_node *node)
{
    const struct yaml_node *control = yaml_get(node, "control");
    const struct yaml_node *plugin = yaml_get(node, "plugin");
    const struct yaml_node *options = yaml_get(node, "options");
    struct stack_entry entry = { .node = node, .file = file, .plugin = "" };
    struct stack_entry *more;

    if (control == NULL || plugin == NULL)
        yaml_mistake(file, node, "an entry needs a control and a plugin, or an include");
    if (control != NULL)
        read_control(file, control, &entry.control);
    if (plugin != NULL)
        read_plugin(file, plugin, &entry);
    read_sha256(file, yaml_get(node, "sha256"), &entry);
    if (options != NULL && options->kind != YAML_MAP)
        yaml_mistake(file, options, "options: must be a map");
    else
        entry.options = options;
    if (reading->stack->count == ENTRIES_MAX) {
        yaml_mistake(file, node, "more than %d entries", ENTRIES_MAX);
        return FOB_SUCCESS;
    }
    more = reallocarray(reading->stack->entries, reading->stack->count + 1, sizeof *more);
    if (more == NULL)
        return error_nomem();
    reading->stack->entries = more;
    more[reading->stack->count++] = entry;
    return FOB_SUCCESS;
}

/* Keep an included file as long as the provider. */
static int keep_file(struct fob_provider *provider, struct yaml_file *file)
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

/* The file at PATH when it was read before, so that none of its mistakes is told twice. */
static struct yaml_file *known_file(const struct fob_provider *provider, const char *path)
{
    if (strcmp(provider->file->name, path) == 0)
        return provider->file;
    for (size_t i = 0; i < provider->included_count; i++) {
        if (strcmp(provider->included[i]->name, path) == 0)
            return provider->included[i];
    }
    return NULL;
}

/* The file of the provider that NODE of FILE names into OTHER, which is left alone after a mistake.
 */
static int open_included(struct reading *reading, struct yaml_file *file,
                         const struct yaml_node *node, struct yaml_file **other)
{
    struct yaml_file *new = NULL;
    char *path = NULL;
    int code = provider_find_file(reading->settings, node->text, &path);

    if (code == FOB_SUCCESS) {
        new = known_file(reading->provider, path);
        if (new == NULL) {
            code = yaml_read_path(path, reading->settings->user, &new);
            if (code == FOB_SUCCESS)
                code = keep_file(reading->provider, new);
        }
    }
    free(path);
    if (code == FOB_SUCCESS)
        *other = new;
    else if (code == FOB_NOT_FOUND)
        yaml_mistake(file, node, "include: no such provider as %s", node->text);
    else if (code != FOB_NOMEM)
        yaml_mistake(file, node, "include: %s", fob_error());
    return code == FOB_NOMEM ? code : FOB_SUCCESS;
}

static bool is_in_chain(const struct reading *reading, const struct yaml_file *file)
{
    for (size_t i = 0; i <= reading->depth; i++) {
        if (reading->chain[i] == file)
            return true;
    }
    return false;
}

/* Put the stack of the same hook of OTHER, which NODE of FILE names, here. */
static int include_file(struct reading *reading, struct yaml_file *file,
                        const struct yaml_node *node, struct yaml_file *other)
{
    const struct yaml_node *list = yaml_get(other->root, hook_name(reading->hook));
    int code;

    if (is_in_chain(reading, other)) {
        yaml_mistake(file, node, "include: goes round in a circle");
        return FOB_SUCCESS;
    }
    if (list == NULL) {
        /* A file that could not be read has told why. */
        if (other->root != NULL || other->mistakes.count == 0)
            yaml_mistake(file, node, "include: %s has no %s stack", node->text,
                         hook_name(reading->hook));
        return FOB_SUCCESS;
    }
    reading->chain[++reading->depth] = other;
    code = read_list(reading, other, list);
    reading->depth--;
    return code;
}

static int include(struct reading *reading, struct yaml_file *file, const struct yaml_node *node)
{
    struct yaml_file *other = NULL;
    const char *name;
    int code;

    if (!yaml_text(file, node, &name))
        return FOB_SUCCESS;
    if (!text_is_name(name)) {
        yaml_mistake(file, node, "include: must be a provider's name");
        return FOB_SUCCESS;
    }
    if (reading->depth == INCLUDE_DEPTH_MAX) {
        yaml_mistake(file, node, "include: nested more than %d deep", INCLUDE_DEPTH_MAX);
        return FOB_SUCCESS;
    }
    /* Files that include two others each would be read for ever. */
    if (++reading->includes > ENTRIES_MAX) {
        yaml_mistake(file, node, "include: more than %d", ENTRIES_MAX);
        return FOB_SUCCESS;
    }
    code = open_included(reading, file, node, &other);
    return code == FOB_SUCCESS && other != NULL ? include_file(reading, file, node, other) : code;
}

static int read_entry(struct reading *reading, struct yaml_file *file, const struct yaml_node *node)
{
    static const char *const known[] = { "control", "plugin", "options", "sha256", "include" };
    const struct yaml_node *included;

    if (!yaml_map(file, node, known, sizeof known / sizeof *known))
        return FOB_SUCCESS;
    included = yaml_get(node, "include");
    if (included == NULL)
        return add_entry(reading, file, node);
    if (node->count > 1)
        yaml_mistake(file, node, "include: stands alone in its entry");
    return include(reading, file, included);
}

/* The entries of LIST, in FILE. */
static int read_list(struct reading *reading, struct yaml_file *file, const struct yaml_node *list)
{
    int code = FOB_SUCCESS;

    if (list->kind != YAML_LIST || list->count == 0) {
        yaml_mistake(file, list, "%s: must be a list of at least one entry",
                     hook_name(reading->hook));
        return FOB_SUCCESS;
    }
    for (size_t i = 0; i < list->count && code == FOB_SUCCESS; i++)
        code = read_entry(reading, file, list->values[i]);
    return code;
}

/* Without an authorize stack, link's entries serve. */
static int copy_link_stack(struct fob_provider *provider)
{
    const struct stack *from = &provider->stacks[HOOK_LINK];
    struct stack *to = &provider->stacks[HOOK_AUTHORIZE];

    if (to->present || from->count == 0)
        return FOB_SUCCESS;
    to->entries = calloc(from->count, sizeof *to->entries);
    if (to->entries == NULL)
        return error_nomem();
    memcpy(to->entries, from->entries, from->count * sizeof *to->entries);
    to->count = from->count;
    return FOB_SUCCESS;
}

static int read_stack(const struct settings *settings, struct fob_provider *provider,
                      enum hook hook)
{
    struct yaml_file *file = provider->file;
    const struct yaml_node *list = yaml_get(file->root, hook_name(hook));
    struct reading reading = {
        .settings = settings,
        .provider = provider,
        .stack = &provider->stacks[hook],
        .hook = hook,
        .chain = { file },
    };

    reading.stack->present = list != NULL;
    if (list != NULL)
        return read_list(&reading, file, list);
    if (hook == HOOK_LINK || hook == HOOK_VALIDATE)
        yaml_mistake(file, file->root, "%s: missing", hook_name(hook));
    return FOB_SUCCESS;
}

int provider_read_stacks(const struct settings *settings, struct fob_provider *provider)
{
    int code = FOB_SUCCESS;

    for (int i = 0; i < HOOK_COUNT && code == FOB_SUCCESS; i++)
        code = read_stack(settings, provider, (enum hook)i);
    return code == FOB_SUCCESS ? copy_link_stack(provider) : code;
}
