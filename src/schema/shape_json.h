/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Shapes as JSON Schema, draft 7, which editors understand.
 *
 * A text in YAML may look like a number, a boolean or nothing, so a schema allows those where a
 * reader takes a text; patterns and words then hold for texts only.
 */
#ifndef FOB_SCHEMA_SHAPE_JSON_H
#define FOB_SCHEMA_SHAPE_JSON_H

#include "util/strbuf.h"
#include "util/yaml_shape.h"

/* Append the members of the schema of a map with some of KEYS, without its type. */
void shape_json_properties(struct strbuf *json, const struct yaml_shape *keys);
/* The same, with the keys that it needs.  CONDITIONS, schemas with
 * a comma before each, hold for the map, too. */
void shape_json_keys(struct strbuf *json, const struct yaml_shape *keys, const char *conditions);

#endif
