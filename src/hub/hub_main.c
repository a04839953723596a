/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob-hub: the web page of invitations, a mail slot that holds no key and opens no connection. */
#include "config.h"

#include <fob/fob.h>

#include "hub/hub_route.h"
#include "hub/hub_serve.h"
#include "spool/hpke.h"
#include "util/error.h"
#include "util/pages.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define EX_USAGE 64
#define EX_NOPERM 77
#define EX_CONFIG 78
#define INHERITED 3 /* sd_listen_fds(3) */
#define BACKLOG 128
#define PEM_MAX 65536
/* Enough for the program and all its connections.  Only what is used is locked, and so resident. */
#define LOCKED_MIN (48UL * 1024 * 1024)

static volatile sig_atomic_t stop;

static const char usage[] =
    "usage: fob-hub [--spool DIR] [--listen ADDR:PORT | --listen unix:PATH]\n"
    "               [--certificate FILE --key FILE] [--behind-proxy] [--insecure-loopback]\n";

struct hub_options {
    const char *spool;
    const char *listen;
    const char *certificate;
    const char *key;
    bool behind_proxy;
    bool loopback;
};

static void main_end(int number)
{
    (void)number;
    stop = 1;
}

static void main_usage(void)
{
    fputs(usage, stderr);
    exit(EX_USAGE);
}

static void main_read_options(int argc, char **argv, struct hub_options *options)
{
    static const struct option known[] = {
        { "spool", required_argument, NULL, 's' },
        { "listen", required_argument, NULL, 'l' },
        { "certificate", required_argument, NULL, 'c' },
        { "key", required_argument, NULL, 'k' },
        { "behind-proxy", no_argument, NULL, 'p' },
        { "insecure-loopback", no_argument, NULL, 'i' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    int option;

    *options = (struct hub_options){ .spool = FOB_SPOOLDIR };
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 's':
            options->spool = optarg;
            break;
        case 'l':
            options->listen = optarg;
            break;
        case 'c':
            options->certificate = optarg;
            break;
        case 'k':
            options->key = optarg;
            break;
        case 'p':
            options->behind_proxy = true;
            break;
        case 'i':
            options->loopback = true;
            break;
        case 'h':
            fputs(usage, stdout);
            exit(0);
        default:
            main_usage();
        }
    }
    if (optind != argc || (options->certificate == NULL) != (options->key == NULL))
        main_usage();
    if (options->certificate == NULL && !options->behind_proxy && !options->loopback)
        errx(EX_CONFIG, "without a certificate, fob-hub needs --behind-proxy: see fob-hub(8)");
}

/* No dumps, no debugger, no new rights. */
static void main_harden(void)
{
    const struct rlimit none = { 0, 0 };
    struct rlimit locked;

    if (prctl(PR_SET_DUMPABLE, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        setrlimit(RLIMIT_CORE, &none) < 0)
        err(1, "cannot forbid core dumps");
    pages_never_dump();
    if (getrlimit(RLIMIT_MEMLOCK, &locked) < 0 || locked.rlim_cur < LOCKED_MIN ||
        mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) < 0)
        warnx("memory is not locked, and may be written to swap: raise the limit on locked memory");
}

/* The owner of the store and the hub must be two users. */
static void main_check_user(const struct hub *hub, const struct hub_options *options)
{
    if (geteuid() == 0)
        errx(EX_NOPERM, "fob-hub does not run as root: start it as the user fob-hub");
    if (hub->spool.folders[SPOOL_WORK] >= 0 && !options->loopback)
        errx(EX_NOPERM, "%s/work can be read: start fob-hub as another user than the store's owner",
             options->spool);
}

static int main_listen_unix(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct stat st;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (strlen(path) >= sizeof address.sun_path)
        errx(EX_CONFIG, "%s: too long for a socket", path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    /* One that an earlier process left; any other file makes bind() fail. */
    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
        unlink(path);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) < 0)
        err(1, "%s", path);
    return fd;
}

