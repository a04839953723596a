/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Whom libfob-http trusts: the openssl command makes certificates and serves them. */
#include "config.h"

#include <fob/http.h>

#include "fake_handle.h"
#include "told_server.h"

#include "util/containment.h"
#include "worker/sandbox.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define LATE "491231235959Z"
#define SECRET "Token token=id-1234567:s3cr3t-s3cr3t"

static char folder[] = "/tmp/fob-test-http-tls-XXXXXX";

static int run(const char *script)
{
    char command[2048];

    snprintf(command, sizeof command, "cd %s && { %s ; } >log 2>&1 </dev/null", folder, script);
    return system(command);
}

/* NAME.pem: a certificate that is its own authority, with its key in NAME.key. */
static int make_certificate(const char *name, const char *alternative, const char *end)
{
    char script[1536];

    snprintf(script, sizeof script,
             "printf 'subjectAltName=%s\\n' >%s.ext && "
             "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=%s "
             "-keyout %s.key -out %s.csr && "
             ": >index.txt && echo 01 >serial && "
             "printf '[ca]\\ndefault_ca=own\\n[own]\\ndatabase=index.txt\\nserial=serial\\n"
             "new_certs_dir=.\\ndefault_md=sha256\\npolicy=any\\n[any]\\ncommonName=supplied\\n' "
             ">own.cnf && "
             "openssl ca -config own.cnf -batch -notext -selfsign -keyfile %s.key "
             "-in %s.csr -startdate 200101000000Z -enddate %s -extfile %s.ext -out %s.pem",
             alternative, name, name, name, name, name, name, end, name, name);
    return run(script);
}

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    if (make_certificate("good", "IP:127.0.0.1,DNS:localhost", LATE) != 0 ||
        make_certificate("other", "IP:127.0.0.1", LATE) != 0 ||
        make_certificate("wrong", "DNS:other.example", LATE) != 0 ||
        make_certificate("expired", "IP:127.0.0.1", "200102000000Z") != 0)
        return -1;
    if (make_certificate("one", "DNS:one.example", LATE) != 0 ||
        make_certificate("two", "DNS:two.example", LATE) != 0)
        return -1;
    return run("printf 'not a certificate\\n' >empty.pem && cat one.pem two.pem >clients.pem && "
               "openssl pkey -in one.key -aes256 -passout pass:x -out locked.key && "
               "openssl ec -in one.key -aes256 -passout pass:x -out old.key && "
               "cat one.pem one.key >both.pem && cat one.key two.key >keys.key && "
               "sed '3s/./A/g' one.pem >damaged.pem && sed '2s/./A/g' one.key >damaged.key");
}

static int tear_down(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

struct served {
    pid_t pid;
    unsigned port;
};

/* A server with the certificate NAME, and with OPTION and 1, or NULL.  If it asks for a client's,
 * that of one or two is accepted. */
static struct served serve(const char *name, const char *option)
{
    struct served served = { .pid = -1 };
    char line[256];
    int ends[2];
    FILE *out;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    served.pid = fork();
    if (served.pid == 0) {
        char certificate[64];
        char key[64];

        snprintf(certificate, sizeof certificate, "%s.pem", name);
        snprintf(key, sizeof key, "%s.key", name);
        if (chdir(folder) != 0 || dup2(ends[1], STDOUT_FILENO) < 0 ||
            dup2(open("/dev/null", O_RDWR | O_CLOEXEC), STDERR_FILENO) < 0)
            _exit(1);
        execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-cert",
               certificate, "-key", key, "-CAfile", "clients.pem", "-verify_return_error", option,
               option != NULL ? "1" : NULL, (char *)NULL);
        _exit(1);
    }
    close(ends[1]);
    out = fdopen(ends[0], "r");
    assert_non_null(out);
    while (served.port == 0 && fgets(line, sizeof line, out) != NULL)
        sscanf(line, "ACCEPT 127.0.0.1:%u", &served.port);
    fclose(out);
    assert_int_not_equal(served.port, 0);
    return served;
}

static void end(const struct served *served)
{
    kill(served->pid, SIGKILL);
    assert_int_equal(waitpid(served->pid, NULL, 0), served->pid);
}

