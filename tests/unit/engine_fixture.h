/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A PostgreSQL server of a test's own (tests/store/server.py), and the engine, loaded as libfob
 * does. */
#ifndef FOB_TESTS_ENGINE_FIXTURE_H
#define FOB_TESTS_ENGINE_FIXTURE_H

#include "store/engine.h"

struct engine_fixture {
    char folder[200];
    char socket[200]; /* the folder of the socket */
    char port[8];
    char proxy[8]; /* the port of the proxy */
    char certs[200];
    char password[64];
    char said[4096]; /* what the last command printed */
    char message[1024];
    char hint[1024]; /* of the last failure */
    const struct engine_class *class;
};
extern struct engine_fixture engine_fixture;

/* Status 77 when no server is installed, except in CI, where that is a failure; otherwise that of
 * the tests, which run with a server. */
int engine_fixture_run(int (*tests)(void));
/* Let the server obey a line; the test fails if it does not. */
void engine_fixture_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Settings for the socket, as the role fob. */
struct engine_settings engine_fixture_settings(void);
/* An engine with these settings, or those for the socket. */
struct engine *engine_fixture_open(const struct engine_settings *settings);
/* The code of open(), which is to fail. */
int engine_fixture_refuse(const struct engine_settings *settings);
/* A new empty database fob, then a store in it. */
void engine_fixture_empty(void);
struct engine *engine_fixture_create(void);

/* Stamps and ids of one byte. */
void engine_fixture_stamp(unsigned char *stamp, unsigned char byte);
void engine_fixture_id(unsigned char *id, unsigned char byte);

/* What a step told. */
#define TOLD_MAX 16
struct told {
    bool all;
    char header[64];
    char moved[64];
    size_t count;
    size_t bytes;
    char ids[TOLD_MAX];        /* first bytes */
    char sealed[TOLD_MAX][32]; /* "" for what was erased */
    int answer;                /* of the sink */
};
int engine_fixture_step(struct engine *engine, struct engine_tick *tick, struct told *told);
/* Write one record, with the header "header". */
int engine_fixture_write(struct engine *engine, unsigned char id, const char *sealed,
                         unsigned char stamp, unsigned char expected, int *result);

#endif
