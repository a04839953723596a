# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Where files for other programs are installed.

# FOB_PLACE(NAME, UNDER-PREFIX, PACKAGE, VARIABLE, WHAT): the folder NAMEdir: what --with-NAMEdir says, or for the
# prefix /usr what pkg-config knows, or UNDER-PREFIX.
AC_DEFUN([FOB_PLACE], [
  AC_MSG_CHECKING([where $5 are installed])
  AC_ARG_WITH([$1dir], [AS_HELP_STRING([--with-$1dir=DIR], [folder for $5; "no" for none])],
    [], [with_$1dir=yes])
  AS_CASE([$with_$1dir],
    [no], [with_$1dir=],
    [yes], [
      with_$1dir=
      AS_IF([test "$prefix" = /usr && test -n "$3"], [with_$1dir=$($PKG_CONFIG --variable=$4 $3 2>/dev/null)])
      AS_IF([test -z "$with_$1dir"], [with_$1dir='$2'])])
  AC_MSG_RESULT([${with_$1dir:-nowhere}])
  AC_SUBST([$1dir], [$with_$1dir])
])

AC_DEFUN([FOB_PLACES], [
  FOB_PLACE([systemdsystemunit], [${prefix}/lib/systemd/system], [systemd], [systemdsystemunitdir], [systemd's units])
  FOB_PLACE([sysusers], [${prefix}/lib/sysusers.d], [systemd], [sysusersdir], [systemd's users])
  FOB_PLACE([tmpfiles], [${prefix}/lib/tmpfiles.d], [systemd], [tmpfilesdir], [systemd's folders])
  FOB_PLACE([bashcompletion], [${datadir}/bash-completion/completions], [bash-completion], [completionsdir],
    [completions of bash])
  # zsh of Debian looks only there for what is below /usr.
  AS_IF([test "$prefix" = /usr && test -e /etc/debian_version && test -z "${with_zshcompletiondir+y}"],
    [with_zshcompletiondir='${datadir}/zsh/vendor-completions'])
  FOB_PLACE([zshcompletion], [${datadir}/zsh/site-functions], [], [], [completions of zsh])
  FOB_PLACE([fishcompletion], [${datadir}/fish/vendor_completions.d], [fish], [completionsdir], [completions of fish])
])
