"""The completion script of fish."""

from collections.abc import Iterable, Iterator

from papertrack.cli.completion.shell_text import AWK, filled, fish_quoted
from papertrack.cli.completion.tree import (
    Node,
    Value,
    Word,
    lists,
    own_options,
    query_words,
    walk,
    words_below,
)

FISH = r"""
# fish completion of papertrack. Written by `papertrack completion fish`: don't edit.
# Ids, tags and names are read with awk from the cache that each write renews; nothing read there is evaluated.

function __papertrack_is_group -a path
    contains -- "$path" @groups@
end

function __papertrack_takes_value -a path option
    contains -- "$option" @global_valued@; and return
    switch "$path"
@valued@
    end
    return 1
end

# Where the cursor stands: the path of commands before it, and at which argument of theirs. Every condition below asks,
# some hundred a Tab, so it is read once for a line.
function __papertrack_read
    set -l tokens (commandline -opc)
    set -l line (count $tokens) $tokens
    test "$line" = "$__papertrack_line"; and return
    set -g __papertrack_line "$line"
    set -l path ''
    set -l count 1
    set -l value 0
    set -l rest 0
    while string match -qr '^[A-Za-z_][A-Za-z0-9_]*=' -- "$tokens[1]"
        set -e tokens[1]
    end
    set -e tokens[1]
    for token in $tokens
        if test $value = 1
            set value 0
        else if test $rest = 0; and string match -q -- -- $token
            set rest 1
        else if test $rest = 0; and string match -q -- '-?*' $token
            __papertrack_takes_value "$path" $token; and set value 1
        else if __papertrack_is_group "$path"
            set path (string trim -- "$path $token")
        else
            set count (math $count + 1)
        end
    end
    set -g __papertrack_path "$path"
    set -g __papertrack_count $count
end

# Whether the cursor stands after the command of one of the paths $argv[2..], at argument $argv[1]: N, N+ or any.
function __papertrack_at
    __papertrack_read
    contains -- "$__papertrack_path" $argv[2..]; or return
    switch $argv[1]
        case any
            return 0
        case '*+'
            test $__papertrack_count -ge (string trim -c + -- $argv[1])
        case '*'
            test $__papertrack_count -eq $argv[1]
    end
end

# The word at the cursor, unquoted; of --option=value the value.
function __papertrack_token
    set -l raw (commandline -ct)
    set -l token
    for close in '' \' \"
        set token (string unescape -- "$raw$close" 2>/dev/null); and break
    end
    string replace -r -- '^--[a-z-]+=' '' "$token"
end

# The lines of stdin, each behind $argv[1].
function __papertrack_behind -a head
    while read -l line
        printf '%s%s\n' "$head" "$line"
    end
end

# The ids, tags or names (the file $argv[1]) that begin with $argv[3], behind $argv[2], which is typed already.
function __papertrack_cached -a kind head piece
    set -l folder $PAPERTRACK_CACHE
    test -n "$folder"; or set folder $XDG_CACHE_HOME/papertrack
    test -n "$PAPERTRACK_CACHE$XDG_CACHE_HOME"; or set folder $HOME/.cache/papertrack
    set -l file "$folder/complete/$kind.tsv"
    test -f "$file"; and test -r "$file"; or return
    PAPERTRACK_HEAD=$head PAPERTRACK_PIECE=$piece LC_ALL=C command awk -F '\t' '@awk@' 2>/dev/null <"$file"
end

# The token in two, after the last of what the pattern $argv[1] matches: head and piece, a line each.
function __papertrack_last -a pattern token
    set -l piece (string replace -r -- "^.*$pattern" '' "$token")
    string sub -l (math (string length -- "$token") - (string length -- "$piece")) -- "$token"
    echo -- "$piece"
end

function __papertrack_ids
    __papertrack_cached ids '' (__papertrack_token)
end

function __papertrack_tags
    __papertrack_cached tags '' (__papertrack_token)
end

function __papertrack_views
    __papertrack_cached views '' (__papertrack_token)
end

function __papertrack_rules
    __papertrack_cached rules '' (__papertrack_token)
end

function __papertrack_feeds
    __papertrack_cached feeds '' (__papertrack_token)
end

function __papertrack_taglist
    set -l parts (__papertrack_last , (__papertrack_token))
    __papertrack_cached tags "$parts[1]" "$parts[2]"
end

function __papertrack_query
    set -l parts (__papertrack_last '[\s()^]' (__papertrack_token))
    set -l head "$parts[1]"
    set -l piece "$parts[2]"
    if string match -q 'tag:*' -- $piece
        set parts (__papertrack_last '[:,]' "$piece")
        __papertrack_cached tags "$head$parts[1]" "$parts[2]"
        return
    end
    if string match -q '@*' -- $piece
        __papertrack_cached views "$head@" (string sub -s 2 -- "$piece")
        return
    end
    printf '%s\t%s\n' \
@query@ \
        | __papertrack_behind "$head"
end

@lists@

complete -c papertrack -f
@completions@
"""

