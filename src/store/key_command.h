/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Key commands: programs that print what opens a key slot (fob-store(5)).
 */
#ifndef FOB_STORE_KEY_COMMAND_H
#define FOB_STORE_KEY_COMMAND_H

#include <fob/fob.h>

/* Fewer bytes can be guessed: what a command prints is not stretched as a passphrase is. */
#define KEY_COMMAND_LEAST 16

/*
 * Run ARGV, which ends with NULL, and give what it prints, without one newline at the end.  Its
 * first word is an absolute path; it has no stdin, and the caller's stderr and terminal, so that it
 * may ask a person.  It gets the environment, or an empty one in a program with raised rights.
 *
 * Returns FOB_SUCCESS, FOB_LOCKED (it failed, took longer than five minutes, or printed too little
 * or too much), FOB_SYSTEM, FOB_NOMEM.
 */
int key_command_run(char *const *argv, struct fob_secret **material);

#endif
