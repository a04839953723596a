/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks a store's folder for leftovers, unknown files and wrong modes, and removes leftovers. */
#include "config.h"

#include "store/driver_file.h"

#include "store/record.h"
#include "util/array.h"
#include "util/error.h"
#include "util/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct driver_check_state {
    struct driver *driver;
    fob_finding_fn *fn;
    void *data;
    int code;
};

static void driver_check_report(const struct driver_check_state *check, bool good, const char *path,
                                const char *why)
{
    char text[PATH_MAX + NAME_MAX + 128];

    snprintf(text, sizeof text, "%s: %s", path, why);
    check->fn(good, text, check->data);
}

static const char cut_short[] =
    "left by a write that was cut short; \"fob check --repair\" removes it";

/* Whether NAME, in the subfolder WITHIN, is certainly left by a writer of fob's: a file with the
 * name of a temporary. */
static bool driver_check_is_leftover(const struct driver *driver, const char *within,
                                     const char *name)
{
    char path[sizeof LAYOUT_ACCOUNTS + 1 + NAME_MAX];
    struct stat st;

    if (!file_is_temporary(name) && (*within != '\0' || strcmp(name, LAYOUT_NEW_HEADER) != 0))
        return false;
    snprintf(path, sizeof path, "%s%s", within, name);
    return fstatat(driver->folder, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

/* Whether NAME is the file that renewals of an account's tokens lock. */
static bool driver_check_is_renewal(const char *name)
{
    const size_t size = strlen(name);
    const size_t end = strlen(LAYOUT_RENEWAL);
    char account[NAME_MAX + 1] = "";

    if (name[0] != '.' || size <= 1 + end || strcmp(name + size - end, LAYOUT_RENEWAL) != 0)
        return false;
    memcpy(account, name + 1, size - 1 - end);
    return text_is_name(account);
}

/* Temporaries of killed writers are harmless.  Any other strange name may once have been a
 * record. */
static int check_account_name(const char *name, void *data)
{
    struct driver_check_state *check = data;
    struct driver_what what;

    if (record_is_name(name) || driver_check_is_renewal(name))
        return FOB_SUCCESS;
    driver_format_path(&what, check->driver, LAYOUT_ACCOUNTS "/", name);
    if (driver_check_is_leftover(check->driver, LAYOUT_ACCOUNTS "/", name)) {
        driver_check_report(check, true, what.text, cut_short);
        return FOB_SUCCESS;
    }
    driver_check_report(check, false, what.text, "not a record's name: fob does not read it");
    check->code = FOB_CORRUPT;
    return FOB_SUCCESS;
}

/* Check a file's owner and mode; the folders were checked when the store was opened. */
static void driver_check_trust(struct driver_check_state *check, const char *name)
{
    struct driver_what what;
    const struct file file = driver_store_file(check->driver, name, &what);
    struct stat st;
    int fd = -1;
    int code = file_open(&file, &fd, &st);

    if (code == FOB_SUCCESS) {
        close(fd);
    } else if (code != FOB_NOT_FOUND) {
        check->fn(false, fob_error(), check->data);
        if (check->code == FOB_SUCCESS)
            check->code = code;
    }
}

static int driver_check_name(const char *name, void *data)
{
    static const char *const known[] = { LAYOUT_HEADER, LAYOUT_ACCOUNTS,  LAYOUT_LOCK,
                                         LAYOUT_LOG,    LAYOUT_VALIDATED, LAYOUT_SHARING,
                                         LAYOUT_FRESH,  LAYOUT_MOVED,     "lost+found" };
    struct driver_check_state *check = data;
    struct driver_what what;

    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (strcmp(name, known[i]) == 0)
            return FOB_SUCCESS;
    }
    if (strncmp(name, LAYOUT_LOG ".", strlen(LAYOUT_LOG ".")) == 0)
        return FOB_SUCCESS;
    if (strncmp(name, LAYOUT_BUDGET, strlen(LAYOUT_BUDGET)) == 0) {
        driver_check_trust(check, name);
        return FOB_SUCCESS;
    }
    driver_format_path(&what, check->driver, "", name);
    if (driver_check_is_leftover(check->driver, "", name))
        driver_check_report(check, true, what.text, cut_short);
    else
        driver_check_report(check, true, what.text, "not part of the store");
    return FOB_SUCCESS;
}

/* The names of leftovers.  They are collected before any is removed: a folder must not change while
 * it is read. */
struct leftovers {
    const struct driver *driver;
    const char *within;
    char names[64][NAME_MAX + 1];
    size_t count;
};

static int driver_check_note_leftover(const char *name, void *data)
{
    struct leftovers *leftovers = data;
    size_t room = ARRAY_SIZE(leftovers->names);

    if (leftovers->count < room &&
        driver_check_is_leftover(leftovers->driver, leftovers->within, name))
        memcpy(leftovers->names[leftovers->count++], name, strnlen(name, NAME_MAX) + 1);
    return FOB_SUCCESS;
}

/* Remove the leftovers from the open FOLDER. */
static int driver_check_remove_leftovers(const struct driver_check_state *check, int folder,
                                         const struct leftovers *leftovers)
{
    for (size_t i = 0; i < leftovers->count; i++) {
        struct driver_what what;

        driver_format_path(&what, check->driver, leftovers->within, leftovers->names[i]);
        if (unlinkat(folder, leftovers->names[i], 0) < 0)
            return error_system("%s", what.text);
        driver_check_report(check, true, what.text, "left by a write that was cut short: removed");
    }
    return FOB_SUCCESS;
}

typedef int walk_fn(const struct driver *driver, driver_name_fn *fn, void *data);

/* Remove all leftovers that WALK finds, as many at a time as the list holds. */
static int driver_check_repair_folder(struct driver_check_state *check, walk_fn *walk, int folder,
                                      const char *within)
{
    struct leftovers leftovers = { .driver = check->driver, .within = within };
    int code;

    do {
        leftovers.count = 0;
        code = walk(check->driver, driver_check_note_leftover, &leftovers);
        if (code == FOB_SUCCESS)
            code = driver_check_remove_leftovers(check, folder, &leftovers);
    } while (code == FOB_SUCCESS && leftovers.count > 0);
    return code;
}

int driver_repair(struct driver *driver, fob_finding_fn *fn, void *data)
{
    struct driver_check_state check = { driver, fn, data, FOB_SUCCESS };
    int folder = -1;
    int code = driver_check_repair_folder(&check, driver_walk_store, driver->folder, "");

    if (code == FOB_SUCCESS)
        code = driver_open_accounts(driver, &folder);
    if (code != FOB_SUCCESS)
        return code;
    code = driver_check_repair_folder(&check, driver_walk_accounts, folder, LAYOUT_ACCOUNTS "/");
    close(folder);
    return code;
}

int driver_check(struct driver *driver, fob_finding_fn *fn, void *data)
{
    struct driver_check_state check = { driver, fn, data, FOB_SUCCESS };
    int code;

    driver_check_trust(&check, LAYOUT_HEADER);
    driver_check_trust(&check, LAYOUT_LOCK);
    driver_check_trust(&check, LAYOUT_VALIDATED);
    driver_check_trust(&check, LAYOUT_SHARING);
    code = driver_walk_store(driver, driver_check_name, &check);
    if (code == FOB_SUCCESS)
        code = driver_walk_accounts(driver, check_account_name, &check);
    if (code != FOB_SUCCESS)
        fn(false, fob_error(), data);
    return check.code != FOB_SUCCESS ? check.code : code;
}
