/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Statements and their results, without waiting longer than the deadline. */
#include "config.h"

#include "store/postgresql/pg.h"

#include <limits.h>
#include <poll.h>

#define VALUES_MAX 8

static int ask_late(struct engine *engine)
{
    return pg_error_lost(engine, "no answer in time");
}

/* Send what libpq has kept back.  It may have to read meanwhile. */
static int ask_flush(struct engine *engine)
{
    int left;

    while ((left = PQflush(engine->conn)) > 0) {
        if (!pg_wait(engine, POLLIN | POLLOUT, engine->deadline))
            return ask_late(engine);
        pg_extend(engine);
        if (PQconsumeInput(engine->conn) == 0)
            break;
    }
    return left == 0 ? FOB_SUCCESS : pg_error_lost(engine, PQerrorMessage(engine->conn));
}

/* The next result, NULL after the last. */
static int ask_next(struct engine *engine, PGresult **result)
{
    *result = NULL;
    while (PQisBusy(engine->conn)) {
        if (!pg_wait(engine, POLLIN, engine->deadline))
            return ask_late(engine);
        if (PQconsumeInput(engine->conn) == 0)
            return pg_error_lost(engine, PQerrorMessage(engine->conn));
    }
    *result = PQgetResult(engine->conn);
    return FOB_SUCCESS;
}

/* The code of a result, with its message. */
static int ask_judge(struct engine *engine, const PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE:
        return FOB_SUCCESS;
    case PGRES_FATAL_ERROR:
        return pg_error(engine, result);
    default:
        return pg_error_lost(engine, "an answer that cannot be understood");
    }
}

/* Read and forget what is left. */
static int ask_drain(struct engine *engine, int code)
{
    PGresult *result;

    while (code != PG_LOST) {
        if (ask_next(engine, &result) != FOB_SUCCESS)
            return PG_LOST;
        if (result == NULL)
            return code;
        PQclear(result);
    }
    return code;
}

static int ask_send(struct engine *engine, const char *sql, const struct pg_value *values,
                    size_t count)
{
    const char *data[VALUES_MAX];
    Oid types[VALUES_MAX];
    int sizes[VALUES_MAX];
    int formats[VALUES_MAX];

    for (size_t i = 0; i < count; i++) {
        if (values[i].size > INT_MAX / 2)
            return engine->host->fail(FOB_INVALID, "too much for one statement");
        types[i] = values[i].type;
        data[i] = values[i].data != NULL ? values[i].data : "";
        sizes[i] = (int)values[i].size;
        formats[i] = 1;
    }
    if (PQsendQueryParams(engine->conn, sql, (int)count, types, data, sizes, formats, 1) == 0)
        return pg_error_lost(engine, PQerrorMessage(engine->conn));
    return FOB_SUCCESS;
}

int pg_ask(struct engine *engine, const char *sql, const struct pg_value *values, size_t count,
           PGresult **result)
{
    PGresult *new = NULL;
    int code = ask_send(engine, sql, values, count);

    if (code == FOB_SUCCESS)
        code = ask_flush(engine);
    if (code == FOB_SUCCESS)
        code = ask_next(engine, &new);
    if (code == FOB_SUCCESS)
        code = ask_judge(engine, new);
    if (code != FOB_INVALID)
        code = ask_drain(engine, code);
    if (code == FOB_SUCCESS && result != NULL)
        *result = new;
    else
        PQclear(new);
    return code;
}

int pg_script(struct engine *engine, const char *sql, PGresult **results, size_t max)
{
    PGresult *result = NULL;
    size_t count = 0;
    int code = PQsendQuery(engine->conn, sql) == 1
                   ? ask_flush(engine)
                   : pg_error_lost(engine, PQerrorMessage(engine->conn));

    for (size_t i = 0; i < max; i++)
        results[i] = NULL;
    while (code == FOB_SUCCESS) {
        code = ask_next(engine, &result);
        if (code != FOB_SUCCESS || result == NULL)
            break;
        code = ask_judge(engine, result);
        if (code == FOB_SUCCESS && PQresultStatus(result) == PGRES_TUPLES_OK && count < max)
            results[count++] = result;
        else
            PQclear(result);
    }
    code = code == FOB_SUCCESS ? code : ask_drain(engine, code);
    for (size_t i = 0; i < count && code != FOB_SUCCESS; i++) {
        PQclear(results[i]);
        results[i] = NULL;
    }
    return code;
}

int pg_stream(struct engine *engine, const char *sql, const struct pg_value *value, pg_row_fn *fn,
              void *data)
{
    PGresult *result = NULL;
    int code = ask_send(engine, sql, value, 1);
    int answer = FOB_SUCCESS;

    if (code == FOB_SUCCESS && PQsetSingleRowMode(engine->conn) == 0)
        code = pg_error_lost(engine, PQerrorMessage(engine->conn));
    if (code == FOB_SUCCESS)
        code = ask_flush(engine);
    while (code == FOB_SUCCESS && answer == FOB_SUCCESS) {
        pg_extend(engine);
        code = ask_next(engine, &result);
        if (code != FOB_SUCCESS || result == NULL)
            break;
        code = ask_judge(engine, result);
        if (code == FOB_SUCCESS && PQntuples(result) > 0)
            answer = fn(result, data);
        PQclear(result);
    }
    if (answer != FOB_SUCCESS) {
        pg_disconnect(engine);
        return answer;
    }
    return code == FOB_SUCCESS ? code : ask_drain(engine, code);
}

struct span pg_get_span(const PGresult *result, int row, int column)
{
    return (struct span){ PQgetvalue(result, row, column),
                          (size_t)PQgetlength(result, row, column) };
}

bool pg_get_bytes(const PGresult *result, int row, int column, void *bytes, size_t size)
{
    const struct span cell = pg_get_span(result, row, column);

    if (cell.size != size || PQgetisnull(result, row, column))
        return false;
    memcpy(bytes, cell.data, size);
    return true;
}

bool pg_get_number(const PGresult *result, int row, int column, int64_t *number)
{
    unsigned char bytes[8];

    if (!pg_get_bytes(result, row, column, bytes, sizeof bytes))
        return false;
    *number = (int64_t)wire_get(bytes, sizeof bytes);
    return true;
}
