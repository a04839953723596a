/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A second reader of the store, written from fob-store(5) alone: it holds the page and fob against
 * each other, and must never include or link anything of fob's.
 *
 *     reader STORE KEYFILE ACCOUNT [FIELD]
 *     reader STORE pass:FILE ACCOUNT [FIELD]
 *     reader STORE KEYFILE @sharing
 *     reader STORE KEYFILE @slots
 *
 * Prints what the record holds, a line each, or the raw value of one field; or the entries of the
 * index, a line each, after their marks were held against the records; or each slot's number, kind,
 * time and label.  Ends with 65 when the page says that the store is to be refused.
 */
#include "reader_bytes.h"

#include <gcrypt.h>

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void key_file_unlock(const char *path, byte unlock[static 32])
{
    struct bytes file = read_file(path, 75);
    unsigned value;

    refuse_unless(file.size == 74 || (file.size == 75 && file.at[74] == '\n'), path, "wrong size");
    refuse_unless(memcmp(file.at, "fob-key-1:", 10) == 0, path, "not a key file");
    for (size_t i = 0; i < 32; i++) {
        const char digits[3] = { (char)file.at[10 + 2 * i], (char)file.at[11 + 2 * i], '\0' };

        refuse_unless(strspn(digits, "0123456789abcdef") == 2, path, "not a key file");
        sscanf(digits, "%2x", &value);
        unlock[i] = (byte)value;
    }
    free(file.at);
}

static void passphrase_unlock(const char *path, const byte *slot, byte unlock[static 32])
{
    struct bytes file = read_file(path, 262145);
    unsigned long memory = (unsigned long)number(slot + 40, 4);
    unsigned long passes = (unsigned long)number(slot + 44, 4);
    unsigned long lanes = (unsigned long)number(slot + 48, 4);
    const unsigned long parameters[] = { 32, passes, memory, lanes };
    gcry_kdf_hd_t kdf;

    if (file.size > 0 && file.at[file.size - 1] == '\n')
        file.size--;
    crypto_must(gcry_kdf_open(&kdf, GCRY_KDF_ARGON2, GCRY_KDF_ARGON2ID, parameters, 4, file.at,
                              file.size, slot + 8, 32, NULL, 0, NULL, 0));
    crypto_must(gcry_kdf_compute(kdf, NULL));
    crypto_must(gcry_kdf_final(kdf, 32, unlock));
    gcry_kdf_close(kdf);
    free(file.at);
}

static void check_slot(struct bytes slot, const char *what)
{
    uint64_t memory, passes, lanes;

    refuse_unless(slot.size >= 88 && slot.size <= 1024, what, "a slot's size");
    if (slot.at[0] >= 1 && slot.at[0] <= 3)
        refuse_unless(number(slot.at + 2, 2) == 0 && slot.size == (slot.at[0] == 2 ? 100 : 88),
                      what, "a slot's form");
    if (slot.at[0] != 2)
        return;
    memory = number(slot.at + 40, 4);
    passes = number(slot.at + 44, 4);
    lanes = number(slot.at + 48, 4);
    refuse_unless(lanes >= 1 && lanes <= 16 && passes >= 1 && passes <= 64 && memory >= 8 * lanes &&
                      memory <= 1048576,
                  what, "a slot's cost");
}

static bool open_slot(struct bytes slot, struct bytes store_id, const char *key,
                      byte store_key[static 32])
{
    bool wants_passphrase = strncmp(key, "pass:", 5) == 0;
    size_t sealed_at = wants_passphrase ? 52 : 40;
    const struct bytes aad[] = { store_id, { slot.at, sealed_at } };
    byte sealed[48];
    byte unlock[32];
    byte derived[44];

    if (slot.at[0] != (wants_passphrase ? 2 : 1))
        return false;
    if (wants_passphrase)
        passphrase_unlock(key + 5, slot.at, unlock);
    else
        key_file_unlock(key, unlock);
    hkdf(unlock, (struct bytes){ slot.at + 8, 32 }, "fob slot", derived, 44);
    memcpy(sealed, slot.at + sealed_at, 48);
    if (!gcm_open(derived, aad, 2, (struct bytes){ sealed, 48 }))
        return false;
    memcpy(store_key, sealed, 32);
    return true;
}

