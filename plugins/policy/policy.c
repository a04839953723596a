/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The policy plugin, fob_policy(7): who on this machine may run a hook, for which accounts, when.
 *
 * It never returns FOB_SUCCESS, so that no stack succeeds by it alone, and never FOB_DENIED, which
 * would count as the provider's verdict on the credential.
 */
#include "config.h"

#include "hours.h"
#include "policy_options.h"

#include <fob/plugin.h>

#include "util/array.h"
#include "util/passwd.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOBODY UINT32_MAX /* the system's value for no id */

static int policy_find_user(const char *name, uint32_t *id)
{
    struct passwd entry;
    char *texts;
    int error = passwd_find_user(name, 0, &entry, &texts);

    if (error != 0)
        return error;
    *id = entry.pw_uid;
    free(texts);
    return 0;
}

/* "bob", or "uid 1001" when the system knows no name. */
static void policy_name_caller(const struct fob_handle *handle, char *text, size_t size)
{
    const struct fob_caller *caller = fob_caller(handle);
    struct passwd entry;
    char *texts;

    if (passwd_find_user(NULL, caller->uid, &entry, &texts) != 0) {
        snprintf(text, size, "uid %u", (unsigned)caller->uid);
        return;
    }
    snprintf(text, size, "%s", entry.pw_name);
    free(texts);
}

static int policy_mistake(struct fob_handle *handle, const char *option, const char *item,
                          const char *what)
{
    size_t index = 0;

    while (fob_option_item(handle, option, index) != item)
        index++;
    fob_item_mistake(handle, option, index, NULL, "%s: %s", item, what);
    fob_fail(handle, FOB_CONFIG, "provider %s: policy: %s: %s: %s", fob_provider_name(handle),
             option, item, what);
    fob_hint(handle, "nothing is allowed until that is corrected; fob_policy(7) has the options");
    return FOB_CONFIG;
}

static int policy_no_condition(struct fob_handle *handle)
{
    fob_mistake(handle, NULL, "policy: it has no condition");
    fob_fail(handle, FOB_CONFIG, "provider %s: policy: it has no condition",
             fob_provider_name(handle));
    fob_hint(handle, "give it users, groups, accounts, owners, types or hours; or deny: true");
    return FOB_CONFIG;
}

typedef int find_fn(const char *name, uint32_t *id);

/* Parse ITEM as an id: a number, or a name that FIND knows. */
static int policy_parse_id(struct fob_handle *handle, const char *option, const char *item,
                           find_fn *find, uint32_t *id)
{
    size_t digits = strspn(item, "0123456789");
    unsigned long long number;
    int error;

    if (digits > 0 && item[digits] == '\0') {
        number = strtoull(item, NULL, 10);
        if (number >= NOBODY)
            return policy_mistake(handle, option, item, "no such id is possible");
        *id = (uint32_t)number;
        return FOB_SUCCESS;
    }
    error = find(item, id);
    if (error == ENOENT)
        return policy_mistake(handle, option, item,
                              find == policy_find_user ? "there is no such user"
                                                       : "there is no such group");
    errno = error;
    return error == 0 ? FOB_SUCCESS
                      : fob_fail(handle, FOB_SYSTEM, "provider %s: policy: %s: %s: %m",
                                 fob_provider_name(handle), option, item);
}

static int policy_match_user(struct fob_handle *handle, const char *item, bool *match)
{
    uint32_t id = NOBODY;
    int code = policy_parse_id(handle, "users", item, policy_find_user, &id);

    *match = code == FOB_SUCCESS && id == fob_caller(handle)->uid;
    return code;
}

/* Whether the caller is in the group: by its own id or one of the others. */
static bool policy_has_group(const struct fob_caller *caller, uint32_t id)
{
    bool has = id == caller->gid;

    for (size_t i = 0; i < caller->group_count; i++)
        has |= caller->groups[i] == id;
    return has;
}

static int policy_match_group(struct fob_handle *handle, const char *item, bool *match)
{
    uint32_t id = NOBODY;
    int code = policy_parse_id(handle, "groups", item, passwd_find_group, &id);

    *match = code == FOB_SUCCESS && policy_has_group(fob_caller(handle), id);
    return code;
}

static int policy_match_pattern(struct fob_handle *handle, const char *text, const char *pattern,
                                bool *match)
{
    int result = fnmatch(pattern, text, 0);

    *match = result == 0;
    return result == 0 || result == FNM_NOMATCH
               ? FOB_SUCCESS
               : fob_fail(handle, FOB_SYSTEM, "policy: \"%s\" and \"%s\" cannot be compared",
                          pattern, text);
}

static int policy_match_account(struct fob_handle *handle, const char *item, bool *match)
{
    return policy_match_pattern(handle, fob_account_name(handle), item, match);
}

static int policy_match_owner(struct fob_handle *handle, const char *item, bool *match)
{
    return policy_match_pattern(handle, fob_account_label(handle, FOB_TEXT_OWNER_ID), item, match);
}

static int policy_match_type(struct fob_handle *handle, const char *item, bool *match)
{
    if (fnmatch(item, "production", 0) != 0 && fnmatch(item, "test", 0) != 0)
        return policy_mistake(handle, "types", item, "it fits neither production nor test");
    return policy_match_pattern(handle, fob_account_label(handle, FOB_TEXT_TYPE), item, match);
}

