/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Engines: servers that keep one store for several machines (fob-postgresql(7)).
 *
 * An engine is a shared object, LIBEXEC/fob/store/NAME.so, that exports the symbol fob_engine.  It
 * is loaded only when it is configured and needed, and links nothing of libfob: struct engine_host
 * has what it may call.  An engine sees no key, no name and no secret.  What it stores is sealed,
 * and the ids that it gets are HMACs.
 *
 * Every function returns a code of enum fob_code, and has set an error unless it says otherwise.
 * One thread uses an engine at a time.  A function ends within the settings' time, or that long
 * after the last bytes of a long answer came.  Codes that each of them may return:
 *
 * FOB_UNAVAILABLE  no server can be reached, or none takes writes now
 * FOB_UNTRUSTED    the server's certificate does not verify
 * FOB_NOT_ALLOWED  the server refuses the user or a right, or the client's certificate
 * FOB_SYSTEM       the server has no room, or is read-only
 * FOB_CORRUPT      what the server has is not a store, or another store
 * FOB_CONFIG       a setting is wrong, another version of fob made the store, or it has moved
 * FOB_NOMEM
 */
#ifndef FOB_STORE_ENGINE_H
#define FOB_STORE_ENGINE_H

#include <fob/fob.h>

#include "util/wire.h"

#define ENGINE_ABI 1
#define ENGINE_SYMBOL "fob_engine"

/* The HMAC of a name. */
#define ENGINE_ID 32
/* Identifies one write: of a record, of the header, or of a transaction. */
#define ENGINE_STAMP 16

struct engine;

