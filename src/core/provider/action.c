/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks the values of actions' arguments, and implements the public functions that read
 * actions. */
#include "config.h"

#include "core/provider/action.h"

#include "core/provider/provider.h"
#include "util/error.h"
#include "util/json_number.h"
#include "util/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const action_argument_types[] = { "string", "integer", "number", "boolean",
                                              "date",   "enum",    NULL };

bool action_placeholder(const char *text, struct placeholder *placeholder)
{
    size_t size = strlen(text);

    if (size < 3 || text[0] != '{' || strcspn(text, "}") != size - 1)
        return false;
    *placeholder = (struct placeholder){ text + 1, size - 2 };
    return true;
}

size_t action_find_argument(const struct provider_action *action,
                            const struct placeholder *placeholder)
{
    for (size_t i = 0; i < action->argument_count; i++) {
        const char *name = action->arguments[i].name;

        if (strlen(name) == placeholder->size &&
            memcmp(name, placeholder->name, placeholder->size) == 0)
            return i;
    }
    return action->argument_count;
}

bool action_is_pointer(const char *text)
{
    if (text[0] != '\0' && text[0] != '/')
        return false;
    for (; *text != '\0'; text++) {
        if (*text == '~' && text[1] != '0' && text[1] != '1')
            return false;
    }
    return true;
}

static const char *action_integer_fault(const struct fob_action_argument *argument,
                                        const char *value)
{
    long long number;

    errno = 0;
    number = strtoll(value, NULL, 10);
    if (!json_number_is(value) || strpbrk(value, ".eE") != NULL || errno != 0)
        return "a whole number";
    return number < argument->min || number > argument->max ? "a whole number within its range"
                                                            : NULL;
}

static bool action_is_choice(const struct fob_action_argument *argument, const char *value)
{
    for (size_t i = 0; argument->choices != NULL && argument->choices[i] != NULL; i++) {
        if (strcmp(argument->choices[i], value) == 0)
            return true;
    }
    return false;
}

const char *action_value_fault(const struct provider_action *action, size_t index,
                               const char *value)
{
    const struct fob_action_argument *argument = &action->arguments[index];
    int64_t when;

    switch (action->rules[index].type) {
    case ARGUMENT_INTEGER:
        return action_integer_fault(argument, value);
    case ARGUMENT_NUMBER:
        return json_number_is(value) ? NULL : "a number";
    case ARGUMENT_BOOLEAN:
        return strcmp(value, "true") == 0 || strcmp(value, "false") == 0 ? NULL : "true or false";
    case ARGUMENT_DATE:
        return text_parse_date(value, &when) ? NULL : "a date, YYYY-MM-DD";
    case ARGUMENT_ENUM:
        return action_is_choice(argument, value) ? NULL : "one of its values";
    default:
        return text_is_utf8(value, strlen(value)) ? NULL : "text in UTF-8";
    }
}

const char *action_place_fault(enum fob_place place, const char *value)
{
    if (place != FOB_IN_BODY && text_has_control(value, strlen(value)))
        return "must not have a control character";
    /* A server might take an empty filter for no filter. */
    if (place != FOB_IN_BODY && value[0] == '\0')
        return "must not be empty";
    if (place != FOB_IN_PATH)
        return NULL;
    if (strcmp(value, ".") == 0 || strcmp(value, "..") == 0 || strpbrk(value, "/\\") != NULL)
        return "is one part of a path: it must not be . or .. nor have / or \\ in it";
    return NULL;
}

const struct fob_action *fob_provider_action(const struct fob_provider *provider, size_t index)
{
    return provider != NULL && index < provider->action_count ? &provider->actions[index].public
                                                              : NULL;
}

const struct fob_action_argument *fob_action_argument(const struct fob_action *action, size_t index)
{
    /* PUBLIC is the first member. */
    const struct provider_action *whole = (const struct provider_action *)action;

    return action != NULL && index < whole->argument_count ? &whole->arguments[index] : NULL;
}

const struct fob_action *fob_provider_list(const struct fob_provider *provider)
{
    const struct fob_action *list;

    if (provider == NULL)
        return NULL;
    list = &provider->list.public;
    return list->paginate->kind != FOB_PAGING_NONE ? list : NULL;
}

bool fob_provider_spares_tests(const struct fob_provider *provider)
{
    return provider != NULL && provider->spares_tests;
}

/* Set the error for a missing action, and suggest the nearest. */
static int action_fail_not_found(const struct fob_provider *provider, const char *name)
{
    const char **names = calloc(provider->action_count + 1, sizeof *names);
    const char *nearest = NULL;

    for (size_t i = 0; names != NULL && i < provider->action_count; i++)
        names[i] = provider->actions[i].public.name;
    if (names != NULL)
        nearest = text_nearest(name, names, provider->action_count);
    free(names);
    error_set(FOB_NOT_FOUND, "%.64s: provider %s has no such action", name, provider->name);
    if (nearest != NULL)
        error_hint("did you mean %s?", nearest);
    else if (provider->action_count == 0)
        error_hint("its file %s names none; \"fob request\" makes any call", provider->file->name);
    else
        error_hint("\"fob run ACCOUNT\" lists the actions");
    return FOB_NOT_FOUND;
}

int fob_find_action(const struct fob_provider *provider, const char *name,
                    const struct fob_action **action)
{
    NEED(provider);
    NEED(name);
    NEED(action);
    for (size_t i = 0; i < provider->action_count; i++) {
        if (strcmp(provider->actions[i].public.name, name) == 0) {
            *action = &provider->actions[i].public;
            return FOB_SUCCESS;
        }
    }
    return action_fail_not_found(provider, name);
}
