/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sealing: the algorithms against published vectors, and every way to spoil a sealed record. */
#include "config.h"

#include "store/seal.h"

#include "util/array.h"
#include "util/secret.h"

#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes from hexadecimal digits, which are also given to be NULL. */
static struct span from_hex(const char *hex, unsigned char *buffer)
{
    size_t size = strlen(hex) / 2;

    for (size_t i = 0; i < size; i++) {
        unsigned value;

        assert_int_equal(sscanf(hex + 2 * i, "%2x", &value), 1);
        buffer[i] = (unsigned char)value;
    }
    return (struct span){ buffer, size };
}

/* RFC 5869, appendix A.1 to A.3. */
static const struct {
    const char *key;
    const char *salt;
    const char *info;
    const char *out;
} hkdf_vectors[] = {
    { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
      "f0f1f2f3f4f5f6f7f8f9",
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865" },
    { "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
      "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
      "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f8081828384858687"
      "88898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
      "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7"
      "d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac78272"
      "71cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f"
      "1d87" },
    { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8" },
};

static void hkdf_is_rfc_5869(void **state)
{

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(hkdf_vectors); i++) {
        unsigned char buffers[4][128];
        unsigned char out[128];
        const struct crypto_input input = {
            from_hex(hkdf_vectors[i].key, buffers[0]),
            from_hex(hkdf_vectors[i].salt, buffers[1]),
            from_hex(hkdf_vectors[i].info, buffers[2]),
        };
        struct span wanted = from_hex(hkdf_vectors[i].out, buffers[3]);

        assert_int_equal(crypto_hkdf(&input, out, wanted.size), FOB_SUCCESS);
        assert_memory_equal(out, wanted.data, wanted.size);
    }
}

/* RFC 4231, test case 2. */
static void hmac_is_rfc_4231(void **state)
{
    unsigned char hash[CRYPTO_HASH];
    unsigned char buffer[CRYPTO_HASH];

    (void)state;
    from_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", buffer);
    assert_int_equal(crypto_hmac((struct span){ "Jefe", 4 },
                                 &(struct span){ "what do ya want for nothing?", 28 }, 1, hash),
                     FOB_SUCCESS);
    assert_memory_equal(hash, buffer, sizeof hash);
}

static void a_mac_is_the_same_each_time_and_in_parts(void **state)
{
    const struct span parts[] = { { "what do ya want ", 16 }, { "", 0 }, { "for nothing?", 12 } };
    unsigned char wanted[CRYPTO_HASH];
    unsigned char hash[CRYPTO_HASH];
    const struct span key = { "Jefe", 4 };

    (void)state;
    from_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", wanted);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(crypto_hmac(key, parts, 1, hash), FOB_SUCCESS);
        assert_memory_not_equal(hash, wanted, sizeof hash);
        assert_int_equal(crypto_hmac(key, parts, 3, hash), FOB_SUCCESS);
        assert_memory_equal(hash, wanted, sizeof hash);
    }
}

/* From the test suite of the reference implementation. */
static void stretch_is_argon2id(void **state)
{
    const struct crypto_cost cost = { 65536, 2, 1 };
    unsigned char wanted[CRYPTO_KEY];
    struct fob_secret *passphrase = NULL;
    struct fob_secret *key = NULL;

    (void)state;
    from_hex("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7", wanted);
    assert_int_equal(fob_secret_new("password", 8, &passphrase), FOB_SUCCESS);
    assert_int_equal(crypto_stretch(passphrase, (struct span){ "somesalt", 8 }, &cost, &key),
                     FOB_SUCCESS);
    assert_int_equal(fob_secret_size(key), CRYPTO_KEY);
    assert_memory_equal(fob_secret_data(key), wanted, sizeof wanted);
    fob_secret_free(passphrase);
    fob_secret_free(key);
}

static const struct crypto_box example_box = {
    .input = { { "the key of thirty-two bytes.....", 32 }, { "salt", 4 }, { "info", 4 } },
    .parts = { { "one", 3 }, { "two", 3 } },
};

static void box_opens_with_the_same_input_only(void **state)
{
    const struct crypto_box box = example_box;
    struct crypto_box others[] = { box, box, box, box, box };
    unsigned char sealed[5 + CRYPTO_TAG];
    char plain[6] = "";

    (void)state;
    others[0].input.key.data = "another key of thirty-two bytes.";
    others[1].input.salt.data = "tlas";
    others[2].input.info.data = "ofni";
    others[3].parts[0].data = "eno";
    others[4].parts[1].size = 0;
    assert_int_equal(crypto_seal(&box, (struct span){ "hello", 5 }, sealed), FOB_SUCCESS);
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        memset(plain, 'x', 5);
        assert_int_equal(crypto_unseal(&others[i], (struct span){ sealed, sizeof sealed }, plain),
                         FOB_CORRUPT);
        assert_memory_equal(plain, "\0\0\0\0\0", 5);
    }
    assert_int_equal(crypto_unseal(&box, (struct span){ sealed, sizeof sealed }, plain),
                     FOB_SUCCESS);
    assert_string_equal(plain, "hello");
}

static void box_shorter_than_its_tag_does_not_open(void **state)
{
    char plain[1];

    (void)state;
    assert_int_equal(crypto_unseal(&example_box, (struct span){ "short", 5 }, plain), FOB_CORRUPT);
}

/* A keyring that is unlocked, and one sealed record. */
struct fixture {
    struct keyring keyring;
    struct blob sealed;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct record *record;

