/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The header and its key slots. */
#include "config.h"

#include "store/file.h"
#include "store/key_file.h"
#include "store/keyring.h"
#include "util/array.h"
#include "util/secret.h"

#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENDING 64  /* MAC and checksum */
#define AT_SLOT 32 /* tag and length of the only slot */
#define AT_BODY 37
#define AT_SALT (AT_BODY + 8)
#define AT_COST (AT_SALT + 32)

struct fixture {
    struct fob_secret *material;
    struct blob header;
};

static int create(enum slot_kind kind, const struct fob_secret *material, struct blob *header)
{
    return keyring_create(&(struct new_slot){ .kind = kind, .material = material, .label = "" },
                          header);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    if (fixture == NULL || key_file_make(&fixture->material) != FOB_SUCCESS ||
        create(SLOT_KEY_FILE, fixture->material, &fixture->header) != FOB_SUCCESS)
        return -1;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    fob_secret_free(fixture->material);
    blob_free(&fixture->header);
    free(fixture);
    return 0;
}

static int decode(const struct blob *header, struct keyring **keyring)
{
    return keyring_decode((struct span){ header->data, header->size }, "the header", keyring);
}

/* Decode and unlock by MATERIAL: the code of what failed. */
static int try(const struct blob *header, enum slot_kind kind, const struct fob_secret *material)
{
    struct keyring *keyring = NULL;
    int code = decode(header, &keyring);

    if (code == FOB_SUCCESS)
        code = keyring_unlock(keyring, kind, material, "the header");
    keyring_free(keyring);
    return code;
}

/* What somebody who alters a header can do, and a disk that goes bad cannot. */
static void renew_checksum(const struct blob *header)
{
    crypto_sha256((struct span){ header->data, header->size - CRYPTO_HASH },
                  header->data + header->size - CRYPTO_HASH);
}

static void header_opens_with_its_key(void **state)
{
    const struct fixture *fixture = *state;

    assert_int_equal(try(&fixture->header, SLOT_KEY_FILE, fixture->material), FOB_SUCCESS);
}

static void header_stays_locked_to_another_key(void **state)
{
    const struct fixture *fixture = *state;
    struct fob_secret *other = NULL;

    assert_int_equal(key_file_make(&other), FOB_SUCCESS);
    assert_int_equal(try(&fixture->header, SLOT_KEY_FILE, other), FOB_LOCKED);
    assert_int_equal(try(&fixture->header, SLOT_PASSPHRASE, fixture->material), FOB_LOCKED);
    fob_secret_free(other);
}

static void header_refuses_any_flipped_bit(void **state)
{
    const struct fixture *fixture = *state;

    for (size_t bit = 0; bit < 8 * fixture->header.size; bit++) {
        struct keyring *keyring = NULL;

        fixture->header.data[bit / 8] ^= (unsigned char)(1U << bit % 8);
        assert_int_equal(decode(&fixture->header, &keyring), FOB_CORRUPT);
        assert_null(keyring);
        fixture->header.data[bit / 8] ^= (unsigned char)(1U << bit % 8);
    }
}

static void header_refuses_any_length_but_its_own(void **state)
{
    const struct fixture *fixture = *state;
    unsigned char longer[1024] = { 0 };
    struct keyring *keyring = NULL;

    memcpy(longer, fixture->header.data, fixture->header.size);
    for (size_t size = 0; size < sizeof longer; size++) {
        if (size != fixture->header.size)
            assert_int_equal(keyring_decode((struct span){ longer, size }, "the header", &keyring),
                             FOB_CORRUPT);
    }
    assert_null(keyring);
}

static void header_altered_by_somebody_does_not_open(void **state)
{
    const struct fixture *fixture = *state;

    for (size_t bit = 0; bit < 8 * (fixture->header.size - CRYPTO_HASH); bit++) {
        fixture->header.data[bit / 8] ^= (unsigned char)(1U << bit % 8);
        renew_checksum(&fixture->header);
        assert_int_not_equal(try(&fixture->header, SLOT_KEY_FILE, fixture->material), FOB_SUCCESS);
        fixture->header.data[bit / 8] ^= (unsigned char)(1U << bit % 8);
    }
}

