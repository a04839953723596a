/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Gives a fuzz target its corpus, and mutations of it: what libFuzzer's main() does, without
 * libFuzzer.  The mutations are the same each time; FOB_TEST_LONG makes a hundred times as many,
 * from a seed of chance, and FOB_TEST_SEED chooses the seed.
 *
 *   fuzz_NAME [FILE...]    the corpus is in $abs_top_srcdir/tests/fuzz/corpus/NAME; with files,
 *                          only these, as they are
 *
 * After a crash the input that did it is in fuzz_NAME.crash; move it away and run it as FILE.
 */
#include "config.h"

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define INPUT_MAX 65536
#define ROUNDS 500 /* mutations of each file */
#define SEED 0x666f62

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    size_t size;
    unsigned char data[INPUT_MAX];
};

struct replay {
    uint64_t random;
    unsigned long rounds;
    int crash; /* keeps the last input when the target ends the process */
    struct input input;
};

/* xorshift64: a seed gives the same mutations everywhere. */
static size_t pick(struct replay *replay, size_t below)
{
    replay->random ^= replay->random << 13;
    replay->random ^= replay->random >> 7;
    replay->random ^= replay->random << 17;
    return (size_t)(replay->random % below);
}

static uint64_t choose_seed(bool lengthy)
{
    const char *given = getenv("FOB_TEST_SEED");
    uint64_t seed = SEED;

    if (given != NULL)
        seed = strtoull(given, NULL, 0);
    else if (lengthy && getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        err(1, "getrandom");
    return seed != 0 ? seed : 1;
}

static void insert(struct replay *replay, size_t at, unsigned char byte, size_t count)
{
    struct input *input = &replay->input;

    if (count > INPUT_MAX - input->size)
        count = INPUT_MAX - input->size;
    memmove(input->data + at + count, input->data + at, input->size - at);
    memset(input->data + at, byte, count);
    input->size += count;
}

static void erase(struct replay *replay, size_t at, size_t count)
{
    struct input *input = &replay->input;

    if (count > input->size - at)
        count = input->size - at;
    memmove(input->data + at, input->data + at + count, input->size - at - count);
    input->size -= count;
}

/* Copy a piece of the input over another. */
static void copy(struct replay *replay, size_t at)
{
    struct input *input = &replay->input;
    size_t from = pick(replay, input->size);
    size_t room = input->size - (from > at ? from : at);

    memmove(input->data + at, input->data + from, 1 + pick(replay, room));
}

static void mutate_once(struct replay *replay)
{
    static const unsigned char telling[] = {
        0, 1, 0x7f, 0x80, 0xff, '\n', ' ', '"', ':', '-', '{'
    };
    struct input *input = &replay->input;
    size_t at;

    if (input->size == 0)
        return insert(replay, 0, telling[pick(replay, sizeof telling)], 1);
    at = pick(replay, input->size);
    switch (pick(replay, 6)) {
    case 0:
        input->data[at] ^= (unsigned char)(1U << pick(replay, 8));
        break;
    case 1:
        input->data[at] = telling[pick(replay, sizeof telling)];
        break;
    case 2:
        insert(replay, at, telling[pick(replay, sizeof telling)], 1 + pick(replay, 8));
        break;
    case 3:
        erase(replay, at, 1 + pick(replay, 32));
        break;
    case 4:
        copy(replay, at);
        break;
    default:
        insert(replay, at, (unsigned char)pick(replay, 256), 1);
        break;
    }
}

static void run(const struct replay *replay, const struct input *input)
{
    /* A buffer of just that size, so that a byte too far is seen. */
    unsigned char *exact = malloc(input->size != 0 ? input->size : 1);

    if (pwrite(replay->crash, input->data, input->size, 0) != (ssize_t)input->size ||
        ftruncate(replay->crash, (off_t)input->size) < 0)
        err(1, "the file for a crash");
    if (exact == NULL)
        err(1, "malloc");
    memcpy(exact, input->data, input->size);
    LLVMFuzzerTestOneInput(exact, input->size);
    free(exact);
}

static void load(const char *path, struct input *input)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, input->data, INPUT_MAX);

    if (got < 0)
        err(1, "%s", path);
    input->size = (size_t)got;
    close(fd);
}

static void replay_file(struct replay *replay, const char *path)
{
    struct input *original = malloc(sizeof *original);
    size_t mutations;

    if (original == NULL)
        err(1, "malloc");
    load(path, original);
    run(replay, original);
    for (unsigned long round = 0; round < replay->rounds; round++) {
        replay->input = *original;
        for (mutations = 1 + pick(replay, 6); mutations > 0; mutations--)
            mutate_once(replay);
        run(replay, &replay->input);
    }
    free(original);
}

static size_t replay_corpus(struct replay *replay, const char *name)
{
    const char *top = getenv("abs_top_srcdir");
    char *folder = NULL;
    struct dirent **entries = NULL;
    size_t files = 0;
    int count;

    if (top == NULL || strncmp(name, "fuzz_", 5) != 0)
        errx(1, "abs_top_srcdir is not set, or this is not called fuzz_NAME");
    if (asprintf(&folder, "%s/tests/fuzz/corpus/%s", top, name + 5) < 0)
        err(1, "asprintf");
    count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0)
        err(1, "%s", folder);
    for (int i = 0; i < count; i++) {
        char *path = NULL;

        if (entries[i]->d_name[0] != '.') {
            if (asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0)
                err(1, "asprintf");
            replay_file(replay, path);
            files++;
        }
        free(path);
        free(entries[i]);
    }
    free(entries);
    free(folder);
    return files;
}

int main(int argc, char **argv)
{
    static struct replay replay = { .rounds = ROUNDS };
    const char *text = getenv("FOB_TEST_LONG");
    bool lengthy = text != NULL && text[0] != '\0';
    const char *slash = strrchr(argv[0], '/');
    const char *name = slash != NULL ? slash + 1 : argv[0];
    size_t files = (size_t)argc - 1;
    char *crash = NULL;

    replay.random = choose_seed(lengthy);
    if (lengthy)
        replay.rounds *= 100;
    printf("seed %" PRIu64 "\n", replay.random);
    fflush(stdout);
    if (asprintf(&crash, "%s.crash", name) < 0)
        err(1, "asprintf");
    replay.crash = open(crash, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (replay.crash < 0)
        err(1, "%s", crash);
    if (argc > 1)
        replay.rounds = 0;
    for (int i = 1; i < argc; i++)
        replay_file(&replay, argv[i]);
    if (argc == 1)
        files = replay_corpus(&replay, name);
    if (files == 0)
        errx(1, "the corpus is empty");
    close(replay.crash);
    unlink(crash);
    free(crash);
    printf("%zu files, each with %lu mutations\n", files, replay.rounds);
    return 0;
}
