/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The file that says how old a mirror is.  It is written in place, and read without a lock, so it
 * ends with a hash; half of it says nothing.
 */
#include "config.h"

#include "store/mirror.h"

#include "store/crypto.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/write.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[8] = { 'F', 'O', 'B', 'F', 'R', 'E', 'S', 'H' };

#define LOCK_PAUSE_US 10000

/* Offsets in the file. */
enum {
    AT_BOOT = sizeof magic,
    AT_ASKED = AT_BOOT + 16,
    AT_REAL = AT_ASKED + 8,
    AT_REVISION = AT_REAL + 8,
    AT_TICK = AT_REVISION + 8,
    AT_INSTANCE = AT_TICK + ENGINE_STAMP,
    AT_SEEN = AT_INSTANCE + ENGINE_STAMP,
    AT_HASH = AT_SEEN + 8,
    FRESH_SIZE = AT_HASH + CRYPTO_HASH,
};

int64_t mirror_now(void)
{
    return clock_ns(CLOCK_BOOTTIME) / 1000000;
}

/* The kernel's id of this boot, as random bytes.  False when it cannot be read, as in a service
 * that sees no more of /proc than its processes. */
static bool mirror_fresh_boot(unsigned char boot[static 16])
{
    static const char path[] = "/proc/sys/kernel/random/boot_id";
    unsigned char hash[CRYPTO_HASH] = { 0 };
    char text[40] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? file_read_fully(fd, text, sizeof text) : -1;

    if (got > 0)
        crypto_sha256((struct span){ text, (size_t)got }, hash);
    if (got > 0)
        memcpy(boot, hash, 16);
    if (fd >= 0)
        close(fd);
    return got > 0;
}

static void mirror_fresh_decode(const unsigned char *data, struct mirror_fresh *fresh)
{
    memcpy(fresh->boot, data + AT_BOOT, sizeof fresh->boot);
    fresh->asked = (int64_t)wire_get(data + AT_ASKED, 8);
    fresh->asked_real = (int64_t)wire_get(data + AT_REAL, 8);
    fresh->tick.revision = wire_get(data + AT_REVISION, 8);
    memcpy(fresh->tick.stamp, data + AT_TICK, ENGINE_STAMP);
    memcpy(fresh->instance, data + AT_INSTANCE, ENGINE_STAMP);
    fresh->seen = (int64_t)wire_get(data + AT_SEEN, 8);
}

void mirror_fresh_read(struct driver *driver)
{
    struct mirror_fresh *fresh = &driver->mirror->fresh;
    unsigned char data[FRESH_SIZE + 1];
    unsigned char hash[CRYPTO_HASH];
    int fd = openat(driver->folder, LAYOUT_FRESH, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t got = fd >= 0 ? file_read_fully(fd, data, sizeof data) : -1;

    if (fd >= 0)
        close(fd);
    memset(fresh, 0, sizeof *fresh);
    if (got != FRESH_SIZE || memcmp(data, magic, sizeof magic) != 0)
        return;
    crypto_sha256((struct span){ data, AT_HASH }, hash);
    if (memcmp(data + AT_HASH, hash, sizeof hash) == 0)
        mirror_fresh_decode(data, fresh);
}

int64_t mirror_fresh_age(const struct mirror *mirror, bool *exact)
{
    const struct mirror_fresh *fresh = &mirror->fresh;
    unsigned char boot[sizeof fresh->boot];
    int64_t age;

    *exact = false;
    if (fresh->asked == 0)
        return INT64_MAX;
    *exact = mirror_fresh_boot(boot) && memcmp(boot, fresh->boot, sizeof boot) == 0;
    age = *exact ? mirror_now() - fresh->asked
                 : (clock_ns(CLOCK_REALTIME) / 1000000000 - fresh->asked_real) * 1000;
    return age >= 0 ? age : INT64_MAX;
}

int mirror_fresh_write(struct driver *driver, int64_t asked)
{
    struct mirror_fresh *fresh = &driver->mirror->fresh;
    unsigned char data[FRESH_SIZE];
    struct driver_what what;
    const struct file file = driver_store_file(driver, LAYOUT_FRESH, &what);
    int code = FOB_SUCCESS;
    int fd;

    if (mirror_fresh_boot(fresh->boot)) {
        fresh->asked = asked;
        fresh->asked_real = clock_ns(CLOCK_REALTIME) / 1000000000;
    }
    memcpy(data, magic, sizeof magic);
    memcpy(data + AT_BOOT, fresh->boot, sizeof fresh->boot);
    wire_put(data + AT_ASKED, (uint64_t)fresh->asked, 8);
    wire_put(data + AT_REAL, (uint64_t)fresh->asked_real, 8);
    wire_put(data + AT_REVISION, fresh->tick.revision, 8);
    memcpy(data + AT_TICK, fresh->tick.stamp, ENGINE_STAMP);
    memcpy(data + AT_INSTANCE, fresh->instance, ENGINE_STAMP);
    wire_put(data + AT_SEEN, (uint64_t)fresh->seen, 8);
    crypto_sha256((struct span){ data, AT_HASH }, data + AT_HASH);
    fd = openat(driver->folder, file.name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || write_at(fd, data, sizeof data, 0) < 0)
        code = error_system("%s", file.what);
    if (fd >= 0)
        close(fd);
    return code;
}

int mirror_fresh_lock(struct driver *driver, int *lock)
{
    const int64_t end = mirror_now() + driver->mirror->remote->timeout_ms;
    struct driver_what what;
    const struct file file = driver_store_file(driver, LAYOUT_FRESH, &what);
    int code;

    while ((code = file_lock(&file, false, lock)) == FOB_IGNORE && mirror_now() < end)
        usleep(LOCK_PAUSE_US);
    if (code != FOB_IGNORE)
        return code;
    error_set(FOB_UNAVAILABLE, "%s: another process has asked the server, and waits for its answer",
              driver->path);
    error_hint("try again later");
    return FOB_UNAVAILABLE;
}
