/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A spool's folders and files: modes, what the hub's user may do, and what the owner takes. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spool/drop.h"
#include "spool/spool_file.h"
#include "util/array.h"

#include <fob/fob.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Any user that is not root. */
#define HUB 65534
#define DROP_ID "0123456789abcdef0123456789abcdef"

struct place {
    char top[64];
    char path[80];
    gid_t group;
    struct spool spool;
    unsigned faults;
    char last[128];
};

static char drop[DROP_MIN];

static int set_up(void **state)
{
    static struct place place;
    mode_t before = umask(0077);

    place = (struct place){ .group = geteuid() == 0 ? HUB : getegid() };
    strcpy(place.top, "/tmp/test_spool.XXXXXX");
    if (mkdtemp(place.top) == NULL || chmod(place.top, 0755) < 0)
        return -1;
    snprintf(place.path, sizeof place.path, "%s/spool", place.top);
    assert_int_equal(spool_create(place.path, place.group), FOB_SUCCESS);
    assert_int_equal(spool_file_open(place.path, &place.spool), FOB_SUCCESS);
    umask(before);
    *state = &place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    char command[128];

    spool_file_close(&place->spool);
    snprintf(command, sizeof command, "rm -rf %s", place->top);
    return system(command);
}

static const char *path_of(const struct place *place, const char *name)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", place->path, name);
    return path;
}

static mode_t mode_of(const struct place *place, const char *name)
{
    struct stat st;

    assert_int_equal(lstat(path_of(place, name), &st), 0);
    return st.st_mode & 07777;
}

static void modes_hold_whatever_the_umask(void **state)
{
    struct place *place = *state;
    mode_t before = umask(0777);

    assert_int_equal(spool_file_write(&place->spool, SPOOL_CARDS, "card", wire_text("{}")), 0);
    assert_int_equal(spool_file_write(&place->spool, SPOOL_WORK, "work", wire_text("{}")), 0);
    assert_int_equal(spool_file_put(&place->spool, DROP_ID, (struct span){ drop, sizeof drop }), 0);
    umask(before);
    assert_int_equal(mode_of(place, "."), 0750);
    assert_int_equal(mode_of(place, "cards"), 02750);
    assert_int_equal(mode_of(place, "inbox"), 03730);
    assert_int_equal(mode_of(place, "work"), 0700);
    assert_int_equal(mode_of(place, "cards/card"), 0640);
    assert_int_equal(mode_of(place, "work/work"), 0600);
    assert_int_equal(mode_of(place, "inbox/" DROP_ID), 0440);
}

static void files_are_replaced_but_drops_are_not(void **state)
{
    struct place *place = *state;
    struct strbuf content = STRBUF_INIT;
    const struct span first = { drop, sizeof drop };
    const struct span second = { drop, sizeof drop - 1 };
    int64_t arrived = 0;
    int64_t age = -1;

    assert_int_equal(spool_file_write(&place->spool, SPOOL_RESULTS, "id", wire_text("old")), 0);
    assert_int_equal(spool_file_write(&place->spool, SPOOL_RESULTS, "id", wire_text("new")), 0);
    assert_int_equal(spool_file_read(&place->spool, SPOOL_RESULTS, "id", 3, &content), 0);
    assert_string_equal(content.data, "new");
    assert_int_equal(spool_file_read(&place->spool, SPOOL_RESULTS, "id", 2, &content), FOB_CORRUPT);
    assert_int_equal(spool_file_put(&place->spool, DROP_ID, first), FOB_SUCCESS);
    assert_int_equal(spool_file_put(&place->spool, DROP_ID, second), FOB_EXISTS);
    strbuf_reset(&content);
    assert_int_equal(spool_file_take(&place->spool, DROP_ID, geteuid(), &content, &arrived), 0);
    assert_int_equal(content.size, sizeof drop);
    assert_true(arrived > 1500000000);
    assert_true(spool_file_exists(&place->spool, SPOOL_INBOX, DROP_ID, &age));
    assert_true(age >= 0 && age < 60);
    assert_int_equal(spool_file_remove(&place->spool, SPOOL_INBOX, DROP_ID), FOB_SUCCESS);
    assert_int_equal(spool_file_remove(&place->spool, SPOOL_INBOX, DROP_ID), FOB_SUCCESS);
    assert_false(spool_file_exists(&place->spool, SPOOL_INBOX, DROP_ID, NULL));
    strbuf_free(&content);
}

