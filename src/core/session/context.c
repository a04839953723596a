/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Contexts: configuration, store and plugins, each loaded on first use. */
#include "config.h"

#include "core/session/context.h"

#include "core/plugin/engine_load.h"
#include "core/session/conv.h"
#include "util/error.h"
#include "util/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Log a line that a plugin printed; a plugin should call fob_log() instead. */
static void context_print(void *data, const char *path, const char *line)
{
    context_log(data, FOB_LOG_WARNING, path, "%s", line);
}

int fob_open(const char *config, struct fob_context **context)
{
    struct fob_context *new;
    int code;

    NEED(context);
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return error_nomem();
    new->log_level = FOB_LOG_TRACE;
    new->users = 1;
    code = settings_read(config, &new->settings);
    if (code == FOB_SUCCESS)
        new->settings->remote.load = engine_load;
    if (code == FOB_SUCCESS)
        code = loader_new(new->settings, context_print, new, &new->loader);
    if (code != FOB_SUCCESS) {
        fob_close(new);
        return code;
    }
    *context = new;
    return FOB_SUCCESS;
}

void context_release(struct fob_context *context)
{
    if (atomic_fetch_sub(&context->users, 1) > 1)
        return;
    loader_free(context->loader);
    store_close(context->store);
    settings_free(context->settings);
    free(context);
}

void fob_close(struct fob_context *context)
{
    if (context != NULL)
        context_release(context);
}

const char *fob_path(const struct fob_context *context, enum fob_path which)
{
    if (context == NULL)
        return "";
    switch (which) {
    case FOB_PATH_STORE:
        return context->settings->store_path;
    case FOB_PATH_KEY_FILE:
        return context->settings->key_file;
    case FOB_PATH_LOG:
        return context->settings->log_path;
    case FOB_PATH_CONFIG:
        return context->settings->file != NULL ? context->settings->file->name : "";
    }
    return "";
}

void fob_set_log(struct fob_context *context, fob_log_fn *fn, void *data)
{
    if (context == NULL)
        return;
    context->log = fn;
    context->log_data = data;
}

void fob_set_log_level(struct fob_context *context, enum fob_log_level level)
{
    if (context != NULL && (unsigned)level <= FOB_LOG_TRACE)
        context->log_level = level;
}

int fob_set_conversation(struct fob_context *context, const struct fob_conversation *conv)
{
    struct fob_conversation copy = { .converse = NULL };

    NEED(context);
    if (conv != NULL)
        NEED_SIZED(&copy, conv);
    context->conv = copy;
    return FOB_SUCCESS;
}

static int context_ask_passphrase(const char *why, struct fob_secret **passphrase, void *data)
{
    const struct fob_context *context = data;
    struct strbuf text = STRBUF_INIT;
    const struct fob_message question = {
        .size = sizeof question,
        .kind = FOB_ASK_SECRET,
        .name = "passphrase",
        .text = "Passphrase of the store",
    };
    struct fob_message reason = { .size = sizeof reason, .kind = FOB_TELL_INFO };
    const struct fob_message *const messages[] = { &reason, &question };
    struct fob_secret *replies[2] = { NULL, NULL };
    size_t first = 1;
    int code;

    if (why[0] != '\0')
        strbuf_printf(&text, "no other key opens the store: %s", why);
    if (text.size > 0 && !text.failed) {
        reason.text = text.data;
        first = 0;
    }
    code = conv_exchange(&context->conv, messages + first, 2 - first, replies + first);
    if (code == FOB_SUCCESS)
        *passphrase = replies[1];
    strbuf_free(&text);
    return code;
}

void context_store_settings(struct fob_context *context, struct store_settings *settings)
{
    *settings = (struct store_settings){
        .user = context->settings->user,
        .path = context->settings->store_path,
        .key_file = context->settings->key_file,
        .credential = context->settings->credential,
        .key_command = context->settings->key_command,
        .ask = context->conv.converse != NULL ? context_ask_passphrase : NULL,
        .data = context,
        .remote = context->settings->shared ? &context->settings->remote : NULL,
    };
}

int context_store(struct fob_context *context, struct store **store)
{
    struct store_settings settings;
    int code = FOB_SUCCESS;

    context_store_settings(context, &settings);
    process_lock(&context->lock);
    if (context->store == NULL)
        code = store_open(&settings, &context->store);
    if (code == FOB_SUCCESS)
        *store = context->store;
    process_unlock(&context->lock);
    return code;
}

int fob_create_store(struct fob_context *context, const struct fob_secret *passphrase)
{
    struct store_settings settings;

    NEED(context);
    context_store_settings(context, &settings);
    return store_create(&settings, passphrase);
}

/* Warn that a kernel contains PLUGIN's WORKER only in part. */
static void context_warn_of_lacks(const struct fob_context *context, const struct plugin *plugin,
                                  const struct plugin_worker *worker)
{
    const char *lacks = plugin_worker_lacks(worker);

    if (lacks[0] != '\0')
        context_log(context, FOB_LOG_WARNING, "worker", "plugin %s is not contained: %s",
                    plugin->declared.name, lacks);
}

int context_plugin(struct fob_context *context, const struct loader_wish *wish,
                   const struct plugin **plugin, struct plugin_worker **worker)
{
    int code;

    process_lock(&context->lock);
    code = loader_load(context->loader, wish, plugin, worker);
    process_unlock(&context->lock);
    if (code == FOB_SUCCESS && *worker != NULL)
        context_warn_of_lacks(context, *plugin, *worker);
    return code;
}

int context_begin_plugin(struct fob_context *context, const struct loader_wish *wish,
                         struct loading *loading)
{
    int code;

    process_lock(&context->lock);
    code = loader_begin(context->loader, wish, loading);
    process_unlock(&context->lock);
    return code;
}

int context_finish_plugin(struct fob_context *context, const struct loader_wish *wish,
                          struct loading *loading, const struct plugin **plugin)
{
    struct plugin_worker *worker = NULL;
    int code;

    process_lock(&context->lock);
    code = loader_finish(context->loader, wish, loading, plugin, &worker);
    process_unlock(&context->lock);
    if (worker != NULL)
        context_warn_of_lacks(context, *plugin, worker);
    plugin_worker_end(worker);
    return code;
}

bool context_logs(const struct fob_context *context, enum fob_log_level level)
{
    return context->log != NULL && level <= context->log_level;
}

void context_log(const struct fob_context *context, enum fob_log_level level, const char *part,
                 const char *format, ...)
{
    char line[1024];
    va_list args;

    if (!context_logs(context, level))
        return;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    context->log(level, part, line, context->log_data);
}
