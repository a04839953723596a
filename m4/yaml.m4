# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# libyaml inside the command fob: to find, map and bind the shared one is a twelfth of the time that
# "fob get" takes.  libfob itself always uses the shared one.

AC_DEFUN([FOB_STATIC_YAML], [
  AC_ARG_ENABLE([static-yaml],
    [AS_HELP_STRING([--disable-static-yaml],
      [have the command fob map the shared libyaml, also where libyaml.a is there])],
    [], [enable_static_yaml=auto])
  FOB_YAML_LIBS="$YAML_LIBS"
  AS_IF([test "$enable_static_yaml" != no], [
    fob_archive=$(AS_ECHO(["$YAML_LIBS"]) | sed 's/-lyaml/-l:libyaml.a/')
    AC_MSG_CHECKING([whether a program takes $fob_archive])
    fob_saved_libs="$LIBS"
    fob_saved="$CFLAGS"
    LIBS="$fob_archive $LIBS"
    CFLAGS="$CFLAGS $YAML_CFLAGS $FOB_PIE_CFLAGS $FOB_PIE_LDFLAGS"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <yaml.h>]], [[return yaml_get_version_string()[0] == 0;]])],
      [fob_takes=yes; FOB_YAML_LIBS="$fob_archive"], [fob_takes=no])
    LIBS="$fob_saved_libs"
    CFLAGS="$fob_saved"
    AC_MSG_RESULT([$fob_takes])
    AS_IF([test "$enable_static_yaml$fob_takes" = yesno], [AC_MSG_ERROR([libyaml.a cannot be linked])])])
  AC_SUBST([FOB_YAML_LIBS])
])
