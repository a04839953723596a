/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reading a byte in a reader's encoding. */
#ifndef FOB_FOB_EXEC_MASK_WAYS_H
#define FOB_FOB_EXEC_MASK_WAYS_H

#include "fob/exec/mask_reader.h"

/* Read the BYTE at AT.  Calls FOUND for each form that ends with it. */
void mask_ways_read(struct mask_reader *reader, unsigned char byte, uint64_t at);

static inline void mask_ways_feed(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    if (reader->matters[byte] || !mask_reader_is_idle(reader))
        mask_ways_read(reader, byte, at);
    else
        reader->kind = 0;
}

/* The input has ended. */
void mask_ways_end(struct mask_reader *reader, uint64_t at);

#endif