/* Only digits, and at most 65535; ends the program otherwise. */
static uint16_t main_read_port(const char *text)
{
    const size_t digits = strspn(text, "0123456789");
    const long port = atol(text);

    if (digits == 0 || digits > 5 || text[digits] != '\0' || port < 1 || port > UINT16_MAX)
        errx(EX_CONFIG, "%s: not a port", text);
    return (uint16_t)port;
}

static int main_listen_inet(const char *text)
{
    const char *colon = strrchr(text, ':');
    struct sockaddr_in address = { .sin_family = AF_INET };
    char host[64] = "";
    const int yes = 1;
    int fd;

    if (colon == NULL || (size_t)(colon - text) >= sizeof host)
        main_usage();
    memcpy(host, text, (size_t)(colon - text));
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
        errx(EX_CONFIG, "%s: not ADDR:PORT with an IPv4 address", text);
    address.sin_port = htons(main_read_port(colon + 1));
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) < 0)
        err(1, "%s", text);
    return fd;
}

/* The socket of systemd, or one of our own. */
static int main_listen(const struct hub_options *options)
{
    const char *pid = secure_getenv("LISTEN_PID");
    const char *count = secure_getenv("LISTEN_FDS");
    int fd;

    if (count != NULL && pid != NULL && atoi(pid) == getpid()) {
        if (atoi(count) != 1)
            errx(EX_CONFIG, "fob-hub takes one socket, not %s", count);
        fcntl(INHERITED, F_SETFD, FD_CLOEXEC);
        fcntl(INHERITED, F_SETFL, O_NONBLOCK);
        return INHERITED;
    }
    if (options->listen == NULL)
        errx(EX_CONFIG, "there is no socket: start fob-hub by fob-hub.socket, or give --listen");
    fd = strncmp(options->listen, "unix:", 5) == 0 ? main_listen_unix(options->listen + 5)
                                                   : main_listen_inet(options->listen);
    if (listen(fd, BACKLOG) < 0)
        err(1, "%s", options->listen);
    return fd;
}

/* The text of the PEM file PATH, which stays in memory. */
static char *main_read_pem(const char *path)
{
    struct strbuf text = STRBUF_INIT;
    int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    char *to = strbuf_extend(&text, PEM_MAX);
    ssize_t got;

    if (path == NULL) {
        strbuf_free(&text);
        return NULL;
    }
    got = fd >= 0 && to != NULL ? read(fd, to, PEM_MAX) : -1;
    if (got < 0 || got == PEM_MAX)
        err(EX_CONFIG, "%s", path);
    to[got] = '\0';
    close(fd);
    return to;
}

int main(int argc, char **argv)
{
    const struct sigaction end = { .sa_handler = main_end };
    struct hub_options options;
    struct hub hub = { .site = { .json = NULL } };
    char *certificate;
    char *key;
    int socket;

    main_read_options(argc, argv, &options);
    main_harden();
    hub.behind_proxy = options.behind_proxy;
    hub.loopback = options.loopback;
    hub.tls = options.certificate != NULL;
    if (hpke_ready() != FOB_SUCCESS || spool_file_open(options.spool, &hub.spool) != FOB_SUCCESS)
        errx(EX_CONFIG, "%s", fob_error());
    main_check_user(&hub, &options);
    hub.limits = hub_limit_new();
    if (hub.limits == NULL)
        err(1, "limits");
    if (!hub_route_refresh(&hub))
        warnx("%s/site/site.json is not there yet: fob inbox writes it", options.spool);
    certificate = main_read_pem(options.certificate);
    key = main_read_pem(options.key);
    socket = main_listen(&options);
    sigaction(SIGTERM, &end, NULL);
    sigaction(SIGINT, &end, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (hub_serve(&hub, socket, certificate, key, &stop) != FOB_SUCCESS)
        errx(1, "%s", fob_error());
    hub_card_free_site(&hub.site);
    hub_limit_free(hub.limits);
    spool_file_close(&hub.spool);
    free(certificate);
    free(key);
    return 0;
}