/* Make PATH with SIZE bytes. */
static void make_file(const char *path, off_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0440);

    assert_true(fd >= 0 && ftruncate(fd, size) == 0);
    close(fd);
}

static void only_drops_are_taken(void **state)
{
    struct place *place = *state;
    const char *path = path_of(place, "inbox/" DROP_ID);
    char other[256];
    struct strbuf content = STRBUF_INIT;
    int64_t arrived = 0;

    snprintf(other, sizeof other, "%s/other", place->path);
#define TAKEN() spool_file_take(&place->spool, DROP_ID, geteuid(), &content, &arrived)
    assert_int_equal(TAKEN(), FOB_NOT_FOUND);
    make_file(other, DROP_MIN);
    assert_int_equal(symlink(other, path), 0);
    assert_int_equal(TAKEN(), FOB_CORRUPT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(link(other, path), 0);
    assert_int_equal(TAKEN(), FOB_CORRUPT);
    assert_int_equal(unlink(other), 0);
    assert_int_equal(TAKEN(), FOB_SUCCESS);
    assert_int_equal(spool_file_take(&place->spool, DROP_ID, geteuid() + 1, &content, &arrived),
                     FOB_CORRUPT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0666), 0);
    assert_int_equal(TAKEN(), FOB_CORRUPT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0777), 0);
    assert_int_equal(TAKEN(), FOB_CORRUPT);
    assert_int_equal(rmdir(path), 0);
    make_file(path, DROP_MIN - 1);
    assert_int_equal(TAKEN(), FOB_CORRUPT);
    assert_int_equal(unlink(path), 0);
    make_file(path, DROP_MAX + 1);
    assert_int_equal(TAKEN(), FOB_CORRUPT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(content.size, DROP_MIN);
    strbuf_free(&content);
#undef TAKEN
}

/* What the hub's user may do, as its exit status: 0, or the line of the first surprise. */
#define EXPECT(what) \
    if (!(what))     \
    _exit(__LINE__ % 256)
static void act_as_hub(const struct place *place)
{
    const struct span content = { drop, sizeof drop };
    struct strbuf text = STRBUF_INIT;
    struct spool spool;

    EXPECT(setgroups(0, NULL) == 0 && setresgid(HUB, HUB, HUB) == 0 &&
           setresuid(HUB, HUB, HUB) == 0);
    EXPECT(spool_file_open(place->path, &spool) == FOB_SUCCESS);
    EXPECT(spool.folders[SPOOL_WORK] < 0);
    EXPECT(spool_file_put(&spool, DROP_ID, content) == FOB_SUCCESS);
    EXPECT(spool_file_put(&spool, DROP_ID, content) == FOB_EXISTS);
    EXPECT(spool_file_exists(&spool, SPOOL_INBOX, DROP_ID, NULL));
    EXPECT(opendir(path_of(place, "inbox")) == NULL && errno == EACCES);
    EXPECT(spool_file_read(&spool, SPOOL_CARDS, "card", 64, &text) == FOB_SUCCESS);
    EXPECT(spool_file_write(&spool, SPOOL_CARDS, "card", content) == FOB_NOT_ALLOWED);
    EXPECT(spool_file_write(&spool, SPOOL_RESULTS, "id", content) == FOB_NOT_ALLOWED);
    EXPECT(spool_file_write(&spool, SPOOL_SITE, "site.json", content) == FOB_NOT_ALLOWED);
    EXPECT(spool_file_remove(&spool, SPOOL_CARDS, "card") == FOB_NOT_ALLOWED);
    EXPECT(access(path_of(place, "work/."), F_OK) != 0);
    _exit(0);
}

