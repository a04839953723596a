/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Ends with 0 where the kernel can contain plugins, with 1 where it cannot. */
#include "config.h"

#include "util/containment.h"

int main(void)
{
    return containment_has_seccomp() && containment_landlock_level() > 0 ? 0 : 1;
}
