# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob in zsh: completion, fob-use, fob-drop and fob-prompt.  Made by "fob hook zsh"; see fob-hook(1).
# Use zsh's own language, whatever the shell's options are.
emulate zsh -c "$(command cat <<'END_OF_FOB'
_fob() {
@COMPLETION@
}
_fob_account() {
    setopt local_options ${_comp_options[@]}
    local -a found
    found=("${(@f)$(command fob complete -- show "$PREFIX" 2>/dev/null)}")
    compadd -a found
}
if (( ${+functions[compdef]} )); then
    compdef _fob fob
    compdef _fob_account fob-use fob-drop
fi

# The variables of each account in this shell.
typeset -gA _fob_used

# Fail if one of the variables $2... is readonly, with a message of $1.
_fob_can_unset() {
    local name
    for name in ${@[2,-1]}; do
        if ! (unset $name) 2>/dev/null; then
            echo "$1: $name is readonly in this shell; nothing was changed" >&2
            return 77
        fi
    done
}

# Fail if one of the variables has an attribute that changes its values, or keeps them from the environment.
_fob_can_export() {
    local name
    for name; do
        if ! (typeset -gx "$name=a B" && [[ ${(Pt)name} == scalar(-local|)-export ]]) 2>/dev/null; then
            echo "fob-use: $name has an attribute of typeset in this shell; nothing was changed" >&2
            return 77
        fi
    done
}

# Remove the account $1, and accounts that have one of the variables $2.
_fob_make_room() {
    local other name
    for other in "${(@k)_fob_used}"; do
        for name in ${=_fob_used[$other]}; do
            if [[ $other == "$1" || -n ${(M)${=2}:#$name} ]]; then
                fob-drop "$other" || return
                break
            fi
        done
    done
}

# fob-use ACCOUNT [--prefix PREFIX] [--force]: put the credential into variables of this shell.
fob-use() {
    # set -x would print a secret.
    { emulate -L zsh; setopt no_xtrace } 2>/dev/null
    local _fob_names _fob_code
    if [[ ${1-} == (|-*) ]]; then
        echo "usage: fob-use ACCOUNT [--prefix PREFIX] [--force]" >&2
        return 64
    fi
    _fob_names=$(command fob get "$@" --format names) || return
    _fob_code=$(command fob get "$@" --format env) || return
    _fob_can_unset fob-use ${=_fob_names} || return
    _fob_can_export ${=_fob_names} || return
    _fob_make_room "$1" "$_fob_names" || return
    typeset -gx ${=_fob_names}
    eval "$_fob_code"
    _fob_used[$1]=$_fob_names
}

# fob-drop [ACCOUNT...]: remove the variables again; those of all accounts without an ACCOUNT.
fob-drop() {
    emulate -L zsh
    local _fob_one
    (( $# )) || set -- "${(@k)_fob_used}"
    for _fob_one; do
        if [[ -z ${_fob_used[$_fob_one]-} ]]; then
            echo "fob-drop: $_fob_one is not in this shell" >&2
            return 66
        fi
        _fob_can_unset fob-drop ${=_fob_used[$_fob_one]} || return
        unset ${=_fob_used[$_fob_one]}
        unset "_fob_used[$_fob_one]"
    done
}

# For setopt prompt_subst; PS1='$(fob-prompt)'$PS1: the accounts in this shell.
fob-prompt() {
    emulate -L zsh
    (( ! $#_fob_used )) || printf '(%s) ' "${(kj: :)_fob_used}"
}
END_OF_FOB
)"
