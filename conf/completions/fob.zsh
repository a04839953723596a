#compdef fob
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Completion of fob in zsh; see fob-hook(1).
setopt local_options ${_comp_options[@]} # those of the functions that call this one
local -a found
local tab=$'\t'
found=("${(@f)$(command fob complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
case $found[1] in
'') return 1 ;;
:files) _files ;;
:commands) shift words; (( CURRENT-- )); _command_names -e ;;
*)
    found=("${(@)found//:/\\:}")
    found=("${(@)found/$tab/:}")
    _describe -t fob fob found
    ;;
esac
