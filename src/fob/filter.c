/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Filters accounts by provider, status, type and owner. */
#include "config.h"

#include "fob/filter.h"

#include "cli/output.h"
#include "util/array.h"
#include "util/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool filter_is_owner(const struct fob_account *account, const char *owner)
{
    return strcmp(fob_account_text(account, FOB_TEXT_OWNER_ID), owner) == 0 ||
           strcasecmp(fob_account_text(account, FOB_TEXT_OWNER_NAME), owner) == 0 ||
           strcasecmp(fob_account_text(account, FOB_TEXT_OWNER_EMAIL), owner) == 0;
}

bool filter_matches(const struct filter *filter, const struct fob_account *account)
{
    const char *status = fob_status_name((int)fob_account_status(account));

    return (filter->provider == NULL ||
            strcmp(fob_account_text(account, FOB_TEXT_PROVIDER), filter->provider) == 0) &&
           (filter->type == NULL ||
            strcmp(fob_account_text(account, FOB_TEXT_TYPE), filter->type) == 0) &&
           (filter->status == NULL || strcmp(status, filter->status) == 0) &&
           (filter->owner == NULL || filter_is_owner(account, filter->owner));
}

/* Refuse an unknown word, which would always give an empty list. */
static int filter_check_word(const char *option, const char *word, const char *const *known,
                             size_t count)
{
    const char *nearest;
    char hint[160];
    size_t used = 0;

    for (size_t i = 0; word != NULL && i < count; i++) {
        if (strcmp(word, known[i]) == 0)
            return FOB_SUCCESS;
    }
    if (word == NULL)
        return FOB_SUCCESS;
    nearest = text_nearest(word, known, count);
    if (nearest != NULL) {
        snprintf(hint, sizeof hint, "did you mean %s?", nearest);
    } else {
        for (size_t i = 0; i < count && used < sizeof hint; i++)
            used += (size_t)snprintf(hint + used, sizeof hint - used, "%s%s",
                                     i == 0 ? "it is one of " : ", ", known[i]);
    }
    return output_fail(FOB_INVALID, hint, "--%s: %s: no such %s", option, word, option);
}

int filter_read(const struct cli *cli, struct filter *filter)
{
    const struct options *options = &cli->options;
    static const char *const types[] = { "production", "test" };
    const char *statuses[FOB_STATUS_COUNT];
    int code;

    for (int i = 0; i < FOB_STATUS_COUNT; i++)
        statuses[i] = fob_status_name(i);
    *filter = (struct filter){
        .provider = options_text(options, "provider"),
        .type = options_text(options, "type"),
        .owner = options_text(options, "owner"),
        .status = options_text(options, "status"),
    };
    code = filter_check_word("type", filter->type, types, ARRAY_SIZE(types));
    if (code == FOB_SUCCESS)
        code = filter_check_word("status", filter->status, statuses, FOB_STATUS_COUNT);
    return code;
}

bool filter_is_set(const struct filter *filter)
{
    return filter->provider != NULL || filter->type != NULL || filter->owner != NULL ||
           filter->status != NULL;
}
