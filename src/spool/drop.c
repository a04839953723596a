/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Seals, opens and reads drops. */
#include "config.h"

#include "spool/drop.h"

#include "util/array.h"
#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"

#define MAGIC "fobdrop1"
#define MAGIC_SIZE (sizeof MAGIC - 1)
#define INFO "fob drop 1"
#define INFO_SIZE (sizeof INFO - 1)
#define FIELD "f."
#define FIELD_SIZE (sizeof FIELD - 1)
/* Sizes of a name's length and of a value's. */
#define ENTRY_EXTRA 5

/* What a drop of NAME is sealed with. */
struct drop_terms {
    unsigned char info[INFO_SIZE + SPOOL_ID];
    unsigned char aad[DROP_HEADER + SPOOL_ID];
    struct hpke_terms spans;
};

static void drop_terms_set(const struct drop_name *name, struct drop_terms *terms)
{
    memcpy(terms->info, INFO, INFO_SIZE);
    memcpy(terms->info + INFO_SIZE, name->invitation, SPOOL_ID);
    memcpy(terms->aad, MAGIC, MAGIC_SIZE);
    memcpy(terms->aad + MAGIC_SIZE, name->invitation, SPOOL_ID);
    memcpy(terms->aad + DROP_HEADER, name->drop, SPOOL_ID);
    terms->spans = (struct hpke_terms){ { terms->info, sizeof terms->info },
                                        { terms->aad, sizeof terms->aad } };
}

int drop_begin(struct drop_entries *entries)
{
    entries->size = 0;
    return secret_alloc(DROP_PLAIN_MAX, &entries->plain);
}

int drop_add(struct drop_entries *entries, const char *name, struct span value)
{
    const size_t length = strlen(name);
    unsigned char *at = (unsigned char *)secret_buffer(entries->plain) + entries->size;
    const size_t room = DROP_PLAIN_MAX - entries->size;

    if (length == 0 || length > UINT8_MAX || value.size > room ||
        ENTRY_EXTRA + length > room - value.size)
        return FOB_INVALID;
    at[0] = (unsigned char)length;
    memcpy(at + 1, name, length);
    wire_put(at + 1 + length, value.size, 4);
    if (value.size > 0)
        memcpy(at + ENTRY_EXTRA + length, value.data, value.size);
    entries->size += ENTRY_EXTRA + length + value.size;
    return FOB_SUCCESS;
}

int drop_seal(struct drop_entries *entries, const unsigned char public_key[static HPKE_KEY],
              const struct drop_name *name, struct strbuf *file)
{
    /* The rest of the buffer is zero. */
    const size_t size = (entries->size + DROP_BLOCK - 1) / DROP_BLOCK * DROP_BLOCK;
    const struct span plain = { fob_secret_data(entries->plain), size };
    struct drop_terms terms;
    char *to = strbuf_extend(file, DROP_HEADER + HPKE_EXTRA + size);

    if (to == NULL)
        return error_nomem();
    drop_terms_set(name, &terms);
    memcpy(to, terms.aad, DROP_HEADER);
    return hpke_seal(public_key, &terms.spans, plain, (unsigned char *)to + DROP_HEADER);
}

void drop_end(struct drop_entries *entries)
{
    fob_secret_free(entries->plain);
    *entries = (struct drop_entries){ NULL, 0 };
}

int drop_open(const struct fob_secret *private_key, const struct drop_name *name, struct span file,
              struct fob_secret **plain)
{
    const struct span sealed = { (const char *)file.data + DROP_HEADER, file.size - DROP_HEADER };
    struct fob_secret *new = NULL;
    struct drop_terms terms;
    int code;

    if (file.size < DROP_MIN || file.size > DROP_MAX)
        return FOB_CORRUPT;
    drop_terms_set(name, &terms);
    if (memcmp(file.data, terms.aad, DROP_HEADER) != 0)
        return FOB_CORRUPT;
    code = secret_alloc(sealed.size - HPKE_EXTRA, &new);
    if (code == FOB_SUCCESS)
        code = hpke_open(private_key, &terms.spans, sealed, (unsigned char *)secret_buffer(new));
    if (code == FOB_SUCCESS)
        *plain = new;
    else
        fob_secret_free(new);
    return code;
}

