/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads single values of fob.yaml. */
#include "config.h"

#include "core/config/settings_parts.h"

#include <fob/fob.h>

#include "util/path.h"

int settings_parse_path(struct yaml_file *file, const struct yaml_node *node, char **path)
{
    int code;

    if (node == NULL || node->kind != YAML_TEXT)
        return FOB_SUCCESS;
    code = path_normalize(node->text, path);
    if (code == FOB_INVALID)
        yaml_mistake(file, node, "must be an absolute path without . and ..");
    return code == FOB_NOMEM ? code : FOB_SUCCESS;
}

const struct yaml_node *settings_parse_section(struct yaml_file *file, const char *key,
                                               const struct yaml_shape *keys)
{
    const struct yaml_node *node = file != NULL ? yaml_get(file->root, key) : NULL;

    return node != NULL && yaml_shape_check(file, node, keys) ? node : NULL;
}
