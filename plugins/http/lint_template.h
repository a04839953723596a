/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Judging templates, and noting the fields that they use.
 */
#ifndef FOB_PLUGINS_HTTP_LINT_TEMPLATE_H
#define FOB_PLUGINS_HTTP_LINT_TEMPLATE_H

#include <fob/plugin.h>

struct yaml_shape;

#define LINT_FIELDS_MAX 64

/* The fields of the provider's file, with the token as the last, and those that a template uses. */
struct lint {
    struct fob_handle *handle;
    const char *names[LINT_FIELDS_MAX + 1]; /* ends with NULL */
    bool secret[LINT_FIELDS_MAX];
    bool used[LINT_FIELDS_MAX];
    size_t fields;
    size_t count; /* FIELDS, and 1 with a token */
};

/* Who may see a place that a template goes to. */
enum lint_place {
    LINT_HIDDEN,  /* only the provider */
    LINT_QUERY,   /* logs of servers */
    LINT_SHOWN,   /* everybody */
    LINT_ADDRESS, /* everybody, but the part after a "?", which is a query */
};

void lint_template_begin(struct lint *lint, struct fob_handle *handle);
/* From now on, {token} is a placeholder. */
void lint_template_add_token(struct lint *lint);
/* Check the text of NODE.  Returns the number of fields in it. */
size_t lint_template_node(struct lint *lint, const struct fob_node *node, enum lint_place place);
void lint_template_base_url(struct lint *lint);
/* A path, or a whole URL. */
void lint_template_target(struct lint *lint, const struct fob_node *node);
void lint_template_path(struct lint *lint, const struct fob_node *node);
/* Check that NODE is a map, and that all its keys are among KEYS. */
bool lint_template_keys(const struct lint *lint, const struct fob_node *node,
                        const struct yaml_shape *keys);
/* A map of names and templates at KEY of NODE, which go to PLACE. */
void lint_template_map(struct lint *lint, const struct fob_node *node, const char *key,
                       enum lint_place place);

#endif
