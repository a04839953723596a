/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks that the providers of accounts and invitations have the apps that they need. */
#include "config.h"

#include "core/account/check_parts.h"

#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A provider, and who needs its app. */
struct apps_provider {
    char *name;
    char *fault;                   /* what is wrong with its app; NULL for nothing */
    char first[FOB_NAME_MAX + 32]; /* "the account acme" */
    size_t users;
    struct apps_provider *next;
};

/* Why hooks of PROVIDER would not get its app, for the caller to free; NULL if they would. */
static char *check_apps_fault(struct check_state *check, const char *provider)
{
    struct fob_handle *handle = NULL;
    char *fault = NULL;

    if (handle_new(check->context, "", NULL, &handle) != FOB_SUCCESS)
        return NULL;
    (void)snprintf(handle->provider_name, sizeof handle->provider_name, "%s", provider);
    /* Other faults of the provider are reported with it. */
    if (handle_provider(handle) == FOB_SUCCESS && handle_read_app(handle) == FOB_CONFIG)
        fault = strdup(fob_error());
    fob_end(handle);
    return fault;
}

/* Note that NAME, an account or an invitation as WHAT says, is of PROVIDER. */
static void check_apps_add(struct check_state *check, struct apps_provider **list,
                           const char *provider, const char *what, const char *name)
{
    struct apps_provider *found = *list;

    while (found != NULL && strcmp(found->name, provider) != 0)
        found = found->next;
    if (found == NULL) {
        found = calloc(1, sizeof *found);
        if (found == NULL || (found->name = strdup(provider)) == NULL) {
            check_note_code(check, FOB_NOMEM);
            free(found);
            return;
        }
        found->fault = check_apps_fault(check, provider);
        found->next = *list;
        *list = found;
        (void)snprintf(found->first, sizeof found->first, "the %s %s", what, name);
    }
    found->users++;
}

/* What cannot be read is reported with the store. */
static bool check_apps_goes_on(int code)
{
    return code == FOB_SUCCESS || code == FOB_CORRUPT || code == FOB_NOT_ALLOWED;
}

static void check_apps_accounts(struct check_state *check, struct apps_provider **list)
{
    struct fob_accounts *accounts = NULL;
    struct fob_account *account = NULL;
    int code = fob_accounts_open(check->context, &accounts);

    while (code == FOB_SUCCESS &&
           check_apps_goes_on(code = fob_accounts_next(accounts, &account))) {
        if (code == FOB_SUCCESS) {
            check_apps_add(check, list, fob_account_text(account, FOB_TEXT_PROVIDER), "account",
                           fob_account_text(account, FOB_TEXT_NAME));
            fob_account_free(account);
        }
        code = FOB_SUCCESS;
    }
    fob_accounts_close(accounts);
}

static void check_apps_invitations(struct check_state *check, struct apps_provider **list)
{
    struct fob_invitations *invitations = NULL;
    struct fob_invitation *invitation = NULL;
    int code = fob_invitations_open(check->context, &invitations);

    while (code == FOB_SUCCESS &&
           check_apps_goes_on(code = fob_invitations_next(invitations, &invitation))) {
        if (code == FOB_SUCCESS) {
            if (fob_invitation_state(invitation) < FOB_INVITATION_DONE)
                check_apps_add(
                    check, list, fob_invitation_text(invitation, FOB_INVITATION_PROVIDER),
                    "invitation for", fob_invitation_text(invitation, FOB_INVITATION_ACCOUNT));
            fob_invitation_free(invitation);
        }
        code = FOB_SUCCESS;
    }
    fob_invitations_close(invitations);
}

static void check_apps_report(struct check_state *check, const struct apps_provider *provider)
{
    char others[48] = " needs";

    if (provider->fault == NULL)
        return;
    if (provider->users > 1)
        (void)snprintf(others, sizeof others, " and %zu more need", provider->users - 1);
    check_report_finding(check, FOB_CONFIG, "%s, and %s%s it: \"fob app %s\" stores it",
                         provider->fault, provider->first, others, provider->name);
}

void check_apps(struct check_state *check)
{
    struct apps_provider *list = NULL;

    check_apps_accounts(check, &list);
    check_apps_invitations(check, &list);
    while (list != NULL) {
        struct apps_provider *next = list->next;

        check_apps_report(check, list);
        free(list->name);
        free(list->fault);
        free(list);
        list = next;
    }
}
