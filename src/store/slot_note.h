/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What a header notes of its key slots (fob-store(5)): when each was made, and its label.
 */
#ifndef FOB_STORE_SLOT_NOTE_H
#define FOB_STORE_SLOT_NOTE_H

#include "store/slot.h"

#define SLOT_LABEL_MAX 64
/* The most bytes of one note: the beginning of the slot's SALT, the time, the label, a NUL. */
#define SLOT_NOTE_MAX (8 + 8 + SLOT_LABEL_MAX + 1)

/* Whether LABEL may be one: UTF-8 of at most SLOT_LABEL_MAX bytes without control characters. */
bool slot_label_is_good(const char *label);
/* Write the note of SLOT, if it has anything to be noted; returns where the next one goes. */
unsigned char *slot_note_put(unsigned char *at, const struct slot *slot);
/* Give what NOTES, borrowed, tells to those of COUNT SLOTS that it is about; there may be notes of
 * others.  Returns false when it is malformed. */
bool slot_note_parse(struct span notes, struct slot *slots, size_t count);

#endif
