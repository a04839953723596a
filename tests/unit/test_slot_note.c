/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What a header notes of its slots: it comes and goes with them, and is never told of another. */
#include "config.h"

#include "store/key_file.h"
#include "store/keyring.h"
#include "store/slot_note.h"

#include "scratch.h"
#include "util/array.h"

#include <stdlib.h>
#include <string.h>

#define ENDING 64 /* MAC and checksum */
#define TAG 0x82
#define SALTS 8

/* A header with one slot, and what opens that. */
struct fixture {
    struct fob_secret *material;
    struct keyring *keyring;
};

static struct keyring *opened(const struct fixture *fixture, struct blob *header)
{
    struct keyring *keyring = NULL;

    assert_int_equal(keyring_decode((struct span){ header->data, header->size }, "it", &keyring),
                     FOB_SUCCESS);
    assert_int_equal(keyring_unlock(keyring, SLOT_KEY_FILE, fixture->material, "it"), FOB_SUCCESS);
    blob_free(header);
    return keyring;
}

static void create(struct fixture *fixture, int64_t made, const char *label)
{
    const struct new_slot slot = { SLOT_KEY_FILE, fixture->material, made, label };
    struct blob header = { NULL, 0 };

    keyring_free(fixture->keyring);
    assert_int_equal(keyring_create(&slot, &header), FOB_SUCCESS);
    fixture->keyring = opened(fixture, &header);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    *state = fixture;
    return fixture != NULL ? key_file_make(&fixture->material) : -1;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    fob_secret_free(fixture->material);
    keyring_free(fixture->keyring);
    free(fixture);
    return 0;
}

static void add(struct fixture *fixture, int64_t made, const char *label)
{
    const struct new_slot slot = { SLOT_KEY_FILE, fixture->material, made, label };
    struct blob header = { NULL, 0 };
    unsigned number;

    assert_int_equal(keyring_add_slot(fixture->keyring, &slot, &header, &number), FOB_SUCCESS);
    keyring_free(fixture->keyring);
    fixture->keyring = opened(fixture, &header);
}

static void remove_slot(struct fixture *fixture, unsigned number)
{
    struct blob header = { NULL, 0 };

    assert_int_equal(keyring_remove_slot(fixture->keyring, number, &header), FOB_SUCCESS);
    keyring_free(fixture->keyring);
    fixture->keyring = opened(fixture, &header);
}

static void rotate(struct fixture *fixture)
{
    struct fob_secret *materials[KEYRING_SLOTS_MAX];
    struct fob_secret *key = NULL;
    struct blob header = { NULL, 0 };

    for (size_t i = 0; i < KEYRING_SLOTS_MAX; i++)
        materials[i] = fixture->material;
    assert_int_equal(keyring_begin_rotation(fixture->keyring, materials, &header, &key),
                     FOB_SUCCESS);
    fob_secret_free(key);
    keyring_free(fixture->keyring);
    fixture->keyring = opened(fixture, &header);
    assert_int_equal(keyring_end_rotation(fixture->keyring, &header), FOB_SUCCESS);
    keyring_free(fixture->keyring);
    fixture->keyring = opened(fixture, &header);
}

static void assert_note(const struct fixture *fixture, unsigned number, int64_t made,
                        const char *label)
{
    const struct slot *slot = keyring_slot(fixture->keyring, number);

    assert_non_null(slot);
    assert_int_equal(slot->made, made);
    assert_string_equal(slot->label, label);
}

static void notes_come_and_go_with_their_slots(void **state)
{
    struct fixture *fixture = *state;

    create(fixture, 1700000000, "");
    add(fixture, 1700000001, "in the safe");
    add(fixture, 0, "Zoë");
    add(fixture, 1700000003, "");
    assert_note(fixture, 1, 1700000000, "");
    assert_note(fixture, 2, 1700000001, "in the safe");
    assert_note(fixture, 3, 0, "Zoë");
    assert_note(fixture, 4, 1700000003, "");
    rotate(fixture);
    assert_note(fixture, 1, 1700000000, "");
    assert_note(fixture, 2, 1700000001, "in the safe");
    assert_note(fixture, 3, 0, "Zoë");
    remove_slot(fixture, 2);
    assert_null(memmem(fixture->keyring->header, fixture->keyring->header_size, "safe", 4));
    assert_note(fixture, 3, 0, "Zoë");
    add(fixture, 0, "");
    assert_note(fixture, 2, 0, "");
    assert_note(fixture, 4, 1700000003, "");
}

