/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes the values of fields that people type or paste those that are meant. */
#include "config.h"

#include "core/provider/provider_parts.h"

#include "util/address.h"
#include "util/wire.h"

#include <string.h>
#include <strings.h>

/* The longest host name; a longer value is not in lower case, and refused. */
#define HOST_MAX 253

const char *provider_value_fault(enum provider_type type, const char *value)
{
    if (type == PROVIDER_LABEL && !address_is_label(value))
        return "must be one part of a host name: 1 to 63 letters, digits, - or _";
    if (type == PROVIDER_HOST && !address_is_remote_name(value))
        return "must be the name of a host, with a dot, and without a port";
    return NULL;
}

/* Remove from VALUE the rest of a pasted address. */
static struct span provider_value_cut(const struct provider_field *field, struct span value)
{
    const size_t prefix = strlen(field->public.prefix);
    const size_t suffix = strlen(field->public.suffix);
    const char *data = value.data;
    size_t size = value.size;

    if (size >= prefix && strncasecmp(data, field->public.prefix, prefix) == 0) {
        data += prefix;
        size -= prefix;
    }
    if (field->type != PROVIDER_TEXT && size > 0 && data[size - 1] == '/')
        size--;
    if (size >= suffix && strncasecmp(data + size - suffix, field->public.suffix, suffix) == 0)
        size -= suffix;
    return (struct span){ data, size };
}

int provider_clean_value(const struct provider_field *field, const char *value, size_t size,
                         struct fob_secret **clean)
{
    const struct span typed = { size > 0 ? value : "", size };
    const struct span cut = provider_value_cut(field, typed);
    char host[HOST_MAX];

    if (field->type == PROVIDER_TEXT || cut.size > sizeof host)
        return fob_secret_new(cut.data, cut.size, clean);
    for (size_t i = 0; i < cut.size; i++) {
        const char c = ((const char *)cut.data)[i];

        host[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return fob_secret_new(host, cut.size, clean);
}
