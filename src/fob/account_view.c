/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Shows accounts as JSON and as text. */
#include "config.h"

#include "fob/account_view.h"

#include "util/array.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

static void view_add_fields(struct strbuf *buf, const struct fob_account *account)
{
    const char *name;
    bool secret;

    output_json_begin(buf, "fields", '[');
    for (size_t i = 0; (name = fob_account_field(account, i, &secret)) != NULL; i++) {
        output_json_begin(buf, NULL, '{');
        output_json_text(buf, "name", name);
        output_json_flag(buf, "secret", secret);
        output_json_end(buf, '}');
    }
    output_json_end(buf, ']');
}

static void account_add_variables(struct strbuf *buf, const char *text)
{
    struct text_variable variable;

    output_json_begin(buf, "variables", '{');
    while (text_next_variable(&text, &variable)) {
        char *name = strndup(variable.name, variable.name_size);
        char *value = strndup(variable.value, variable.value_size);

        buf->failed |= name == NULL || value == NULL;
        if (name != NULL && value != NULL)
            output_json_text(buf, name, value);
        free(name);
        free(value);
    }
    output_json_end(buf, '}');
}

void account_json(struct strbuf *buf, const struct fob_account *account, const struct uses *uses)
{
    output_json_begin(buf, NULL, '{');
    output_json_text(buf, "name", fob_account_text(account, FOB_TEXT_NAME));
    output_json_text(buf, "provider", fob_account_text(account, FOB_TEXT_PROVIDER));
    output_json_text(buf, "type", fob_account_text(account, FOB_TEXT_TYPE));
    output_json_text(buf, "status", fob_status_name((int)fob_account_status(account)));
    output_json_begin(buf, "owner", '{');
    output_json_text(buf, "id", fob_account_text(account, FOB_TEXT_OWNER_ID));
    output_json_text(buf, "name", fob_account_text(account, FOB_TEXT_OWNER_NAME));
    output_json_text(buf, "email", fob_account_text(account, FOB_TEXT_OWNER_EMAIL));
    output_json_end(buf, '}');
    output_json_begin(buf, "remote", '{');
    output_json_text(buf, "id", fob_account_text(account, FOB_TEXT_REMOTE_ID));
    output_json_text(buf, "name", fob_account_text(account, FOB_TEXT_REMOTE_NAME));
    output_json_end(buf, '}');
    output_json_time(buf, "linked", fob_account_time(account, FOB_TIME_LINKED));
    output_json_time(buf, "changed", fob_account_time(account, FOB_TIME_CHANGED));
    output_json_time(buf, "validated", fob_account_time(account, FOB_TIME_VALIDATED));
    output_json_time(buf, "last_used", uses_last(uses, account));
    output_json_time(buf, "refused", fob_account_time(account, FOB_TIME_REFUSED));
    output_json_time(buf, "expires", fob_account_time(account, FOB_TIME_EXPIRES));
    output_json_text(buf, "hosts", fob_account_text(account, FOB_TEXT_HOSTS));
    account_add_variables(buf, fob_account_text(account, FOB_TEXT_VARIABLES));
    output_json_text(buf, "last_error", fob_account_text(account, FOB_TEXT_LAST_ERROR));
    view_add_fields(buf, account);
    output_json_end(buf, '}');
}

int account_print_json(const struct cli *cli, const struct fob_account *account)
{
    struct strbuf buf = STRBUF_INIT;
    struct uses uses = { NULL };

    uses_read(cli->context, fob_account_text(account, FOB_TEXT_NAME), &uses);
    account_json(&buf, account, &uses);
    uses_free(&uses);
    return output_json(&buf);
}

const char *account_remote(const struct fob_account *account)
{
    const char *name = fob_account_text(account, FOB_TEXT_REMOTE_NAME);

    return name[0] != '\0' ? name : fob_account_text(account, FOB_TEXT_REMOTE_ID);
}

const char *account_owner(const struct fob_account *account)
{
    static const enum fob_text texts[] = { FOB_TEXT_OWNER_NAME, FOB_TEXT_OWNER_EMAIL,
                                           FOB_TEXT_OWNER_ID };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        if (fob_account_text(account, texts[i])[0] != '\0')
            return fob_account_text(account, texts[i]);
    }
    return "";
}

