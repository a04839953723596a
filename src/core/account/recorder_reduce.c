/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Drops from answers what does not count: without it, the link is the same. */
#include "config.h"

#include "core/account/recorder_parts.h"

/* Set FLAG, and clear it again unless the link stays the same. */
static int recorder_try_drop(struct recorder *recorder, bool *flag)
{
    int code;

    *flag = true;
    code = recorder_play(recorder);
    if (code == FOB_SUCCESS && !recorder_is_same(recorder))
        *flag = false;
    return code;
}

static int recorder_reduce_items(struct recorder *recorder, struct recorded_value *items,
                                 size_t count);

/* Drop the COUNT ITEMS if none of them counts; otherwise as many as possible. */
static int recorder_reduce_range(struct recorder *recorder, struct recorded_value *items,
                                 size_t count)
{
    const size_t half = count / 2;
    int code;

    for (size_t i = 0; i < count; i++)
        items[i].dropped = true;
    code = recorder_play(recorder);
    if (code != FOB_SUCCESS || recorder_is_same(recorder))
        return code;
    for (size_t i = 0; i < count; i++)
        items[i].dropped = false;
    if (count == 1)
        return recorder_reduce_items(recorder, items[0].items, items[0].count);
    /* The later items of a list first, as a pointer counts from its beginning. */
    code = recorder_reduce_range(recorder, items + half, count - half);
    return code == FOB_SUCCESS ? recorder_reduce_range(recorder, items, half) : code;
}

static int recorder_reduce_items(struct recorder *recorder, struct recorded_value *items,
                                 size_t count)
{
    return count > 0 ? recorder_reduce_range(recorder, items, count) : FOB_SUCCESS;
}

static int recorder_reduce_headers(struct recorder *recorder, struct recorded_answer *answer)
{
    int code;

    for (size_t i = 0; i < answer->header_count; i++)
        answer->headers[i].dropped = true;
    code = recorder_play(recorder);
    if (code != FOB_SUCCESS || recorder_is_same(recorder))
        return code;
    for (size_t i = 0; i < answer->header_count; i++)
        answer->headers[i].dropped = false;
    for (size_t i = 0; i < answer->header_count && code == FOB_SUCCESS; i++)
        code = recorder_try_drop(recorder, &answer->headers[i].dropped);
    return code;
}

static int recorder_reduce_answer(struct recorder *recorder, struct recorded_answer *answer)
{
    int code = recorder_try_drop(recorder, &answer->dropped);

    if (code == FOB_SUCCESS)
        code = recorder_reduce_headers(recorder, answer);
    if (code == FOB_SUCCESS && !answer->dropped)
        code = recorder_reduce_items(recorder, answer->json.items, answer->json.count);
    return code;
}

int recorder_reduce(struct recorder *recorder)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < recorder->recording->count && code == FOB_SUCCESS; i++)
        code = recorder_reduce_answer(recorder, recorder->recording->answers[i]);
    return code;
}
