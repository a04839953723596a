/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Two folders of provider files, the first of them searched first.
 */
#ifndef FOB_TESTS_SHELF_H
#define FOB_TESTS_SHELF_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/provider/provider_parts.h"

#define HEAD "provider: p\n"
#define FIELDS "fields: [ { name: a } ]\n"
#define LINK "link: [ { control: required, plugin: x } ]\n"
#define VALIDATE "validate: [ { control: required, plugin: x } ]\n"

struct shelf {
    char *folder;
    char *items[2];
    struct settings settings;
};

int shelf_set_up(void **state);
int shelf_tear_down(void **state);
const char *shelf_write(const struct shelf *shelf, size_t folder, const char *name,
                        const char *text);
struct fob_provider *shelf_read(const struct shelf *shelf, const char *name);
/* A provider file without mistakes. */
struct fob_provider *shelf_read_good(const struct shelf *shelf, const char *name);

#endif
