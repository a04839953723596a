/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The program fob-renew. */
#include "config.h"

#include "core/hook/renewer.h"

int main(void)
{
    return renewer_main();
}