static void check_header(struct bytes header, const char *what)
{
    byte sum[32];

    refuse_unless(header.size >= 96 && memcmp(header.at, "FOBSTORE", 8) == 0, what, "not a header");
    gcry_md_hash_buffer(GCRY_MD_SHA256, sum, header.at, header.size - 32);
    refuse_unless(memcmp(sum, header.at + header.size - 32, 32) == 0, what, "wrong checksum");
    refuse_unless(number(header.at + 8, 2) == 1 && number(header.at + 10, 2) == 0, what,
                  "a newer format");
}

/* Cut a note on a slot off REST; false at its end. */
static bool next_note(struct bytes *rest, const byte **note, const char *what)
{
    size_t label;

    if (rest->size == 0)
        return false;
    refuse_unless(rest->size > 16, what, "a note does not end");
    label = strnlen((const char *)rest->at + 16, rest->size - 16);
    refuse_unless(label <= 64 && 16 + label < rest->size, what, "a label's length");
    for (size_t i = 16; i < 16 + label; i++)
        refuse_unless(rest->at[i] >= 0x20 && rest->at[i] != 0x7f &&
                          (rest->at[i] != 0xc2 || rest->at[i + 1] > 0x9f),
                      what, "a label's characters");
    *note = rest->at;
    rest->at += 16 + label + 1;
    rest->size -= 16 + label + 1;
    return true;
}

static void print_slots(struct bytes header, const char *what)
{
    const struct bytes items = { header.at + 32, header.size - 96 };
    struct bytes rest = items;
    struct bytes notes = { NULL, 0 };
    struct bytes slot;
    const byte *note;
    unsigned tag;

    while (next_item(&rest, &tag, &slot, what)) {
        if (tag == 0x82)
            notes = slot;
    }
    rest = items;
    while (next_item(&rest, &tag, &slot, what)) {
        struct bytes left = notes;

        if (tag != 1)
            continue;
        printf("%u %u", slot.at[1], slot.at[0]);
        while (next_note(&left, &note, what)) {
            if (memcmp(note, slot.at + 8, 8) == 0)
                printf(" %" PRId64 " %s", (int64_t)number(note + 8, 8), note + 16);
        }
        putchar('\n');
    }
}

/* The store's keys: while a rotation is going on there is an old one. */
struct keys {
    uint64_t id;
    byte key[32];
    uint64_t old_id;
    byte old_key[32];
};

/* The old key, which is sealed under the new one. */
static void open_old_key(struct bytes item, struct bytes store_id, struct keys *keys,
                         const char *what)
{
    const struct bytes aad[] = { store_id, { item.at, 36 } };
    byte derived[44];

    refuse_unless(item.size == 84 && keys->old_id == 0, what, "an old key's form");
    hkdf(keys->key, (struct bytes){ item.at + 4, 32 }, "fob old key", derived, 44);
    refuse_unless(gcm_open(derived, aad, 2, (struct bytes){ item.at + 36, 48 }), what,
                  "an old key does not open");
    keys->old_id = number(item.at, 4);
    memcpy(keys->old_key, item.at + 36, 32);
}

/* The store's key, out of the first slot that KEY opens. */
static void open_header(struct bytes header, const char *what, const char *key, struct keys *keys)
{
    byte *store_key = keys->key;
    struct bytes old_key = { NULL, 0 };
    struct bytes notes = { NULL, 0 };
    struct bytes store_id = { header.at + 16, 16 };
    struct bytes rest = { header.at + 32, header.size - 96 };
    struct bytes value;
    byte mac_key[32];
    byte mac[32];
    const byte *note;
    unsigned tag;
    unsigned slots = 0;
    bool opened = false;

    while (next_item(&rest, &tag, &value, what)) {
        refuse_unless(tag == 1 || tag == 2 || tag >= 0x80, what, "an unknown item");
        if (tag == 2)
            old_key = value;
        if (tag == 0x82) {
            refuse_unless(notes.at == NULL, what, "a second item of notes");
            notes = value;
        }
        if (tag != 1)
            continue;
        check_slot(value, what);
        refuse_unless(++slots <= 32, what, "too many slots");
        if (!opened && number(value.at + 4, 4) == number(header.at + 12, 4))
            opened = open_slot(value, store_id, key, store_key);
    }
    while (next_note(&notes, &note, what))
        ;
    refuse_unless(opened, what, "no slot opens");
    hkdf(store_key, store_id, "fob header", mac_key, 32);
    hmac(mac_key, 32, (struct bytes){ header.at, header.size - 64 }, mac);
    refuse_unless(memcmp(mac, header.at + header.size - 64, 32) == 0, what, "wrong MAC");
    keys->id = number(header.at + 12, 4);
    if (old_key.size > 0)
        open_old_key(old_key, store_id, keys, what);
}

