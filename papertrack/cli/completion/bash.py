"""The completion script of bash. It splits the line itself, so that `tag:` and URLs need no package."""

from collections.abc import Iterable, Iterator

from papertrack.cli.completion.shell_text import AWK, filled, patterns, plain
from papertrack.cli.completion.tree import (
    Argument,
    Node,
    Option,
    Value,
    own_options,
    query_words,
    walk,
    words_below,
)

# Written for bash 3.2 on (macOS): no mapfile, no ${x,,}; compopt where there is one.
BASH = r"""
# bash completion of papertrack. Written by `papertrack completion bash`: don't edit.
# Ids, tags and names are read with awk from the cache that each write renews; nothing read there is evaluated.
# shellcheck shell=bash

# choices: the commands that can follow the path $1.
_papertrack_commands() {
    choices=()
    case $1 in
@commands@
    esac
}

# choices: the options after the path $1.
_papertrack_options() {
    choices=(@globals@)
    case $1 in
@options@
    esac
}

# kind, choices: the value that the option $2 after the path $1 takes; none for a flag.
_papertrack_value() {
    kind='' choices=()
    case $2 in
@global_values@
    esac
    case $1 in
@values@
    esac
}

# kind, choices: the argument number $2 after the path $1.
_papertrack_argument() {
    kind='' choices=()
    case $1 in
@arguments@
    esac
}

# seen, word, quote, skip: the line $1 as bash would split it. COMP_WORDS splits at colons too; here they are
# part of a word, and `skip` is how much of the last word stands before $2, the part that readline replaces.
_papertrack_split() {
    local line=$1 begin=$((${#1} - ${#2})) i char open=''
    seen=() word='' quote='' skip=0
    for ((i = 0; i < ${#line}; i++)); do
        ((i == begin)) && skip=${#word}
        char=${line:i:1}
        if [[ -n $quote && $char == "$quote" ]]; then
            quote=''
        elif [[ $char == \\ && $quote != \' ]]; then
            [[ -n $quote && ${line:i+1:1} != [\"\\\$\`] ]] && word+=$char
            ((++i))
            word+=${line:i:1} open=1
            ((i == begin)) && skip=${#word}
        elif [[ -n $quote ]]; then
            word+=$char
        elif [[ $char == [\"\'] ]]; then
            quote=$char open=1
        elif [[ $char == [[:space:]] ]]; then
            [[ -n $open ]] && seen+=("$word")
            word='' open='' skip=0
        else
            word+=$char open=1
        fi
    done
    ((begin >= ${#line})) && skip=${#word}
    return 0
}

# One more reply: `head`, which was typed, and $1; $2 follows. Quoted, as the user may run it as it stands.
_papertrack_offer() {
    local whole=$head$1 reply
    reply=${whole:skip}
    [[ -n $reply ]] || return 0
    if [[ -n $quote ]]; then
        [[ $reply == *[\"\'\$\`\\!]* ]] || COMPREPLY+=("$reply")
        return 0
    fi
    printf -v reply %q "$reply"
    reply=${reply//\\,/,}
    COMPREPLY+=("${reply//\\^/^}$2")
}

# Offer those of `choices` that begin with `piece`; nothing follows those that want a value.
_papertrack_words() {
    local each
    for each in ${choices[@]+"${choices[@]}"}; do
        [[ $each == "$piece"* ]] || continue
        if [[ $each == *: ]]; then _papertrack_offer "$each" ''; else _papertrack_offer "$each" ' '; fi
    done
}

# Offer the ids, tags or names (the file $1) that begin with `piece`.
_papertrack_cached() {
    local file=${PAPERTRACK_CACHE:-${XDG_CACHE_HOME:-${HOME-}/.cache}/papertrack}/complete/$1.tsv value
    [[ -f $file && -r $file ]] || return 0
    compopt -o nosort 2>/dev/null
    while IFS=$'\t' read -r value _; do
        _papertrack_offer "$value" ' '
    done < <(PAPERTRACK_PIECE=$piece LC_ALL=C command awk -F '\t' '@awk@' 2>/dev/null <"$file")
}

# Offer files (-f) or folders (-d). Readline quotes them and adds / or a space, to the words before them too.
_papertrack_files() {
    local each
    local -a files=()
    while IFS= read -r each; do
        each=$head$each
        files+=("${each:skip}")
    done < <(compgen "$1" -- "$piece" 2>/dev/null)
    ((${#files[@]})) || return 0
    COMPREPLY=(${COMPREPLY[@]+"${COMPREPLY[@]% }"} "${files[@]}")
    compopt -o filenames +o nospace 2>/dev/null
    return 0
}

# Move what stands before the last $1 (a pattern) from `piece` to `head`.
_papertrack_last() {
    # shellcheck disable=SC2295 # a pattern is meant
    local last=${piece##*$1}
    head+=${piece:0:${#piece}-${#last}} piece=$last
}

_papertrack_query() {
    _papertrack_last '[[:space:]()^]'
    if [[ $piece == tag:* ]]; then
        head+='tag:' piece=${piece#tag:}
        _papertrack_last ,
        _papertrack_cached tags
        return 0
    fi
    if [[ $piece == @* ]]; then
        head+='@' piece=${piece#@}
        _papertrack_cached views
        return 0
    fi
    choices=(@query@)
    _papertrack_words
}

_papertrack() {
    local word='' quote='' skip=0 kind='' path='' option='' rest='' count=1 head='' piece each i
    local -a seen=() choices=()
    local line=${COMP_LINE:0:COMP_POINT}
    COMPREPLY=()
    _papertrack_split "$line" "${2-${line##*[:=[:space:]]}}"
    for ((i = 1; i < ${#seen[@]}; i++)); do
        each=${seen[i]}
        if [[ -n $option ]]; then
            option=''
        elif [[ -z $rest && $each == -- ]]; then
            rest=1
        elif [[ -z $rest && $each == -?* ]]; then
            _papertrack_value "$path" "$each"
            [[ -z $kind ]] || option=$each
        else
            _papertrack_commands "$path"
            if ((${#choices[@]})); then path=${path:+$path }$each; else ((++count)); fi
        fi
    done
    if [[ -n $option ]]; then
        _papertrack_value "$path" "$option"
    elif [[ -z $rest && $word == --*=* ]]; then
        head=${word%%=*}=
        _papertrack_value "$path" "${word%%=*}"
    elif [[ -z $rest && $word == -* ]]; then
        kind=words
        _papertrack_options "$path"
    else
        _papertrack_commands "$path"
        if ((${#choices[@]})); then kind=words; else _papertrack_argument "$path" "$count"; fi
    fi
    piece=${word:${#head}}
    case $kind in
        words) _papertrack_words ;;
        list) _papertrack_last , && _papertrack_words ;;
        ids) _papertrack_cached ids ;;
        tags | views | rules | feeds) _papertrack_cached "$kind" ;;
        taglist) _papertrack_last , && _papertrack_cached tags ;;
        query) _papertrack_query ;;
        select) _papertrack_cached ids && _papertrack_query ;;
        targets) _papertrack_words && _papertrack_files -f ;;
        files) _papertrack_files -f ;;
        dirs) _papertrack_files -d ;;
    esac
    return 0
}

# The replies carry their space: a `tag:` must not get one.
complete -o nospace -F _papertrack papertrack
"""


