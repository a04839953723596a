/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes answers that hold secrets. */
#include "config.h"

#include "fob/answer.h"

#include "cli/output.h"
#include "util/write.h"

#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

/* Well below FOB_VALUE_MAX; most answers are smaller. */
#define HELD_MAX (64 * 1024)

static int answer_write_failed(void)
{
    return output_fail(FOB_SYSTEM, NULL, "stdout: %m");
}

static int answer_write_all(const char *data, size_t size)
{
    return write_fully(fileno(output_file()), data, size) == 0 ? FOB_SUCCESS
                                                               : answer_write_failed();
}

static void answer_flush(struct answer *answer)
{
    if (answer->code == FOB_SUCCESS && answer->held != NULL)
        answer->code =
            answer_write_all(fob_secret_data(answer->held), fob_secret_size(answer->held));
    fob_secret_free(answer->held);
    answer->held = NULL;
}

static void answer_append(struct answer *answer, const char *data, size_t size)
{
    int code = answer->held == NULL ? fob_secret_new(data, size, &answer->held)
                                    : fob_secret_append(answer->held, data, size);

    if (code != FOB_SUCCESS && answer->code == FOB_SUCCESS) {
        output_error(code);
        answer->code = code;
    }
}

void answer_add(void *to, const char *data, size_t size)
{
    struct answer *answer = to;

    if (answer->code != FOB_SUCCESS)
        return;
    if (answer->held != NULL && fob_secret_size(answer->held) + size > HELD_MAX)
        answer_flush(answer);
    if (size <= HELD_MAX)
        answer_append(answer, data, size);
    else if (answer->code == FOB_SUCCESS)
        answer->code = answer_write_all(data, size);
}

int answer_end(struct answer *answer)
{
    answer_flush(answer);
    return answer->code;
}

int answer_line(const struct fob_secret *value)
{
    static char newline[] = "\n";
    size_t size = fob_secret_size(value);
    const struct iovec parts[] = { { (void *)(uintptr_t)fob_secret_data(value), size },
                                   { newline, 1 } };
    ssize_t written;
    int code = FOB_SUCCESS;

    do
        written = writev(fileno(output_file()), parts, 2);
    while (written < 0 && write_may_retry(fileno(output_file())));
    if (written < 0)
        return answer_write_failed();
    if ((size_t)written < size)
        code = answer_write_all(fob_secret_data(value) + written, size - (size_t)written);
    if (code == FOB_SUCCESS && (size_t)written <= size)
        code = answer_write_all(newline, 1);
    return code;
}
