/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds the accounts that share a credential, or a remote identity, with a new one. */
#include "config.h"

#include "core/account/duplicates.h"

#include "core/session/conv.h"
#include "store/sharing.h"
#include "util/secret.h"

#include <string.h>

/* Whether both have the same secret fields with the same values, and at least one. */
static bool duplicates_have_same_secrets(const struct record *a, const struct record *b)
{
    size_t secrets = 0;

    for (size_t i = 0; i < record_field_count(a); i++) {
        struct record_field mine;
        struct record_field theirs;

        record_field_at(a, i, &mine);
        if (!mine.secret)
            continue;
        if (record_find_field(b, mine.name, &theirs) != FOB_SUCCESS ||
            !secret_equal(mine.value, mine.size, theirs.value, theirs.size))
            return false;
        secrets++;
    }
    return secrets > 0;
}

struct duplicates_search {
    struct fob_handle *handle;
    bool identities;
};

static void duplicates_warn_one(const struct record *other, void *data)
{
    const struct duplicates_search *search = data;
    struct fob_handle *handle = search->handle;
    const char *id = record_text(handle->candidate, FOB_TEXT_REMOTE_ID);
    const char *name = record_name(other);

    if (strcmp(record_text(other, FOB_TEXT_PROVIDER), handle->provider_name) != 0 ||
        strcmp(name, handle->account) == 0)
        return;
    if (duplicates_have_same_secrets(handle->candidate, other))
        conv_tell(handle, FOB_TELL_WARNING, "the account %s has the same credential", name);
    else if (search->identities && id[0] != '\0' &&
             strcmp(id, record_text(other, FOB_TEXT_REMOTE_ID)) == 0)
        conv_tell(handle, FOB_TELL_WARNING, "the account %s is linked to the same %s, \"%s\"", name,
                  handle->provider->texts[FOB_PROVIDER_IDENTITY],
                  record_text(other, FOB_TEXT_REMOTE_NAME));
}

int duplicates_warn(struct fob_handle *handle, bool identities)
{
    struct duplicates_search search = { handle, identities };
    struct store *store;
    int code;

    if (!conv_present(handle))
        return FOB_SUCCESS;
    code = context_store(handle->context, &store);
    return code == FOB_SUCCESS
               ? sharing_find(store, handle->candidate, duplicates_warn_one, &search)
               : code;
}
