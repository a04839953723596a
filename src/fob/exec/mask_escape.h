/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reading bytes in the encodings that use backslashes. */
#ifndef FOB_FOB_EXEC_MASK_ESCAPE_H
#define FOB_FOB_EXEC_MASK_ESCAPE_H

#include "fob/exec/mask_reader.h"

/* Read the BYTE at AT. */
void mask_escape_read(struct mask_reader *reader, unsigned char byte, uint64_t at);
/* The same for MASK_SPLICED_RAW. */
void mask_escape_read_raw(struct mask_reader *reader, unsigned char byte, uint64_t at);
/* The input has ended. */
void mask_escape_end(struct mask_reader *reader, uint64_t at);

#endif
