/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks, and corrects, the spool of invitations. */
#include "config.h"

#include "core/account/check_parts.h"

#include "spool/spool_file.h"
#include "spool/spool_users.h"
#include "util/error.h"

#include <stdio.h>

/* The inbox is hostile, and must not fill the report. */
#define FAULTS_MAX 20
/* For how long a drop may wait. */
#define PATIENCE_S 60

struct hub_check {
    const char *spool;
    fob_finding_fn *fn;
    void *data;
    size_t faults; /* that were not corrected */
};

static void check_hub_fault(void *data, const struct spool_fault *fault)
{
    struct hub_check *hub = data;
    char text[512];

    if (!fault->fixed && ++hub->faults > FAULTS_MAX)
        return;
    snprintf(text, sizeof text, "spool %s/%s: %s%s", hub->spool, fault->path, fault->what,
             fault->fixed ? ": corrected" : "");
    hub->fn(fault->fixed, text, hub->data);
}

/* Report whether somebody takes what is sent. */
static void check_hub_worker(struct check_state *check)
{
    if (spool_file_waits(check->context->settings->hub.inbox, PATIENCE_S))
        check_report_finding(check, FOB_UNAVAILABLE,
                             "spool %s: keys wait for more than a minute: does \"fob inbox "
                             "--watch\" run, and is the store unlocked?",
                             check->context->settings->hub.spool);
}

/* Compare the spool, and call FN for each fault. */
static int check_hub_compare(const struct fob_context *context, bool fix, struct hub_check *hub)
{
    struct spool_check check = { .fix = fix, .report = check_hub_fault, .data = hub };
    struct spool spool;
    int code = spool_file_open(context->settings->hub.spool, &spool);

    hub->spool = context->settings->hub.spool;
    if (code == FOB_SUCCESS) {
        check.users = spool_users_of(spool.folders[SPOOL_INBOX]);
        spool_file_close(&spool);
        code = spool_compare(hub->spool, &check);
    }
    return code;
}

void check_hub(struct check_state *check)
{
    const struct settings_hub *settings = &check->context->settings->hub;
    struct hub_check hub = { .fn = check->fn, .data = check->data };
    int code;

    if (settings->url[0] == '\0')
        return;
    check_report_finding(check, FOB_SUCCESS, "hub %s", settings->url);
    code = check_hub_compare(check->context, false, &hub);
    if (code == FOB_NOT_FOUND) {
        check_report_finding(check, FOB_SUCCESS, "spool %s: not there yet", settings->spool);
    } else if (code != FOB_SUCCESS) {
        check_report_finding(check, code, "%s", fob_error());
    } else if (hub.faults == 0) {
        check_report_finding(check, FOB_SUCCESS, "spool %s", settings->spool);
    } else {
        check->bad += hub.faults;
        check_note_code(check, FOB_NOT_ALLOWED);
    }
    check_hub_worker(check);
}

int check_hub_repair(struct fob_context *context, fob_finding_fn *fn, void *data)
{
    struct hub_check hub = { .fn = fn, .data = data };
    int code;

    if (context->settings->hub.url[0] == '\0')
        return FOB_SUCCESS;
    code = check_hub_compare(context, true, &hub);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

void check_hub_callback(struct check_state *check, const struct fob_provider *provider)
{
    const char *url = check->context->settings->hub.url;

    if (url[0] != '\0' && yaml_get(provider->options, "oauth") != NULL)
        check_report_finding(check, FOB_SUCCESS,
                             "  sign-ins of invited people come back to %s/callback/%s", url,
                             provider->name);
}
