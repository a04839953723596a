/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads YAML with libyaml into a tree that knows its positions; collects all mistakes of a file. */
#include "config.h"

#include "util/yaml.h"

#include <fob/fob.h>

#include "util/error.h"
#include "util/path.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <yaml.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 32
#define NODES_MAX 20000
#define MISTAKES_MAX 200

static void add_line(struct mistakes *mistakes, char *line)
{
    char **more = reallocarray(mistakes->lines, mistakes->count + 1, sizeof *more);

    if (line == NULL || more == NULL) {
        mistakes->failed = true;
        free(line);
    } else {
        more[mistakes->count++] = line;
    }
    if (more != NULL)
        mistakes->lines = more;
}

static void add_formatted(struct mistakes *mistakes, const char *file, const size_t place[2],
                          const char *format, va_list args)
    __attribute__((format(printf, 4, 0)));

static void add_formatted(struct mistakes *mistakes, const char *file, const size_t place[2],
                          const char *format, va_list args)
{
    struct strbuf line = STRBUF_INIT;
    char what[1024];
    char *text;

    if (mistakes->count >= MISTAKES_MAX)
        return;
    vsnprintf(what, sizeof what, format, args);
    strbuf_printf(&line, "%s:%zu:%zu: %s", file, place[0], place[1], what);
    text = strbuf_take(&line);
    if (text != NULL)
        text_make_printable(text);
    /* One mistake may be met on several ways through a file; it is told once. */
    for (size_t i = 0; text != NULL && i < mistakes->count; i++) {
        if (strcmp(mistakes->lines[i], text) == 0) {
            free(text);
            return;
        }
    }
    add_line(mistakes, text);
}

void mistakes_add(struct mistakes *mistakes, const char *file, size_t line, size_t column,
                  const char *format, ...)
{
    const size_t place[2] = { line, column };
    va_list args;

    va_start(args, format);
    add_formatted(mistakes, file, place, format, args);
    va_end(args);
}

void mistakes_free(struct mistakes *mistakes)
{
    for (size_t i = 0; i < mistakes->count; i++)
        free(mistakes->lines[i]);
    free(mistakes->lines);
    *mistakes = (struct mistakes){ NULL, 0, false };
}

void yaml_mistake(struct yaml_file *file, const struct yaml_node *node, const char *format, ...)
{
    const size_t place[2] = { node != NULL ? node->line : 1, node != NULL ? node->column : 1 };
    va_list args;

    va_start(args, format);
    add_formatted(&file->mistakes, file->name, place, format, args);
    va_end(args);
}

static void node_free(struct yaml_node *node)
{
    if (node == NULL)
        return;
    for (size_t i = 0; i < node->count; i++) {
        if (node->keys != NULL)
            node_free(node->keys[i]);
        node_free(node->values[i]);
    }
    free(node->keys);
    free(node->values);
    free(node->text);
    free(node);
}

void yaml_free(struct yaml_file *file)
{
    if (file == NULL)
        return;
    node_free(file->root);
    mistakes_free(&file->mistakes);
    free(file->name);
    free(file);
}

/* One conversion of libyaml's document, in which an alias is just another way to a node. */
struct build {
    struct yaml_file *file;
    yaml_document_t *document;
    size_t nodes; /* made so far, aliases counted at each use */
    bool gave_up; /* a bound was passed; told once */
    bool nomem;
};

static struct yaml_node *build_node(struct build *build, int index, size_t depth);

static struct yaml_node *new_node(struct build *build, enum yaml_kind kind,
                                  const yaml_node_t *source, size_t room)
{
    struct yaml_node *node = calloc(1, sizeof *node);

    if (node != NULL) {
        node->kind = kind;
        node->line = source->start_mark.line + 1;
        node->column = source->start_mark.column + 1;
        if (kind == YAML_MAP)
            node->keys = calloc(room + 1, sizeof(struct yaml_node *));
        if (kind != YAML_TEXT)
            node->values = calloc(room + 1, sizeof(struct yaml_node *));
        if ((kind == YAML_MAP && node->keys == NULL) ||
            (kind != YAML_TEXT && node->values == NULL)) {
            node_free(node);
            node = NULL;
        }
    }
    build->nomem = build->nomem || node == NULL;
    return node;
}

static struct yaml_node *build_text(struct build *build, const yaml_node_t *source)
{
    const char *text = (const char *)source->data.scalar.value;
    size_t size = source->data.scalar.length;
    struct yaml_node *node = new_node(build, YAML_TEXT, source, 0);

    if (node == NULL)
        return NULL;
    if (memchr(text, '\0', size) != NULL) {
        yaml_mistake(build->file, node, "a NUL character can not be used");
        size = 0;
    }
    node->plain = source->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->text = strndup(text, size);
    if (node->text == NULL) {
        build->nomem = true;
        node_free(node);
        return NULL;
    }
    return node;
}

static struct yaml_node *build_list(struct build *build, const yaml_node_t *source, size_t depth)
{
    size_t count = (size_t)(source->data.sequence.items.top - source->data.sequence.items.start);
    struct yaml_node *node = new_node(build, YAML_LIST, source, count);

