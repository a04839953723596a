# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob in bash: completion, fob-use, fob-drop and fob-prompt.  Made by "fob hook bash"; see fob-hook(1).
# shellcheck shell=bash
# In posix mode a function with a - in its name can be called, but not defined.
case :$SHELLOPTS: in
*:posix:*)
    _fob_posix=-o
    set +o posix
    ;;
*) _fob_posix=+o ;;
esac

@COMPLETION@

_fob_complete_account() {
    local - IFS=$'\n'
    set -f
    # shellcheck disable=SC2207 # a word is a line
    COMPREPLY=($(command fob complete -- show "$2" 2>/dev/null))
}
complete -F _fob_complete_account fob-use fob-drop

# The variables of each account in this shell.
declare -gA _fob_used
_fob_used+=() # set -u calls a variable without a value unset

# Fail if one of the variables $2... is readonly, with a message of $1.
_fob_can_unset() {
    local name
    for name in "${@:2}"; do
        if ! (unset -v "$name") 2>/dev/null; then
            echo "$1: $name is readonly in this shell; nothing was changed" >&2
            return 77
        fi
    done
}

# Fail if one of the variables has an attribute that changes its values, or keeps them from the environment.
_fob_can_export() {
    local name
    for name; do
        if ! (export "$name=a B" && [ "$(declare -p "$name")" = "declare -x $name=\"a B\"" ]) 2>/dev/null; then
            echo "fob-use: $name has an attribute of declare in this shell; nothing was changed" >&2
            return 77
        fi
    done
}

# Remove the account $1, and accounts that have one of the variables $2.
_fob_make_room() {
    local other name
    for other in "${!_fob_used[@]}"; do
        for name in ${_fob_used[$other]}; do
            if [ "$other" = "$1" ] || [[ " $2 " == *[[:space:]]"$name"[[:space:]]* ]]; then
                fob-drop "$other" || return
                break
            fi
        done
    done
}

# fob-use ACCOUNT [--prefix PREFIX] [--force]: put the credential into variables of this shell.
fob-use() {
    # set -x would print a secret.
    local - _fob_names _fob_code IFS=$' \t\n'
    { set +x; } 2>/dev/null
    case ${1-} in
    '' | -*)
        echo "usage: fob-use ACCOUNT [--prefix PREFIX] [--force]" >&2
        return 64
        ;;
    esac
    _fob_names=$(command fob get "$@" --format names) || return
    _fob_code=$(command fob get "$@" --format env) || return
    # shellcheck disable=SC2086 # a list of names
    _fob_can_unset fob-use $_fob_names || return
    # shellcheck disable=SC2086 # a list of names
    _fob_can_export $_fob_names || return
    _fob_make_room "$1" "$_fob_names" || return
    # shellcheck disable=SC2086,SC2163 # a list of names
    export $_fob_names
    eval "$_fob_code"
    _fob_used[$1]=$_fob_names
}

# fob-drop [ACCOUNT...]: remove the variables again; those of all accounts without an ACCOUNT.
fob-drop() {
    local _fob_one IFS=$' \t\n'
    [ $# -gt 0 ] || set -- "${!_fob_used[@]}"
    for _fob_one; do
        if [ -z "${_fob_used[$_fob_one]-}" ]; then
            echo "fob-drop: $_fob_one is not in this shell" >&2
            return 66
        fi
        # shellcheck disable=SC2086 # a list of names
        _fob_can_unset fob-drop ${_fob_used[$_fob_one]} || return
        # shellcheck disable=SC2086 # a list of names
        unset -v ${_fob_used[$_fob_one]}
        unset -v "_fob_used[$_fob_one]"
    done
}

# For PS1='$(fob-prompt)'"$PS1": the accounts in this shell.
fob-prompt() {
    local IFS=' '
    [ ${#_fob_used[@]} -eq 0 ] || printf '(%s) ' "${!_fob_used[*]}"
}

set "$_fob_posix" posix
unset -v _fob_posix
