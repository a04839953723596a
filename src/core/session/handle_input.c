/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sets the input on a handle: items, and values of fields. */
#include "config.h"

#include "core/session/handle.h"

#include "spool/spool_name.h"
#include "util/address.h"
#include "util/error.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEM_MAX 255
#define VARIABLES_MAX 4096

/* Check lines NAME=VALUE, with unique names. */
static int input_check_variables(const char *value)
{
    struct text_variable variable;
    const char *at = value;

    if (strlen(value) > VARIABLES_MAX || !text_is_utf8(value, strlen(value)))
        return error_set(FOB_INVALID, "the variables must be text of at most %d bytes",
                         VARIABLES_MAX);
    while (text_next_variable(&at, &variable)) {
        const char *rest = at;
        struct text_variable other;

        if (text_has_control(variable.value, variable.value_size))
            return error_set(FOB_INVALID, "a variable must not have control characters");
        while (text_next_variable(&rest, &other)) {
            if (other.name_size == variable.name_size &&
                memcmp(other.name, variable.name, variable.name_size) == 0)
                return error_set(FOB_INVALID, "%.*s is given twice", (int)variable.name_size,
                                 variable.name);
        }
    }
    return *at == '\0'
               ? FOB_SUCCESS
               : error_set(FOB_INVALID, "must be NAME=VALUE, with a NAME of letters, digits "
                                        "and _");
}

/* Check a list of servers, separated by blanks. */
static int input_check_hosts(const char *value)
{
    char host[ITEM_MAX + 1];

    for (value += strspn(value, " "); *value != '\0'; value += strspn(value, " ")) {
        int size = (int)strcspn(value, " ");
        const char *fault;

        (void)snprintf(host, sizeof host, "%.*s", size, value);
        fault = address_server_fault(host);
        if (fault != NULL)
            return error_set(FOB_INVALID, "%s: %s", host, fault);
        value += size;
    }
    return FOB_SUCCESS;
}

static int input_check_item(enum fob_item item, const char *value)
{
    unsigned char invitation[SPOOL_ID];
    int64_t when;

    if (item == FOB_ITEM_VARIABLES)
        return input_check_variables(value);
    if (strlen(value) > ITEM_MAX || text_has_control(value, strlen(value)) ||
        !text_is_utf8(value, strlen(value)))
        return error_set(FOB_INVALID, "the value must be text of at most %d bytes", ITEM_MAX);
    if (item == FOB_ITEM_TYPE && strcmp(value, "production") != 0 && strcmp(value, "test") != 0)
        return error_set(FOB_INVALID, "%s: the type is \"production\" or \"test\"", value);
    if (item == FOB_ITEM_EXPIRES && value[0] != '\0' &&
        (!text_parse_date(value, &when) || when <= 0)) /* 0 means no date */
        return error_set(FOB_INVALID, "%s: not a date (YYYY-MM-DD) after 1970-01-01", value);
    if (item == FOB_ITEM_INVITATION && value[0] != '\0' &&
        !spool_name_read(value, strlen(value), invitation))
        return error_set(FOB_INVALID, "%s: not an invitation's ID", value);
    return item == FOB_ITEM_HOSTS ? input_check_hosts(value) : FOB_SUCCESS;
}

int fob_set_item(struct fob_handle *handle, enum fob_item item, const char *value)
{
    char *copy;
    int code = handle_check_idle(handle, __func__);

    if (code != FOB_SUCCESS)
        return code;
    NEED(value);
    if ((unsigned)item >= FOB_ITEM_COUNT)
        return error_set(FOB_INVALID, "no such item");
    code = input_check_item(item, value);
    if (code != FOB_SUCCESS)
        return code;
    copy = strdup(value);
    if (copy == NULL)
        return error_nomem();
    free(handle->items[item]);
    handle->items[item] = copy;
    return FOB_SUCCESS;
}

void fob_set_exact(struct fob_handle *handle)
{
    if (handle_check_idle(handle, __func__) != FOB_SUCCESS)
        return;
    handle->exact = true;
}

bool handle_finds_unseen(const struct fob_handle *handle, const void *value, size_t size,
                         char what[static TEXT_UNSEEN])
{
    return !handle->exact && text_find_unseen(value, size, what);
}

static int input_refuse_unseen(const char *title, const char *what)
{
    error_set(FOB_INVALID, "%s: it %s", title, what);
    error_hint("remove it; if it belongs to the value, use --exact");
    return FOB_INVALID;
}

int handle_set_input(struct fob_handle *handle, const struct provider_field *field,
                     const void *value, size_t size)
{
    int code = FOB_SUCCESS;

    if (handle->input == NULL)
        code = record_new(handle->account, &handle->input);
    if (code == FOB_SUCCESS)
        code =
            record_set_field(handle->input, field->public.name, value, size, field->public.secret);
    return code;
}

int fob_set_field(struct fob_handle *handle, const char *name, const void *value, size_t size)
{
    const struct provider_field *field;
    struct fob_secret *copy = NULL;
    char what[TEXT_UNSEEN];
    int code = handle_check_idle(handle, __func__);

    if (code != FOB_SUCCESS)
        return code;
    NEED(name);
    if (size > 0)
        NEED(value);
    code = handle_provider(handle);
    if (code != FOB_SUCCESS)
        return code;
    field = handle->for_app ? provider_find_app_field(handle->provider, name)
                            : provider_find_field(handle->provider, name);
    if (field == NULL) {
        /* Do not repeat the name, which may be a mistyped secret. */
        error_set(FOB_NOT_FOUND, "provider %s has no such field", handle->provider_name);
        error_hint("see \"fob providers\" for the fields it has");
        return FOB_NOT_FOUND;
    }
    code = provider_clean_value(field, value, size, &copy);
    size = fob_secret_size(copy);
    if (code == FOB_SUCCESS)
        code = provider_check_value(handle->provider, field, fob_secret_data(copy), size);
    if (code == FOB_SUCCESS && handle_finds_unseen(handle, fob_secret_data(copy), size, what))
        code = input_refuse_unseen(field->public.title, what);
    if (code == FOB_SUCCESS)
        code = handle_set_input(handle, field, fob_secret_data(copy), size);
    fob_secret_free(copy);
    return code;
}

void fob_clear_fields(struct fob_handle *handle)
{
    if (handle_check_idle(handle, __func__) != FOB_SUCCESS)
        return;
    record_free(handle->input);
    handle->input = NULL;
}