def script(root: Node) -> str:
    nodes = [*walk(root)]
    return filled(
        BASH,
        commands=_cases(
            (node.paths, f" choices=({plain(word.text for word in words_below(node))})")
            for node in nodes
            if node.nodes
        ),
        globals=plain(name for option in root.options for name in option.names),
        options=_cases(
            (node.paths, f" choices+=({plain(n for o in own for n in o.names)})")
            for node in nodes[1:]
            if (own := own_options(node, root))
        ),
        global_values=_cases(
            (one.names, f" {_bash_value(one.value)}")
            for one in root.options
            if one.value
        ),
        values=_cases(
            (node.paths, _nested(_bash_options(node.options)))
            for node in nodes[1:]
            if any(option.value for option in node.options)
        ),
        arguments=_cases(
            (node.paths, _nested(_bash_arguments(node.arguments)))
            for node in nodes
            if node.arguments
        ),
        query=plain(word.text for word in query_words()),
        awk=AWK,
    )


def _cases(rows: Iterable[tuple[tuple[str, ...], str]]) -> str:
    """Arms of a bash `case`, those with the same body as one."""
    arms: dict[str, list[str]] = {}
    for paths, body in rows:
        arms.setdefault(body, []).extend(paths)
    return "\n".join(
        f"        {patterns(paths)}){body} ;;" for body, paths in arms.items()
    )


def _nested(arms: Iterable[str]) -> str:
    lines = "\n".join(f"                {arm} ;;" for arm in arms)
    return f"\n            case $2 in\n{lines}\n            esac"


def _bash_options(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        if option.value:
            yield f"{' | '.join(option.names)}) {_bash_value(option.value)}"


def _bash_arguments(arguments: Iterable[Argument]) -> Iterator[str]:
    for argument in arguments:
        yield f"{'*' if argument.repeated else argument.position}) {_bash_value(argument.value)}"


def _bash_value(value: Value) -> str:
    words = (
        f" choices=({plain(word.text for word in value.words)})" if value.words else ""
    )
    return f"kind={value.kind}{words}"
