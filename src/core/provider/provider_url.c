/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks base_url, in which the http plugin puts fields. */
#include "config.h"

#include "core/provider/provider_parts.h"

#include "util/address.h"

#include <string.h>

/* The length of the placeholder at TEXT, "{NAME}" of a field; 0 if there is none. */
static size_t provider_url_placeholder(const struct fob_provider *provider, const char *text)
{
    char name[FOB_NAME_MAX + 1] = "";
    const size_t size = text[0] == '{' ? strcspn(text + 1, "}") : 0;

    if (size == 0 || size > FOB_NAME_MAX || text[1 + size] != '}')
        return 0;
    memcpy(name, text + 1, size);
    return provider_find_field(provider, name) != NULL ||
                   provider_find_app_field(provider, name) != NULL
               ? size + 2
               : 0;
}

void provider_check_base_url(const struct fob_provider *provider, struct yaml_file *file,
                             const struct yaml_node *options)
{
    const struct yaml_node *node = yaml_get(options, "base_url");
    struct strbuf url = STRBUF_INIT;
    const char *fault;

    if (node == NULL || node->kind != YAML_TEXT)
        return;
    strbuf_add(&url, "", 0);
    for (const char *at = node->text; *at != '\0';) {
        const size_t size = provider_url_placeholder(provider, at);

        strbuf_add(&url, size > 0 ? "x" : at, 1);
        at += size > 0 ? size : 1;
    }
    fault = url.failed ? NULL : address_fault(url.data, ADDRESS_BASE);
    if (fault != NULL)
        yaml_mistake(file, node, "base_url: %s", fault);
    file->mistakes.failed |= url.failed;
    strbuf_free(&url);
}
