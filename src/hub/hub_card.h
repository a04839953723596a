/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Reading the site, cards and results of a spool, which their owner writes as JSON.
 */
#ifndef FOB_HUB_HUB_CARD_H
#define FOB_HUB_HUB_CARD_H

#include "spool/card_write.h"
#include "spool/spool_file.h"
#include "spool/spool_name.h"

#include "util/wire.h"

/* What was read, with the memory that its texts lie in. */
struct hub_site {
    struct card_site site;
    struct json_object *json;
};
struct hub_card {
    struct card card;
    unsigned char key[32]; /* of the card */
    struct card_field fields[CARD_FIELDS_MAX];
    const char *choices[CARD_FIELDS_MAX][CARD_CHOICES_MAX + 1];
    struct json_object *json;
};
#define HUB_CARD_SEEN_MAX 200
struct hub_result {
    struct card_result result;
    const char *seen[HUB_CARD_SEEN_MAX + 1];
    struct card_pair errors[CARD_FIELDS_MAX];
    struct card_pair echo[CARD_FIELDS_MAX];
    struct json_object *json;
};

/* Parse TEXT.  Returns FOB_SUCCESS, FOB_CORRUPT, FOB_NOMEM. */
int hub_card_parse_site(struct span text, struct hub_site *site);
int hub_card_parse(struct span text, struct hub_card *card);
int hub_card_parse_result(struct span text, struct hub_result *result);

/* Read a file of the spool.  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_CORRUPT, FOB_SYSTEM,
 * FOB_NOMEM. */
int hub_card_read_site(const struct spool *spool, struct hub_site *site);
/* The card and the result of the invitation ID.  Without a result, its ID is NULL. */
int hub_card_read(const struct spool *spool, const unsigned char id[static SPOOL_ID],
                  struct hub_card *card, struct hub_result *result);
void hub_card_free_site(struct hub_site *site);
/* Both may be all zeros. */
void hub_card_free(struct hub_card *card, struct hub_result *result);

#endif
