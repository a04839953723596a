/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Running a key command: a program that prints the key for a slot (fob-store(5)).
 */
#ifndef FOB_STORE_KEY_COMMAND_H
#define FOB_STORE_KEY_COMMAND_H

#include <fob/fob.h>

/* Fewer bytes could be guessed, since a command's output is not stretched like a passphrase. */
#define KEY_COMMAND_LEAST 16

/*
 * Run ARGV, which ends with NULL and begins with an absolute path, and return its output without
 * one trailing newline.  The command has no stdin, but the caller's stderr and terminal, so that it
 * may ask a person.  It gets the environment; in a program with raised privileges, an empty one.
 *
 * Returns FOB_SUCCESS, FOB_LOCKED (the command failed, ran over five minutes, or printed too little
 * or too much), FOB_SYSTEM, FOB_NOMEM.
 */
int key_command_run(char *const *argv, struct fob_secret **material);

#endif
