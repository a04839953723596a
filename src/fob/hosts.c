/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds the account for a server. */
#include "config.h"

#include "fob/hosts.h"

#include "cli/output.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t"

/* The part of the SIZE bytes of SERVER without the port of https, which is the default. */
static size_t hosts_size(const char *server, size_t size)
{
    static const char port[] = ":443";
    const size_t length = sizeof port - 1;

    return size > length && memcmp(server + size - length, port, length) == 0 ? size - length
                                                                              : size;
}

static bool hosts_are_same(const char *server, size_t size, const char *host)
{
    size = hosts_size(server, size);
    return size == hosts_size(host, strlen(host)) && strncasecmp(server, host, size) == 0;
}

/* Whether HOST is one of the words of LIST. */
static bool hosts_has(const char *list, const char *host)
{
    for (list += strspn(list, BLANKS); *list != '\0'; list += strspn(list, BLANKS)) {
        size_t length = strcspn(list, BLANKS);

        if (hosts_are_same(list, length, host))
            return true;
        list += length;
    }
    return false;
}

bool hosts_allow(struct cli *cli, const char *host)
{
    const struct fob_account *account = fob_handle_account(cli->handle);
    const struct fob_provider *provider;
    const char *named;
    const char *name;

    if (account == NULL || host[0] == '\0')
        return false;
    name = fob_account_text(account, FOB_TEXT_NAME);
    if (hosts_are_same(name, strlen(name), host) ||
        hosts_has(fob_account_text(account, FOB_TEXT_HOSTS), host))
        return true;
    provider = fob_handle_provider(cli->handle);
    for (size_t i = 0; provider != NULL && (named = fob_provider_host(provider, i)) != NULL; i++) {
        if (hosts_are_same(named, strlen(named), host))
            return true;
    }
    return false;
}

/* The accounts, whose names need no key. */
static int hosts_open_accounts(struct cli *cli, struct fob_accounts **accounts)
{
    int code = cli_open(cli);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_accounts_open(cli->context, accounts);
    return code == FOB_SUCCESS ? FOB_SUCCESS : cli_fail(cli, code);
}

/* Start the account NAME, and end it again unless it is for HOST. */
static int hosts_try(struct cli *cli, const char *name, const char *host, hosts_accept_fn *accept,
                     void *data)
{
    int code = cli_start(cli, NULL, name);

    if (code == FOB_SUCCESS && (!hosts_allow(cli, host) || (accept != NULL && !accept(cli, data))))
        cli_end(cli);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code; /* the account was revoked meanwhile */
}

/* Try each account; with NAMED only those that are called HOST. */
static int hosts_try_all(struct cli *cli, const char *host, bool named, hosts_accept_fn *accept,
                         void *data)
{
    struct fob_accounts *accounts = NULL;
    const char *name;
    int code = hosts_open_accounts(cli, &accounts);

    while (code == FOB_SUCCESS && cli->handle == NULL &&
           (name = fob_accounts_next_name(accounts)) != NULL) {
        if (!named || strcasecmp(name, host) == 0)
            code = hosts_try(cli, name, host, accept, data);
    }
    fob_accounts_close(accounts);
    return code;
}

int hosts_start(struct cli *cli, const char *host, hosts_accept_fn *accept, void *data)
{
    /* Try the account of that name first, which needs no others to be opened. */
    int code = hosts_try_all(cli, host, true, accept, data);

    return code == FOB_SUCCESS && cli->handle == NULL
               ? hosts_try_all(cli, host, false, accept, data)
               : code;
}

/* Call FN for each word in the started account's label hosts. */
static int hosts_each_word(struct cli *cli, hosts_each_fn *fn, void *data)
{
    const struct fob_account *account = fob_handle_account(cli->handle);
    char *list = account != NULL ? strdup(fob_account_text(account, FOB_TEXT_HOSTS)) : NULL;
    char *rest = list;
    const char *word;
    int code = FOB_SUCCESS;

    if (list == NULL)
        return output_nomem();
    while (code == FOB_SUCCESS && (word = strsep(&rest, BLANKS)) != NULL) {
        if (word[0] != '\0')
            code = fn(cli, word, data);
    }
    free(list);
    return code;
}

int hosts_each(struct cli *cli, hosts_each_fn *fn, void *data)
{
    struct fob_accounts *accounts = NULL;
    const char *name;
    int code = hosts_open_accounts(cli, &accounts);

    while (code == FOB_SUCCESS && (name = fob_accounts_next_name(accounts)) != NULL) {
        code = cli_start(cli, NULL, name);
        if (code == FOB_SUCCESS)
            code = hosts_each_word(cli, fn, data);
        cli_end(cli);
    }
    fob_accounts_close(accounts);
    return code;
}
