/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Counts in tables of a fixed size, in which the least recent gives way. */
#include "config.h"

#include "hub/hub_limit.h"

#include "util/clock.h"
#include "util/text.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Addresses: a hash chooses the set, whose least recent entry gives way. */
#define SETS 512
#define WAYS 8
#define WINDOW_MS 60000
#define INVITATIONS 256
#define WAITING_MAX 20

static const unsigned most[HUB_LIMIT_KINDS] = {
    [HUB_LIMIT_REQUESTS] = 120,
    [HUB_LIMIT_POSTS] = 20,
    [HUB_LIMIT_UNKNOWN] = 20,
};

struct hub_limit_entry {
    struct hub_limit_address address;
    int64_t begin; /* of its minute; 0 for an unused entry */
    int64_t last;
    unsigned counts[HUB_LIMIT_KINDS];
};

struct hub_limit_waiting {
    unsigned char id[SPOOL_ID];
    int64_t last;
    size_t count;
    unsigned char drops[WAITING_MAX][SPOOL_ID];
};

struct hub_limits {
    uint64_t seed; /* so that nobody can choose addresses of one set */
    struct hub_limit_entry entries[SETS][WAYS];
    struct hub_limit_waiting waiting[INVITATIONS];
};

struct hub_limits *hub_limit_new(void)
{
    struct hub_limits *limits = calloc(1, sizeof *limits);

    if (limits != NULL && getrandom(&limits->seed, sizeof limits->seed, 0) < 0) {
        free(limits);
        return NULL;
    }
    return limits;
}

void hub_limit_free(struct hub_limits *limits)
{
    free(limits);
}

struct hub_limit_address hub_limit_read_address(const char *text)
{
    struct hub_limit_address address = { { 0 } };
    struct in6_addr six;
    struct in_addr four;

    if (inet_pton(AF_INET, text, &four) == 1) {
        address.bytes[0] = 4;
        memcpy(address.bytes + 4, &four, 4);
    } else if (inet_pton(AF_INET6, text, &six) == 1 && IN6_IS_ADDR_V4MAPPED(&six)) {
        address.bytes[0] = 4;
        memcpy(address.bytes + 4, six.s6_addr + 12, 4);
    } else if (inet_pton(AF_INET6, text, &six) == 1) {
        memcpy(address.bytes, &six, sizeof address.bytes);
    }
    return address;
}

static size_t hub_limit_set(const struct hub_limits *limits, struct hub_limit_address address)
{
    uint64_t hash;

    memcpy(&hash, address.bytes, sizeof hash);
    hash = (hash ^ limits->seed) * 0x9e3779b97f4a7c15;
    hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15;
    return (size_t)(hash >> 32) % SETS;
}

static bool hub_limit_is_of(const struct hub_limit_entry *entry, struct hub_limit_address address)
{
    return entry->begin != 0 &&
           memcmp(entry->address.bytes, address.bytes, sizeof address.bytes) == 0;
}

/* The entry of ADDRESS, or the least recent one of its set. */
static struct hub_limit_entry *hub_limit_find(struct hub_limits *limits,
                                              struct hub_limit_address address)
{
    struct hub_limit_entry *set = limits->entries[hub_limit_set(limits, address)];
    struct hub_limit_entry *oldest = set;

    for (size_t i = 0; i < WAYS; i++) {
        if (hub_limit_is_of(&set[i], address))
            return &set[i];
        if (set[i].last < oldest->last)
            oldest = &set[i];
    }
    return oldest;
}

unsigned hub_limit_count(struct hub_limits *limits, struct hub_limit_address address,
                         enum hub_limit_kind kind)
{
    struct hub_limit_entry *entry = hub_limit_find(limits, address);
    const int64_t now = clock_ms() + 1;

    if (!hub_limit_is_of(entry, address) || now - entry->begin >= WINDOW_MS)
        *entry = (struct hub_limit_entry){ .address = address, .begin = now };
    entry->last = now;
    if (entry->counts[kind] < most[kind]) {
        entry->counts[kind]++;
        return 0;
    }
    return (unsigned)((entry->begin + WINDOW_MS - now) / 1000) + 1;
}

bool hub_limit_allows(const struct hub_limits *limits, struct hub_limit_address address,
                      enum hub_limit_kind kind)
{
    const struct hub_limit_entry *set = limits->entries[hub_limit_set(limits, address)];

    for (size_t i = 0; i < WAYS; i++) {
        if (hub_limit_is_of(&set[i], address))
            return set[i].counts[kind] < most[kind] || clock_ms() - set[i].begin >= WINDOW_MS;
    }
    return true;
}

/* Forget drops that are no longer in the inbox. */
static void hub_limit_prune(struct hub_limit_waiting *waiting, const struct spool *spool)
{
    size_t left = 0;

    for (size_t i = 0; i < waiting->count; i++) {
        char name[SPOOL_ID_TEXT + 1];

        text_hex(waiting->drops[i], SPOOL_ID, name);
        if (spool_file_exists(spool, SPOOL_INBOX, name, NULL))
            memmove(waiting->drops[left++], waiting->drops[i], SPOOL_ID);
    }
    waiting->count = left;
}

bool hub_limit_drop(struct hub_limits *limits, const struct spool *spool,
                    const unsigned char id[static SPOOL_ID],
                    const unsigned char drop[static SPOOL_ID])
{
    struct hub_limit_waiting *found = limits->waiting;

    for (size_t i = 0; i < INVITATIONS; i++) {
        struct hub_limit_waiting *at = &limits->waiting[i];

        if (at->last != 0 && memcmp(at->id, id, SPOOL_ID) == 0) {
            found = at;
            break;
        }
        if (at->last < found->last)
            found = at;
    }
    if (found->last == 0 || memcmp(found->id, id, SPOOL_ID) != 0) {
        *found = (struct hub_limit_waiting){ .count = 0 };
        memcpy(found->id, id, SPOOL_ID);
    }
    found->last = clock_ms() + 1;
    for (size_t i = 0; i < found->count; i++) {
        if (memcmp(found->drops[i], drop, SPOOL_ID) == 0)
            return true;
    }
    hub_limit_prune(found, spool);
    if (found->count == WAITING_MAX)
        return false;
    memcpy(found->drops[found->count++], drop, SPOOL_ID);
    return true;
}
