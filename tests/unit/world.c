/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A whole fob in a folder of its own. */
#include "config.h"

#include "world.h"

#include "wrapped.h"

#include "util/containment.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t passed;
static int64_t slept;
static bool interrupted;

time_t __wrap_time(time_t *when);
time_t __wrap_time(time_t *when)
{
    struct timespec real;
    time_t now;

    clock_gettime(CLOCK_REALTIME, &real);
    now = real.tv_sec + (time_t)passed;
    if (when != NULL)
        *when = now;
    return now;
}

WRAPPED_TOO(time_t, __time64, (time_t * when), time(when))

int __wrap_nanosleep(const struct timespec *wait, struct timespec *left);
int __wrap_nanosleep(const struct timespec *wait, struct timespec *left)
{
    (void)left;
    if (interrupted) {
        interrupted = false;
        errno = EINTR;
        return -1;
    }
    passed += wait->tv_sec;
    slept += wait->tv_sec;
    return 0;
}

WRAPPED_TOO(int, __nanosleep64, (const struct timespec *wait, struct timespec *left),
            nanosleep(wait, left))

void world_wait(int64_t seconds)
{
    passed += seconds;
}

int64_t world_now(void)
{
    return __wrap_time(NULL);
}

int64_t world_slept(void)
{
    return slept;
}

void world_interrupt(void)
{
    interrupted = true;
}

static void add_line(char *lines, size_t room, const char *first, const char *second)
{
    size_t used = strlen(lines);

    snprintf(lines + used, room - used, "%s %s\n", first, second);
}

static const char *answer_of(const struct person *person, const char *name)
{
    for (const char *const *pair = person->answers; pair != NULL && *pair != NULL; pair += 2) {
        if (name != NULL && strcmp(pair[0], name) == 0)
            return pair[1];
    }
    return NULL;
}

static int converse(const struct fob_message *const *messages, size_t count,
                    struct fob_secret **replies, void *data)
{
    static const char *const kinds[] = { "text", "secret", "confirm", "guide", "info", "warning" };
    struct person *person = data;

    for (size_t i = 0; i < count; i++) {
        const char *answer;
        bool tells = messages[i]->kind >= FOB_TELL_GUIDE;

        add_line(person->said, sizeof person->said, kinds[messages[i]->kind], messages[i]->text);
        if (tells)
            continue;
        person->asked++;
        answer = answer_of(person, messages[i]->name);
        if (answer == NULL && person->gives_up == FOB_SUCCESS)
            continue;
        if (answer == NULL)
            return person->gives_up;
        if (fob_secret_new(answer, strlen(answer), &replies[i]) != FOB_SUCCESS)
            abort();
    }
    return FOB_SUCCESS;
}

static void keep_line(enum fob_log_level level, const char *part, const char *message, void *data)
{
    struct world *world = data;

    if (level != FOB_LOG_DEBUG && strcmp(part, "frame") != 0 && strcmp(part, "worker") != 0)
        add_line(world->trace, sizeof world->trace, part, message);
}

/* For a kernel that cannot contain plugins, and for valgrind, which does not know its calls. */
const char *world_permission(void)
{
    return containment_has_seccomp() && containment_landlock_level() > 0
               ? ""
               : "containment: { required: false }\n";
}

/* With MORE options of the log. */
static void write_config(const struct world *world, const char *more)
{
    char text[4 * PATH_MAX];

    snprintf(text, sizeof text,
             "store: { path: %1$s/store }\n"
             "key_file: %1$s/key\n"
             "plugins: [ %2$s ]\n"
             "providers: [ %1$s/providers.d ]\n"
             "http: { timeout: 30 }\n"
             "hub: { url: https://connect.example, spool: %1$s/spool, name: Bureau }\n"
             "log: { path: %1$s/log%3$s }\n"
             "%4$s",
             world->folder, TEST_PLUGIN_FOLDER, more, world_permission());
    folder_write(world->folder, "fob.yaml", text);
}