static void header_says_that_somebody_altered_it(void **state)
{
    const struct fixture *fixture = *state;

    /* Not in the slot, which opens, so that the MAC is what refuses. */
    fixture->header.data[fixture->header.size - ENDING] ^= 1;
    renew_checksum(&fixture->header);
    assert_int_equal(try(&fixture->header, SLOT_KEY_FILE, fixture->material), FOB_CORRUPT);
    assert_string_equal(fob_error(),
                        "the header: somebody altered it: it does not fit the store's key");
}

/* Insert an item of TAG before the ending. */
static struct blob with_item(const struct blob *header, unsigned char tag, struct span item)
{
    size_t covered = header->size - ENDING;
    struct blob new = { malloc(header->size + WIRE_ITEM_EXTRA + item.size), 0 };

    assert_non_null(new.data);
    new.size = header->size + WIRE_ITEM_EXTRA + item.size;
    memcpy(new.data, header->data, covered);
    wire_put_item(new.data + covered, tag, item.data, item.size);
    memcpy(new.data + new.size - ENDING, header->data + covered, ENDING);
    renew_checksum(&new);
    return new;
}

static void header_of_a_newer_fob_differs_from_a_damaged_one(void **state)
{
    static const struct {
        size_t at;
        unsigned char to;
        const char *message;
    } cases[] = {
        { 9, 2, "the header: written by a newer fob (format 2)" },
        { 11, 2, "the header: written by a newer fob (flags 2)" },
        { AT_SLOT, 3, "the header: written by a newer fob (item 3)" },
    };
    const struct fixture *fixture = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        unsigned char *byte = &fixture->header.data[cases[i].at];
        unsigned char old = *byte;
        struct keyring *keyring = NULL;

        *byte = cases[i].to;
        renew_checksum(&fixture->header);
        assert_int_equal(decode(&fixture->header, &keyring), FOB_CONFIG);
        assert_string_equal(fob_error(), cases[i].message);
        *byte = old;
    }
}

static void header_items_that_may_be_skipped_are(void **state)
{
    const struct fixture *fixture = *state;
    struct blob more = with_item(&fixture->header, 0x90, (struct span){ "later", 5 });
    struct keyring *keyring = NULL;

    assert_int_equal(decode(&more, &keyring), FOB_SUCCESS);
    assert_int_equal(keyring->slot_count, 1);
    keyring_free(keyring);
    blob_free(&more);
}

static void header_keeps_slots_of_an_unknown_kind_closed(void **state)
{
    const struct fixture *fixture = *state;
    unsigned char body[200] = { 9 };
    struct blob more = with_item(&fixture->header, 1, (struct span){ body, sizeof body });
    struct keyring *keyring = NULL;

    assert_int_equal(decode(&more, &keyring), FOB_SUCCESS);
    assert_int_equal(keyring->slot_count, 2);
    keyring_free(keyring);
    blob_free(&more);
}

static void header_refuses_too_many_slots(void **state)
{
    const struct fixture *fixture = *state;
    unsigned char body[200] = { 9 };
    struct blob header = with_item(&fixture->header, 1, (struct span){ body, sizeof body });
    struct keyring *keyring = NULL;

    for (int i = 2; i < KEYRING_SLOTS_MAX; i++) {
        struct blob more = with_item(&header, 1, (struct span){ body, sizeof body });

        blob_free(&header);
        header = more;
    }
    assert_int_equal(decode(&header, &keyring), FOB_SUCCESS);
    keyring_free(keyring);
    keyring = NULL;
    {
        struct blob more = with_item(&header, 1, (struct span){ body, sizeof body });

        assert_int_equal(decode(&more, &keyring), FOB_CORRUPT);
        blob_free(&more);
    }
    assert_null(keyring);
    blob_free(&header);
}

