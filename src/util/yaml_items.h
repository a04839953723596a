/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * YAML as items: the values of fob-worker(7).
 */
#ifndef FOB_UTIL_YAML_ITEMS_H
#define FOB_UTIL_YAML_ITEMS_H

#include "util/strbuf.h"
#include "util/yaml.h"

/* Append NODE to OUT.  Without quotes, true, false, null and numbers as in JSON have their type;
 * every other word is a string. */
void yaml_items_write(struct strbuf *out, const struct yaml_node *node);
/* The node of the item that NUMBER items come before, as yaml_items_write() writes ROOT; NULL past
 * the last. */
const struct yaml_node *yaml_items_find(const struct yaml_node *root, uint32_t number);

#endif
