/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What each profile of a worker's sandbox lets through, tried one by one in children. */
#include "config.h"

#include "forbid.h"
#include "try.h"

#include "util/array.h"
#include "util/calls.h"
#include "util/containment.h"
#include "worker/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

struct place place = { .folder = "/tmp/fob-test-sandbox-XXXXXX" };

const char *try_path(const char *where, const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", where, name);
    return path;
}

/* The profiles in the order of the three columns. */
static const enum fob_needs profiles[] = { FOB_NEEDS_PURE, FOB_NEEDS_NETWORK, FOB_NEEDS_EXEC };
static const char *const profile_names[] = { "pure", "network", "exec" };

static struct sandbox sandbox_of(enum fob_needs profile)
{
    static char log[80];
    static char *readable[3];
    static char *closed[2];

    snprintf(log, sizeof log, "%s/log", place.folder);
    readable[0] = place.open;
    readable[1] = place.closed;
    readable[2] = place.folder;
    closed[0] = place.closed;
    closed[1] = log;
    return (struct sandbox){
        .profile = profile,
        .required = true,
        .readable = readable,
        .readable_count = 3,
        .closed = closed,
        .closed_count = 2,
        .ports = &place.port,
        .port_count = 1,
        .cpu_seconds = 10,
    };
}

/* What ATTEMPT in a sandboxed child comes to. */
static int outcome(enum fob_needs profile, int (*attempt)(void))
{
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        const struct sandbox sandbox = sandbox_of(profile);
        char why[SANDBOX_WHY];

        signal(SIGSYS, SIG_DFL); /* cmocka handles it */
        if (sandbox_enter(&sandbox, why) != 0) {
            fprintf(stderr, "%s\n", why);
            _exit(UNKNOWN);
        }
        _exit(attempt() == 0 ? 0 : errno);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? ENDED : UNKNOWN;
    return WEXITSTATUS(status);
}

static bool is_contained(void)
{
    return containment_has_seccomp() && containment_landlock_level() > 0;
}

/* The number of profiles in which TRIED does not end as expected, which are printed. */
static size_t count_wrong(const struct attempt *tried)
{
    size_t wrong = 0;

    for (size_t p = 0; p < ARRAY_SIZE(profiles); p++) {
        int expected = tried->expected[p];
        int found = expected != ANY ? outcome(profiles[p], tried->attempt) : ANY;

        if (found != expected)
            print_error("%s, %s: %d, not %d\n", profile_names[p], tried->name, found, expected);
        wrong += found != expected;
    }
    return wrong;
}

static void each_profile_allows_what_it_needs_and_nothing_else(void **state)
{
    static const struct attempt *const subjects[] = { try_files, try_processes, try_sockets,
                                                      try_memory };
    const int level = containment_landlock_level();
    size_t wrong = 0;

    (void)state;
    if (!is_contained())
        skip();
    for (size_t i = 0; i < ARRAY_SIZE(subjects); i++) {
        for (const struct attempt *tried = subjects[i]; tried->name != NULL; tried++)
            wrong += tried->level <= level ? count_wrong(tried) : 0;
    }
    assert_int_equal(wrong, 0);
}

static int try_enter_without_ports(void)
{
    struct sandbox sandbox = sandbox_of(FOB_NEEDS_NETWORK);
    char why[SANDBOX_WHY];

    sandbox.port_count = 0;
    return sandbox_enter(&sandbox, why) == 0 ? try_connect_to(place.other_port) : -1;
}

static void without_ports_every_port_is_allowed(void **state)
{
    int status;
    pid_t child;

    (void)state;
    if (!is_contained())
        skip();
    child = fork();
    if (child == 0)
        _exit(try_enter_without_ports() == 0 ? 0 : errno);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* For the whole process. */
static void the_processor_time_is_limited(void **state)
{
    int status;
    pid_t child;

    (void)state;
    if (!is_contained())
        skip();
    child = fork();
    if (child == 0) {
        struct sandbox sandbox = sandbox_of(FOB_NEEDS_PURE);
        char why[SANDBOX_WHY];

        sandbox.cpu_seconds = 1;
        if (sandbox_enter(&sandbox, why) == 0)
            for (volatile unsigned i = 0;; i++)
                continue;
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU);
}

/* Enter a sandbox where the call NUMBER is missing; what came of it is written into WHY. */
static int enter_without(unsigned number, bool required, char why[static SANDBOX_WHY])
{
    char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status;
    pid_t child = fork();

    if (child == 0) {
        struct sandbox sandbox = sandbox_of(FOB_NEEDS_NETWORK);

        sandbox.required = required;
        assert_int_equal(forbid(number, ENOSYS), 0);
        _exit(sandbox_enter(&sandbox, shared) == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    memcpy(why, shared, SANDBOX_WHY);
    munmap(shared, 4096);
    return WEXITSTATUS(status);
}

/* A kernel that lacks one of the calls: refused, with the reason; or told of when that is allowed.
 */
static void a_kernel_that_lacks_a_call_is_refused_unless_that_is_permitted(void **state)
{
    static const struct {
        unsigned call;
        const char *why;
    } missing[] = {
        { SYS_landlock_create_ruleset, "Landlock: Function not implemented" },
        { SYS_landlock_add_rule, "Landlock: Function not implemented" },
        { SYS_landlock_restrict_self, "Landlock: Function not implemented" },
        { SYS_seccomp, "seccomp: Function not implemented" },
        { SYS_capset, "rights: Function not implemented" },
        { SYS_prctl, "rights: Function not implemented" },
        { SYS_prlimit64, "limits: Function not implemented" },
    };
    char why[SANDBOX_WHY];

    (void)state;
    if (!is_contained())
        skip();
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        assert_int_equal(enter_without(missing[i].call, true, why), 1);
        assert_string_equal(why, missing[i].why);
        assert_int_equal(enter_without(missing[i].call, false, why), 0);
        assert_string_equal(why, missing[i].why);
    }
}

static void make_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0 && write(fd, "x", 1) == 1 && close(fd) == 0);
}

static int listen_at(uint16_t *number)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (const struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, 64), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *number = ntohs(address.sin_port);
    return fd;
}

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(place.folder) == NULL)
        return -1;
    place.host = getpid();
    snprintf(place.open, sizeof place.open, "%s/open", place.folder);
    snprintf(place.closed, sizeof place.closed, "%s/closed", place.folder);
    if (mkdir(place.open, 0700) != 0 || mkdir(place.closed, 0700) != 0)
        return -1;
    make_file(try_path(place.open, "data"));
    make_file(try_path(place.open, "removed"));
    make_file(try_path(place.closed, "key"));
    make_file(try_path(place.folder, "log"));
    make_file(try_path(place.folder, "log.1"));
    place.listener = listen_at(&place.port);
    listen_at(&place.other_port);
    return 0;
}

static int tear_down(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", place.folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_profile_allows_what_it_needs_and_nothing_else),
        cmocka_unit_test(without_ports_every_port_is_allowed),
        cmocka_unit_test(the_processor_time_is_limited),
        cmocka_unit_test(a_kernel_that_lacks_a_call_is_refused_unless_that_is_permitted),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
