/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The program fob-worker. */
#include "config.h"

#include "worker/worker_main.h"

int main(void)
{
    return worker_main();
}