/* What an engine may call. */
struct engine_host {
    size_t size;
    /* Set the calling thread's error, and return CODE. */
    int (*fail)(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
    void (*hint)(const char *format, ...) __attribute__((format(printf, 1, 2)));
    /* Fill DATA, at most 256 bytes. */
    int (*random)(void *data, size_t size);
};

/* The texts are borrowed until close() has returned.  Those that are not set are NULL. */
struct engine_settings {
    size_t size;
    const char *hosts; /* "db1,db2:5433", or the folder of a Unix socket */
    const char *database;
    const char *user;
    const char *ca_file;   /* of the server; NULL for the system's */
    const char *cert_file; /* of this client, and its key */
    const char *key_file;
    const char *password; /* in the host's locked memory */
    int timeout_ms;       /* of an operation */
};

/* The store's last transaction: its number, and the stamp that it had.  Revision 0 for none. */
struct engine_tick {
    uint64_t revision;
    unsigned char stamp[ENGINE_STAMP];
};

/* Receives what a step found to be new.  A function's code other than FOB_SUCCESS ends the step. */
struct engine_sink {
    void *data;
    /* Once, before the others: all records follow, and those that do not are gone. */
    int (*all)(void *data);
    int (*header)(struct span header, void *data);
    /* SEALED has no bytes for a record that was erased. */
    int (*record)(const unsigned char id[static ENGINE_ID], struct span name, struct span sealed,
                  void *data);
    /* At the end, when there is news of a store that has moved to PLACE (retire()); may be NULL. */
    int (*moved)(struct span place, void *data);
};

/* A record to be written, or to be erased. */
struct engine_change {
    unsigned char id[ENGINE_ID];
    struct span name;   /* sealed; no bytes: the name that the record has */
    struct span sealed; /* no bytes: erase the record */
    unsigned char stamp[ENGINE_STAMP];
    /* The stamp that the record must have; all 0 when there must be none. */
    unsigned char expected[ENGINE_STAMP];
    int result; /* set by apply(): FOB_SUCCESS; FOB_CHANGED: the record has another stamp */
};

/* What becomes true together: no two changes of one record.  Changes with another result than
 * FOB_SUCCESS are left out; when nothing is left, nothing is written, and the tick stays. */
struct engine_transaction {
    unsigned char stamp[ENGINE_STAMP];  /* random; the tick gets it */
    unsigned char header[ENGINE_STAMP]; /* the stamp that the header must have */
    struct span new_header;             /* no bytes for the same one */
    unsigned char new_header_stamp[ENGINE_STAMP];
    struct engine_change *changes;
    size_t count;
    /* A claim that must be held; or NULL. */
    const struct engine_claim *claim;
};

/* A claim: something that one process at a time does.  It ends by itself. */
struct engine_claim {
    unsigned char id[ENGINE_ID];        /* of what is claimed */
    unsigned char holder[ENGINE_STAMP]; /* random */
    unsigned seconds;                   /* after which it ends, by the server's clock */
    struct span note;                   /* sealed: for who finds it */
};
/* Who has a claim. */
struct engine_holder {
    unsigned char holder[ENGINE_STAMP];
    int64_t age_ms;
    int64_t left_ms; /* 0 or less: it has ended */
    unsigned char note[256];
    size_t note_size;
};

/* A wish to make calls to a provider. */
struct engine_calls {
    unsigned char id[ENGINE_ID]; /* of the provider's budget */
    uint64_t per_minute;
    uint64_t most;  /* this many calls, at least 1 */
    uint64_t leave; /* this many of the minute's calls are left for others */
    /* Each call is made within this time after take_calls() was called, or not at all. */
    unsigned within_ms;
};

/* A machine that uses the store.  INFO is sealed. */
struct engine_machine {
    unsigned char id[ENGINE_ID]; /* of its name */
    unsigned char
        instance[ENGINE_STAMP]; /* random, of its mirror: two machines of one name differ */
    uint64_t revision;          /* that its mirror has */
    struct span info;
    int64_t age_ms; /* since it was last seen; set by machines() */
};
typedef int engine_machine_fn(const struct engine_machine *machine, void *data);

struct engine_class {
    uint32_t abi; /* ENGINE_ABI; the rest is read only if it matches */
    size_t size;
    const char *name;
    /* The SQL, or what the engine has in its place, that an administrator runs to make an empty
     * schema; a static text. */
    const char *schema;
    /* Check SETTINGS, and make ENGINE, which connects when it is first used. */
    int (*open)(const struct engine_host *host, const struct engine_settings *settings,
                struct engine **engine);
    void (*close)(struct engine *engine);
    /* In a child of fork(), in place of close(): the connection is the parent's. */
    void (*leave)(struct engine *engine);
    /* Make the schema unless it is there, and the store with its first HEADER.  FOB_EXISTS when
     * there is a store. */
    int (*create)(struct engine *engine, struct span header,
                  const unsigned char stamp[static ENGINE_STAMP],
                  const unsigned char tick[static ENGINE_STAMP]);
    /*
     * Give SINK what has changed since the tick KNOWN, which is nothing when NOW, the present one,
     * is the same.  FOB_NOT_FOUND when there is no store; FOB_CORRUPT when the
     * server's past is not KNOWN's: it was rolled back, or another server answers.  After a failure
     * SINK may have got some of it.
     */
    int (*step)(struct engine *engine, const struct engine_tick *known,
                const struct engine_sink *sink, struct engine_tick *now);
    /*
     * Commit TRANSACTION, durably.  When the answer to the commit is lost, it is looked up whether
     * the transaction was made.  FOB_CHANGED without a message when the header has another stamp,
     * or the claim is not held: nothing was written.  FOB_SYSTEM with UNKNOWN set when it cannot be
     * known whether it was made.
     */
    int (*apply)(struct engine *engine, struct engine_transaction *transaction, bool *unknown,
                 struct engine_tick *now);
    /* Take CLAIM, or hold it longer: FOB_SUCCESS.  FOB_IGNORE without a message when another
     * has it, and HOLDER says who; HOLDER may be NULL. */
    int (*claim)(struct engine *engine, const struct engine_claim *claim,
                 struct engine_holder *holder);
    /* Whether another's claim on ID lasts, or when it ended: FOB_SUCCESS; FOB_NOT_FOUND without a
     * message when nobody has it. */
    int (*look)(struct engine *engine, const unsigned char id[static ENGINE_ID],
                struct engine_holder *holder);
    /* End CLAIM if its holder has it.  KEEP leaves it to be looked at, with CLAIM's note. */
    int (*unclaim)(struct engine *engine, const struct engine_claim *claim, bool keep);
    /* Count up to CALLS->most calls, as many as may be made now, and set TAKEN; if that is 0, WAIT
     * is the number of milliseconds after which to try again.  In no minute more than per_minute
     * calls are made. */
    int (*take_calls)(struct engine *engine, const struct engine_calls *calls, uint64_t *taken,
                      int64_t *wait);
    /* Note that MACHINE was seen now.  FOB_EXISTS when another machine, with another instance, has
     * its name and was seen within a minute; then nothing is noted. */
    int (*see)(struct engine *engine, const struct engine_machine *machine);
    int (*machines)(struct engine *engine, engine_machine_fn *fn, void *data);
    /* Forget the machine ID.  FOB_NOT_FOUND without a message when it is not known. */
    int (*forget)(struct engine *engine, const unsigned char id[static ENGINE_ID]);
    /* Wait until something may have changed, at most TIMEOUT_MS. */
    int (*follow)(struct engine *engine, int timeout_ms);
    /* Let the store say that it has moved to PLACE, sealed; nothing is written to it any more. */
    int (*retire)(struct engine *engine, struct span place);
    /* Texts about the server for people: its kind and version, and where it is.  Borrowed until the
     * next call. */
    int (*describe)(struct engine *engine, const char **text);
};

#endif
