/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Chooses the names of a command's credentials. */
#include "config.h"

#include "fob/exec/variables.h"

#include "util/error.h"
#include "util/quote.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Append a variable, which owns NAME.  OPTION is the option that chose NAME, or NULL for a default
 * name. */
static int variables_append(struct variables *variables, char *name, const struct loan *loan,
                            const char *field, const char *option)
{
    struct variable *items;

    for (size_t i = 0; i < variables->count; i++) {
        const struct variable *other = &variables->items[i];

        if (strcmp(other->name, name) != 0)
            continue;
        error_set(FOB_INVALID, "%s: both %s of %s and %s of %s", name, other->field,
                  other->loan->account, field, loan->account);
        if (option != NULL)
            error_hint("each --%s needs a name of its own", option);
        else
            error_hint("--prefix, or --env of fob exec, chooses other names");
        free(name);
        return FOB_INVALID;
    }
    items = reallocarray(variables->items, variables->count + 1, sizeof *items);
    if (items == NULL) {
        free(name);
        return error_nomem();
    }
    variables->items = items;
    items[variables->count++] = (struct variable){ name, loan, field, NULL, false };
    return FOB_SUCCESS;
}

static void variables_add_to_strbuf(void *sink, const char *data, size_t size)
{
    strbuf_add(sink, data, size);
}

/* Make the name PREFIX_FIELD, which the caller frees; NULL when out of memory. */
static char *variables_make_name(const struct loan *loan, const char *prefix, const char *field)
{
    struct strbuf text = STRBUF_INIT;
    const struct quote out = { variables_add_to_strbuf, &text };

    quote_name(&out, prefix, fob_account_text(fob_handle_account(loan->handle), FOB_TEXT_PROVIDER),
               field);
    return strbuf_detach(&text);
}

/* The account's own string for FIELD; NULL when it has no such field. */
static const char *variables_find_field(struct fob_handle *handle, const char *field)
{
    const struct fob_account *account = fob_handle_account(handle);
    const char *name;

    for (size_t i = 0; account != NULL && (name = fob_account_field(account, i, NULL)) != NULL;
         i++) {
        if (strcmp(name, field) == 0)
            return name;
    }
    return NULL;
}

const char *variables_absent_field(struct fob_handle *handle, size_t *at)
{
    const struct fob_provider *provider = fob_handle_provider(handle);
    const struct fob_provider_field *field;

    while ((field = fob_provider_field(provider, (*at)++)) != NULL) {
        if (variables_find_field(handle, field->name) == NULL)
            return field->name;
    }
    return NULL;
}

static int variables_add_absent(struct variables *variables, const struct loan *loan,
                                const char *prefix)
{
    const char *field;
    size_t at = 0;

    while ((field = variables_absent_field(loan->handle, &at)) != NULL) {
        char **more = reallocarray(variables->absent, variables->absent_count + 1, sizeof *more);
        char *name = variables_make_name(loan, prefix, field);

        if (more != NULL)
            variables->absent = more;
        if (more == NULL || name == NULL) {
            free(name);
            return error_nomem();
        }
        more[variables->absent_count++] = name;
    }
    return FOB_SUCCESS;
}

/* Add the account's own variables, whose values are already known. */
static int variables_add_own(struct variables *variables, const struct loan *loan,
                             const struct fob_account *account)
{
    const char *text = fob_account_text(account, FOB_TEXT_VARIABLES);
    struct text_variable own;
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && text_next_variable(&text, &own)) {
        char *name = strndup(own.name, own.name_size);

        code = name != NULL ? variables_append(variables, name, loan, "a variable", NULL)
                            : error_nomem();
        if (code == FOB_SUCCESS) {
            struct variable *added = &variables->items[variables->count - 1];

            added->plain = true;
            code = fob_secret_new(own.value, own.value_size, &added->value);
        }
    }
    return code;
}