/* Memory, passes, lanes: what a slot may not ask for. */
static void slot_refuses_costs_out_of_bounds(void **state)
{
    static const struct {
        uint32_t memory;
        uint32_t passes;
        uint32_t lanes;
        int code;
    } cases[] = {
        { 64 * 1024, 3, 1, FOB_SUCCESS },
        { 1024 * 1024, 64, 16, FOB_SUCCESS },
        { 8, 1, 1, FOB_SUCCESS },
        { 1024 * 1024 + 1, 3, 1, FOB_CORRUPT },
        { UINT32_MAX, 3, 1, FOB_CORRUPT },
        { 7, 1, 1, FOB_CORRUPT },
        { 64 * 1024, 0, 1, FOB_CORRUPT },
        { 64 * 1024, 65, 1, FOB_CORRUPT },
        { 64 * 1024, UINT32_MAX, 1, FOB_CORRUPT },
        { 64 * 1024, 3, 0, FOB_CORRUPT },
        { 64 * 1024, 3, 17, FOB_CORRUPT },
        { 64 * 1024, 3, 0x20000000, FOB_CORRUPT },
        { 0, 0, 0, FOB_CORRUPT },
        { 15, 1, 2, FOB_CORRUPT },
    };
    unsigned char body[8 + 32 + 12 + 48] = { SLOT_PASSPHRASE };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct slot slot;

        wire_put(body + 40, cases[i].memory, 4);
        wire_put(body + 44, cases[i].passes, 4);
        wire_put(body + 48, cases[i].lanes, 4);
        assert_int_equal(slot_parse((struct span){ body, sizeof body }, &slot), cases[i].code);
    }
}

static void slot_refuses_any_length_but_its_own(void **state)
{
    unsigned char body[SLOT_BODY_MAX + 1] = { SLOT_KEY_FILE };
    struct slot slot;

    (void)state;
    for (size_t size = 0; size < sizeof body; size++)
        assert_int_equal(slot_parse((struct span){ body, size }, &slot),
                         size == 88 ? FOB_SUCCESS : FOB_CORRUPT);
    body[1] = 7;
    assert_int_equal(slot_parse((struct span){ body, 88 }, &slot), FOB_SUCCESS);
    assert_int_equal(slot.number, 7);
    body[2] = 1;
    assert_int_equal(slot_parse((struct span){ body, 88 }, &slot), FOB_CORRUPT);
}

static void passphrase_slot_opens_with_the_passphrase_only(void **state)
{
    struct fob_secret *passphrase = NULL;
    struct fob_secret *other = NULL;
    struct blob header = { NULL, 0 };

    (void)state;
    assert_int_equal(fob_secret_new("correct horse", 13, &passphrase), FOB_SUCCESS);
    assert_int_equal(fob_secret_new("correct hors", 12, &other), FOB_SUCCESS);
    assert_int_equal(create(SLOT_PASSPHRASE, passphrase, &header), FOB_SUCCESS);
    assert_int_equal(wire_get(header.data + AT_COST, 4), 64 * 1024);
    assert_int_equal(try(&header, SLOT_PASSPHRASE, passphrase), FOB_SUCCESS);
    assert_int_equal(try(&header, SLOT_PASSPHRASE, other), FOB_LOCKED);
    fob_secret_free(passphrase);
    fob_secret_free(other);
    blob_free(&header);
}

static void headers_have_nothing_random_in_common(void **state)
{
    const struct fixture *fixture = *state;
    struct blob other = { NULL, 0 };

    assert_int_equal(create(SLOT_KEY_FILE, fixture->material, &other), FOB_SUCCESS);
    assert_memory_not_equal(other.data + 16, fixture->header.data + 16, 16);
    assert_memory_not_equal(other.data + AT_SALT, fixture->header.data + AT_SALT, 32);
    assert_memory_not_equal(other.data + AT_SALT + 32, fixture->header.data + AT_SALT + 32, 48);
    blob_free(&other);
}

