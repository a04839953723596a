/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks and conversions of text from outside. */
#include "config.h"

#include "util/text.h"

#include <fob/fob.h>

#include "util/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static bool text_is_letter(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

static bool text_is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Whether TEXT has only letters, digits and OTHERS, and at most a name's length. */
static bool text_is_made_of(const char *text, const char *others)
{
    size_t size = 0;

    while (text_is_letter(text[size]) || text_is_digit(text[size]) ||
           (text[size] != '\0' && strchr(others, text[size]) != NULL))
        size++;
    return size <= FOB_NAME_MAX && text[size] == '\0';
}

bool text_is_name(const char *text)
{
    return (text_is_letter(text[0]) || text_is_digit(text[0])) && text_is_made_of(text, "._-");
}

bool text_is_identifier(const char *text)
{
    return text_is_letter(text[0]) && text_is_made_of(text, "_-");
}

bool text_is_token(const char *text)
{
    static const char characters[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                     "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    return text[0] != '\0' && strspn(text, characters) == strlen(text);
}

bool text_is_framing(const char *name)
{
    static const char *const names[] = { "Host", "Content-Length", "Transfer-Encoding",
                                         "Connection", "Expect" };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strcasecmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

/* The characters that percent-encoding keeps. */
static const char text_unreserved[] = "-._~0123456789abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool text_is_parameter(const char *text)
{
    return text[0] != '\0' && strspn(text, text_unreserved) == strlen(text);
}

size_t text_put_percent(unsigned char byte, char out[static 3])
{
    static const char digits[] = "0123456789ABCDEF";

    if (byte != '\0' && strchr(text_unreserved, byte) != NULL) {
        out[0] = (char)byte;
        return 1;
    }
    out[0] = '%';
    out[1] = digits[byte >> 4];
    out[2] = digits[byte & 15];
    return 3;
}

size_t text_character(const char *text, size_t size, uint32_t *character)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *at = (const unsigned char *)text;
    size_t length = at[0] < 0x80   ? 1
                    : at[0] < 0xc0 ? 0
                    : at[0] < 0xe0 ? 2
                    : at[0] < 0xf0 ? 3
                    : at[0] < 0xf8 ? 4
                                   : 0;

    if (length == 0 || length > size)
        return 0;
    *character = length == 1 ? at[0] : at[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        *character = *character << 6 | (at[i] & 0x3fU);
    }
    if (*character < smallest[length] || *character > 0x10ffff ||
        (*character >= 0xd800 && *character <= 0xdfff))
        return 0;
    return length;
}

bool text_is_utf8(const char *text, size_t size)
{
    uint32_t character;

    for (size_t at = 0; at < size;) {
        /* Most text is ASCII. */
        size_t length =
            (unsigned char)text[at] < 0x80 ? 1 : text_character(text + at, size - at, &character);

        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

bool text_has_control(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (byte < 0x20 || byte == 0x7f)
            return true;
    }
    return false;
}

bool text_is_unprintable(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x200e ||
           character == 0x200f || character == 0x061c ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069) || character == 0xfeff;
}

void text_make_printable(char *text)
{
    size_t size = strlen(text);
    size_t to = 0;

    /* Most text needs no change. */
    while (text[to] >= ' ' && text[to] <= '~')
        to++;
    for (size_t from = to; from < size;) {
        uint32_t character = 0;
        size_t length = text_character(text + from, size - from, &character);

        if (length == 0 || text_is_unprintable(character)) {
            text[to++] = '?';
        } else {
            memmove(text + to, text + from, length);
            to += length;
        }
        from += length > 0 ? length : 1;
    }
    text[to] = '\0';
}

static size_t text_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The Levenshtein distance of two words of at most FOB_NAME_MAX bytes; a swap of neighbors counts
 * as one change. */
static size_t text_distance(const char *a, const char *b)
{
    size_t rows[3][FOB_NAME_MAX + 1];
    size_t a_size = strlen(a);
    size_t b_size = strlen(b);

    for (size_t j = 0; j <= b_size; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *twice_above = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            row[j] =
                text_min(text_min(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = text_min(row[j], twice_above[j - 2] + 1);
        }
    }
    return rows[a_size % 3][b_size];
}

const char *text_nearest(const char *word, const char *const *known, size_t count)
{
    const char *nearest = NULL;
    size_t best = text_min(strlen(word) / 3, 2) + 1;

    if (strlen(word) > FOB_NAME_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t far = strlen(known[i]) > FOB_NAME_MAX ? best : text_distance(word, known[i]);

        if (far < best) {
            best = far;
            nearest = known[i];
        }
    }
    return nearest;
}

/* The date DAYS after 1970-01-01, computed in cycles of 400 years that begin on 1 March. */
static void text_civil_date(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t since = days + 719468; /* 0000-03-01 */
    int64_t cycle = since / 146097;
    int64_t in_cycle = since % 146097;
    int64_t in_years = (in_cycle - in_cycle / 1460 + in_cycle / 36524 - in_cycle / 146096) / 365;
    int64_t in_year = in_cycle - (365 * in_years + in_years / 4 - in_years / 100);
    int64_t from_march = (5 * in_year + 2) / 153;

    *day = (int)(in_year - (153 * from_march + 2) / 5 + 1);
    *month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = 400 * cycle + in_years + (*month <= 2 ? 1 : 0);
}

/* Write two digits.  A list of all accounts has up to a hundred thousand of them, and snprintf() is
 * too slow. */
static void text_put_two(char *at, int number)
{
    at[0] = (char)('0' + number / 10 % 10);
    at[1] = (char)('0' + number % 10);
}

void text_hex(const void *data, size_t size, char *hex)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *bytes = data;

    for (size_t i = 0; i < size; i++) {
        *hex++ = digits[bytes[i] >> 4];
        *hex++ = digits[bytes[i] & 15];
    }
    *hex = '\0';
}

/* The name of an invisible character; NULL for any other. */
static const char *text_unseen_name(uint32_t character)
{
    static const struct {
        uint32_t first, last;
        const char *name;
    } names[] = {
        { '\r', '\r', "a carriage return, as files from Windows have" },
        { 0xa0, 0xa0, "a no-break space" },
        { 0xad, 0xad, "a soft hyphen" },
        { 0x34f, 0x34f, "an invisible mark" },
        { 0x61c, 0x61c, "a mark of direction" },
        { 0x115f, 0x1160, "an invisible letter" },
        { 0x1680, 0x1680, "a space that is no blank" },
        { 0x17b4, 0x17b5, "an invisible letter" },
        { 0x180b, 0x180f, "an invisible mark" },
        { 0x2000, 0x200a, "a space that is no blank" },
        { 0x200b, 0x200b, "a zero width space" },
        { 0x200c, 0x200c, "a zero width non-joiner" },
        { 0x200d, 0x200d, "a zero width joiner" },
        { 0x200e, 0x200f, "a mark of direction" },
        { 0x2028, 0x2029, "a separator of lines" },
        { 0x202a, 0x202e, "a mark of direction" },
        { 0x202f, 0x202f, "a narrow no-break space" },
        { 0x205f, 0x205f, "a space that is no blank" },
        { 0x2060, 0x2060, "a word joiner" },
        { 0x2061, 0x206f, "an invisible mark" },
        { 0x2800, 0x2800, "a space that is no blank" },
        { 0x3000, 0x3000, "an ideographic space" },
        { 0x3164, 0x3164, "an invisible letter" },
        { 0xfe00, 0xfe0f, "an invisible mark" },
        { 0xfeff, 0xfeff, "a byte order mark" },
        { 0xffa0, 0xffa0, "an invisible letter" },
        { 0xfff0, 0xfffb, "an invisible mark" },
        { 0x1bca0, 0x1bca3, "an invisible mark" },
        { 0x1d173, 0x1d17a, "an invisible mark" },
        { 0xe0000, 0xe0fff, "an invisible mark" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (character >= names[i].first && character <= names[i].last)
            return names[i].name;
    }
    return NULL;
}

static bool text_is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

bool text_find_unseen(const char *text, size_t size, char what[static TEXT_UNSEEN])
{
    size_t end = size;
    size_t length;

    /* Newlines at the end do no harm. */
    while (end > 0 && text[end - 1] == '\n')
        end--;
    for (size_t at = 0; at < end; at += length) {
        uint32_t character = 0;
        const char *name;

        length = text_character(text + at, end - at, &character);
        name = length > 0 ? text_unseen_name(character) : NULL;
        length += length == 0; /* a byte that is not UTF-8 */
        if (name == NULL)
            continue;
        snprintf(what, TEXT_UNSEEN, "%s %s",
                 at == 0              ? "begins with"
                 : at + length == end ? "ends with"
                                      : "has",
                 name);
        if (character != '\r')
            snprintf(what + strlen(what), TEXT_UNSEEN - strlen(what), " (U+%04X)",
                     (unsigned)character);
        return true;
    }
    if (end == 0 || (!text_is_blank(text[0]) && !text_is_blank(text[end - 1])))
        return false;
    snprintf(what, TEXT_UNSEEN, "%s a blank", text_is_blank(text[0]) ? "begins with" : "ends with");
    return true;
}

bool text_is_unexpanded(const char *path)
{
    return path[0] == '~';
}

const char *text_plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* Not gmtime_r(): it reads /etc/localtime, which costs seven system calls. */
void text_time(int64_t when, char buffer[static 21])
{
    int64_t year;
    int month;
    int day;
    int second;

    if (when < 0 || when > INT64_C(253402300799)) { /* the end of 9999 */
        memcpy(buffer, "unknown", sizeof "unknown");
        return;
    }
    text_civil_date(when / 86400, &year, &month, &day);
    second = (int)(when % 86400);
    memcpy(buffer, "YYYY-MM-DDThh:mm:ssZ", 21);
    text_put_two(buffer, (int)(year / 100));
    text_put_two(buffer + 2, (int)(year % 100));
    text_put_two(buffer + 5, month);
    text_put_two(buffer + 8, day);
    text_put_two(buffer + 11, second / 3600);
    text_put_two(buffer + 14, second / 60 % 60);
    text_put_two(buffer + 17, second % 60);
}

/* Whether TEXT matches SHAPE, in which 'd' stands for a digit and other characters for
 * themselves. */
static bool text_has_shape(const char *text, const char *shape)
{
    if (strlen(text) != strlen(shape))
        return false;
    for (size_t i = 0; shape[i] != '\0'; i++) {
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    }
    return true;
}

/* timegm() accepts 31 February and 25:00 and normalizes them, so the result is compared with TM. */
static bool text_make_time(const struct tm *tm, int64_t *when)
{
    struct tm copy = *tm;
    time_t seconds = timegm(&copy);

    if (seconds == -1 || copy.tm_mon != tm->tm_mon || copy.tm_mday != tm->tm_mday ||
        copy.tm_hour != tm->tm_hour || copy.tm_min != tm->tm_min || copy.tm_sec != tm->tm_sec)
        return false;
    *when = seconds;
    return true;
}

static struct tm text_date_of(const char *text)
{
    return (struct tm){
        .tm_year = atoi(text) - 1900,
        .tm_mon = atoi(text + 5) - 1,
        .tm_mday = atoi(text + 8),
    };
}

bool text_parse_date(const char *text, int64_t *when)
{
    struct tm tm;

    if (!text_has_shape(text, "dddd-dd-dd"))
        return false;
    tm = text_date_of(text);
    return text_make_time(&tm, when);
}

bool text_next_variable(const char **at, struct text_variable *variable)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    const char *line = *at;

    variable->name = line;
    variable->name_size = strspn(line, letters);
    if (variable->name_size == 0 || (line[0] >= '0' && line[0] <= '9') ||
        line[variable->name_size] != '=')
        return false;
    variable->value = line + variable->name_size + 1;
    variable->value_size = strcspn(variable->value, "\n");
    *at = variable->value + variable->value_size;
    *at += **at == '\n';
    return true;
}

char *text_next_line(const char **text)
{
    size_t size = strcspn(*text, "\n");
    char *line = **text != '\0' ? strndup(*text, size) : NULL;

    if (line == NULL)
        return NULL;
    text_make_printable(line);
    *text += size;
    *text += **text == '\n';
    return line;
}

char *text_make_entry(const char *name, const char *value)
{
    char *text;

    return asprintf(&text, "%s=%s", name, value) >= 0 ? text : NULL;
}

bool text_same_entry(const char *a, const char *b)
{
    size_t size = strcspn(a, "=");

    return strcspn(b, "=") == size && memcmp(a, b, size) == 0;
}
