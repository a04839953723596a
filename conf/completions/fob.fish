# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Completion of fob in fish; see fob-hook(1).
function _fob_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines (command fob complete -- $words[2..-1] 2>/dev/null)
    switch "$lines[1]"
        case :files
            __fish_complete_path (commandline -ct)
        case :commands
            complete -C (commandline -ct)
        case ''
        case '*'
            printf '%s\n' $lines
    end
end
complete -c fob -f -a '(_fob_complete)'