/* Check and open the record NAME of the store with HEADER; what is left is its plaintext. */
static struct bytes open_record(struct bytes record, const char *what, struct bytes header,
                                struct keys *keys, char *name)
{
    byte *store_key = keys->key;
    const struct bytes aad[] = { { record.at, 64 },
                                 { header.at + 16, 16 },
                                 { (byte *)name, strlen(name) } };
    byte derived[44];
    size_t size;

    refuse_unless(record.size >= 80 && memcmp(record.at, "FOBRECRD", 8) == 0, what, "not a record");
    refuse_unless(number(record.at + 8, 2) == 1 && number(record.at + 10, 2) == 0 &&
                      number(record.at + 28, 4) == 0,
                  what, "a newer format");
    if (keys->old_id != 0 && number(record.at + 12, 4) == keys->old_id)
        store_key = keys->old_key;
    else
        refuse_unless(number(record.at + 12, 4) == keys->id, what, "another key");
    size = (size_t)number(record.at + 24, 4);
    refuse_unless(size >= 256 && size <= 4194304 && size % 256 == 0 && record.size == size + 80,
                  what, "wrong length");
    hkdf(store_key, (struct bytes){ record.at + 32, 32 }, "fob record", derived, 44);
    refuse_unless(gcm_open(derived, aad, 3, (struct bytes){ record.at + 64, size + 16 }), what,
                  "wrong tag");
    return (struct bytes){ record.at + 64, size };
}

static void print_field(struct bytes field, const char *kind, const char *wanted, const char *what)
{
    const char *name = (const char *)field.at;
    size_t name_size = strlen(name);

    refuse_unless(name_size >= 1 && name_size <= 64 && name_size < field.size && name[0] >= 'a' &&
                      name[0] <= 'z' &&
                      strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == name_size,
                  what, "a field's name");
    refuse_unless(field.size - name_size - 1 <= 262144, what, "a field's length");
    if (wanted == NULL)
        printf("%s %s: %zu bytes\n", kind, name, field.size - name_size - 1);
    else if (strcmp(wanted, name) == 0)
        fwrite(name + name_size + 1, 1, field.size - name_size - 1, stdout);
}

/* A token: two times, and what a field has. */
static void print_token(struct bytes token, const char *wanted, const char *what)
{
    refuse_unless(token.size > 16, what, "a token's length");
    if (wanted == NULL)
        printf("from %" PRId64 " to %" PRId64 ": ", (int64_t)number(token.at, 8),
               (int64_t)number(token.at + 8, 8));
    print_field((struct bytes){ token.at + 16, token.size - 16 }, "token", wanted, what);
}

