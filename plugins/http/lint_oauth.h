/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The part of the linter for the option oauth.
 */
#ifndef FOB_PLUGINS_HTTP_LINT_OAUTH_H
#define FOB_PLUGINS_HTTP_LINT_OAUTH_H

#include "lint_template.h"

/* Check the option, and what it needs of the others. */
void lint_oauth(struct lint *lint);
/* The key token of the option REVOKE. */
void lint_oauth_revoke(struct lint *lint, const struct fob_node *revoke);

#endif
