/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Prints the level of _FORTIFY_SOURCE that it was built with. */
#include "config.h"

#include <stdio.h>

#ifndef _FORTIFY_SOURCE
#define _FORTIFY_SOURCE 0
#endif

int main(void)
{
    printf("%d\n", _FORTIFY_SOURCE);
    return 0;
}