    for (size_t i = 0; node != NULL && i < count; i++) {
        struct yaml_node *value =
            build_node(build, source->data.sequence.items.start[i], depth + 1);

        if (value != NULL)
            node->values[node->count++] = value;
    }
    return node;
}

/* Whether KEY may be added to MAP; says why not. */
static bool key_is_good(struct build *build, const struct yaml_node *map,
                        const struct yaml_node *key)
{
    if (key->kind != YAML_TEXT) {
        yaml_mistake(build->file, key, "a key must be text");
        return false;
    }
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->keys[i]->text, key->text) == 0) {
            yaml_mistake(build->file, key, "%s: given twice, first in line %zu", key->text,
                         map->keys[i]->line);
            return false;
        }
    }
    return true;
}

static struct yaml_node *build_map(struct build *build, const yaml_node_t *source, size_t depth)
{
    const yaml_node_pair_t *pairs = source->data.mapping.pairs.start;
    size_t count = (size_t)(source->data.mapping.pairs.top - pairs);
    struct yaml_node *node = new_node(build, YAML_MAP, source, count);

    for (size_t i = 0; node != NULL && i < count; i++) {
        struct yaml_node *key = build_node(build, pairs[i].key, depth + 1);
        struct yaml_node *value = build_node(build, pairs[i].value, depth + 1);

        if (key != NULL && value != NULL && key_is_good(build, node, key)) {
            node->keys[node->count] = key;
            node->values[node->count++] = value;
        } else {
            node_free(key);
            node_free(value);
        }
    }
    return node;
}

static bool tag_is_standard(const yaml_node_t *source)
{
    static const char *const tags[] = { YAML_STR_TAG, YAML_SEQ_TAG, YAML_MAP_TAG, YAML_BOOL_TAG,
                                        YAML_INT_TAG, YAML_NULL_TAG, YAML_FLOAT_TAG };

    if (source->tag == NULL)
        return true;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        if (strcmp((const char *)source->tag, tags[i]) == 0)
            return true;
    }
    return false;
}

static void give_up(struct build *build, const yaml_node_t *source, const char *why)
{
    if (!build->gave_up)
        mistakes_add(&build->file->mistakes, build->file->name, source->start_mark.line + 1,
                     source->start_mark.column + 1, "%s", why);
    build->gave_up = true;
}

/* Node number INDEX, or NULL when a bound was passed or memory ran out. */
static struct yaml_node *build_node(struct build *build, int index, size_t depth)
{
    const yaml_node_t *source = yaml_document_get_node(build->document, index);

    if (source == NULL || build->gave_up || build->nomem)
        return NULL;
    if (depth >= DEPTH_MAX) {
        give_up(build, source, "nested too deeply, or an alias to what holds it");
        return NULL;
    }
    if (++build->nodes > NODES_MAX) {
        give_up(build, source, "too many values; aliases count at each use");
        return NULL;
    }
    if (!tag_is_standard(source))
        mistakes_add(&build->file->mistakes, build->file->name, source->start_mark.line + 1,
                     source->start_mark.column + 1, "tags are not used here");
    switch (source->type) {
    case YAML_SCALAR_NODE:
        return build_text(build, source);
    case YAML_SEQUENCE_NODE:
        return build_list(build, source, depth);
    case YAML_MAPPING_NODE:
        return build_map(build, source, depth);
    default:
        return NULL;
    }
}

static void tell_parser_error(struct yaml_file *file, const yaml_parser_t *parser)
{
    const char *problem = parser->problem != NULL ? parser->problem : "can not be read as YAML";

    if (parser->error == YAML_READER_ERROR) {
        /* The reader counts bytes, not lines. */
        mistakes_add(&file->mistakes, file->name, parser->mark.line + 1, 1, "%s (byte %zu)",
                     problem, parser->problem_offset);
    } else {
        mistakes_add(&file->mistakes, file->name, parser->problem_mark.line + 1,
                     parser->problem_mark.column + 1, "%s%s%s", problem,
                     parser->context != NULL ? " " : "",
                     parser->context != NULL ? parser->context : "");
    }
}

/* Whether another document follows; syntax mistakes behind the first one are told as well. */
static void check_end(struct yaml_file *file, yaml_parser_t *parser)
{
    yaml_document_t document;
    const yaml_node_t *root;

    if (!yaml_parser_load(parser, &document)) {
        tell_parser_error(file, parser);
        return;
    }
    root = yaml_document_get_root_node(&document);
    if (root != NULL)
        mistakes_add(&file->mistakes, file->name, root->start_mark.line + 1,
                     root->start_mark.column + 1, "a file holds one document");
    yaml_document_delete(&document);
}

