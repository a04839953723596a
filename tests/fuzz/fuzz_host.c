/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fuzzes what a host does with the frames of a worker: a declaration, and the frames of a call. */
#include "config.h"

#include "core/hook/hook_parts.h"
#include "core/plugin/declared.h"
#include "core/plugin/loader.h"
#include "core/provider/recording.h"
#include "frame/frame_socket.h"

#include "fuzz_home.h"
#include "fuzz_lines.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX 65536
/* The first byte: a hook as in FRAME_HOOK, or the first of these; with the second, in a
 * rehearsal. */
#define DECLARATION 7
#define REHEARSED 0x40

static const char rehearsal_text[] =
    "name: n\n"
    "steps:\n"
    "  - link: success\n"
    "    calls:\n"
    "      - request: { post: \"https://a.example/t\", headers: { X-Key: k }, form: { a: b } }\n"
    "        answer: { status: 200, headers: { X-A: b }, json: { token: t } }\n"
    "      - { request: { get: \"https://a.example/me\" }, answer: { fault: timeout } }\n"
    "      - request: { put: \"https://a.example/me\", body: { a: [ 1 ] } }\n"
    "        answer: { status: 404, text: gone }\n";

static struct mapping file = { .path = (char[]){ "/plugin.so" } };
static struct plugin plugin = { .declared = { .name = (char[]){ "told" } }, .file = &file };
static struct bound_entry entry = { .plugin = &plugin };

static int converse(const struct fob_message *const *messages, size_t count,
                    struct fob_secret **replies, void *data)
{
    (void)data;
    for (size_t i = 0; i < count; i++) {
        must(messages[i]->text != NULL && messages[i]->kind <= FOB_TELL_WARNING);
        if (messages[i]->kind <= FOB_ASK_CONFIRM)
            must(fob_secret_new("yes", 3, &replies[i]) == FOB_SUCCESS);
    }
    return FOB_SUCCESS;
}

static void note_mistake(const struct hook_mistake *mistake, void *data)
{
    (void)data;
    must((mistake->option == NULL || strlen(mistake->option) < INPUT_MAX) &&
         (mistake->field == NULL || strlen(mistake->field) < INPUT_MAX) &&
         strlen(mistake->text) < INPUT_MAX);
}

static void set_up(void)
{
    static char *reachable[2];

    home_make();
    must(fob_create_store(context, NULL) == FOB_SUCCESS);
    reachable[0] = strdup(folder_write(folder, "readable", "x"));
    entry.reachable = reachable;
}

static void fuzz_declaration(struct frame_socket *socket)
{
    struct declaration declared;
    struct frame frame;

    if (frame_receive(socket, true, &frame) != FOB_SUCCESS || frame.type != FRAME_DECLARATION)
        return;
    if (declared_take(frame.items, "/plugin.so", &declared) == FOB_SUCCESS)
        must(declared.name[0] != '\0' && declared.summary != NULL);
    else
        must(fob_error()[0] != '\0');
    declared_clear(&declared);
}

static struct fob_handle *make_handle(void)
{
    static const struct fob_conversation conversation = { .size = sizeof conversation,
                                                          .converse = converse };
    struct fob_handle *handle = NULL;

    must(handle_new(context, "acme", &conversation, &handle) == FOB_SUCCESS &&
         record_new("acme", &handle->candidate) == FOB_SUCCESS);
    memcpy(handle->provider_name, "told", 5);
    handle->provider = calloc(1, sizeof *handle->provider);
    must(handle->provider != NULL);
    return handle;
}

/* Whether the record can be read as it was written, whatever the hook put. */
static void check_candidate(const struct record *candidate)
{
    for (size_t i = 0; i < record_field_count(candidate); i++) {
        struct record_field field;
        struct record_field found;

        record_field_at(candidate, i, &field);
        must(record_find_field(candidate, field.name, &found) == FOB_SUCCESS &&
             found.value == field.value);
    }
}