struct drop_entry {
    struct span name;
    struct span value;
};

/* Cut the first entry off REST.  False at the end, where REST is the padding, and for an incomplete
 * entry. */
static bool drop_next(struct span *rest, struct drop_entry *entry)
{
    const unsigned char *at = rest->data;
    size_t length;
    size_t size;

    if (rest->size < ENTRY_EXTRA || at[0] == 0)
        return false;
    length = at[0];
    if (length > rest->size - ENTRY_EXTRA)
        return false;
    size = (size_t)wire_get(at + 1 + length, 4);
    if (size > rest->size - ENTRY_EXTRA - length)
        return false;
    entry->name = (struct span){ at + 1, length };
    entry->value = (struct span){ at + ENTRY_EXTRA + length, size };
    *rest =
        (struct span){ at + ENTRY_EXTRA + length + size, rest->size - ENTRY_EXTRA - length - size };
    return true;
}

static bool drop_is_padding(struct span rest)
{
    const unsigned char *at = rest.data;

    for (size_t i = 0; i < rest.size; i++) {
        if (at[i] != 0)
            return false;
    }
    return rest.size < DROP_BLOCK;
}

static bool drop_is(struct span span, const char *text)
{
    return span.size == strlen(text) && memcmp(span.data, text, span.size) == 0;
}

/* Text without a NUL. */
static bool drop_is_text(struct span value)
{
    return value.size == 0 ||
           (text_is_utf8(value.data, value.size) && memchr(value.data, '\0', value.size) == NULL);
}

/* A field, which must have a name of its own. */
static bool drop_read_field(const struct drop_entry *entry, struct drop_content *content)
{
    const size_t size = entry->name.size - FIELD_SIZE;
    struct drop_field *field = &content->fields[content->field_count];

    if (content->field_count == DROP_FIELDS_MAX || size > DROP_FIELD_NAME)
        return false;
    memcpy(field->name, (const char *)entry->name.data + FIELD_SIZE, size);
    field->name[size] = '\0';
    field->value = entry->value;
    for (size_t i = 0; i < content->field_count; i++) {
        if (strcmp(content->fields[i].name, field->name) == 0)
            return false;
    }
    content->field_count++;
    return text_is_identifier(field->name) && strlen(field->name) == size &&
           drop_is_text(entry->value);
}

static bool drop_read_entry(const struct drop_entry *entry, struct span *kind,
                            struct drop_content *content)
{
    const struct {
        const char *name;
        struct span *value;
    } known[] = {
        { "token", &content->token },
        { "nonce", &content->nonce },
        { "kind", kind },
        { "from", &content->from },
        { "pin", &content->pin },
        { "provider", &content->provider },
        { "query", &content->query },
    };

    if (entry->name.size > FIELD_SIZE && memcmp(entry->name.data, FIELD, FIELD_SIZE) == 0)
        return drop_read_field(entry, content);
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (!drop_is(entry->name, known[i].name))
            continue;
        if (known[i].value->data != NULL)
            return false;
        *known[i].value = entry->value;
        /* Token and nonce have any bytes. */
        return i < 2 || drop_is_text(entry->value);
    }
    return false;
}

/* Whether the entries are those of the kind. */
static bool drop_is_whole(struct span kind, struct drop_content *content)
{
    const bool callback = drop_is(kind, "callback");

    content->kind = callback ? DROP_CALLBACK : DROP_FORM;
    if (content->token.size != SPOOL_TOKEN || content->nonce.size != SPOOL_NONCE)
        return false;
    if (callback)
        return content->provider.data != NULL && content->query.data != NULL &&
               content->pin.data == NULL && content->field_count == 0;
    return drop_is(kind, "form") && content->provider.data == NULL && content->query.data == NULL;
}

bool drop_read(const struct fob_secret *plain, struct drop_content *content)
{
    struct span rest = { fob_secret_data(plain), fob_secret_size(plain) };
    struct span kind = { NULL, 0 };
    struct drop_entry entry;

    *content = (struct drop_content){ .kind = DROP_FORM };
    while (drop_next(&rest, &entry)) {
        if (!drop_read_entry(&entry, &kind, content))
            return false;
    }
    return drop_is_padding(rest) && drop_is_whole(kind, content);
}
