/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes examples: texts of the same shape, and one for each field. */
#include "config.h"

#include "core/account/recorder_parts.h"

#include "util/error.h"
#include "util/pem.h"
#include "util/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The shortest part of a value, such as "sk_live_", that is kept if the pattern has it, too. */
#define LITERAL_MIN 2

/* Digits that base 32 has, too. */
#define DIGITS "234567"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define HEX_LETTERS 6

/* The letters that stand for those of a TEXT: in one that is hexadecimal, only those. */
static size_t recorder_count_letters(const char *text, size_t size)
{
    bool digit = false;

    for (size_t i = 0; i < size; i++) {
        if (isalpha((unsigned char)text[i]) && !isxdigit((unsigned char)text[i]))
            return sizeof LETTERS - 1;
        digit |= isdigit((unsigned char)text[i]) != 0;
    }
    return digit ? HEX_LETTERS : sizeof LETTERS - 1;
}

/* Append what stands for the SIZE bytes at TEXT: letters for letters and for other characters
 * beyond ASCII, digits for digits; begin with letter number FIRST. */
static void recorder_add_shape(struct strbuf *out, const char *text, size_t size, size_t first)
{
    const size_t letters = recorder_count_letters(text, size);
    size_t letter = first * 5;
    size_t digit = first;

    for (size_t i = 0; i < size; i++) {
        const unsigned char byte = (unsigned char)text[i];
        const char small = LETTERS[letter % letters];
        char c = text[i];

        if ((byte & 0xc0) == 0x80 && byte >= 0x80)
            continue;
        if (isdigit(byte))
            c = DIGITS[digit++ % (sizeof DIGITS - 1)];
        else if (isalpha(byte) || byte >= 0x80 || byte < ' ' || byte == 0x7f)
            c = isupper(byte) ? (char)toupper((unsigned char)small) : small;
        letter += isalpha((unsigned char)c) != 0;
        strbuf_add(out, &c, 1);
    }
}

char *recorder_make_shape(struct recorder *recorder, const char *text, size_t size)
{
    struct strbuf out = STRBUF_INIT;

    /* One of three is another text, if TEXT has a letter or a digit. */
    for (int i = 0; i < 3; i++) {
        strbuf_reset(&out);
        strbuf_add(&out, "", 0);
        recorder_add_shape(&out, text, size, recorder->examples++);
        if (out.failed || out.size != size || memcmp(out.data, text, size) != 0)
            return strbuf_detach(&out);
    }
    strbuf_free(&out);
    return strdup("example");
}

/* The size of the longest beginning of VALUE that PATTERN has; 0 for none. */
static size_t recorder_measure_literal(const char *pattern, const char *value, size_t size)
{
    size_t found = size;

    while (found >= LITERAL_MIN && memmem(pattern, strlen(pattern), value, found) == NULL)
        found--;
    return found >= LITERAL_MIN ? found : 0;
}

static size_t recorder_measure_word(const char *text, size_t size)
{
    size_t found = 0;

    while (found < size && isalnum((unsigned char)text[found]))
        found++;
    return found;
}

static bool recorder_has_word(const char *pattern, const char *word, size_t size)
{
    while (*pattern != '\0') {
        const size_t found = recorder_measure_word(pattern, strlen(pattern));

        if (found == size && memcmp(pattern, word, size) == 0)
            return true;
        pattern += found > 0 ? found : 1;
    }
    return false;
}

/* Make the shape of VALUE, except its beginning, and words, that PATTERN has. */
static char *recorder_make_between(struct recorder *recorder, const char *pattern,
                                   const char *value, size_t size)
{
    size_t at = recorder_measure_literal(pattern, value, size);
    struct strbuf out = STRBUF_INIT;

    strbuf_add(&out, value, at);
    while (at < size) {
        size_t word = recorder_measure_word(value + at, size - at);

        if (word >= LITERAL_MIN && recorder_has_word(pattern, value + at, word)) {
            strbuf_add(&out, value + at, word);
        } else {
            word += word == 0;
            recorder_add_shape(&out, value + at, word, recorder->examples++);
        }
        at += word;
    }
    return strbuf_detach(&out);
}

/* Whether TEXT is an example of FIELD, and not its VALUE; frees it if not. */
static bool recorder_fits(const struct recorder *recorder, const struct provider_field *field,
                          const char *value, char **text)
{
    if (*text == NULL)
        return false;
    if (strcmp(*text, value) != 0 &&
        provider_check_value(recorder->model->provider, field, *text, strlen(*text)) == FOB_SUCCESS)
        return true;
    free(*text);
    *text = NULL;
    return false;
}

/* Make the example TEXT of FIELD.  A value that the file has is no secret. */
static int recorder_make_field(struct recorder *recorder, const struct provider_field *field,
                               const struct record_field *found, char **text)
{
    const char *value = found->value;
    const char *public = field->public.example;

    if (field->choices != NULL || strcmp(value, field->public.value) == 0) {
        *text = strdup(value);
        return *text != NULL ? FOB_SUCCESS : error_nomem();
    }
    if (strstr(value, PEM_BEGIN) != NULL)
    public = PEM_REHEARSED;
    if (public[0] != '\0')
        *text = strdup(public);
    /* Everybody knows this text: it may be VALUE. */
    if (recorder_fits(recorder, field, "", text))
        return FOB_SUCCESS;
    *text = recorder_make_shape(recorder, value, found->size);
    if (recorder_fits(recorder, field, value, text))
        return FOB_SUCCESS;
    if (field->pattern_text != NULL)
        *text = recorder_make_between(recorder, field->pattern_text, value, found->size);
    if (recorder_fits(recorder, field, value, text))
        return FOB_SUCCESS;
    return error_set(FOB_CONFIG,
                     "the field %s needs an example in the provider's file: none that fits its "
                     "pattern was found",
                     found->name);
}

int recorder_make_fields(struct recorder *recorder)
{
    const struct fob_handle *model = recorder->model;
    const struct fob_provider *provider = model->provider;
    const struct provider_field *field;
    int code = FOB_SUCCESS;

    recorder->fields =
        calloc(provider->field_count + provider->app_field_count + 1, sizeof *recorder->fields);
    if (recorder->fields == NULL)
        return error_nomem();
    for (size_t i = 0; code == FOB_SUCCESS && (field = provider_field_at(provider, i)) != NULL;
         i++) {
        const struct record *record = i < provider->field_count ? model->candidate : model->app;
        struct record_field found;

        if (record != NULL && record_find_field(record, field->public.name, &found) == FOB_SUCCESS)
            code = recorder_make_field(recorder, field, &found, &recorder->fields[i]);
    }
    return code;
}
