/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * JSON as items (fob-worker(7)).
 */
#ifndef FOB_HTTP_JSON_ITEMS_H
#define FOB_HTTP_JSON_ITEMS_H

#include "util/strbuf.h"

struct json_object;

/* Append JSON, which may be NULL for a null, to OUT. */
void json_items_write(struct strbuf *out, struct json_object *json);

#endif
