/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes and parses notes on key slots.  The salt ties a note to its slot: an older fob keeps notes
 * unchanged, even when it replaces a slot. */
#include "config.h"

#include "store/slot_note.h"

#include "util/text.h"

/* Offsets in a note. */
enum {
    AT_MADE = 8,
    AT_LABEL = AT_MADE + 8,
};

bool slot_label_is_good(const char *label)
{
    size_t left = strnlen(label, SLOT_LABEL_MAX + 1);
    bool good = left <= SLOT_LABEL_MAX;

    while (left > 0 && good) {
        uint32_t character = 0;
        size_t size = text_character(label, left, &character);

        good = size > 0 && character >= 0x20 && (character < 0x7f || character > 0x9f);
        label += size;
        left -= size;
    }
    return good;
}

unsigned char *slot_note_put(unsigned char *at, const struct slot *slot)
{
    size_t label_size = strlen(slot->label) + 1;

    if (slot->made == 0 && label_size == 1)
        return at;
    memcpy(at, slot_salt(slot), AT_MADE);
    wire_put(at + AT_MADE, (uint64_t)slot->made, 8);
    memcpy(at + AT_LABEL, slot->label, label_size);
    return at + AT_LABEL + label_size;
}

/* The size of the first note; 0 when it is malformed. */
static size_t slot_note_size(struct span notes)
{
    const char *label;

    if (notes.size <= AT_LABEL)
        return 0;
    label = (const char *)notes.data + AT_LABEL;
    if (memchr(label, '\0', notes.size - AT_LABEL) == NULL || !slot_label_is_good(label))
        return 0;
    return AT_LABEL + strlen(label) + 1;
}

static void note_apply(const unsigned char *note, struct slot *slots, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (memcmp(note, slot_salt(&slots[i]), AT_MADE) != 0)
            continue;
        slots[i].made = (int64_t)wire_get(note + AT_MADE, 8);
        slots[i].label = (const char *)note + AT_LABEL;
    }
}

bool slot_note_parse(struct span notes, struct slot *slots, size_t count)
{
    while (notes.size > 0) {
        const unsigned char *note = notes.data;
        size_t size = slot_note_size(notes);

        if (size == 0)
            return false;
        note_apply(note, slots, count);
        notes = (struct span){ note + size, notes.size - size };
    }
    return true;
}