static bool policy_read_clock(const struct fob_handle *handle, struct tm *now)
{
    time_t seconds = time(NULL);

    return strcmp(fob_option_text(handle, "timezone"), "utc") == 0
               ? gmtime_r(&seconds, now) != NULL
               : localtime_r(&seconds, now) != NULL;
}

static int policy_match_hours(struct fob_handle *handle, const char *item, bool *match)
{
    struct hours hours;
    struct tm now;

    if (!hours_parse(item, &hours))
        return policy_mistake(handle, "hours", item,
                              "not hours such as \"08:00-18:00\" or \"mon-fri 08:00-18:00\"");
    if (!policy_read_clock(handle, &now))
        return fob_fail(handle, FOB_SYSTEM, "policy: the time of day: %m");
    *match = hours_contain(&hours, &now);
    return FOB_SUCCESS;
}

/* A list with one item that must match.  All items are checked, so that a mistake is reported at
 * once. */
struct condition {
    const char *option;
    int (*match)(struct fob_handle *handle, const char *item, bool *match);
    const char *otherwise;
};

static const struct condition conditions[] = {
    { "users", policy_match_user, "not one of the users" },
    { "groups", policy_match_group, "in none of the groups" },
    { "accounts", policy_match_account, "its name is not among the accounts" },
    { "owners", policy_match_owner, "its owner's id is not among the owners" },
    { "types", policy_match_type, "its type is not among the types" },
    { "hours", policy_match_hours, "it is not within the hours" },
};

#define CONDITIONS ARRAY_SIZE(conditions)

/* The result of all conditions. */
struct policy_verdict {
    size_t given;
    const char *failed; /* why the first failed condition failed; NULL when all hold */
};

static int policy_judge(struct fob_handle *handle, const struct condition *condition,
                        struct policy_verdict *verdict)
{
    const char *item;
    bool holds = false;
    size_t count = 0;

    for (; (item = fob_option_item(handle, condition->option, count)) != NULL; count++) {
        bool match = false;
        int code = condition->match(handle, item, &match);

        if (code != FOB_SUCCESS)
            return code;
        holds |= match;
    }
    verdict->given += count > 0;
    if (count > 0 && !holds && verdict->failed == NULL)
        verdict->failed = condition->otherwise;
    return FOB_SUCCESS;
}

static int policy_refuse(struct fob_handle *handle, const char *verb, const char *why)
{
    char who[64];

    policy_name_caller(handle, who, sizeof who);
    fob_fail(handle, FOB_SUSPENDED, "%s: the policy of %s does not let %s %s it: %s",
             fob_account_name(handle), fob_provider_name(handle), who, verb, why);
    fob_hint(handle, "who may, and when, is in the entries of policy of provider %s",
             fob_provider_name(handle));
    return FOB_SUSPENDED;
}

/* Whether the caller may VERB the account now. */
static int policy_decide(struct fob_handle *handle, const char *verb)
{
    bool deny = fob_option_flag(handle, "deny");
    struct policy_verdict verdict = { 0, NULL };

    for (size_t i = 0; i < CONDITIONS; i++) {
        int code = policy_judge(handle, &conditions[i], &verdict);

        if (code != FOB_SUCCESS)
            return code;
    }
    if (deny && verdict.failed == NULL)
        return policy_refuse(handle, verb, "a rule that denies fits");
    if (!deny && verdict.given == 0)
        return policy_no_condition(handle);
    return deny || verdict.failed == NULL ? FOB_IGNORE
                                          : policy_refuse(handle, verb, verdict.failed);
}

/* Check every item, whether or not it decides. */
static void policy_check(struct fob_handle *handle)
{
    size_t given = 0;
    const char *item;
    bool match;

    for (size_t i = 0; i < CONDITIONS; i++) {
        for (size_t at = 0; (item = fob_option_item(handle, conditions[i].option, at)) != NULL;
             at++) {
            (void)conditions[i].match(handle, item, &match);
            given++;
        }
    }
    if (given == 0 && !fob_option_flag(handle, "deny"))
        policy_no_condition(handle);
}

static int policy_link(struct fob_handle *handle)
{
    return policy_decide(handle, "link");
}

static int policy_validate(struct fob_handle *handle)
{
    return policy_decide(handle, "validate");
}

static int policy_revoke(struct fob_handle *handle)
{
    return policy_decide(handle, "revoke");
}

static int policy_authorize(struct fob_handle *handle)
{
    return policy_decide(handle, "use");
}

FOB_API const struct fob_plugin fob_plugin = {
    .abi = FOB_PLUGIN_ABI,
    .size = sizeof(struct fob_plugin),
    .name = "policy",
    .version = "1",
    .summary = "says who on this machine may run a hook, for which accounts, and when",
    .options = policy_options,
    .link = policy_link,
    .validate = policy_validate,
    .revoke = policy_revoke,
    .authorize = policy_authorize,
    .check = policy_check,
    .needs = FOB_NEEDS_PURE,
    .option_size = sizeof(struct fob_option),
};
