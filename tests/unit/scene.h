/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A loader with a folder of test plugins.
 */
#ifndef FOB_TESTS_SCENE_H
#define FOB_TESTS_SCENE_H

#include "core/plugin/loader.h"

struct scene {
    char *folder;  /* trusted */
    char *plugins; /* FOLDER/plugins, in the list */
    char *items[1];
    struct settings settings;
    struct loader *loader;
};

/* cmocka's set-up and tear-down: *STATE is a scene, or NULL where the current folder is not
 * trusted. */
int scene_set_up(void **state);
int scene_tear_down(void **state);
/* The scene; skips the test without one. */
struct scene *scene_of(void **state);
/* A test plugin's file; the caller frees it. */
char *scene_read_plugin(const char *plugin, size_t *size);
/* Copy a test plugin to TO in FOLDER. */
void scene_copy_plugin(const char *plugin, const char *folder, const char *to);
/* Load NAME; its worker is not needed any more then. */
int scene_load_plugin(struct loader *loader, const char *name, const char *sha256,
                      const struct plugin **plugin);
/* Load NAME: its declared name must be WANTED. */
#define load(scene, name, plugin) scene_load_at(scene, name, NULL, plugin, __LINE__)
const struct plugin *scene_load_at(const struct scene *scene, const char *name, const char *sha256,
                                   const char *wanted, int line);
/* NAME is there, but must not be loaded; or it is broken: with WORDS in the message. */
#define refuse(scene, name, words) scene_fail_at(scene, name, FOB_CONFIG, words, __LINE__)
#define broken(scene, name, words) scene_fail_at(scene, name, FOB_PLUGIN, words, __LINE__)
void scene_fail_at(const struct scene *scene, const char *name, int wanted, const char *words,
                   int line);

#endif
