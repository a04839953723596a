/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The body of a form (application/x-www-form-urlencoded), decoded in place.
 */
#ifndef FOB_HUB_HUB_FORM_H
#define FOB_HUB_HUB_FORM_H

#include "spool/card_write.h"
#include "util/wire.h"

/* The fields, and once, check, pin. */
#define HUB_FORM_PAIRS_MAX (CARD_FIELDS_MAX + 3)

struct hub_form {
    struct span names[HUB_FORM_PAIRS_MAX];
    struct span values[HUB_FORM_PAIRS_MAX];
    size_t count;
};
/* Decode the SIZE bytes at BODY, which FORM then points into.  CR LF becomes LF.  False for
 * anything malformed: a bad %XX, a NUL, text that is not UTF-8, a name twice, too many pairs. */
bool hub_form_parse(char *body, size_t size, struct hub_form *form);
/* The value of NAME, whose data is NULL when there is none. */
struct span hub_form_value(const struct hub_form *form, const char *name);
/* The value of the field f.NAME. */
struct span hub_form_field(const struct hub_form *form, const char *name);
/* Whether all names are once, check, pin if CARD wants it, and fields of CARD. */
bool hub_form_fits(const struct hub_form *form, const struct card *card);
/* Remove the blanks around the values of fields with one line, and say what is wrong with each
 * field: FAULTS, one for each field of CARD, NULL for nothing, and PIN.  Returns whether all are
 * right. */
struct hub_form_faults {
    const char *fields[CARD_FIELDS_MAX];
    const char *pin;
};
bool hub_form_check(struct hub_form *form, const struct card *card, struct hub_form_faults *faults);

#endif