static void the_hub_may_only_add_drops(void **state)
{
    struct place *place = *state;
    struct strbuf content = STRBUF_INIT;
    int64_t arrived;
    int status = -1;
    pid_t child;

    if (geteuid() != 0)
        skip();
    assert_int_equal(spool_file_write(&place->spool, SPOOL_CARDS, "card", wire_text("{}")), 0);
    child = fork();
    if (child == 0)
        act_as_hub(place);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(spool_file_take(&place->spool, DROP_ID, HUB, &content, &arrived), FOB_SUCCESS);
    strbuf_free(&content);
}

static void count_fault(void *data, const struct spool_fault *fault)
{
    struct place *place = data;

    place->faults++;
    snprintf(place->last, sizeof place->last, "%s: %s%s", fault->path, fault->what,
             fault->fixed ? ", fixed" : "");
}

static unsigned compare(struct place *place, bool fix)
{
    const struct spool_check check = { .users = { geteuid(), geteuid(), place->group },
                                       .fix = fix,
                                       .report = count_fault,
                                       .data = place };

    place->faults = 0;
    assert_int_equal(spool_compare(place->path, &check), FOB_SUCCESS);
    return place->faults;
}

static void wrong_modes_are_found_and_fixed(void **state)
{
    static const struct {
        const char *name;
        mode_t mode;
        mode_t right;
    } wrong[] = {
        { ".", 0755, 0750 },
        { "inbox", 03777, 03730 },
        { "work", 0750, 0700 },
        { "results", 0750, 02750 },
        { "cards", 02770, 02750 },
        { "cards/card", 0644, 0640 },
        { "inbox/" DROP_ID, 0444, 0440 },
    };
    struct place *place = *state;

    assert_int_equal(spool_file_write(&place->spool, SPOOL_CARDS, "card", wire_text("{}")), 0);
    assert_int_equal(spool_file_put(&place->spool, DROP_ID, (struct span){ drop, sizeof drop }), 0);
    assert_int_equal(compare(place, false), 0);
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        assert_int_equal(chmod(path_of(place, wrong[i].name), wrong[i].mode), 0);
        assert_int_equal(compare(place, false), 1);
        assert_int_equal(mode_of(place, wrong[i].name), wrong[i].mode);
        assert_int_equal(compare(place, true), 1);
        assert_non_null(strstr(place->last, "fixed"));
        assert_int_equal(mode_of(place, wrong[i].name), wrong[i].right);
        assert_int_equal(compare(place, false), 0);
    }
    assert_int_equal(unlink(path_of(place, "cards/card")), 0);
    assert_int_equal(symlink("/etc/passwd", path_of(place, "cards/card")), 0);
    assert_int_equal(compare(place, true), 1);
    assert_string_equal(place->last, "cards/card: a symbolic link");
    assert_int_equal(unlink(path_of(place, "cards/card")), 0);
    assert_int_equal(mkdir(path_of(place, "cards/card"), 0750), 0);
    assert_int_equal(compare(place, true), 1);
    assert_string_equal(place->last, "cards/card: not a file");
    if (geteuid() == 0) {
        assert_int_equal(rmdir(path_of(place, "cards/card")), 0);
        assert_int_equal(chown(path_of(place, "results"), HUB, 0), 0);
        assert_int_equal(compare(place, true), 1);
        assert_int_equal(compare(place, false), 0);
    }
}

static void a_spool_without_its_folders_is_no_spool(void **state)
{
    struct place *place = *state;
    struct spool spool;

    assert_int_equal(rmdir(path_of(place, "results")), 0);
    assert_int_equal(spool_file_open(place->path, &spool), FOB_NOT_FOUND);
    assert_int_equal(spool_create(place->path, place->group), FOB_SUCCESS);
    assert_int_equal(mode_of(place, "results"), 02750);
    assert_int_equal(rmdir(path_of(place, "work")), 0);
    assert_int_equal(spool_file_open(place->path, &spool), FOB_SUCCESS);
    spool_file_close(&spool);
    assert_int_equal(spool_file_open(path_of(place, "nowhere"), &spool), FOB_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(modes_hold_whatever_the_umask, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_are_replaced_but_drops_are_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_drops_are_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_hub_may_only_add_drops, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_modes_are_found_and_fixed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_spool_without_its_folders_is_no_spool, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
