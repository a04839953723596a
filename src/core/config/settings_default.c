/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The default paths, for everything that fob.yaml does not set. */
#include "config.h"

#include "core/config/settings_parts.h"

#include <fob/fob.h>

#include "util/error.h"
#include "util/passwd.h"
#include "util/path.h"
#include "util/strbuf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int settings_add_path(struct path_list *list, const char *path)
{
    char *copy = strdup(path);
    char **more = reallocarray(list->items, list->count + 1, sizeof *more);

    if (more != NULL)
        list->items = more;
    if (copy == NULL || more == NULL) {
        free(copy);
        return error_nomem();
    }
    list->items[list->count++] = copy;
    return FOB_SUCCESS;
}

/* Set HOME to the caller's home folder in the user database, or NULL when there is none. */
static int default_passwd_home(char **home)
{
    struct passwd entry;
    char *texts;
    int error = passwd_find_user(NULL, geteuid(), &entry, &texts);

    *home = NULL;
    if (error == ENOMEM)
        return error_nomem();
    if (error != 0)
        return FOB_SUCCESS;
    *home = strdup(entry.pw_dir);
    free(texts);
    return *home != NULL ? FOB_SUCCESS : error_nomem();
}

/* Make FOLDER/MIDDLE/NAME, or FOLDER/NAME when MIDDLE is empty, without needless slashes. */
static int default_make_path(const char *folder, const char *middle, const char *name, char **path)
{
    struct strbuf text = STRBUF_INIT;
    char *made;
    int code;

    strbuf_printf(&text, "%s/%s/%s", folder, middle, name);
    made = strbuf_detach(&text);
    if (made == NULL)
        return error_nomem();
    code = path_normalize(made, path);
    if (code == FOB_INVALID) { /* a folder from the environment may contain ".." */
        *path = made;
        return FOB_SUCCESS;
    }
    free(made);
    return code;
}

/* Set PATH to $VARIABLE/NAME or, when the variable is unset or relative, to ~/FALLBACK/NAME, as the
 * XDG Base Directory Specification requires; NULL when there is no home. */
int settings_user_path(const char *variable, const char *fallback, const char *name, char **path)
{
    const char *folder = secure_getenv(variable);
    const char *home = secure_getenv("HOME");
    char *known = NULL;
    int code;

    if (folder != NULL && folder[0] == '/')
        return default_make_path(folder, "", name, path);
    if (home != NULL && home[0] == '/')
        return default_make_path(home, fallback, name, path);
    *path = NULL;
    code = default_passwd_home(&known);
    if (code == FOB_SUCCESS && known != NULL && known[0] == '/')
        code = default_make_path(known, fallback, name, path);
    free(known);
    return code;
}

/* The default path for root, and that for other users. */
struct default_place {
    const char *machine;
    const char *variable, *fallback, *name;
};

static int default_path(uid_t user, char **path, const struct default_place *place)
{
    int code;

    if (*path != NULL)
        return FOB_SUCCESS;
    if (user == 0) {
        *path = strdup(place->machine);
        return *path != NULL ? FOB_SUCCESS : error_nomem();
    }
    code = settings_user_path(place->variable, place->fallback, place->name, path);
    if (code == FOB_SUCCESS && *path == NULL) {
        code = error_set(FOB_CONFIG, "no home folder: nowhere to keep the store");
        error_hint("set HOME, or name the paths in a configuration file (fob.yaml(5))");
    }
    return code;
}

/* Find the credential that LoadCredential=fob.key gives a service (systemd.exec(5)). */
static int default_find_credential(char **credential)
{
    const char *folder = secure_getenv("CREDENTIALS_DIRECTORY");

    if (folder == NULL || folder[0] != '/')
        return FOB_SUCCESS;
    *credential = path_join(folder, "fob.key");
    return *credential != NULL ? FOB_SUCCESS : error_nomem();
}

/* The folders of providers: the defaults if the file names none, then the installed one. */
static int default_providers(uid_t user, struct path_list *providers)
{
    char *own = NULL;
    int code = FOB_SUCCESS;

    if (providers->count == 0) {
        if (user != 0)
            code = settings_user_path("XDG_CONFIG_HOME", ".config", "fob/providers.d", &own);
        if (code == FOB_SUCCESS && own != NULL)
            code = settings_add_path(providers, own);
        if (code == FOB_SUCCESS)
            code = settings_add_path(providers, FOB_SYSCONFDIR "/providers.d");
        free(own);
    }
    return code == FOB_SUCCESS ? settings_add_path(providers, FOB_PROVIDERDIR) : code;
}

static int default_set_machine_providers(struct path_list *providers)
{
    int code = settings_add_path(providers, FOB_SYSCONFDIR "/providers.d");

    return code == FOB_SUCCESS ? settings_add_path(providers, FOB_PROVIDERDIR) : code;
}

int settings_fill_defaults(struct settings *settings)
{
    static const struct default_place store = { FOB_LOCALSTATEDIR, "XDG_DATA_HOME", ".local/share",
                                                "fob" };
    static const struct default_place key = { FOB_SYSCONFDIR "/key", "XDG_STATE_HOME",
                                              ".local/state", "fob/key" };
    static const struct default_place spool = { FOB_SPOOLDIR, "XDG_DATA_HOME", ".local/share",
                                                "fob-hub" };
    int code = default_path(settings->user, &settings->store_path, &store);

    if (code == FOB_SUCCESS)
        code = default_path(settings->user, &settings->key_file, &key);
    if (code == FOB_SUCCESS && settings->hub.url[0] != '\0')
        code = default_path(settings->user, &settings->hub.spool, &spool);
    if (code == FOB_SUCCESS && settings->hub.spool != NULL) {
        settings->hub.inbox = path_join(settings->hub.spool, "inbox");
        code = settings->hub.inbox != NULL ? FOB_SUCCESS : error_nomem();
    }
    if (code == FOB_SUCCESS)
        code = default_find_credential(&settings->credential);
    if (code == FOB_SUCCESS && settings->plugins.count == 0)
        code = settings_add_path(&settings->plugins, FOB_PLUGINDIR);
    if (code == FOB_SUCCESS)
        code = default_providers(settings->user, &settings->providers);
    if (code == FOB_SUCCESS)
        code = default_set_machine_providers(&settings->machine_providers);
    if (code == FOB_SUCCESS && settings->log_path == NULL) {
        settings->log_path = path_join(settings->store_path, "log");
        if (settings->log_path == NULL)
            code = error_nomem();
    }
    return code;
}
