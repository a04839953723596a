/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Pins: the SHA-256 that a file must have (sha256: in fob-provider(5)).
 */
#ifndef FOB_CORE_PLUGIN_PIN_H
#define FOB_CORE_PLUGIN_PIN_H

#include "util/yaml.h"

/*
 * Check that the file open at FD, called PATH, has one of the digests in PINS: a node of a
 * provider's file, a digest in hex or a list of digests.  Returns FOB_SUCCESS, FOB_CONFIG (another
 * digest), FOB_SYSTEM, FOB_NOMEM.
 */
int pin_check(const struct yaml_node *pins, int fd, const char *path);

#endif
