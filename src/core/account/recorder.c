/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes a rehearsal of a live link: repeats the link until only what counts is left. */
#include "config.h"

#include "core/account/recorder_parts.h"

#include "core/account/play.h"
#include "core/hook/dispatch.h"
#include "core/hook/hook_call.h"
#include "util/error.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Run the link with examples in place of the fields and all of its answers, twice: it must end with
 * CODE, and always send the same. */
static int recorder_begin(struct recorder *recorder, int code)
{
    int result = recorder_play(recorder);

    if (result != FOB_SUCCESS)
        return result;
    recorder->live = recorder->run;
    if (recorder->run.calls != recorder->recording->count)
        return error_set(FOB_PROTOCOL,
                         "with examples in place of the fields, the link makes %zu call%s, not %zu",
                         recorder->run.calls, text_plural(recorder->run.calls),
                         recorder->recording->count);
    if (recorder->run.code != code)
        return error_set(FOB_PROTOCOL,
                         "with examples in place of the fields, the link ends with %s, not %s",
                         fob_code_name(recorder->run.code), fob_code_name(code));
    result = recorder_play(recorder);
    if (result == FOB_SUCCESS && !recorder_is_same(recorder))
        return error_set(FOB_PROTOCOL, "its requests differ each time");
    return result;
}

/* Run the link once more, in new workers, which know examples only, and keep its requests. */
static int recorder_finish(struct recorder *recorder)
{
    int code;

    plugin_workers_free(recorder->workers);
    recorder->workers = NULL;
    recorder->sent = calloc(RECORDING_ANSWERS_MAX, sizeof *recorder->sent);
    if (recorder->sent == NULL)
        return error_nomem();
    recorder->keeps = true;
    code = plugin_workers_new(&recorder->workers);
    if (code == FOB_SUCCESS)
        code = recorder_play(recorder);
    for (size_t i = 0; code == FOB_SUCCESS && i < RECORDING_ANSWERS_MAX; i++) {
        if (recorder->sent[i].failed)
            code = error_nomem();
    }
    if (code == FOB_SUCCESS && !recorder_is_alike(recorder))
        code =
            error_set(FOB_PROTOCOL, "with examples in place of all values, the link ends with %s",
                      fob_code_name(recorder->run.code));
    return code;
}

/* Read TEXT as a provider's file would have it, check it, and play it. */
static int recorder_prove(const struct recorder *recorder, const char *text)
{
    struct yaml_file *file = NULL;
    struct strbuf whole = STRBUF_INIT;
    int code;

    strbuf_printf(&whole, REHEARSALS ":\n%s", text);
    if (whole.failed)
        return error_nomem();
    code = yaml_read_text("the rehearsal", whole.data, whole.size, &file);
    strbuf_free(&whole);
    if (code == FOB_SUCCESS && file->mistakes.count == 0)
        code =
            rehearsal_check_list(recorder->model->provider, file, yaml_get(file->root, REHEARSALS));
    if (code == FOB_SUCCESS && file->mistakes.count == 0)
        code = recorder_guard(recorder, file);
    if (code == FOB_SUCCESS && file->mistakes.count == 0)
        code = play_rehearsals(recorder->model, file, recorder->workers);
    if (code == FOB_SUCCESS && file->mistakes.count > 0)
        code = error_set(FOB_PROTOCOL, "it cannot be played: %s", file->mistakes.lines[0]);
    yaml_file_free(file);
    return code;
}

static void recorder_clear(struct recorder *recorder)
{
    const struct fob_provider *provider = recorder->model->provider;

    plugin_workers_free(recorder->workers);
    for (size_t i = 0; recorder->fields != NULL && provider_field_at(provider, i) != NULL; i++)
        free(recorder->fields[i]);
    for (size_t i = 0; recorder->sent != NULL && i < RECORDING_ANSWERS_MAX; i++)
        strbuf_free(&recorder->sent[i]);
    free(recorder->fields);
    free(recorder->sent);
    free(recorder->id);
    free(recorder->name);
}

int recorder_make(struct fob_handle *handle, int code, struct recording *recording, char **text)
{
    struct recorder recorder = { .rehearsal = { .answer = recorder_answer, .hook = "link" },
                                 .model = handle,
                                 .recording = recording };
    struct strbuf out = STRBUF_INIT;
    int result = FOB_SUCCESS;

    if (recording->why[0] != '\0')
        result = error_set(FOB_PROTOCOL, "%s", recording->why);
    if (result == FOB_SUCCESS)
        result = recorder_make_fields(&recorder);
    if (result == FOB_SUCCESS)
        result = plugin_workers_new(&recorder.workers);
    if (result == FOB_SUCCESS)
        result = recorder_begin(&recorder, code);
    if (result == FOB_SUCCESS)
        result = recorder_reduce(&recorder);
    if (result == FOB_SUCCESS)
        result = recorder_make_examples(&recorder);
    if (result == FOB_SUCCESS)
        result = recorder_finish(&recorder);
    if (result == FOB_SUCCESS)
        result = recorder_write(&recorder, &out);
    if (result == FOB_SUCCESS)
        result = recorder_prove(&recorder, out.data);
    if (result == FOB_SUCCESS)
        *text = strbuf_detach(&out);
    strbuf_free(&out);
    recorder_clear(&recorder);
    return result;
}

int recorder_check(struct fob_handle *handle)
{
    const struct bound_stack *bound = &handle->bound[HOOK_LINK];
    int code = dispatch_prepare(handle);

    for (size_t i = 0; code == FOB_SUCCESS && i < bound->count; i++) {
        const struct bound_entry *entry = &bound->entries[i];

        if (entry->plugin != NULL && hook_starts_programs(handle, entry))
            code = error_set(FOB_INVALID, "plugin %s: starts programs, and cannot be recorded",
                             entry->plugin->declared.name);
    }
    return code;
}