FISH_LIST = """
function __papertrack_@name@
@body@
end
"""


def script(root: Node) -> str:
    names = lists(root)
    nodes = [*walk(root)]
    return filled(
        FISH,
        groups=" ".join(
            fish_quoted(path) for node in nodes if node.nodes for path in node.paths
        ),
        global_valued=" ".join(_valued(root)),
        valued="\n".join(_fish_valued(node) for node in nodes[1:] if [*_valued(node)]),
        query=_fish_words(query_words()),
        lists="\n\n".join(
            _fish_list(value, name).strip() for value, name in names.items()
        ),
        completions="\n".join(
            line for node in nodes for line in _fish_completions(node, root, names)
        ),
        # The head is put before a line here: a loop of fish's takes 50 µs for each.
        awk=AWK.replace(
            "print value", 'print ENVIRON["PAPERTRACK_HEAD"] value'
        ).replace("\\", "\\\\"),
    )


def _valued(node: Node) -> Iterator[str]:
    yield from (
        name for option in node.options if option.value for name in option.names
    )


def _fish_valued(node: Node) -> str:
    paths = " ".join(fish_quoted(path) for path in node.paths)
    return f'        case {paths}\n            contains -- "$option" {" ".join(_valued(node))}; and return'


def _fish_words(words: Iterable[Word]) -> str:
    return " \\\n".join(
        f"        {fish_quoted(word.text)} {fish_quoted(word.help)}" for word in words
    )


def _fish_list(value: Value, name: str) -> str:
    body = f"    printf '%s\\t%s\\n' \\\n{_fish_words(value.words)}"
    if value.kind == "list":
        split = "    set -l parts (__papertrack_last , (__papertrack_token))\n"
        body = f'{split}{body} \\\n        | __papertrack_behind "$parts[1]"'
    return filled(FISH_LIST, name=name, body=body)


def _fish_completions(node: Node, root: Node, names: dict[Value, str]) -> Iterator[str]:
    """`complete` for a command's options, its arguments and the commands below it."""
    paths = " ".join(f'"{path}"' for path in node.paths)
    for option in root.options if node is root else own_options(node, root):
        where = "" if node is root else f" -n '__papertrack_at any {paths}'"
        flags = "".join(
            f" {'-l' if name.startswith('--') else '-s'} {name.lstrip('-')}"
            for name in option.names
        )
        yield f"complete -c papertrack{where}{flags}{_fish_taken(option.value, names)} -d {fish_quoted(option.help)}"
    for argument in node.arguments:
        if argument.value.kind != "none":
            here = f"__papertrack_at {argument.position}{'+' if argument.repeated else ''} {paths}"
            yield f"complete -c papertrack -n '{here}'{_fish_offered(argument.value, names)}"
            if argument.value.kind == "targets":
                # By itself fish would complete files behind the colon of hf:, too.
                yield f"complete -c papertrack -n '{here}; and not string match -q \"*:*\" -- (commandline -ct)' -F"
    for word in words_below(node):
        yield (
            f"complete -c papertrack -n '__papertrack_at 1 {paths}' -a {fish_quoted(word.text)}"
            f" -d {fish_quoted(word.help)}"
        )


def _fish_taken(value: Value | None, names: dict[Value, str]) -> str:
    if value is None:
        return ""
    return f" -r{_fish_offered(value, names) if value.kind != 'none' else ' -f'}"


def _fish_offered(value: Value, names: dict[Value, str]) -> str:
    if value.kind == "files":
        return " -F"
    if value.kind == "dirs":
        return " -f -a '(__fish_complete_directories (__papertrack_token) \"\")'"
    if value.kind == "select":
        return " -k -f -a '(__papertrack_ids; __papertrack_query)'"
    return f" -k -f -a '(__papertrack_{names[value] if value.words else value.kind})'"
