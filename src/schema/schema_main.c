/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Prints the JSON Schema of provider files or of fob.yaml: fob-schema provider|fob */
#include "config.h"

#include "charliehr/charliehr_options.h"
#include "core/provider/provider.h"
#include "debug/debug_options.h"
#include "exec/exec_options.h"
#include "http/http_options.h"
#include "policy/policy_options.h"
#include "schema/shape_json.h"
#include "util/array.h"

#include <stdio.h>
#include <string.h>

/* The most options of a plugin. */
#define OPTIONS_MAX 32

#define HEAD                                                                     \
    "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"title\":\"%s\"," \
    "\"description\":\"%s\",\"type\":[\"object\",\"null\"],"

/* Of a file without stacks of its own: the provider's options are those of one plugin. */
#define FILLED                                                                                  \
    ",{\"if\":{\"required\":[\"plugin\"],\"properties\":{\"plugin\":{\"const\":\"%s\"}},"       \
    "\"not\":{\"anyOf\":[{\"required\":[\"link\"]},{\"required\":[\"validate\"]},"              \
    "{\"required\":[\"revoke\"]},{\"required\":[\"authorize\"]},{\"required\":[\"renew\"]}]}}," \
    "\"then\":{\"required\":[%s],\"properties\":{\"options\":{\"type\":\"object\","

#define ENTRY                                                                               \
    "%s{\"if\":{\"required\":[\"plugin\"],\"properties\":{\"plugin\":{\"const\":\"%s\"}}}," \
    "\"then\":{\"properties\":{\"options\":{"

/* Without a token, a check makes a request. */
#define CHECKED                                                                                    \
    ",{\"anyOf\":[{\"required\":[\"token\"]},{\"properties\":{\"check\":{\"required\":[\"get\"]}}" \
    "}]}"

/* The plugins that fob comes with; of others this program knows no options. */
static const struct {
    const char *name;
    const struct fob_option *options; /* or, with trees among them: */
    const struct yaml_shape *keys;
    const char *conditions;
} plugins[] = {
    { "charliehr", charliehr_options, NULL, "" }, { "debug", debug_options, NULL, "" },
    { "exec", exec_options, NULL, "" },           { "policy", policy_options, NULL, "" },
    { "http", NULL, http_options_keys, CHECKED },
};

/* The keys of plugin number INDEX; MADE is room for them.  Sets whether it NEEDS one. */
static const struct yaml_shape *schema_keys(size_t index,
                                            struct yaml_shape made[static OPTIONS_MAX], bool *needs)
{
    const struct fob_option *options = plugins[index].options;
    size_t count = 0;

    *needs = options == NULL;
    if (options == NULL)
        return plugins[index].keys;
    for (; count < OPTIONS_MAX - 1 && options[count].name != NULL; count++) {
        made[count] =
            (struct yaml_shape){ .key = options[count].name,
                                 .kind = SHAPE_OPTION,
                                 .need = options[count].required ? SHAPE_REQUIRED : SHAPE_OPTIONAL,
                                 .options = options };
        *needs |= options[count].required;
    }
    made[count] = (struct yaml_shape){ 0 };
    return made;
}

/* The options of the plugin that fills all stacks. */
static void schema_add_filled(struct strbuf *conditions)
{
    for (size_t i = 0; i < ARRAY_SIZE(plugins); i++) {
        struct yaml_shape made[OPTIONS_MAX];
        bool needs;
        const struct yaml_shape *keys = schema_keys(i, made, &needs);

        strbuf_printf(conditions, FILLED, plugins[i].name, needs ? "\"options\"" : "");
        shape_json_keys(conditions, keys, plugins[i].conditions);
        strbuf_add_text(conditions, "}}}}");
    }
}

/* The options of a stack's entry, which may also be among the provider's. */
static void schema_add_entries(struct strbuf *conditions)
{
    static const char *const stacks[] = { "link", "validate", "revoke", "authorize", "renew" };

    strbuf_add_text(conditions, ",{\"properties\":{");
    for (size_t i = 0; i < ARRAY_SIZE(stacks); i++)
        strbuf_printf(conditions, "%s\"%s\":{\"items\":{\"$ref\":\"#/definitions/entry\"}}",
                      i > 0 ? "," : "", stacks[i]);
    strbuf_add_text(conditions, "}}");
}

/* What schema_add_entries() refers to. */
static void schema_add_definitions(struct strbuf *json)
{
    strbuf_add_text(json, "\"definitions\":{\"entry\":{\"allOf\":[");
    for (size_t i = 0; i < ARRAY_SIZE(plugins); i++) {
        struct yaml_shape made[OPTIONS_MAX];
        bool needs;

        strbuf_printf(json, ENTRY, i > 0 ? "," : "", plugins[i].name);
        shape_json_properties(json, schema_keys(i, made, &needs));
        strbuf_add_text(json, "}}}}");
    }
    strbuf_add_text(json, "]}},");
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
    if (provider) {
        schema_add_definitions(&json);
        schema_add_filled(&conditions);
        schema_add_entries(&conditions);
    }
    json.failed |= conditions.failed;
    if (!json.failed)
        shape_json_keys(&json, provider ? provider_keys : settings_keys, conditions.data);
    strbuf_add_text(&json, "}\n");
    written = !json.failed && fputs(json.data, stdout) >= 0 && fflush(stdout) == 0;
    strbuf_free(&conditions);
    strbuf_free(&json);
    return written ? 0 : 1;
}
