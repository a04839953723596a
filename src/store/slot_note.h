/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The header's notes on its key slots (fob-store(5)): when each was made, and its label.
 */
#ifndef FOB_STORE_SLOT_NOTE_H
#define FOB_STORE_SLOT_NOTE_H

#include "store/slot.h"

#define SLOT_LABEL_MAX 64
/* The most bytes of one note: the beginning of the slot's SALT, the time, the label, a NUL. */
#define SLOT_NOTE_MAX (8 + 8 + SLOT_LABEL_MAX + 1)

/* Whether LABEL is valid: UTF-8 of at most SLOT_LABEL_MAX bytes without control characters. */
bool slot_label_is_good(const char *label);
/* Write the note on SLOT, if it has a time or a label; returns where the next note goes. */
unsigned char *slot_note_put(unsigned char *at, const struct slot *slot);
/* Set time and label of COUNT SLOTS from NOTES, which is borrowed.  Notes on other slots are
 * ignored.  Returns false when NOTES is malformed. */
bool slot_note_parse(struct span notes, struct slot *slots, size_t count);

#endif
