# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Compiler and linker flags: warnings, hardening (on by default), sanitizers.

# FOB_TRY_FLAGS(VARIABLE, FLAGS...): append each flag that the compiler and the linker take.
AC_DEFUN([FOB_TRY_FLAGS], [
  for fob_flag in $2; do
    AC_MSG_CHECKING([whether $CC takes $fob_flag])
    fob_saved="$CFLAGS"
    CFLAGS="$CFLAGS -Werror $fob_flag"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
      [AC_MSG_RESULT([yes]); $1="$$1 $fob_flag"], [AC_MSG_RESULT([no])])
    CFLAGS="$fob_saved"
  done
])

AC_DEFUN([FOB_WARNINGS], [
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [make warnings errors])],
    [], [enable_werror=no])
  FOB_CFLAGS="-std=gnu17 -fvisibility=hidden"
  FOB_TRY_FLAGS([FOB_CFLAGS], [-Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes \
    -Wmissing-prototypes -Wformat=2 -Wvla -Wundef -Wcast-qual -Wwrite-strings \
    -Wpointer-arith -Wold-style-definition -Wredundant-decls])
  AS_IF([test "$enable_werror" = yes], [FOB_CFLAGS="$FOB_CFLAGS -Werror"])
  AC_SUBST([FOB_CFLAGS])
])

AC_DEFUN([FOB_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers@<:@=LIST@:>@],
      [build with AddressSanitizer and UBSan, or with those in LIST])],
    [], [enable_sanitizers=no])
  AS_IF([test "$enable_sanitizers" = yes], [enable_sanitizers=address,undefined])
  AM_CONDITIONAL([SANITIZED], [test "$enable_sanitizers" != no])
  AS_IF([test "$enable_sanitizers" != no], [
    FOB_CFLAGS="$FOB_CFLAGS -fsanitize=$enable_sanitizers -fno-sanitize-recover=all"
    FOB_CFLAGS="$FOB_CFLAGS -fno-omit-frame-pointer"
    AC_DEFINE([FOB_SANITIZED], [1], [With sanitizers, which look for leaks at the end.])
    FOB_LDFLAGS="$FOB_LDFLAGS -fsanitize=$enable_sanitizers"])
])

# Whoever builds with _FORTIFY_SOURCE of their own has it: config.h defines it only where nobody did.  It is left
# to builds that optimize, and out of sanitizer builds, which check the same better.
AC_DEFUN([FOB_FORTIFY_SOURCE], [
  AC_MSG_CHECKING([for the highest _FORTIFY_SOURCE that $CC takes])
  fob_saved="$CFLAGS"
  CFLAGS="-Werror -O2 -U_FORTIFY_SOURCE"
  for fob_fortify in 3 2; do
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#define _FORTIFY_SOURCE $fob_fortify
#include <string.h>]], [])], [break])
  done
  CFLAGS="$fob_saved"
  AC_MSG_RESULT([$fob_fortify])
  AC_DEFINE_UNQUOTED([FOB_FORTIFY_LEVEL], [$fob_fortify], [The level of _FORTIFY_SOURCE where nobody chose one.])
  AH_BOTTOM([#if defined FOB_FORTIFY_LEVEL && defined __OPTIMIZE__ && !defined _FORTIFY_SOURCE
#define _FORTIFY_SOURCE FOB_FORTIFY_LEVEL
#endif])
])

AC_DEFUN([FOB_HARDENING], [
  AC_ARG_ENABLE([hardening],
    [AS_HELP_STRING([--disable-hardening], [no hardening flags])],
    [], [enable_hardening=yes])
  AS_IF([test "$enable_hardening" = yes], [
    FOB_TRY_FLAGS([FOB_CFLAGS], [-fstack-protector-strong -fstack-clash-protection \
      -fcf-protection -mbranch-protection=standard])
    FOB_TRY_FLAGS([FOB_LDFLAGS], [-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed])
    AS_IF([test "$enable_sanitizers" = no], [FOB_FORTIFY_SOURCE])
    FOB_PIE_CFLAGS="-fPIE"
    FOB_PIE_LDFLAGS="-pie"])
  AC_SUBST([FOB_LDFLAGS])
  AC_SUBST([FOB_PIE_CFLAGS])
  AC_SUBST([FOB_PIE_LDFLAGS])
])