/* Read the file NAME. */
static struct fob_secret *read_file(const char *name)
{
    struct fob_secret *content = NULL;
    char text[8192];
    char path[128];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fob_secret_new(text, fread(text, 1, sizeof text, file), &content),
                     FOB_SUCCESS);
    fclose(file);
    return content;
}

/* Use the client certificate in the files CHAIN and KEY. */
static int use(struct fob_handle *handle, const char *chain, const char *key)
{
    struct fob_secret *values[2] = { read_file(chain), read_file(key) };
    int code = fob_http_certificate(handle, values[0], values[1]);

    fob_secret_free(values[0]);
    fob_secret_free(values[1]);
    return code;
}

/* GET / with the client certificate CHAIN and KEY from PORT of a server that asks for one.  SUBJECT
 * gets the subject that it saw. */
static int get_as(struct fob_handle *handle, unsigned port, const char *chain, const char *key,
                  char subject[static 64])
{
    const struct fob_http_request request = { .size = sizeof request, .path = "/" };
    struct fob_http_response *response = NULL;
    struct fob_http *http = NULL;
    char ca_file[128];
    char url[128];
    int code;

    subject[0] = '\0';
    snprintf(url, sizeof url, "https://127.0.0.1:%u", port);
    snprintf(ca_file, sizeof ca_file, "%s/good.pem", folder);
    *handle =
        (struct fob_handle){ .base_url = url, .ca_file = ca_file, .timeout = 60, .retries = 1 };
    code = use(handle, chain, key);
    if (code == FOB_SUCCESS)
        code = fob_http_open(handle, &http);
    if (code == FOB_SUCCESS)
        code = fob_http_send(http, &request, &response);
    if (code == FOB_SUCCESS) {
        const char *seen = strstr(fob_http_body(response, NULL), "Subject: CN");

        assert_non_null(seen);
        sscanf(seen, "Subject: CN = %63[a-z]", subject);
    }
    fob_http_response_free(response);
    fob_http_close(http);
    return code;
}

/* GET / from PORT on HOST, trusting NAME.pem, or the system for NULL; with one retry. */
static int get(struct fob_handle *handle, const char *host, unsigned port, const char *name)
{
    const struct fob_http_request request = { .size = sizeof request, .path = "/" };
    struct fob_http_response *response = NULL;
    struct fob_http *http = NULL;
    char ca_file[128];
    char url[128];
    int code;

    snprintf(url, sizeof url, "https://%s:%u", host, port);
    *handle = (struct fob_handle){ .base_url = url, .timeout = 60, .retries = 1 };
    if (name != NULL) {
        snprintf(ca_file, sizeof ca_file, "%s/%s.pem", folder, name);
        handle->ca_file = ca_file;
    }
    fob_add_header(handle, "Authorization", SECRET, strlen(SECRET));
    assert_int_equal(fob_http_open(handle, &http), FOB_SUCCESS);
    code = fob_http_send(http, &request, &response);
    assert_int_equal(response != NULL, code == FOB_SUCCESS);
    assert_null(strstr(handle->error, "s3cr3t"));
    assert_null(strstr(handle->log, "s3cr3t"));
    fob_http_response_free(response);
    fob_http_close(http);
    return code;
}

static void expect(const char *certificate, const char *host, const char *trusted, int code,
                   const char *error)
{
    struct served served = serve(certificate, NULL);
    struct fob_handle handle;
    int got = get(&handle, host, served.port, trusted);

    end(&served);
    if (got != code || strstr(handle.error, error) == NULL)
        fail_msg("%s, trusting %s: %d (%s)", certificate, trusted, got, handle.error);
    fake_clear(&handle);
}

static void certificate_of_the_ca_file_is_trusted(void **state)
{
    (void)state;
    expect("good", "127.0.0.1", "good", FOB_SUCCESS, "");
    expect("good", "localhost", "good", FOB_SUCCESS, "");
}

static void certificate_of_another_authority_is_not(void **state)
{
    (void)state;
    expect("good", "127.0.0.1", "other", FOB_UNTRUSTED, "does not verify");
    expect("good", "127.0.0.1", NULL, FOB_UNTRUSTED, "does not verify");
}

