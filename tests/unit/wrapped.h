/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The linker's --wrap knows symbols: a call of time() is one of __time64 where time_t has 64 bits
 * by a macro, and FORTIFY and large files rename others.  Whoever wraps a function wraps each of
 * its symbols. */
#ifndef TEST_WRAPPED_H
#define TEST_WRAPPED_H

/* What is called SYMBOL, with TYPE and PARAMETERS, is the wrapper of CALL. */
#define WRAPPED_TOO(type, symbol, parameters, call) \
    type __wrap_##symbol parameters;                \
    type __wrap_##symbol parameters                 \
    {                                               \
        return __wrap_##call;                       \
    }

#endif
