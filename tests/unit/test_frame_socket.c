/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Frames that are made but not sent leave nothing of their items in memory. */
#include "config.h"

#include "frame/frame_socket.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define SECRET_SIZE 32
#define BLOCK ((size_t)65536)
/* A sanitizer has mappings of terabytes. */
#define MAPPING_MAX ((size_t)64 << 20)

/* Fill SECRET with the text to look for.  Only its complement is kept in memory. */
static void make_secret(char secret[static SECRET_SIZE])
{
    static const unsigned char complement[SECRET_SIZE] = { 0x91, 0x8b, 0xcf, 0x94, 0x9a, 0x91 };

    for (size_t i = 0; i < SECRET_SIZE; i++)
        secret[i] = (char)~complement[i];
}

/* How often the secret occurs in the SIZE bytes at ADDRESS of this process. */
static size_t count_in(int memory, uintptr_t address, size_t size)
{
    char *block = malloc(BLOCK);
    size_t count = 0;

    assert_non_null(block);
    for (size_t at = 0; at < size; at += BLOCK - SECRET_SIZE) {
        const size_t part = size - at < BLOCK ? size - at : BLOCK;
        ssize_t got = pread(memory, block, part, (off_t)(address + at));
        char secret[SECRET_SIZE];

        make_secret(secret);
        for (ssize_t i = 0; i + SECRET_SIZE <= got; i++)
            count += memcmp(block + i, secret, SECRET_SIZE) == 0;
        explicit_bzero(secret, sizeof secret);
        explicit_bzero(block, BLOCK);
    }
    free(block);
    return count;
}

/* How often it occurs in all memory that can be written but the stack. */
static size_t count_secrets(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    unsigned long first, last;
    char line[512];
    size_t count = 0;

    assert_non_null(maps);
    assert_true(memory >= 0);
    while (fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%lx-%lx", &first, &last) == 2 && strstr(line, " rw") != NULL &&
            strstr(line, "[stack]") == NULL && last - first < MAPPING_MAX)
            count += count_in(memory, first, last - first);
    }
    close(memory);
    fclose(maps);
    return count;
}

static void put_secret(struct frame_socket *socket)
{
    char secret[SECRET_SIZE];

    make_secret(secret);
    frame_put(socket, FRAME_REPLY, secret, sizeof secret);
    explicit_bzero(secret, sizeof secret);
}

static struct frame_socket *open_socket(int *other)
{
    struct frame_socket *made = NULL;
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    assert_int_equal(frame_socket_new(ends[0], &made), FOB_SUCCESS);
    *other = ends[1];
    return made;
}

static void a_frame_that_is_too_long_is_wiped(void **state)
{
    char *rest = calloc(1, FRAME_MAX);
    int other;
    struct frame_socket *sender = open_socket(&other);

    (void)state;
    assert_non_null(rest);
    frame_begin(sender, FRAME_ANSWER, 1);
    put_secret(sender);
    assert_true(count_secrets() > 0);
    frame_put(sender, FRAME_REPLY, rest, FRAME_MAX);
    assert_int_equal(frame_send(sender, -1), FOB_INVALID);
    assert_int_equal(count_secrets(), 0);
    frame_socket_free(sender);
    close(other);
    free(rest);
}

static void a_frame_that_is_not_sent_is_wiped_by_the_next(void **state)
{
    int other;
    struct frame_socket *sender = open_socket(&other);

    (void)state;
    frame_begin(sender, FRAME_ANSWER, 1);
    put_secret(sender);
    frame_begin(sender, FRAME_CANCEL, 1);
    assert_int_equal(frame_send(sender, -1), FOB_SUCCESS);
    assert_int_equal(count_secrets(), 0);
    frame_socket_free(sender);
    close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_that_is_too_long_is_wiped),
        cmocka_unit_test(a_frame_that_is_not_sent_is_wiped_by_the_next),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