static void certificate_of_another_name_is_not_trusted(void **state)
{
    (void)state;
    expect("wrong", "127.0.0.1", "wrong", FOB_UNTRUSTED, "does not verify");
}

static void expired_certificate_is_not_trusted(void **state)
{
    (void)state;
    expect("expired", "127.0.0.1", "expired", FOB_UNTRUSTED, "expired");
}

static void ca_file_without_a_certificate_is_a_mistake(void **state)
{
    (void)state;
    expect("good", "127.0.0.1", "empty", FOB_CONFIG, "no certificate can be read");
}

static void plain_text_at_a_tls_port_is_not_trusted(void **state)
{
    static const struct told_answer answers[] = {
        { .text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", .close = true },
    };
    struct told_server *server = told_start(answers, 1);
    struct fob_handle handle;

    (void)state;
    assert_int_equal(get(&handle, "127.0.0.1", told_port(server), "good"), FOB_UNTRUSTED);
    told_wait(server);
    assert_null(strstr(told_request(server, 0), "s3cr3t"));
    assert_int_equal(told_connections(server), 1);
    told_free(server);
    fake_clear(&handle);
}

static void an_end_during_the_handshake_is_retried(void **state)
{
    static const struct told_answer answers[] = { { .text = "", .close = true },
                                                  { .text = "", .close = true } };
    struct told_server *server = told_start(answers, 2);
    struct fob_handle handle;

    (void)state;
    assert_int_equal(get(&handle, "127.0.0.1", told_port(server), "good"), FOB_UNAVAILABLE);
    assert_non_null(strstr(handle.error, "broke"));
    told_wait(server);
    assert_int_equal(told_connections(server), 2);
    told_free(server);
    fake_clear(&handle);
}

static void a_required_client_certificate_is_reported(void **state)
{
    struct served served = serve("good", "-Verify");
    struct fob_handle handle;

    (void)state;
    assert_int_equal(get(&handle, "127.0.0.1", served.port, "good"), FOB_UNTRUSTED);
    assert_non_null(strstr(handle.error, "requires a client certificate, and fob has none"));
    end(&served);
    fake_clear(&handle);
}

static void each_handle_has_its_own_client_certificate(void **state)
{
    struct served served = serve("good", "-Verify");
    static const char *const names[] = { "one", "two", "one", "two", "two", "one" };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct fob_handle handle;
        char chain[32];
        char key[32];
        char subject[64];

        snprintf(chain, sizeof chain, "%s.pem", names[i]);
        snprintf(key, sizeof key, "%s.key", names[i]);
        assert_int_equal(get_as(&handle, served.port, chain, key, subject), FOB_SUCCESS);
        assert_string_equal(subject, names[i]);
        fake_clear(&handle);
        /* A handle without one gets no connection of another. */
        assert_int_equal(get(&handle, "127.0.0.1", served.port, "good"), FOB_UNTRUSTED);
        fake_clear(&handle);
    }
    end(&served);
}

static void refused_client_certificate_is_rejected(void **state)
{
    struct served served = serve("good", "-Verify");
    struct fob_handle handle;
    char subject[64];

    (void)state;
    assert_int_equal(get_as(&handle, served.port, "other.pem", "other.key", subject), FOB_REJECTED);
    if (strstr(handle.error, " does not accept the client certificate: unknown ca") == NULL ||
        handle.begun != 1)
        fail_msg("after %zu calls: %s", handle.begun, handle.error);
    end(&served);
    fake_clear(&handle);
}