char *account_place(struct fob_handle *handle, const struct fob_account *account)
{
    const struct fob_provider *provider = fob_handle_provider(handle);
    const char *title = fob_account_text(account, FOB_TEXT_PROVIDER);
    const char *identity = "account";
    struct strbuf place = STRBUF_INIT;

    if (provider != NULL) {
        if (fob_provider_text(provider, FOB_PROVIDER_TITLE)[0] != '\0')
            title = fob_provider_text(provider, FOB_PROVIDER_TITLE);
        identity = fob_provider_text(provider, FOB_PROVIDER_IDENTITY);
    }
    strbuf_add_text(&place, title);
    if (account_remote(account)[0] != '\0')
        strbuf_printf(&place, " %s \"%s\"", identity, account_remote(account));
    return strbuf_detach(&place);
}

/* Apply CHANGE, "NAME=VALUE", to the lines of TEXT; an empty VALUE removes the line.  False when
 * CHANGE has no "=". */
static bool view_change_variable(struct strbuf *text, const char *change)
{
    size_t size = strcspn(change, "=");
    char *before = strbuf_detach(text);
    const char *at = before;
    struct text_variable variable;

    *text = STRBUF_INIT;
    while (at != NULL && text_next_variable(&at, &variable)) {
        if (variable.name_size != size || memcmp(variable.name, change, size) != 0)
            strbuf_printf(text, "%.*s=%.*s\n", (int)variable.name_size, variable.name,
                          (int)variable.value_size, variable.value);
    }
    text->failed |= before == NULL;
    free(before);
    if (change[size] == '=' && change[size + 1] != '\0')
        strbuf_printf(text, "%s\n", change);
    return change[size] == '=';
}

/* Whether a --variable before CHANGE has its name. */
static bool view_was_named(const struct options *options, const char *change)
{
    size_t size = strcspn(change, "=") + 1;
    const char *other;
    size_t at = 0;

    while ((other = options_next(options, "variable", &at)) != change) {
        if (strncmp(other, change, size) == 0)
            return true;
    }
    return false;
}

/* Set the account's variables, changed by --variable. */
static int view_set_variables(const struct options *options, struct fob_handle *handle)
{
    const struct fob_account *account = fob_handle_account(handle);
    struct strbuf text = STRBUF_INIT;
    const char *change;
    size_t at = 0;
    int code = FOB_SUCCESS;

    if (!options_has(options, "variable"))
        return FOB_SUCCESS;
    strbuf_add_text(&text, account != NULL ? fob_account_text(account, FOB_TEXT_VARIABLES) : "");
    while (code == FOB_SUCCESS && (change = options_next(options, "variable", &at)) != NULL) {
        if (!view_change_variable(&text, change))
            code = output_fail(FOB_INVALID, NULL, "--variable: its value must be NAME=VALUE");
        else if (view_was_named(options, change))
            code = output_fail(FOB_INVALID, NULL, "--variable: %.*s: given twice",
                               (int)strcspn(change, "="), change);
    }
    if (code == FOB_SUCCESS && text.failed)
        code = output_nomem();
    if (code == FOB_SUCCESS) {
        code = fob_set_item(handle, FOB_ITEM_VARIABLES, text.data != NULL ? text.data : "");
        if (code != FOB_SUCCESS)
            output_fail(code, NULL, "--variable: %s", fob_error());
    }
    strbuf_free(&text);
    return code;
}

int account_set_items(const struct options *options, struct fob_handle *handle)
{
    static const struct {
        const char *option;
        enum fob_item item;
    } items[] = {
        { "type", FOB_ITEM_TYPE },
        { "owner-id", FOB_ITEM_OWNER_ID },
        { "owner-name", FOB_ITEM_OWNER_NAME },
        { "owner-email", FOB_ITEM_OWNER_EMAIL },
        { "expires", FOB_ITEM_EXPIRES },
        { "hosts", FOB_ITEM_HOSTS },
    };

    for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
        const char *value = options_text(options, items[i].option);
        int code;

        if (value == NULL)
            continue;
        if (items[i].item == FOB_ITEM_EXPIRES && strcmp(value, "never") == 0)
            value = "";
        code = fob_set_item(handle, items[i].item, value);
        if (code == FOB_INVALID)
            return output_fail(code, NULL, "--%s: %s", items[i].option, fob_error());
        if (code != FOB_SUCCESS) {
            output_error(code);
            return code;
        }
    }
    return view_set_variables(options, handle);
}
