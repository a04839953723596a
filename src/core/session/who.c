/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds out who runs this process, from the kernel. */
#include "config.h"

#include "core/session/who.h"

#include <fob/fob.h>

#include "util/error.h"
#include "util/json_write.h"
#include "util/process.h"
#include "util/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel's value for no login, as in a service. */
#define NO_LOGIN 4294967295UL
/* The kernel cuts a process's name to 15 bytes. */
#define NAME_ROOM 32

/* Read the first line of a file in /proc; empty when it cannot be read. */
static void who_read_line(const char *path, char line[static NAME_ROOM])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, line, NAME_ROOM - 1) : 0;

    if (fd >= 0)
        close(fd);
    line[size > 0 ? size : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
}

static void who_add_login(struct strbuf *members)
{
    char line[NAME_ROOM];
    unsigned long user;
    char *end;

    who_read_line("/proc/self/loginuid", line);
    user = strtoul(line, &end, 10);
    if (end != line && *end == '\0' && user < NO_LOGIN)
        strbuf_printf(members, ",\"login\":%lu", user);
}

static void who_add_parent(struct strbuf *members)
{
    const pid_t parent = getppid();
    char path[64];
    char name[NAME_ROOM];

    snprintf(path, sizeof path, "/proc/%ld/comm", (long)parent);
    who_read_line(path, name);
    /* If the parent has ended meanwhile, its number may belong to another process. */
    if (name[0] == '\0' || getppid() != parent)
        return;
    text_make_printable(name);
    strbuf_add_text(members, ",\"parent\":");
    json_write_string(members, name, strlen(name));
}

int who_identify(struct who *who, uid_t user)
{
    const uint64_t process = process_id();
    struct strbuf members = STRBUF_INIT;

    int code = FOB_SUCCESS;

    if (who->process == process)
        return code;
    strbuf_printf(&members, ",\"uid\":%lu,\"pid\":%ld", (unsigned long)user, (long)getpid());
    who_add_login(&members);
    who_add_parent(&members);
    if (members.failed || members.size >= sizeof who->members) {
        code = error_nomem();
    } else {
        memcpy(who->members, members.data, members.size + 1);
        who->process = process;
    }
    strbuf_free(&members);
    return code;
}