static void print_item(unsigned tag, struct bytes value, const char *wanted, const char *what)
{
    static const char *const statuses[] = { "active",  "unchecked", "degraded",  "rejected",
                                            "expired", "suspended", "mismatched" };
    static const char *const texts[] = { "provider",    "type",      "owner.id",    "owner.name",
                                         "owner.email", "remote.id", "remote.name", "last error",
                                         "hosts",       "variables", "invitation" };
    static const char *const times[] = { "linked", "changed", "validated", "refused", "expires" };
    const char *name = "";

    if (tag >= 0x80)
        return;
    if (tag == 4 || tag == 5) {
        print_field(value, tag == 4 ? "public" : "secret", wanted, what);
        return;
    }
    if (tag == 6) {
        print_token(value, wanted, what);
        return;
    }
    if (tag == 1 || tag == 2) {
        refuse_unless(value.size == 1 && value.at[0] < 7, what, "a status");
        name = tag == 1 ? "status" : "resumes as";
        if (wanted == NULL)
            printf("%s: %s\n", name, statuses[value.at[0]]);
    } else if (tag >= 17 && tag <= 27) {
        refuse_unless(value.size <= 262144 && strlen((const char *)value.at) == value.size, what,
                      "a text");
        if (wanted == NULL)
            printf("%s: %s\n", texts[tag - 17], (const char *)value.at);
    } else if (tag == 3 || (tag >= 32 && tag <= 36)) {
        refuse_unless(value.size == 8, what, "a number");
        name = tag == 3 ? "generation" : times[tag - 32];
        if (wanted == NULL)
            printf("%s: %" PRId64 "\n", name, (int64_t)number(value.at, 8));
    } else {
        refuse_unless(false, what, "an unknown item");
    }
}

/* The names of the fields, or of the tokens. */
struct names {
    const char *names[64];
    size_t count;
};

/* Count the name at NAME, which no item before it had. */
static void count_name(struct names *names, size_t max, const void *name, const char *what)
{
    refuse_unless(names->count < max, what, "too many fields");
    for (size_t i = 0; i < names->count; i++)
        refuse_unless(strcmp(names->names[i], name) != 0, what, "a second field");
    names->names[names->count++] = name;
}

static void print_plaintext(struct bytes rest, const char *wanted, const char *what)
{
    struct names fields = { .count = 0 };
    struct names tokens = { .count = 0 };
    bool seen[0x80] = { false };
    struct bytes value;
    unsigned tag;

    while (rest.size > 0 && rest.at[0] != 0 && next_item(&rest, &tag, &value, what)) {
        refuse_unless(tag >= 0x80 || (tag >= 4 && tag <= 6) || !seen[tag], what, "a second item");
        if (tag < 0x80)
            seen[tag] = true;
        print_item(tag, value, wanted, what);
        if (tag == 4 || tag == 5)
            count_name(&fields, 64, value.at, what);
        else if (tag == 6)
            count_name(&tokens, 8, value.at + 16, what);
    }
    refuse_unless(rest.size > 0, what, "no end");
    for (size_t i = 0; i < rest.size; i++)
        refuse_unless(rest.at[i] == 0, what, "what follows the end");
}

/* Hold MARKS, of which there are COUNT, against PLAINTEXT, a record's. */
static void check_marks(const byte key[static 32], struct bytes plaintext, const byte *marks,
                        size_t count)
{
    struct bytes provider = { NULL, 0 };
    struct bytes rest = plaintext;
    struct bytes value;
    unsigned tag;
    size_t found = 0;

    while (rest.at[0] != 0 && next_item(&rest, &tag, &value, "record"))
        if (tag == 17)
            provider = value;
    rest = plaintext;
    while (rest.at[0] != 0 && next_item(&rest, &tag, &value, "record")) {
        size_t start = provider.size + 1;
        struct bytes text = { calloc(1, start + 1 + value.size), start + value.size };
        byte mac[32];
        bool here = false;

        if (text.at == NULL)
            end(70, "memory", "none");
        memcpy(text.at, provider.at, provider.size);
        text.size += tag == 22 ? 1 : 0;
        memcpy(text.at + start + (tag == 22 ? 1 : 0), value.at, value.size);
        hmac(key, 32, text, mac);
        free(text.at);
        if (tag != 4 && tag != 5 && (tag != 22 || value.size == 0))
            continue;
        for (size_t i = 0; i < count; i++)
            here |= memcmp(marks + 8 * i, mac, 8) == 0;
        refuse_unless(here, "sharing", "a mark is missing");
        found++;
    }
    refuse_unless(found == count, "sharing", "a mark too many");
}

static void stamp_of(const char *path, byte stamp[static 16])
{
    struct stat st;
    uint64_t numbers[2];

    if (stat(path, &st) < 0)
        end(74, path, "is not there");
    numbers[0] = st.st_ino;
    numbers[1] = (uint64_t)st.st_ctim.tv_sec * 1000000000 + (uint64_t)st.st_ctim.tv_nsec;
    for (int i = 0; i < 16; i++)
        stamp[i] = (byte)(numbers[i / 8] >> (56 - 8 * (i % 8)));
}

