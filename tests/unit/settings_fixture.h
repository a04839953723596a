/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A home of its own for tests of the settings.
 */
#ifndef FOB_TESTS_SETTINGS_FIXTURE_H
#define FOB_TESTS_SETTINGS_FIXTURE_H

#include "core/config/settings.h"

/* cmocka's set-up and tear-down: *STATE is the home folder, to which the environment points. */
int settings_set_up(void **state);
int settings_tear_down(void **state);
/* Read PATH, which must be good; NULL for the file that is found. */
struct settings *settings_read_good(const char *path);

#endif