int variables_add_all(struct variables *variables, const struct loan *loan, const char *prefix)
{
    const struct fob_account *account = fob_handle_account(loan->handle);
    const char *field;
    int code = FOB_SUCCESS;

    if (account == NULL)
        return error_nomem();
    for (size_t i = 0; code == FOB_SUCCESS && (field = fob_account_field(account, i, NULL)) != NULL;
         i++) {
        char *name = variables_make_name(loan, prefix, field);

        code = name != NULL ? variables_append(variables, name, loan, field, NULL) : error_nomem();
    }
    if (code == FOB_SUCCESS)
        code = variables_add_own(variables, loan, account);
    return code == FOB_SUCCESS ? variables_add_absent(variables, loan, prefix) : code;
}

static const struct loan *variables_find_loan(const struct loan *loans, size_t count,
                                              const char *account, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(loans[i].account) == size && memcmp(loans[i].account, account, size) == 0)
            return &loans[i];
    }
    return NULL;
}

/* Add the variable NAME, which is then owned, for SOURCE: FIELD or ACCOUNT:FIELD. */
static int variables_add_source(struct variables *variables, const struct loan *loans, size_t count,
                                const char *option, char *name, const char *source)
{
    const char *colon = strchr(source, ':');
    const char *wanted = colon != NULL ? colon + 1 : source;
    const struct loan *loan = loans;
    const char *field;
    int code;

    if (colon != NULL)
        loan = variables_find_loan(loans, count, source, (size_t)(colon - source));
    if (loan == NULL) {
        code = error_set(FOB_NOT_FOUND, "--%s %s: no account %.*s here", option, name,
                         (int)(colon - source), source);
        error_hint("only an account that is an argument can be meant");
    } else if (colon == NULL && count > 1) {
        code =
            error_set(FOB_INVALID, "--%s %s: more than one account has %s", option, name, wanted);
        error_hint("name the account: NAME=ACCOUNT:FIELD");
    } else {
        field = variables_find_field(loan->handle, wanted);
        if (field != NULL)
            return variables_append(variables, name, loan, field, option);
        code = error_set(FOB_NOT_FOUND, "%s: no field %.64s", loan->account, wanted);
        error_hint("\"fob show\" lists an account's fields");
    }
    free(name);
    return code;
}

/* Whether TEXT is NAME=FIELD or NAME=ACCOUNT:FIELD, and no part is empty. */
static bool variables_is_choice(const char *text)
{
    const char *equals = strchr(text, '=');

    return equals != NULL && equals > text && equals[1] != '\0' && equals[1] != ':' &&
           text[strlen(text) - 1] != ':';
}

int variables_add_one(struct variables *variables, const struct loan *loans, size_t count,
                      const char *option, const char *text)
{
    size_t size = strcspn(text, "=");
    char *name = strndup(text, size);

    if (name == NULL)
        return error_nomem();
    if (!variables_is_choice(text) || !quote_is_prefix(name)) {
        free(name);
        error_set(FOB_INVALID, "--%s wants NAME=FIELD", option);
        error_hint("NAME has letters, digits and _, no digit at the beginning");
        return FOB_INVALID;
    }
    return variables_add_source(variables, loans, count, option, name, text + size + 1);
}

int variables_read(struct variables *variables)
{
    for (size_t i = 0; i < variables->count; i++) {
        struct variable *variable = &variables->items[i];
        int code = FOB_SUCCESS;

        if (variable->value == NULL)
            code = fob_get_field(variable->loan->handle, variable->field, &variable->value);
        if (code != FOB_SUCCESS)
            return code;
    }
    return FOB_SUCCESS;
}

void variables_free(struct variables *variables)
{
    for (size_t i = 0; i < variables->count; i++) {
        fob_secret_free(variables->items[i].value);
        free(variables->items[i].name);
    }
    for (size_t i = 0; i < variables->absent_count; i++)
        free(variables->absent[i]);
    free(variables->absent);
    free(variables->items);
    *variables = VARIABLES_INIT;
}
