# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob in fish: completion, fob-use, fob-drop and fob-prompt.  Made by "fob hook fish"; see fob-hook(1).
@COMPLETION@
for command in fob-use fob-drop
    complete -c $command -f -a '(command fob complete -- show (commandline -ct) 2>/dev/null)'
end

# The accounts in this shell, and at the same index their variables.
set -q _fob_used
or set -g _fob_used
set -q _fob_names
or set -g _fob_names

# Remove the account in the first word, and accounts that have one of the variables in the others.
function _fob_make_room
    for at in (seq (count $_fob_used) -1 1)
        for name in (string split ' ' -- $_fob_names[$at])
            if test $_fob_used[$at] = $argv[1]; or contains -- $name $argv[2..-1]
                fob-drop $_fob_used[$at]
                break
            end
        end
    end
end

# Fail if fish protects one of the variables.
function _fob_can_set
    for name in $argv
        set -q $name
        or continue
        if not set -g $name $$name 2>/dev/null
            echo "fob-use: $name cannot be changed in this shell; nothing was changed" >&2
            return 77
        end
    end
end

# fob-use ACCOUNT [--prefix PREFIX] [--force]: put the credential into variables of this shell.
function fob-use
    if not set -q argv[1]; or string match -q -- '-*' $argv[1]
        echo "usage: fob-use ACCOUNT [--prefix PREFIX] [--force]" >&2
        return 64
    end
    set -l names (command fob get $argv --format names)
    or return
    set -l code (command fob get $argv --format fish | string collect)
    test $pipestatus[1] -eq 0
    or return $pipestatus[1]
    _fob_can_set $names
    or return
    _fob_make_room $argv[1] $names
    eval $code
    set -a _fob_used $argv[1]
    set -a _fob_names "$names"
end

# fob-drop [ACCOUNT...]: remove the variables again; those of all accounts without an ACCOUNT.
function fob-drop
    set -l accounts $argv
    test (count $accounts) -gt 0
    or set accounts $_fob_used
    for account in $accounts
        set -l at (contains -i -- $account $_fob_used)
        or begin
            echo "fob-drop: $account is not in this shell" >&2
            return 66
        end
        for name in (string split ' ' -- $_fob_names[$at])
            set -e $name
        end
        set -e _fob_used[$at]
        set -e _fob_names[$at]
    end
end

# For fish_prompt: the accounts in this shell.
function fob-prompt
    test (count $_fob_used) -gt 0
    and printf '(%s) ' "$_fob_used"
end
