/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What the owner of a spool writes for fob-hub: the site, a card and a result for each invitation
 * (fob-hub-spool(5)).  The owner writes these as JSON; the hub reads them (hub/card.h).
 *
 * A text that is NULL is written as an empty one, and is never NULL after reading.
 */
#ifndef FOB_SPOOL_CARD_WRITE_H
#define FOB_SPOOL_CARD_WRITE_H

#include "util/strbuf.h"

#include <stdint.h>

/* The most fields of a form, and choices of a field. */
#define CARD_FIELDS_MAX 40
#define CARD_CHOICES_MAX 100

struct card_site {
    const char *url; /* "https://connect.example.com", without a slash at the end */
    const char *name;
    const char *color; /* "#0b5394", or empty */
    const char *contact;
    const char *privacy; /* an https URL, or empty */
    const char *logo;    /* "logo.svg", "logo.png", or empty */
};
void card_write_site(struct strbuf *out, const struct card_site *site);

/* A field of the form. */
struct card_field {
    const char *name;
    const char *title;
    const char *description;
    const char *example;
    const char *value;  /* what the form has at first */
    const char *prefix; /* text before and after the field */
    const char *suffix;
    const char *const *choices; /* ends with NULL; NULL for any value */
    bool secret;
    bool optional;
    unsigned lines; /* 1, or the height of a larger field */
    unsigned max;   /* the most bytes */
};

struct card {
    const char *id;   /* 32 hexadecimal digits */
    const char *hash; /* of the token, 64 hexadecimal digits */
    const char *key;  /* the public key, base64url */
    const char *kind; /* "link" or "relink" */
    const char *end;  /* empty while the invitation is open; then the state that ended it */
    int64_t expires;  /* seconds since the Epoch */
    const char *provider;
    const char *title; /* of the provider */
    const char *website;
    const char *guide;
    const char *to; /* who is invited, and by whom, for which company */
    const char *from;
    const char *label;
    const char *note;
    const char *origin;     /* of the provider's sign-in page: "https://example.com" */
    const char *return_url; /* where the last page leads, or empty */
    bool signin;            /* the person signs in at the provider */
    bool pin;               /* the form asks for a PIN */
    const struct card_field *fields;
    size_t field_count;
};
/* A card with an end is written without its key, guide, note and fields. */
void card_write(struct strbuf *out, const struct card *card);

/* The states of an invitation. */
enum card_state {
    CARD_RECEIVED, /* a drop waits: for the store to be unlocked, or for the provider */
    CARD_CHECKING,
    CARD_RETRY,
    CARD_SIGNIN, /* the person is to go to the provider */
    CARD_DONE,   /* this one and those after it are ends */
    CARD_BLOCKED,
    CARD_EXPIRED,
    CARD_CANCELLED,
    CARD_STATES
};
/* The name in JSON. */
const char *card_state_name(enum card_state state);

/* A text about a field. */
struct card_pair {
    const char *name;
    const char *value;
};

struct card_result {
    const char *id;
    enum card_state state;
    const char *drop;    /* the drop that it is about, or empty */
    const char *browser; /* the hash of the nonce of the browser that sent it, or empty */
    int64_t at;
    int64_t expires;
    unsigned left;           /* tries */
    const char *const *seen; /* drops that were handled; ends with NULL */
    /* These are shown only to that browser. */
    const char *message; /* one of fob's own texts */
    const char *says;    /* the provider's words */
    const char *hint;
    const char *go;       /* where to sign in */
    const char *identity; /* what was linked: company "Acme Ltd" */
    int64_t until;        /* when go ends, or the tries of a drop that waits; or 0 */
    bool hold;            /* done, but the account is suspended until its owner resumes it */
    const struct card_pair *errors; /* faults of fields */
    size_t error_count;
    const struct card_pair *echo; /* values of fields that are not secret */
    size_t echo_count;
};
void card_write_result(struct strbuf *out, const struct card_result *result);

#endif
