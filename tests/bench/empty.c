/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The floor: what it costs to start and end a dynamically linked program. */

int main(void)
{
    return 0;
}