/* An fob that is installed has providers of its own, which are searched last. */
static void mask_installed(const struct world *world)
{
    DIR *dir = opendir(FOB_PROVIDERDIR);
    const struct dirent *entry;
    char file[NAME_MAX + sizeof "providers.d/"];

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        snprintf(file, sizeof file, "providers.d/%s", entry->d_name);
        if (entry->d_name[0] != '.')
            folder_write(world->folder, file, "");
    }
    if (dir != NULL)
        closedir(dir);
}

int world_set_up(void **state)
{
    struct world *world;
    char here[PATH_MAX];

    *state = NULL;
    if (getcwd(here, sizeof here) == NULL)
        return -1;
    if (!folder_is_trusted(here) || !folder_is_trusted(TEST_PLUGIN_FOLDER))
        return 0;
    world = calloc(1, sizeof *world);
    if (world == NULL)
        return -1;
    world->folder = folder_make(here);
    world->person.gives_up = FOB_CONVERSATION;
    world->conv = (struct fob_conversation){ .size = sizeof(struct fob_conversation),
                                             .converse = converse,
                                             .data = &world->person };
    folder_add(world->folder, "providers.d");
    write_config(world, "");
    mask_installed(world);
    world_tell(world, &(struct told){ 0 });
    if (fob_open(folder_path(world->folder, "fob.yaml"), &world->context) != FOB_SUCCESS ||
        fob_create_store(world->context, NULL) != FOB_SUCCESS) {
        print_error("%s\n", fob_error());
        return -1;
    }
    fob_set_log(world->context, keep_line, world);
    *state = world;
    return 0;
}

int world_tear_down(void **state)
{
    struct world *world = *state;

    if (world == NULL)
        return 0;
    fob_close(world->context);
    folder_remove(world->folder);
    free(world);
    return 0;
}

struct world *world_of(void **state)
{
    struct world *world = *state;

    if (world == NULL)
        skip();
    world->trace[0] = '\0';
    world->person.said[0] = '\0';
    slept = 0;
    return world;
}

struct world *world_with_log(void **state, const char *more)
{
    struct world *world = world_of(state);

    write_config(world, more);
    fob_close(world->context);
    world->context = NULL;
    expect(fob_open(folder_path(world->folder, "fob.yaml"), &world->context), FOB_SUCCESS, "");
    fob_set_log(world->context, keep_line, world);
    return world;
}

void world_provider(const struct world *world, const char *name, const char *text)
{
    char file[FOB_NAME_MAX + 32];

    snprintf(file, sizeof file, "providers.d/%s.yaml", name);
    folder_write(world->folder, file, text);
}

/* A stack of the told plugin. */
static void add_stack(char *text, size_t room, const char *hook, const char *options)
{
    size_t used = strlen(text);

    snprintf(text + used, room - used,
             "%s:\n  - { control: required, plugin: told, options: { %s } }\n", hook, options);
}

void world_tell(const struct world *world, const struct told *told)
{
    static const char usual[] = "identity: c1, name: Acme Ltd";
    char text[16384] = "provider: told\n"
                       "title: Told\n"
                       "identity: company\n"
                       "guide: Look in the drawer\n"
                       "fields:\n"
                       "  - { name: id, title: Id }\n"
                       "  - { name: token, title: Token, secret: true }\n";

    add_stack(text, sizeof text, "link", told->link != NULL ? told->link : usual);
    add_stack(text, sizeof text, "validate", told->validate != NULL ? told->validate : usual);
    if (told->revoke != NULL)
        add_stack(text, sizeof text, "revoke", told->revoke);
    add_stack(text, sizeof text, "authorize",
              told->authorize != NULL ? told->authorize : "headers: [ X-Key=$token ]");
    if (told->more != NULL)
        add_line(text, sizeof text, told->more, "");
    world_provider(world, "told", text);
}

struct fob_handle *world_start(struct world *world, const char *account)
{
    struct fob_handle *handle = NULL;

    if (fob_start(world->context, "told", account, &world->conv, &handle) != FOB_SUCCESS)
        fail_msg("%s", fob_error());
    return handle;
}

void world_field(struct fob_handle *handle, const char *name, const char *value)
{
    if (fob_set_field(handle, name, value, strlen(value)) != FOB_SUCCESS)
        fail_msg("%s", fob_error());
}

void world_keys(struct fob_handle *handle, const char *id, const char *token)
{
    world_field(handle, "id", id);
    world_field(handle, "token", token);
}