    if (fixture == NULL || secret_alloc(CRYPTO_KEY, &fixture->keyring.key) != FOB_SUCCESS)
        return -1;
    fixture->keyring.key_id = 1;
    record = scratch_record("acme", "swordfish");
    assert_int_equal(seal_record(&fixture->keyring, record, 3, &fixture->sealed), FOB_SUCCESS);
    record_free(record);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    fob_secret_free(fixture->keyring.key);
    blob_free(&fixture->sealed);
    free(fixture);
    return 0;
}

static int open_as(const struct fixture *fixture, const char *name, struct span sealed,
                   struct record **record)
{
    const struct seal_source source = { name, "the file", sealed };

    return seal_open(&fixture->keyring, &source, record);
}

static void assert_refused(const struct fixture *fixture, struct span sealed)
{
    struct record *record = NULL;

    assert_int_equal(open_as(fixture, "acme", sealed, &record), FOB_CORRUPT);
    assert_null(record);
    assert_non_null(strstr(fob_error(), "the file: "));
}

static void record_opens_as_it_was_sealed(void **state)
{
    const struct fixture *fixture = *state;
    struct span sealed = { fixture->sealed.data, fixture->sealed.size };
    struct record *record = NULL;

    assert_int_equal(seal_version(sealed), 3);
    assert_int_equal(open_as(fixture, "acme", sealed, &record), FOB_SUCCESS);
    assert_int_equal(record_version(record), 3);
    assert_string_equal(record_name(record), "acme");
    scratch_assert_secret(record, "swordfish");
    record_free(record);
}

static void record_refuses_any_flipped_bit(void **state)
{
    const struct fixture *fixture = *state;

    for (size_t bit = 0; bit < 8 * fixture->sealed.size; bit++) {
        fixture->sealed.data[bit / 8] ^= (unsigned char)(1U << bit % 8);
        assert_refused(fixture, (struct span){ fixture->sealed.data, fixture->sealed.size });
        fixture->sealed.data[bit / 8] ^= (unsigned char)(1U << bit % 8);
    }
}

static void record_refuses_to_be_cut_short(void **state)
{
    const struct fixture *fixture = *state;

    for (size_t size = 0; size < fixture->sealed.size; size++)
        assert_refused(fixture, (struct span){ fixture->sealed.data, size });
}

static void record_refuses_to_be_extended(void **state)
{
    const struct fixture *fixture = *state;
    unsigned char longer[4096] = { 0 };

    memcpy(longer, fixture->sealed.data, fixture->sealed.size);
    for (size_t size = fixture->sealed.size + 1; size < sizeof longer; size += 15)
        assert_refused(fixture, (struct span){ longer, size });
}

static void record_refuses_another_name(void **state)
{
    static const char *const names[] = { "acm", "acme2", "bcme", "a" };
    const struct fixture *fixture = *state;
    struct record *record = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        assert_int_equal(open_as(fixture, names[i],
                                 (struct span){ fixture->sealed.data, fixture->sealed.size },
                                 &record),
                         FOB_CORRUPT);
    assert_null(record);
}

static void record_refuses_another_store(void **state)
{
    struct fixture *fixture = *state;
    struct span sealed = { fixture->sealed.data, fixture->sealed.size };

    fixture->keyring.store_id[15] ^= 1;
    assert_refused(fixture, sealed);
    fixture->keyring.store_id[15] ^= 1;
    secret_buffer(fixture->keyring.key)[0] ^= 1;
    assert_refused(fixture, sealed);
    secret_buffer(fixture->keyring.key)[0] ^= 1;
    fixture->keyring.key_id++;
    assert_refused(fixture, sealed);
}

static void record_is_sealed_differently_each_time(void **state)
{
    const struct fixture *fixture = *state;
    struct record *record = scratch_record("acme", "swordfish");
    struct blob again = { NULL, 0 };

    assert_int_equal(seal_record(&fixture->keyring, record, 3, &again), FOB_SUCCESS);
    assert_int_equal(again.size, fixture->sealed.size);
    assert_memory_equal(again.data, fixture->sealed.data, 32);
    assert_memory_not_equal(again.data + 32, fixture->sealed.data + 32, 32);
    assert_memory_not_equal(again.data + 64, fixture->sealed.data + 64, again.size - 64);
    blob_free(&again);
    record_free(record);
}

static void record_shows_nothing_of_its_secret(void **state)
{
    const struct fixture *fixture = *state;

    assert_null(memmem(fixture->sealed.data, fixture->sealed.size, "swordfish", 9));
    assert_null(memmem(fixture->sealed.data, fixture->sealed.size, "client_id", 9));
    assert_null(memmem(fixture->sealed.data, fixture->sealed.size, "charliehr", 9));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hkdf_is_rfc_5869),
        cmocka_unit_test(hmac_is_rfc_4231),
        cmocka_unit_test(a_mac_is_the_same_each_time_and_in_parts),
        cmocka_unit_test(stretch_is_argon2id),
        cmocka_unit_test(box_opens_with_the_same_input_only),
        cmocka_unit_test(box_shorter_than_its_tag_does_not_open),
        cmocka_unit_test_setup_teardown(record_opens_as_it_was_sealed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(record_refuses_any_flipped_bit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(record_refuses_to_be_cut_short, set_up, tear_down),
        cmocka_unit_test_setup_teardown(record_refuses_to_be_extended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(record_refuses_another_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(record_refuses_another_store, set_up, tear_down),
        cmocka_unit_test_setup_teardown(record_is_sealed_differently_each_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(record_shows_nothing_of_its_secret, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