static int parse(struct yaml_file *file, const char *text, size_t size)
{
    yaml_parser_t parser;
    yaml_document_t document;
    struct build build = { .file = file, .document = &document };

    if (!yaml_parser_initialize(&parser))
        return error_nomem();
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    if (yaml_parser_load(&parser, &document)) {
        if (yaml_document_get_root_node(&document) != NULL) {
            file->root = build_node(&build, 1, 0);
            check_end(file, &parser);
        }
        yaml_document_delete(&document);
    } else if (parser.error == YAML_MEMORY_ERROR) {
        build.nomem = true;
    } else {
        tell_parser_error(file, &parser);
    }
    yaml_parser_delete(&parser);
    return build.nomem || file->mistakes.failed ? error_nomem() : FOB_SUCCESS;
}

static struct yaml_file *new_file(const char *name)
{
    struct yaml_file *file = calloc(1, sizeof *file);

    if (file != NULL)
        file->name = strdup(name);
    if (file != NULL && file->name == NULL) {
        free(file);
        file = NULL;
    }
    return file;
}

int yaml_read_text(const char *name, const char *text, size_t size, struct yaml_file **file)
{
    struct yaml_file *new = new_file(name);
    int code;

    if (new == NULL)
        return error_nomem();
    code = parse(new, text, size);
    if (code != FOB_SUCCESS) {
        yaml_free(new);
        return code;
    }
    *file = new;
    return FOB_SUCCESS;
}

/* The whole file, at most one byte more than it may have. */
static int read_all(int fd, const char *path, struct strbuf *text)
{
    char block[16384];
    ssize_t got;

    while (text->size <= YAML_FILE_MAX && (got = read(fd, block, sizeof block)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_system("%s", path);
        strbuf_add(text, block, (size_t)got);
    }
    return text->failed ? error_nomem() : FOB_SUCCESS;
}

/* A file that can not be used at all: its one mistake, without a tree. */
static int unusable(const char *path, const char *why, struct yaml_file **file)
{
    struct yaml_file *new = new_file(path);

    if (new == NULL)
        return error_nomem();
    mistakes_add(&new->mistakes, path, 1, 1, "%s", why);
    *file = new;
    return FOB_SUCCESS;
}

static int read_fd(int fd, const char *path, struct yaml_file **file)
{
    struct strbuf text = STRBUF_INIT;
    int code = read_all(fd, path, &text);

    if (code == FOB_SUCCESS && text.size > YAML_FILE_MAX)
        code = unusable(path, "larger than 1 MiB", file);
    else if (code == FOB_SUCCESS)
        code = yaml_read_text(path, text.size > 0 ? text.data : "", text.size, file);
    strbuf_free(&text);
    return code;
}

int yaml_read_path(const char *path, struct yaml_file **file)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int code;

    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return error_set(FOB_NOT_FOUND, "%s: %s", path, strerror(errno));
    if (fd < 0)
        return error_system("%s", path);
    code = path_check_trust(fd, path, 0);
    if (code == FOB_SUCCESS)
        code = read_fd(fd, path, file);
    close(fd);
    return code;
}

struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    if (map == NULL || map->kind != YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->keys[i]->text, key) == 0)
            return map->values[i];
    }
    return NULL;
}

bool yaml_text(struct yaml_file *file, const struct yaml_node *node, const char **text)
{
    if (node->kind != YAML_TEXT) {
        yaml_mistake(file, node, "must be text");
        return false;
    }
    *text = node->text;
    return true;
}

bool yaml_boolean(struct yaml_file *file, const struct yaml_node *node, bool *value)
{
    bool yes = node->kind == YAML_TEXT && strcmp(node->text, "true") == 0;
    bool no = node->kind == YAML_TEXT && strcmp(node->text, "false") == 0;

    if (!yes && !no) {
        yaml_mistake(file, node, "must be true or false");
        return false;
    }
    *value = yes;
    return true;
}

bool yaml_integer(struct yaml_file *file, const struct yaml_node *node, int64_t min, int64_t max,
                  int64_t *value)
{
    char *end = NULL;
    long long number = 0;

    errno = 0;
    if (node->kind == YAML_TEXT)
        number = strtoll(node->text, &end, 10);
    if (end == NULL || end == node->text || *end != '\0' || errno != 0 || number < min ||
        number > max || strchr(" \t+", node->text[0]) != NULL) {
        yaml_mistake(file, node, "must be a whole number from %lld to %lld", (long long)min,
                     (long long)max);
        return false;
    }
    *value = number;
    return true;
}

bool yaml_map(struct yaml_file *file, const struct yaml_node *node, const char *const *known,
              size_t count)
{
    if (node->kind != YAML_MAP) {
        yaml_mistake(file, node, "must be a map of keys and values");
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        const char *key = node->keys[i]->text;
        const char *nearest;
        size_t at = 0;

        while (at < count && strcmp(known[at], key) != 0)
            at++;
        if (at < count)
            continue;
        nearest = text_nearest(key, known, count);
        if (nearest != NULL)
            yaml_mistake(file, node->keys[i], "unknown key %s; did you mean %s?", key, nearest);
        else
            yaml_mistake(file, node->keys[i], "unknown key %s", key);
    }
    return true;
}
