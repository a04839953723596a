/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A record: one account as it is stored, with its secrets.
 *
 * All texts and field values lie in one locked buffer.  Pointers to them are borrowed, and are
 * valid until the record is changed.
 */
#ifndef FOB_STORE_RECORD_H
#define FOB_STORE_RECORD_H

#include <fob/fob.h>

#include "util/token.h"

#define RECORD_FIELDS_MAX 64

struct record;

int record_new(const char *name, struct record **record);
/* FOB_INVALID, with a hint, unless NAME is an account's name. */
int record_check_name(const char *name);
/* Whether NAME is a record's: an account's name, or KIND:NAME for a record of another kind. */
bool record_is_name(const char *name);
void record_free(struct record *record);

const char *record_name(const struct record *record);
/* "" when not set.  FOB_TEXT_NAME is record_name(). */
const char *record_text(const struct record *record, enum fob_text which);
int record_set_text(struct record *record, enum fob_text which, const char *text);
int64_t record_time(const struct record *record, enum fob_time which);
void record_set_time(struct record *record, enum fob_time which, int64_t when);
/* As stored; fob_account_status() also considers expiry. */
enum fob_status record_status(const struct record *record);
void record_set_status(struct record *record, enum fob_status status);
/* The status to return to after a suspension. */
enum fob_status record_resume_status(const struct record *record);
void record_set_resume_status(struct record *record, enum fob_status status);
/* The last status that was reported to on_change, if a later change has not been reported; -1
 * otherwise. */
int record_unreported(const struct record *record);
void record_set_unreported(struct record *record, int status);
/* Counts changes of the record, for a driver's compare and swap. 0 before the first write. */
uint64_t record_version(const struct record *record);
/* Counts changes of the credential, so that a result for old keys is not stored for new ones. */
uint64_t record_generation(const struct record *record);
void record_set_generation(struct record *record, uint64_t generation);

struct record_field {
    const char *name;
    const char *value; /* followed by a NUL that SIZE does not count */
    size_t size;
    bool secret;
};
size_t record_field_count(const struct record *record);
void record_field_at(const struct record *record, size_t index, struct record_field *field);
/* Returns FOB_SUCCESS, or FOB_NOT_FOUND without a message. */
int record_find_field(const struct record *record, const char *name, struct record_field *field);
/* Add or replace a field.  Returns FOB_SUCCESS, FOB_INVALID (a bad name, too large, too many),
 * FOB_NOMEM. */
int record_set_field(struct record *record, const char *name, const void *value, size_t size,
                     bool secret);
/* Tokens, which are no fields: what a hook got in exchange for the fields. */
size_t record_token_count(const struct record *record);
void record_token_at(const struct record *record, size_t index, struct token *token);
/* Returns FOB_SUCCESS, or FOB_NOT_FOUND without a message. */
int record_token_find(const struct record *record, const char *name, struct token *token);
/* Add or replace a token.  Returns FOB_SUCCESS, FOB_INVALID (a bad name, or a field's; too large,
 * too many), FOB_NOMEM. */
int record_token_set(struct record *record, const struct token *token);
void record_token_drop_all(struct record *record);
/* Drop those with a known end. */
void record_token_drop_ending(struct record *record);
/* Replace RECORD's tokens by those of FROM, another record.  Returns as record_token_set(). */
int record_token_copy_all(struct record *record, const struct record *from);
bool record_token_same_all(const struct record *a, const struct record *b);
/* Keep beside RECORD's tokens those of OLD that they replace, and that have no end of their own.
 * Returns FOB_SUCCESS, FOB_NOMEM, FOB_INVALID. */
int record_token_keep_before(struct record *record, const struct record *old);
bool record_token_has_before(const struct record *record);
/* Put the tokens that were kept in place of those that replaced them, and keep them no longer. */
void record_token_restore_before(struct record *record);
void record_token_drop_before(struct record *record);
/* Copy everything from FROM to RECORD except name and version.  If RECORD had a credential, it
 * counts as changed. */
int record_assign(struct record *record, const struct record *from);
/* A deep copy. */
int record_copy(const struct record *record, struct record **copy);

#endif
