# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Completion of fob in bash; see fob-hook(1).
# shellcheck shell=bash
_fob_complete() {
    local - IFS=$'\n' word rest=$COMP_LINE gap words=() found
    set -f # what may come next are lines, not patterns
    # Readline also splits words at = and :.
    for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        gap=$rest
        [ -z "$word" ] || gap=${rest%%"$word"*}
        rest=${rest#"$gap$word"}
        if [ -z "$gap" ] && [ ${#words[@]} -gt 0 ]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
    done
    # With ten thousand accounts a loop is slow, and mapfile reads a pipe byte by byte.
    found=$(command fob complete -- "${words[@]:1}" 2>/dev/null)
    case $found in
    :files)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$2")
        return
        ;;
    :commands)
        mapfile -t COMPREPLY < <(compgen -c -- "$2")
        return
        ;;
    esac
    # shellcheck disable=SC2206 # a word is a line
    COMPREPLY=($found)
    [[ $found != *$'\t'* ]] || COMPREPLY=("${COMPREPLY[@]%%$'\t'*}")
    [ "${words[-1]}" = "$2" ] || COMPREPLY=("${COMPREPLY[@]#"${words[-1]%"$2"}"}")
    case ${COMPREPLY[0]-} in *[=:]) compopt -o nospace ;;
    esac
}
complete -F _fob_complete fob
