/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Formats and parses lines of the log. */
#include "config.h"

#include "core/log/log_line.h"

#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEX ((size_t)2 * LOG_MAC)

/* The MAC is the object's last member, after the bytes that it covers. */
static const char mac_begin[] = ",\"mac\":\"";
static const char mac_end[] = "\"}";
#define MAC_SIZE (sizeof mac_begin - 1 + HEX + sizeof mac_end - 1)

bool log_mac_equal(const unsigned char *a, const unsigned char *b)
{
    return secret_equal(a, LOG_MAC, b, LOG_MAC);
}

static void log_line_add_hex(struct strbuf *line, const unsigned char *mac)
{
    char hex[HEX + 1];

    text_hex(mac, LOG_MAC, hex);
    strbuf_add(line, hex, HEX);
}

static bool line_parse_hex(const char *hex, unsigned char *mac)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < LOG_MAC; i++, hex += 2) {
        const char *high = hex[0] != '\0' ? strchr(digits, hex[0]) : NULL;
        const char *low = high != NULL && hex[1] != '\0' ? strchr(digits, hex[1]) : NULL;

        if (low == NULL)
            return false;
        mac[i] = (unsigned char)((high - digits) << 4 | (low - digits));
    }
    return true;
}

/* Parse the number after NAME at *TEXT, and move *TEXT past it. */
static bool line_parse_number(const char **text, const char *name, uint64_t *number)
{
    size_t size = strlen(name);
    char *rest;

    if (strncmp(*text, name, size) != 0)
        return false;
    *number = strtoull(*text + size, &rest, 10);
    *text = rest;
    return *rest == ',';
}

/* Parse a head's members before its MAC. */
static bool line_parse_head(const char *text, struct log_claim *claim)
{
    static const char open[] = ",\"closed\":0,\"last\":\"";
    static const char closed[] = ",\"closed\":1,\"last\":\"";

    if (!line_parse_number(&text, "{\"end\":", &claim->end.seq) ||
        !line_parse_number(&text, ",\"size\":", &claim->end.size))
        return false;
    claim->closed = strncmp(text, closed, sizeof closed - 1) == 0;
    return (claim->closed || strncmp(text, open, sizeof open - 1) == 0) &&
           line_parse_hex(text + sizeof open - 1, claim->end.last);
}

void log_line_parse(const char *line, size_t size, struct log_claim *claim)
{
    const char *mac;
    const char *rest = line;

    *claim = (struct log_claim){ .kind = LOG_GARBAGE };
    if (size < MAC_SIZE || strlen(line) != size)
        return;
    claim->covered = size - MAC_SIZE;
    mac = line + claim->covered;
    if (strncmp(mac, mac_begin, sizeof mac_begin - 1) != 0 ||
        strcmp(line + size - (sizeof mac_end - 1), mac_end) != 0 ||
        !line_parse_hex(mac + sizeof mac_begin - 1, claim->mac))
        return;
    if (line_parse_number(&rest, "{\"seq\":", &claim->seq))
        claim->kind = LOG_EVENT;
    else if (size + 1 == LOG_HEAD_SIZE && line_parse_head(line, claim))
        claim->kind = LOG_HEAD;
}

/* Compute the MAC of SIZE bytes of TEXT and of BEFORE, the previous line's MAC, or NULL. */
static int log_line_mac(struct store *store, const unsigned char *before, const char *text,
                        size_t size, unsigned char mac[static LOG_MAC])
{
    static const unsigned char none[LOG_MAC];
    const struct span parts[] = { { before != NULL ? before : none, LOG_MAC }, { text, size } };

    return store_log_mac(store, parts, 2, mac);
}

int log_line_follows(struct store *store, const char *line, const struct log_claim *claim,
                     const unsigned char *before, bool *good)
{
    unsigned char mac[LOG_MAC];
    int code = log_line_mac(store, before, line, claim->covered, mac);

    *good = code == FOB_SUCCESS && log_mac_equal(mac, claim->mac);
    return code;
}

/* Append the MAC to the line that begins at START. */
static int log_line_finish(struct store *store, const unsigned char *before, struct strbuf *line,
                           size_t start, unsigned char mac[static LOG_MAC])
{
    int code = line->failed
                   ? error_nomem()
                   : log_line_mac(store, before, line->data + start, line->size - start, mac);

    if (code != FOB_SUCCESS)
        return code;
    strbuf_add_text(line, mac_begin);
    log_line_add_hex(line, mac);
    strbuf_add_text(line, mac_end);
    strbuf_add_text(line, "\n");
    return line->failed ? error_nomem() : FOB_SUCCESS;
}

int log_line_make(struct store *store, struct log_end *end, const char *members,
                  struct strbuf *line)
{
    size_t start = line->size;
    unsigned char mac[LOG_MAC];
    int code;

    strbuf_printf(line, "{\"seq\":%" PRIu64 ",", end->seq + 1);
    strbuf_add_text(line, members);
    code = log_line_finish(store, end->last, line, start, mac);
    if (code != FOB_SUCCESS)
        return code;
    end->seq++;
    end->size += line->size - start;
    memcpy(end->last, mac, LOG_MAC);
    return FOB_SUCCESS;
}

int log_line_make_head(struct store *store, const struct log_end *end, bool closed,
                       struct strbuf *line)
{
    size_t start = line->size;
    unsigned char mac[LOG_MAC];

    strbuf_printf(line, "{\"end\":%20" PRIu64 ",\"size\":%20" PRIu64 ",\"closed\":%d,\"last\":\"",
                  end->seq, end->size, closed);
    log_line_add_hex(line, end->last);
    strbuf_add_text(line, "\"");
    return log_line_finish(store, NULL, line, start, mac);
}
