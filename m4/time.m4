# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Times beyond 2038.

# FOB_TIME: time_t has 64 bits, if need be by the C library's macro for it, or configure ends.
AC_DEFUN([FOB_TIME], [
  AC_MSG_CHECKING([for a time_t of 64 bits])
  fob_time=no
  for fob_define in '' '#define _TIME_BITS 64'; do
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[$fob_define
#include <time.h>
extern char enough[sizeof(time_t) >= 8 ? 1 : -1];]], [])],
      [AS_IF([test -z "$fob_define"], [fob_time=yes], [fob_time="with _TIME_BITS"]); break])
  done
  AC_MSG_RESULT([$fob_time])
  AS_CASE([$fob_time],
    [no], [AC_MSG_ERROR([time_t has 32 bits, which end in 2038: fob needs a C library that can have 64])],
    [with*], [AC_DEFINE([_TIME_BITS], [64], [For a time_t of 64 bits, where it has 32 by itself.])])
])