static int take_frame(struct hook_call *call, const struct frame *frame)
{
    int result = -1;
    int code;

    if (frame->type != FRAME_DONE || frame->call != FUZZ_CALL)
        return hook_serve(call, frame);
    code = hook_take_done(call, frame->items, &result);
    if (code == FOB_SUCCESS)
        must(result >= 0 && result <= FOB_CODE_COUNT);
    if (code == FOB_SUCCESS && call->answer != NULL)
        code = hook_check_answer(call);
    return code == FOB_SUCCESS ? FOB_IGNORE : code;
}

/* What was taken is made again, whatever of it is dropped. */
static void check_recording(struct recording *recording)
{
    for (size_t i = 0; i < recording->count && recording->why[0] == '\0'; i++) {
        struct recorded_answer *answer = recording->answers[i];
        struct rehearsal_answer made;

        for (size_t at = 0; at < answer->json.count; at++)
            answer->json.items[at].dropped = at % 2 == 1;
        must(recording_make_answer(answer, &made) == FOB_SUCCESS);
        must(made.fault >= 0 || (made.status >= 200 && made.status < 600));
        rehearsal_answer_clear(&made);
    }
    recording_clear(recording);
}

/* Let HANDLE be rehearsed with STEPS, which must be freed after it. */
static void rehearse(struct fob_handle *handle, struct rehearsal *rehearsal,
                     struct yaml_file **steps)
{
    must(yaml_read_text("rehearsal", rehearsal_text, sizeof rehearsal_text - 1, steps) ==
             FOB_SUCCESS &&
         (*steps)->mistakes.count == 0);
    *rehearsal = (struct rehearsal){
        .answer = rehearsal_answer, .file = *steps, .tree = (*steps)->root, .hook = "link"
    };
    rehearsal->step = yaml_get(rehearsal->tree, "steps")->values[0];
    rehearsal->calls = yaml_get(rehearsal->step, "calls");
    handle->rehearsal = rehearsal;
}

/* A request that is not the next one is told, and none is answered twice. */
static void check_rehearsal(const struct rehearsal *rehearsal)
{
    must(rehearsal->made <= rehearsal->calls->count);
    must(rehearsal->failed == (rehearsal->file->mistakes.count > 0));
}

static void fuzz_call(unsigned hook, bool rehearsed, struct frame_socket *socket)
{
    struct rehearsal rehearsal;
    struct yaml_file *steps = NULL;
    const struct hook_judge judge = { .note = note_mistake };
    const struct fob_query query = { .size = sizeof query };
    struct fob_answer *answer = calloc(1, sizeof *answer);
    struct hook_call call = { .handle = make_handle(),
                              .entry = &entry,
                              .hook = hook,
                              .number = FUZZ_CALL,
                              .at = { .socket = socket } };
    struct frame frame = { .descriptor = -1 };
    struct recording recording = { .count = 0 };
    int code = FOB_SUCCESS;

    must(answer != NULL);
    if (rehearsed)
        rehearse(call.handle, &rehearsal, &steps);
    answer->flags = FOB_AS_ITEMS;
    call.judge = hook == FRAME_HOOK_CHECK ? &judge : NULL;
    call.query = hook == FRAME_HOOK_REQUEST ? &query : NULL;
    call.answer = hook == FRAME_HOOK_REQUEST ? answer : NULL;
    call.handle->recording = hook == FRAME_HOOK_LINK ? &recording : NULL;
    while (code == FOB_SUCCESS && frame_receive(socket, true, &frame) == FOB_SUCCESS) {
        if (frame.descriptor >= 0)
            close(frame.descriptor);
        code = take_frame(&call, &frame);
    }
    if (code != FOB_SUCCESS && code != FOB_IGNORE)
        must(fob_error()[0] != '\0');
    check_candidate(call.handle->candidate);
    check_recording(&recording);
    if (rehearsed)
        check_rehearsal(&rehearsal);
    fob_answer_free(answer);
    fob_end(call.handle);
    yaml_file_free(steps);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame_socket *socket;
    int other;

    if (folder == NULL)
        set_up();
    if (size == 0)
        return 0;
    socket = fuzz_open(data + 1, size - 1, &other);
    if (data[0] % (DECLARATION + 1) == DECLARATION)
        fuzz_declaration(socket);
    else
        fuzz_call(data[0] % (DECLARATION + 1), (data[0] & REHEARSED) != 0, socket);
    close(other);
    frame_socket_free(socket);
    return 0;
}
