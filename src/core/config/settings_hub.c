/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads hub: of fob.yaml: the web page of invitations. */
#include "config.h"

#include "core/config/settings_parts.h"

#include <fob/fob.h>

#include "util/address.h"
#include "util/array.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* WCAG 2.2, 1.4.3: of text and what is behind it. */
#define CONTRAST_MIN 4.5
#define TEXT_MAX 200

const struct yaml_shape settings_hub_keys[] = {
    { "url", SHAPE_WORD, .need = SHAPE_REQUIRED, .pattern = "^https?://[^/]+$",
      .summary = "The address of the web page of invitations" },
    { "spool", SHAPE_TEXT, .pattern = "^/", .summary = "The folder that fob-hub uses" },
    { "name", SHAPE_WORD, .summary = "Who invites" },
    { "logo", SHAPE_TEXT, .pattern = "^/.*\\.(svg|png)$", .summary = "A picture for the page" },
    { "color", SHAPE_TEXT, .pattern = "^#[0-9A-Fa-f]{6}$", .summary = "The color of buttons" },
    { "contact", SHAPE_WORD, .summary = "Whom an invited person can ask" },
    { "privacy", SHAPE_TEXT, .pattern = "^https://", .summary = "A privacy statement" },
    { 0 },
};

/* X to the power of 2.4, for 0 < X <= 1: X squared times the fifth root of X squared. */
static double hub_power(double x)
{
    const double square = x * x;
    double root = 1;

    for (int i = 0; i < 60; i++)
        root -= (root - square / (root * root * root * root)) / 5;
    return square * root;
}

/* The relative luminance of the color COLOR, #RRGGBB (WCAG 2.2). */
static double hub_luminance(const char *color)
{
    static const double weights[] = { 0.0722, 0.7152, 0.2126 };
    unsigned long rest = strtoul(color + 1, NULL, 16);
    double sum = 0;

    for (size_t i = 0; i < ARRAY_SIZE(weights); i++, rest >>= 8) {
        const double part = (double)(rest & 0xff) / 255;

        sum += weights[i] * (part <= 0.04045 ? part / 12.92 : hub_power((part + 0.055) / 1.055));
    }
    return sum;
}

static void hub_check_color(struct yaml_file *file, const struct yaml_node *node)
{
    const char *color = node->text;
    double contrast;

    if (color[0] != '#' || strlen(color) != 7 || strspn(color + 1, "0123456789abcdefABCDEF") != 6) {
        yaml_mistake(file, node, "color: must be a color such as \"#0b5394\"");
        return;
    }
    contrast = 1.05 / (hub_luminance(color) + 0.05);
    if (contrast < CONTRAST_MIN)
        yaml_mistake(file, node, "color: its contrast to white is %.1f to 1; it must be 4.5",
                     contrast);
}

static void hub_check_url(struct yaml_file *file, const struct yaml_node *node)
{
    const char *fault = address_fault(node->text, ADDRESS_BASE);
    const char *host = strstr(node->text, "://");

    if (fault == NULL && strchr(host + 3, '/') != NULL)
        fault = "it must end with its host";
    if (fault != NULL)
        yaml_mistake(file, node, "url: %s", fault);
}

static void hub_check_privacy(struct yaml_file *file, const struct yaml_node *node)
{
    const char *fault = strncmp(node->text, "https://", 8) == 0 ? address_fault(node->text, 0)
                                                                : "it must begin with https://";

    if (fault != NULL)
        yaml_mistake(file, node, "privacy: %s", fault);
}

static void hub_check_logo(struct yaml_file *file, const struct yaml_node *node)
{
    const char *dot = strrchr(node->text, '.');

    if (dot == NULL || (strcmp(dot, ".svg") != 0 && strcmp(dot, ".png") != 0))
        yaml_mistake(file, node, "logo: must be a file *.svg or *.png");
}

static void hub_check_text(struct yaml_file *file, const struct yaml_node *node)
{
    if (strlen(node->text) > TEXT_MAX || text_has_control(node->text, strlen(node->text)))
        yaml_mistake(file, node, "must be one line of at most %d bytes", TEXT_MAX);
}

/* The text of a key that SHAPE has checked, and CHECK checks; "" when it is not there. */
static const char *hub_text(struct yaml_file *file, const struct yaml_node *hub, const char *key,
                            void (*check)(struct yaml_file *, const struct yaml_node *))
{
    const struct yaml_node *node = yaml_get(hub, key);

    if (node == NULL || node->kind != YAML_TEXT)
        return "";
    check(file, node);
    return node->text;
}

int settings_parse_hub(struct settings *settings)
{
    struct yaml_file *file = settings->file;
    const struct yaml_node *node = settings_parse_section(file, "hub", settings_hub_keys);
    struct settings_hub *hub = &settings->hub;
    int code;

    if (node == NULL)
        return FOB_SUCCESS;
    hub->url = hub_text(file, node, "url", hub_check_url);
    hub->name = hub_text(file, node, "name", hub_check_text);
    hub->color = hub_text(file, node, "color", hub_check_color);
    hub->contact = hub_text(file, node, "contact", hub_check_text);
    hub->privacy = hub_text(file, node, "privacy", hub_check_privacy);
    (void)hub_text(file, node, "logo", hub_check_logo);
    code = settings_parse_path(file, yaml_get(node, "logo"), &hub->logo);
    if (code == FOB_SUCCESS)
        code = settings_parse_path(file, yaml_get(node, "spool"), &hub->spool);
    return code;
}
