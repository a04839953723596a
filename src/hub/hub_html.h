/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Writing HTML: the one place where text from outside gets into a page.
 */
#ifndef FOB_HUB_HUB_HTML_H
#define FOB_HUB_HUB_HTML_H

#include "util/strbuf.h"
#include "util/wire.h"

/* Append TEXT with & < > " ' as entities. */
void hub_html_text(struct strbuf *out, struct span text);
/* What a template names by a letter, from A to Z; NULL is an empty text. */
struct hub_html_values {
    const char *letters[26];
    bool plain; /* for text that is no HTML: values are written as they are */
};
void hub_html_set(struct hub_html_values *values, char letter, const char *text);
/* Append TEXT as VALUES want it. */
void hub_html_value(struct strbuf *out, const char *text, const struct hub_html_values *values);
/* Append TEMPLATE, with the value of X, as hub_html_text() writes it, for each {X}. */
void hub_html_fill(struct strbuf *out, const char *template, const struct hub_html_values *values);
/* Whether TEXT is an address that a link may have: https, a host name with an optional port, and
 * visible ASCII; with LOOPBACK also http on 127.0.0.0/8. */
bool hub_html_is_link(const char *text, bool loopback);
/* Append a guide: lines "N. text" become a list, others paragraphs, and https addresses links.  A
 * line that begins with a blank continues the one before. */
void hub_html_guide(struct strbuf *out, const char *text);

#endif