static void client_certificate_that_cannot_be_used_is_told(void **state)
{
    static const struct {
        const char *chain;
        const char *key;
        int code;
        const char *error;
    } cases[] = {
        { "one.pem", "two.key", FOB_INVALID, "its key is damaged, or belongs to another" },
        { "one.pem", "damaged.key", FOB_INVALID, "its key is damaged, or belongs to another" },
        { "damaged.pem", "one.key", FOB_INVALID, "its chain is damaged" },
        { "one.pem", "locked.key", FOB_INVALID,
          "the key of a client certificate cannot be sent: it is encrypted" },
        { "one.pem", "old.key", FOB_INVALID, "it is encrypted" },
        { "one.pem", "one.pem", FOB_INVALID, "it has no PEM block PRIVATE KEY" },
        { "one.pem", "keys.key", FOB_INVALID, "it has more than one private key" },
        { "one.key", "one.key", FOB_INVALID,
          "the chain of a client certificate cannot be sent: it has a private key" },
        { "both.pem", "one.key", FOB_INVALID, "it has a private key, too" },
        { "empty.pem", "one.key", FOB_INVALID, "it has no PEM block CERTIFICATE" },
        { "expired.pem", "expired.key", FOB_EXPIRED, "the client certificate ended on 2020-01-02" },
    };
    struct served served = serve("good", "-Verify");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fob_handle handle;
        char subject[64];
        int code = get_as(&handle, served.port, cases[i].chain, cases[i].key, subject);

        if (code != cases[i].code || strstr(handle.error, cases[i].error) == NULL)
            fail_msg("%s, %s: %d (%s)", cases[i].chain, cases[i].key, code, handle.error);
        fake_clear(&handle);
    }
    end(&served);
}

/* That is a bad day of the far end's, and says nothing of who it is. */
static void an_internal_error_is_retried(void **state)
{
    static const struct told_answer answer = { .text = "\x15\x03\x03\0\x02\x02\x50", .size = 7 };
    struct told_server *server = told_start(&answer, 1);
    struct fob_handle handle;

    (void)state;
    assert_int_equal(get(&handle, "127.0.0.1", told_port(server), "good"), FOB_UNAVAILABLE);
    told_wait(server);
    assert_int_equal(told_connections(server), 2);
    told_free(server);
    fake_clear(&handle);
}

/* What get() comes to in a worker's sandbox that lets TCP go to ALLOWED alone. */
static int get_sandboxed(const char *host, unsigned port, uint16_t allowed, const char *name)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        char *readable[] = { folder };
        const struct sandbox sandbox = {
            .required = true,
            .readable = readable,
            .readable_count = 1,
            .ports = &allowed,
            .port_count = 1,
        };
        char why[SANDBOX_WHY];
        struct fob_handle handle;

        _exit(sandbox_enter(&sandbox, why) == 0 ? get(&handle, host, port, name) : 99);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void a_sandboxed_call_looks_up_names_and_certificates(void **state)
{
    struct served served;
    uint16_t port;

    (void)state;
    if (!containment_has_seccomp() || containment_landlock_level() < 4)
        skip();
    served = serve("good", NULL);
    port = (uint16_t)served.port;
    assert_int_equal(get_sandboxed("localhost", port, port, "good"), FOB_SUCCESS);
    assert_int_equal(get_sandboxed("127.0.0.1", port, port, "other"), FOB_UNTRUSTED);
    assert_int_equal(get_sandboxed("127.0.0.1", port, port, NULL), FOB_UNTRUSTED);
    assert_int_equal(get_sandboxed("127.0.0.1", port, 1, "good"), FOB_UNAVAILABLE);
    end(&served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificate_of_the_ca_file_is_trusted),
        cmocka_unit_test(certificate_of_another_authority_is_not),
        cmocka_unit_test(certificate_of_another_name_is_not_trusted),
        cmocka_unit_test(expired_certificate_is_not_trusted),
        cmocka_unit_test(ca_file_without_a_certificate_is_a_mistake),
        cmocka_unit_test(plain_text_at_a_tls_port_is_not_trusted),
        cmocka_unit_test(an_end_during_the_handshake_is_retried),
        cmocka_unit_test(a_required_client_certificate_is_reported),
        cmocka_unit_test(each_handle_has_its_own_client_certificate),
        cmocka_unit_test(refused_client_certificate_is_rejected),
        cmocka_unit_test(client_certificate_that_cannot_be_used_is_told),
        cmocka_unit_test(an_internal_error_is_retried),
        cmocka_unit_test(a_sandboxed_call_looks_up_names_and_certificates),
    };

    if (system("openssl version >/dev/null 2>&1") != 0)
        return 77; /* automake's "skipped" */
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
