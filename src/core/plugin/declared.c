/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Copies and checks declarations. */
#include "config.h"

#include "core/plugin/declared.h"

#include "core/config/schema.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* All members of OPTION are copies. */
static void declared_free_option(struct fob_option *option)
{
    for (size_t i = 0; option->choices != NULL && option->choices[i] != NULL; i++)
        free((char *)(uintptr_t)option->choices[i]);
    free((void *)(uintptr_t)option->choices);
    free((char *)(uintptr_t)option->name);
    free((char *)(uintptr_t)option->value);
    free((char *)(uintptr_t)option->summary);
}

bool declared_has_hook(const struct declaration *declared, unsigned hook)
{
    return (declared->hooks >> hook & 1) != 0;
}

void declared_clear(struct declaration *declared)
{
    for (size_t i = 0; i < declared->option_count; i++)
        declared_free_option(&declared->options[i]);
    free(declared->options);
    free(declared->name);
    free(declared->version);
    free(declared->summary);
    *declared = (struct declaration){ .name = NULL };
}

/* Add an option called NAME, and an empty one after it. */
static int declared_add_option(struct declaration *declared, const char *name)
{
    struct fob_option *more =
        reallocarray(declared->options, declared->option_count + 2, sizeof *more);
    char *copy = strdup(name);

    if (more != NULL)
        declared->options = more;
    if (more == NULL || copy == NULL) {
        free(copy);
        return error_nomem();
    }
    memset(&more[declared->option_count], 0, 2 * sizeof *more);
    more[declared->option_count++].name = copy;
    return FOB_SUCCESS;
}

static int declared_add_choice(struct fob_option *option, const char *text)
{
    const char **more;
    size_t count = 0;

    while (option->choices != NULL && option->choices[count] != NULL)
        count++;
    more = reallocarray((void *)(uintptr_t)option->choices, count + 2, sizeof *more);
    if (more == NULL)
        return error_nomem();
    option->choices = more;
    more[count] = strdup(text);
    more[count + 1] = NULL;
    return more[count] != NULL ? FOB_SUCCESS : error_nomem();
}

static int declared_copy_text(const char **to, const char *text)
{
    if (*to != NULL)
        return error_set(FOB_PLUGIN, "its declaration repeats a property of an option");
    *to = strdup(text);
    return *to != NULL ? FOB_SUCCESS : error_nomem();
}

/* Set a property of OPTION, the last one. */
static int declared_take_of_option(struct fob_option *option, uint8_t tag, struct span item)
{
    switch (tag) {
    case FRAME_OPTION_TYPE:
        option->type = (enum fob_option_type)wire_get(item.data, 1);
        return FOB_SUCCESS;
    case FRAME_REQUIRED:
        option->required = true;
        return FOB_SUCCESS;
    case FRAME_OPTION_TEXT:
        return declared_copy_text(&option->value, item.data);
    case FRAME_MIN:
        option->min = (int64_t)wire_get(item.data, 8);
        return FOB_SUCCESS;
    case FRAME_MAX_VALUE:
        option->max = (int64_t)wire_get(item.data, 8);
        return FOB_SUCCESS;
    case FRAME_CHOICE:
        return declared_add_choice(option, item.data);
    default:
        return declared_copy_text(&option->summary, item.data);
    }
}

static bool declared_is_of_plugin(uint8_t tag)
{
    return tag == FRAME_MESSAGE || tag == FRAME_NAME || tag == FRAME_VERSION || tag == FRAME_HOOKS;
}

static int declared_take_options(struct span items, struct declaration *declared)
{
    struct span item;
    uint8_t tag;
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && frame_next(&items, &tag, &item)) {
        if (tag == FRAME_OPTION)
            code = declared_add_option(declared, item.data);
        else if (declared->option_count > 0 && !declared_is_of_plugin(tag))
            code =
                declared_take_of_option(&declared->options[declared->option_count - 1], tag, item);
        else if (tag == FRAME_SUMMARY)
            code = declared_copy_text((const char **)(uintptr_t)&declared->summary, item.data);
        else if (!declared_is_of_plugin(tag))
            code = error_set(FOB_PLUGIN, "its declaration has a property before any option");
    }
    return code;
}

int declared_take(struct span items, const char *path, struct declaration *declared)
{
    int code;

    *declared = (struct declaration){
        .name = strdup(frame_text(items, FRAME_NAME)),
        .version = strdup(frame_text(items, FRAME_VERSION)),
        .hooks = (unsigned)frame_number(items, FRAME_HOOKS, 0),
    };
    if (declared->name == NULL || declared->version == NULL)
        return error_nomem();
    code = declared_take_options(items, declared);
    if (code == FOB_SUCCESS && (!text_is_name(declared->name) || declared->summary == NULL))
        code = error_set(FOB_PLUGIN, "its declaration lacks a name, version or summary");
    if (code == FOB_SUCCESS)
        code = schema_check(declared->options);
    return code == FOB_PLUGIN ? error_set(code, "%s: %s", path, fob_error()) : code;
}
