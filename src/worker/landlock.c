/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes Landlock's rulesets.  The C library has no functions for that, and the system's headers may
 * be older than the kernel. */
#include "config.h"

#include "worker/landlock.h"

#include "util/calls.h"
#include "util/containment.h"

#include <sys/stat.h>

#define RIGHT(bit) (UINT64_C(1) << (bit))
#define FILES_EXECUTE RIGHT(0)
#define FILES_WRITE RIGHT(1)
#define FILES_READ RIGHT(2)
#define FILES_READ_FOLDER RIGHT(3)
#define FILES_MAKE_CHARACTER RIGHT(6)
#define FILES_MAKE_BLOCK RIGHT(11)
#define FILES_LEVEL_1 (RIGHT(13) - 1)
#define FILES_REFER RIGHT(13)     /* level 2 */
#define FILES_TRUNCATE RIGHT(14)  /* level 3 */
#define FILES_IOCTL_DEV RIGHT(15) /* level 5 */
#define PORTS_BIND RIGHT(0)       /* level 4 */
#define PORTS_CONNECT RIGHT(1)
#define SCOPE_SOCKETS RIGHT(0) /* abstract ones of AF_UNIX; level 6 */
#define SCOPE_SIGNALS RIGHT(1)

#define READING (FILES_READ | FILES_READ_FOLDER)
/* A new device file could open every file. */
#define DEVICES (FILES_MAKE_CHARACTER | FILES_MAKE_BLOCK)
/* The rights that a rule for a file, not a folder, may have. */
#define OF_FILES (FILES_EXECUTE | FILES_WRITE | FILES_READ | FILES_TRUNCATE | FILES_IOCTL_DEV)

#define RULE_FILES 1
#define RULE_PORT 2

/* As struct landlock_ruleset_attr of level 6; older kernels take zeros at the end. */
struct landlock_rights {
    uint64_t files;
    uint64_t ports;
    uint64_t scopes;
};

struct landlock_file_rule {
    uint64_t allowed;
    int32_t fd;
} __attribute__((packed));

struct landlock_port_rule {
    uint64_t allowed;
    uint64_t port;
};

int landlock_open(struct landlock *landlock, bool ports)
{
    int level = containment_landlock_level();
    struct landlock_rights rights = { .files = FILES_LEVEL_1 };

    if (level < 0)
        return -1;
    if (level >= 2)
        rights.files |= FILES_REFER;
    if (level >= 3)
        rights.files |= FILES_TRUNCATE;
    if (level >= 4 && ports)
        rights.ports = PORTS_BIND | PORTS_CONNECT;
    if (level >= 5)
        rights.files |= FILES_IOCTL_DEV;
    if (level >= 6)
        rights.scopes = SCOPE_SOCKETS | SCOPE_SIGNALS;
    *landlock = (struct landlock){ .level = level, .handled = rights.files };
    landlock->ruleset = (int)syscall(SYS_landlock_create_ruleset, &rights, sizeof rights, 0);
    return landlock->ruleset >= 0 ? 0 : -1;
}

int landlock_allow(const struct landlock *landlock, int fd, bool all)
{
    struct landlock_file_rule rule = { .fd = fd };
    uint64_t rights = all ? landlock->handled & ~DEVICES : READING;
    struct stat st;

    if (fstat(fd, &st) < 0)
        return -1;
    rule.allowed = S_ISDIR(st.st_mode) ? rights : rights & OF_FILES;
    return (int)syscall(SYS_landlock_add_rule, landlock->ruleset, RULE_FILES, &rule, 0);
}

int landlock_allow_port(const struct landlock *landlock, uint16_t port)
{
    const struct landlock_port_rule rule = { PORTS_CONNECT, port };

    if (landlock->level < 4)
        return 0;
    return (int)syscall(SYS_landlock_add_rule, landlock->ruleset, RULE_PORT, &rule, 0);
}

int landlock_apply(const struct landlock *landlock)
{
    return (int)syscall(SYS_landlock_restrict_self, landlock->ruleset, 0);
}

void landlock_close(struct landlock *landlock)
{
    if (landlock->ruleset >= 0)
        close(landlock->ruleset);
    landlock->ruleset = -1;
}
