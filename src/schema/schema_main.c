/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Prints the JSON Schema of provider files or of fob.yaml: fob-schema provider|fob */
#include "config.h"

#include "core/provider/provider.h"
#include "http_options.h"
#include "schema/shape_json.h"

#include <stdio.h>
#include <string.h>

#define HEAD                                                                     \
    "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"title\":\"%s\"," \
    "\"description\":\"%s\",\"type\":[\"object\",\"null\"],"

/* A stack may have other plugins, whose options this program does not know. */
#define FILLED                                                                                  \
    ",{\"if\":{\"required\":[\"plugin\"],\"properties\":{\"plugin\":{\"const\":\"http\"}},"     \
    "\"not\":{\"anyOf\":[{\"required\":[\"link\"]},{\"required\":[\"validate\"]},"              \
    "{\"required\":[\"revoke\"]},{\"required\":[\"authorize\"]},{\"required\":[\"renew\"]}]}}," \
    "\"then\":{\"required\":[\"options\"],\"properties\":{\"options\":{\"type\":\"object\","

/* Without a token, a check makes a request. */
#define CHECKED                                                                                    \
    ",{\"anyOf\":[{\"required\":[\"token\"]},{\"properties\":{\"check\":{\"required\":[\"get\"]}}" \
    "}]}"

/* The options of the plugin http, if it fills all stacks. */
static void schema_add_http(struct strbuf *conditions)
{
    strbuf_add_text(conditions, FILLED);
    shape_json_keys(conditions, http_options_keys, CHECKED);
    strbuf_add_text(conditions, "}}}}");
}

int main(int argc, char **argv)
{
    const bool provider = argc == 2 && strcmp(argv[1], "provider") == 0;
    struct strbuf conditions = STRBUF_INIT;
    struct strbuf json = STRBUF_INIT;
    bool written;

    if (!provider && (argc != 2 || strcmp(argv[1], "fob") != 0)) {
        fprintf(stderr, "usage: fob-schema provider|fob\n");
        return 2;
    }
    strbuf_printf(&json, HEAD, provider ? "A provider file of fob" : "fob.yaml",
                  provider ? "See fob-provider(5)." : "See fob.yaml(5).");
    strbuf_add_text(&conditions, "");
    if (provider)
        schema_add_http(&conditions);
    json.failed |= conditions.failed;
    if (!json.failed)
        shape_json_keys(&json, provider ? provider_keys : settings_keys, conditions.data);
    strbuf_add_text(&json, "}\n");
    written = !json.failed && fputs(json.data, stdout) >= 0 && fflush(stdout) == 0;
    strbuf_free(&conditions);
    strbuf_free(&json);
    return written ? 0 : 1;
}