/* An index of one frame, or of more in each of which another account is. */
/* Print the entries of a frame, and check them against the records. */
static void print_sharing_entries(const char *store, struct bytes plain, struct bytes header,
                                  struct keys *keys, byte *mark_key)
{
    byte *at = plain.at + 32;
    byte stamp[16];

    while (at < plain.at + plain.size) {
        struct bytes record;
        char name[256], what[4608];

        memcpy(name, at + 18, at[16]);
        name[at[16]] = '\0';
        printf("%s %u\n", name, at[17]);
        snprintf(what, sizeof what, "%s/accounts/%s", store, name);
        stamp_of(what, stamp);
        refuse_unless(memcmp(at, stamp, 16) == 0, what, "a stamp");
        record = read_file(what, 4194384);
        check_marks(mark_key, open_record(record, what, header, keys, name), at + 18 + at[16],
                    at[17]);
        free(record.at);
        at += 18 + at[16] + 8 * (size_t)at[17];
    }
}

static void print_sharing(const char *store, struct bytes header, struct keys *keys)
{
    static const byte zeros[16];
    struct bytes store_id = { header.at + 16, 16 };
    byte seal_key[32], mark_key[32], stamp[16], derived[44];
    const byte *after = zeros;
    char path[4096];
    struct bytes whole, file;

    snprintf(path, sizeof path, "%s/sharing", store);
    whole = read_file(path, 64 * 1024 * 1024);
    file = whole;
    hkdf(keys->key, store_id, "fob derive sharing", seal_key, 32);
    hkdf(keys->key, store_id, "fob derive sharing marks", mark_key, 32);
    while (file.size > 0) {
        struct bytes plain = { file.at + 36, 0 };
        const struct bytes aad[] = { { file.at, 36 } };

        refuse_unless(file.size >= 84, path, "a frame does not end");
        plain.size = number(file.at, 4);
        refuse_unless(plain.size >= 32 && plain.size <= file.size - 52, path, "wrong length");
        hkdf(seal_key, (struct bytes){ file.at + 4, 32 }, "fob sharing", derived, 44);
        refuse_unless(gcm_open(derived, aad, 1, (struct bytes){ plain.at, plain.size + 16 }), path,
                      "wrong tag");
        refuse_unless(memcmp(plain.at, after, 16) == 0, path, "a frame does not follow");
        after = plain.at + 16;
        print_sharing_entries(store, plain, header, keys, mark_key);
        file.at += plain.size + 52;
        file.size -= plain.size + 52;
    }
    snprintf(path, sizeof path, "%s/accounts", store);
    stamp_of(path, stamp);
    refuse_unless(memcmp(after, stamp, 16) == 0, path, "the stamp of the accounts");
    free(whole.at);
}

static void print_record(char **argv, struct bytes header, struct keys *keys)
{
    char path[4096];
    struct bytes record;

    snprintf(path, sizeof path, "%s/accounts/%s", argv[1], argv[3]);
    record = read_file(path, 4194384);
    print_plaintext(open_record(record, path, header, keys, argv[3]), argv[4], path);
    free(record.at);
}

int main(int argc, char **argv)
{
    struct keys keys = { 0 };
    struct bytes header;
    char path[4096];

    if (argc < 4 || argc > 5)
        end(64, "usage", "reader STORE KEY ACCOUNT|@sharing|@slots [FIELD]");
    if (gcry_check_version("1.10.0") == NULL)
        end(70, "libgcrypt", "too old");
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);

    snprintf(path, sizeof path, "%s/header", argv[1]);
    header = read_file(path, 65536);
    check_header(header, path);
    open_header(header, path, argv[2], &keys);
    if (strcmp(argv[3], "@sharing") == 0)
        print_sharing(argv[1], header, &keys);
    else if (strcmp(argv[3], "@slots") == 0)
        print_slots(header, path);
    else
        print_record(argv, header, &keys);
    free(header.at);
    return 0;
}