static void thirty_two_slots_may_have_the_longest_labels(void **state)
{
    static const char longest[] =
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    struct fixture *fixture = *state;

    create(fixture, INT64_MAX, longest);
    for (unsigned i = 2; i <= KEYRING_SLOTS_MAX; i++)
        add(fixture, i, longest);
    for (unsigned i = 2; i <= KEYRING_SLOTS_MAX; i++)
        assert_note(fixture, i, i, longest);
    rotate(fixture);
    assert_note(fixture, 1, INT64_MAX, longest);
}

/* The header of KEYRING, with an item of notes more; its MAC is wrong then. */
static int decode_with(const struct keyring *old, struct span notes, struct keyring **keyring)
{
    size_t covered = old->header_size - ENDING;
    size_t size = old->header_size + WIRE_ITEM_EXTRA + notes.size;
    unsigned char *header = malloc(size);
    int code;

    assert_non_null(header);
    memcpy(header, old->header, covered);
    wire_put_item(header + covered, TAG, notes.data, notes.size);
    memset(header + size - ENDING, 0, ENDING);
    crypto_sha256((struct span){ header, size - CRYPTO_HASH }, header + size - CRYPTO_HASH);
    code = keyring_decode((struct span){ header, size }, "it", keyring);
    free(header);
    return code;
}

/* One note, on the slot with this beginning of a SALT. */
static size_t write_note(unsigned char *at, const unsigned char *salt, const char *label,
                         size_t label_size)
{
    memcpy(at, salt, SALTS);
    wire_put(at + SALTS, 42, 8);
    memcpy(at + SALTS + 8, label, label_size);
    return SALTS + 8 + label_size;
}

static void notes_on_a_slot_that_is_gone_are_not_believed(void **state)
{
    struct fixture *fixture = *state;
    struct keyring *keyring = NULL;
    unsigned char note[64];
    unsigned char salt[SALTS];
    size_t size;

    create(fixture, 0, "");
    memcpy(salt, slot_salt(&fixture->keyring->slots[0]), sizeof salt);
    size = write_note(note, salt, "mine", sizeof "mine");
    assert_int_equal(decode_with(fixture->keyring, (struct span){ note, size }, &keyring),
                     FOB_SUCCESS);
    assert_int_equal(keyring->slots[0].made, 42);
    assert_string_equal(keyring->slots[0].label, "mine");
    keyring_free(keyring);
    salt[SALTS - 1] ^= 1;
    size = write_note(note, salt, "another's", sizeof "another's");
    assert_int_equal(decode_with(fixture->keyring, (struct span){ note, size }, &keyring),
                     FOB_SUCCESS);
    assert_int_equal(keyring->slots[0].made, 0);
    assert_string_equal(keyring->slots[0].label, "");
    keyring_free(keyring);
}

static void malformed_notes_are_damage(void **state)
{
    static const struct {
        const char *label;
        size_t size;
        int code;
    } cases[] = {
        { "", 1, FOB_SUCCESS },
        { "a", 1, FOB_CORRUPT }, /* without its NUL */
        { "", 0, FOB_CORRUPT },
        { "a\0b", 4, FOB_CORRUPT }, /* what follows is too short for another note */
        { "\033[2J", 5, FOB_CORRUPT },
        { "\xff", 2, FOB_CORRUPT },
    };
    struct fixture *fixture = *state;
    struct keyring *keyring = NULL;
    unsigned char note[64];

    create(fixture, 0, "");
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        size_t size =
            write_note(note, slot_salt(&fixture->keyring->slots[0]), cases[i].label, cases[i].size);

        assert_int_equal(decode_with(fixture->keyring, (struct span){ note, size }, &keyring),
                         cases[i].code);
        keyring_free(keyring);
        keyring = NULL;
    }
    /* A second item of notes. */
    create(fixture, 1, "");
    assert_int_equal(decode_with(fixture->keyring, (struct span){ "", 0 }, &keyring), FOB_CORRUPT);
}

static void labels_are_short_texts_on_one_line(void **state)
{
    static const char *const good[] = {
        "",
        "a",
        "in the safe",
        "Zoë Müller",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    };
    static const char *const bad[] = {
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\u00e9",
        "two\nlines",
        "a\ttab",
        "\033[31m",
        "\x7f",
        "\xc2\x9bm", /* CSI of C1 */
        "\xc3",
        "\xff",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_true(slot_label_is_good(good[i]));
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_false(slot_label_is_good(bad[i]));
}

#define NOTE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NOTE_TEST(notes_come_and_go_with_their_slots),
        NOTE_TEST(thirty_two_slots_may_have_the_longest_labels),
        NOTE_TEST(notes_on_a_slot_that_is_gone_are_not_believed),
        NOTE_TEST(malformed_notes_are_damage),
        cmocka_unit_test(labels_are_short_texts_on_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
