/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The return codes' names, sentences and retry classes. */
#include "config.h"

#include <fob/fob.h>

#include "util/error.h"

#include <string.h>

static const struct {
    const char *name;
    const char *text;
    enum fob_retry retry;
} codes[FOB_CODE_COUNT] = {
    [FOB_SUCCESS] = { "success", "Done", FOB_RETRY_NEVER },
    [FOB_IGNORE] = { "ignore", "The plugin has nothing to say", FOB_RETRY_NEVER },
    [FOB_REJECTED] = { "rejected", "The provider does not accept the credential",
                       FOB_RETRY_PERSON },
    [FOB_EXPIRED] = { "expired", "The credential has expired", FOB_RETRY_PERSON },
    [FOB_DENIED] = { "denied", "A right is missing at the provider", FOB_RETRY_PERSON },
    [FOB_UNAVAILABLE] = { "unavailable", "The provider cannot be reached", FOB_RETRY_LATER },
    [FOB_RATE_LIMITED] = { "rate_limited", "The provider asks for fewer calls", FOB_RETRY_LATER },
    [FOB_UNTRUSTED] = { "untrusted", "The far end could not prove who it is", FOB_RETRY_PERSON },
    [FOB_PROTOCOL] = { "protocol", "The provider's answer is not understood", FOB_RETRY_NEVER },
    [FOB_MANUAL] = { "manual", "A person must finish it", FOB_RETRY_PERSON },
    [FOB_CONVERSATION] = { "conversation", "Nobody answered", FOB_RETRY_PERSON },
    [FOB_NOT_FOUND] = { "not_found", "There is no such thing", FOB_RETRY_NEVER },
    [FOB_EXISTS] = { "exists", "It exists already", FOB_RETRY_NEVER },
    [FOB_LOCKED] = { "locked", "The store's key is not to be had", FOB_RETRY_PERSON },
    [FOB_SUSPENDED] = { "suspended", "The account is suspended", FOB_RETRY_PERSON },
    [FOB_CORRUPT] = { "corrupt", "Stored data is damaged", FOB_RETRY_PERSON },
    [FOB_CONFIG] = { "config", "The configuration has a mistake", FOB_RETRY_PERSON },
    [FOB_PLUGIN] = { "plugin", "A plugin is missing or misbehaved", FOB_RETRY_PERSON },
    [FOB_INVALID] = { "invalid", "The request is not valid", FOB_RETRY_NEVER },
    [FOB_NOMEM] = { "nomem", "Out of memory", FOB_RETRY_LATER },
    [FOB_SYSTEM] = { "system", "The operating system refused", FOB_RETRY_LATER },
    [FOB_ABORT] = { "abort", "Interrupted", FOB_RETRY_NEVER },
    [FOB_NOT_ALLOWED] = { "not_allowed", "It is not allowed on this machine", FOB_RETRY_PERSON },
    [FOB_MISMATCHED] = { "mismatched", "The credential opens another account at the provider",
                         FOB_RETRY_PERSON },
    [FOB_CHANGED] = { "changed", "Somebody else changed the account meanwhile", FOB_RETRY_LATER },
};

static bool code_exists(int code)
{
    return code >= 0 && code < FOB_CODE_COUNT;
}

const char *fob_code_name(int code)
{
    return code_exists(code) ? codes[code].name : "unknown";
}

const char *fob_code_text(int code)
{
    return code_exists(code) ? codes[code].text : "Unknown code";
}

enum fob_retry fob_code_retry(int code)
{
    return code_exists(code) ? codes[code].retry : FOB_RETRY_NEVER;
}

int fob_code_from_name(const char *name, int *code)
{
    NEED(name);
    NEED(code);
    for (int i = 0; i < FOB_CODE_COUNT; i++) {
        if (strcmp(codes[i].name, name) == 0) {
            *code = i;
            return FOB_SUCCESS;
        }
    }
    return FOB_NOT_FOUND;
}

const char *fob_version(void)
{
    return PACKAGE_VERSION;
}