void world_link(struct world *world, const char *name, const char *id)
{
    struct fob_handle *handle = world_start(world, name);
    char token[128];

    snprintf(token, sizeof token, "t0ken-of-%s", name);
    world_keys(handle, id, token);
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
}

static struct fob_account *read_account(const struct world *world, const char *name)
{
    struct fob_account *account = NULL;

    if (fob_read_account(world->context, name, &account) != FOB_SUCCESS)
        fail_msg("%s", fob_error());
    return account;
}

enum fob_status world_status(const struct world *world, const char *name)
{
    struct fob_account *account = read_account(world, name);
    enum fob_status status = fob_account_status(account);

    fob_account_free(account);
    return status;
}

int64_t world_time(const struct world *world, const char *name, enum fob_time which)
{
    struct fob_account *account = read_account(world, name);
    int64_t when = fob_account_time(account, which);

    fob_account_free(account);
    return when;
}

void world_assert_text(const struct world *world, const char *name, enum fob_text which,
                       const char *text)
{
    struct fob_account *account = read_account(world, name);

    assert_string_equal(fob_account_text(account, which), text);
    fob_account_free(account);
}

void world_assert_field(const struct world *world, const char *name, const char *field,
                        const char *value)
{
    struct fob_handle *handle = NULL;
    struct fob_secret *found = NULL;

    expect(fob_start(world->context, NULL, name, NULL, &handle), FOB_SUCCESS, "");
    expect(fob_get_field(handle, field, &found), FOB_SUCCESS, "");
    assert_string_equal(fob_secret_data(found), value);
    fob_secret_free(found);
    fob_end(handle);
}

bool world_has(const struct world *world, const char *name)
{
    struct fob_account *account = NULL;
    int code = fob_read_account(world->context, name, &account);

    fob_account_free(account);
    if (code != FOB_SUCCESS && code != FOB_NOT_FOUND)
        fail_msg("%s", fob_error());
    return code == FOB_SUCCESS;
}

struct fob_log *world_open_log(const struct world *world, const struct fob_log_filter *filter)
{
    struct fob_log *log = NULL;

    expect(fob_log_open(world->context, filter, &log), FOB_SUCCESS, "");
    return log;
}

const struct fob_log_entry *world_next_entry(struct fob_log *log)
{
    const struct fob_log_entry *entry = NULL;
    int code = fob_log_next(log, &entry);

    if (code != FOB_NOT_FOUND)
        expect(code, FOB_SUCCESS, "");
    return entry;
}

/* As fob log has it, with names. */
static void format_entry(const struct fob_log_entry *entry, char *text, size_t room)
{
    struct tm tm;
    time_t when = (time_t)entry->when;
    size_t size;

    gmtime_r(&when, &tm);
    size = strftime(text, room, "%Y-%m-%dT%H:%M:%SZ", &tm);
    snprintf(text + size, room - size,
             " %s account=%s provider=%s result=%s uid=%lld pid=%lld program=\"%s\"%s%s%s",
             entry->event, entry->account, entry->provider, entry->result, (long long)entry->uid,
             (long long)entry->pid, entry->program, entry->detail[0] != '\0' ? " detail=\"" : "",
             entry->detail, entry->detail[0] != '\0' ? "\"" : "");
}

const char *world_last_log(const struct world *world)
{
    static char last[4096];
    struct fob_log *log = world_open_log(world, NULL);
    const struct fob_log_entry *entry;

    last[0] = '\0';
    while ((entry = world_next_entry(log)) != NULL)
        format_entry(entry, last, sizeof last);
    fob_log_close(log);
    return last;
}

size_t world_log_lines(const struct world *world)
{
    struct fob_log *log = world_open_log(world, NULL);
    size_t count = 0;

    while (world_next_entry(log) != NULL)
        count++;
    fob_log_close(log);
    return count;
}

void expect_at(int code, int wanted, const char *words, int line)
{
    if (code != wanted || (wanted != FOB_SUCCESS && strstr(fob_error(), words) == NULL))
        fail_msg("line %d: %s, expected %s \"%s\": %s", line, fob_code_name(code),
                 fob_code_name(wanted), words, fob_error());
}