static void derived_keys_differ_by_label(void **state)
{
    const struct fixture *fixture = *state;
    struct keyring *keyring = NULL;
    struct fob_secret *keys[3] = { NULL };
    char label[200];

    assert_int_equal(decode(&fixture->header, &keyring), FOB_SUCCESS);
    assert_int_equal(keyring_unlock(keyring, SLOT_KEY_FILE, fixture->material, "the header"),
                     FOB_SUCCESS);
    assert_int_equal(keyring_derive(keyring, "log", &keys[0]), FOB_SUCCESS);
    assert_int_equal(keyring_derive(keyring, "log", &keys[1]), FOB_SUCCESS);
    assert_int_equal(keyring_derive(keyring, "other", &keys[2]), FOB_SUCCESS);
    assert_memory_equal(fob_secret_data(keys[0]), fob_secret_data(keys[1]), CRYPTO_KEY);
    assert_memory_not_equal(fob_secret_data(keys[0]), fob_secret_data(keys[2]), CRYPTO_KEY);
    assert_memory_not_equal(fob_secret_data(keys[0]), fob_secret_data(keyring->key), CRYPTO_KEY);
    memset(label, 'l', sizeof label - 1);
    label[sizeof label - 1] = '\0';
    assert_int_equal(keyring_derive(keyring, label, &keys[0]), FOB_INVALID);
    for (int i = 0; i < 3; i++)
        fob_secret_free(keys[i]);
    keyring_free(keyring);
}

static double used_ms(void)
{
    struct timespec used;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6;
}

/* What a guess takes that was measured to take half a second. */
static double guess_ms(const struct fob_secret *passphrase)
{
    const unsigned char salt[CRYPTO_SALT] = { 1 };
    struct fob_secret *key = NULL;
    struct crypto_cost cost;
    double began;

    assert_int_equal(crypto_calibrate(&cost), FOB_SUCCESS);
    assert_true(cost.memory >= 64 * 1024);
    assert_true(cost.passes >= 1);
    began = used_ms();
    assert_int_equal(crypto_stretch(passphrase, (struct span){ salt, sizeof salt }, &cost, &key),
                     FOB_SUCCESS);
    fob_secret_free(key);
    return used_ms() - began;
}

/* A machine that is suddenly slower or faster may be so a few times. */
static void new_slot_takes_a_guess_about_half_a_second(void **state)
{
    struct fob_secret *passphrase = NULL;
    double took = 0;

    (void)state;
    assert_int_equal(crypto_ready(), FOB_SUCCESS);
    assert_int_equal(fob_secret_new("correct horse", 13, &passphrase), FOB_SUCCESS);
    for (int i = 0; i < 10 && took < 370; i++)
        took = guess_ms(passphrase);
    fob_secret_free(passphrase);
    assert_true(took >= 370);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_slot_takes_a_guess_about_half_a_second),
        cmocka_unit_test_setup_teardown(header_opens_with_its_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(header_stays_locked_to_another_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(header_refuses_any_flipped_bit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(header_refuses_any_length_but_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(header_altered_by_somebody_does_not_open, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(header_says_that_somebody_altered_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(header_of_a_newer_fob_differs_from_a_damaged_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(header_items_that_may_be_skipped_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(header_keeps_slots_of_an_unknown_kind_closed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(header_refuses_too_many_slots, set_up, tear_down),
        cmocka_unit_test(slot_refuses_costs_out_of_bounds),
        cmocka_unit_test(slot_refuses_any_length_but_its_own),
        cmocka_unit_test(passphrase_slot_opens_with_the_passphrase_only),
        cmocka_unit_test_setup_teardown(headers_have_nothing_random_in_common, set_up, tear_down),
        cmocka_unit_test_setup_teardown(derived_keys_differ_by_label, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
