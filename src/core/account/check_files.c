/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks that a store of files is where its locks hold. */
#include "config.h"

#include "core/account/check_parts.h"

#include "util/array.h"

#include <sys/vfs.h>

/* File systems on which other machines may write, and lock, without this one's knowledge: the magic
 * numbers of statfs(2). */
static const struct {
    unsigned long type;
    const char *name;
} distributed[] = {
    { 0x6969, "NFS" },      { 0xff534d42, "CIFS" }, { 0xfe534d42, "SMB" },   { 0x65735546, "FUSE" },
    { 0x00c36400, "Ceph" }, { 0x5346414f, "AFS" },  { 0x7461636f, "OCFS2" }, { 0x01161970, "GFS2" },
};

void check_files(struct check_state *check)
{
    const struct settings *settings = check->context->settings;
    struct statfs system;

    if (settings->shared || settings->store_is_alone || statfs(settings->store_path, &system) < 0)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(distributed); i++) {
        if ((unsigned long)system.f_type == distributed[i].type)
            check_report_finding(
                check, FOB_CONFIG,
                "store %s: it is on %s: machines that share it do not see each "
                "other's locks; use driver: postgresql, or say shared: false if this "
                "machine alone uses it",
                settings->store_path, distributed[i].name);
    }
}
