"""The completion script of zsh."""

from collections.abc import Iterable, Iterator

from papertrack.cli.completion.shell_text import AWK, filled, patterns, quoted
from papertrack.cli.completion.tree import (
    Argument,
    Node,
    Option,
    Value,
    Word,
    lists,
    own_options,
    query_words,
    walk,
    words_below,
)

ZSH = r"""
#compdef papertrack
# zsh completion of papertrack. Written by `papertrack completion zsh`: don't edit.
# Ids, tags and names are read with awk from the cache that each write renews; nothing read there is evaluated.

# The ids, tags or names (the file $1) that begin with what is typed, in the file's order; further options for compadd.
__papertrack_cached() {
  local kind=$1 piece=${(Q)PREFIX} value note shown
  local file=${PAPERTRACK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/papertrack}/complete/$kind.tsv
  local -a values lines expl
  shift
  [[ -f $file && -r $file ]] || return 1
  while IFS=$'\t' read -r value note; do
    shown="$value  $note"
    values+=("$value") lines+=("${shown[1,${COLUMNS:-80}-1]}")
  done < <(PAPERTRACK_PIECE=$piece LC_ALL=C command awk -F '\t' '@awk@' 2>/dev/null <$file)
  (( $#values )) || return 1
  _wanted -V $kind expl ${kind%s} compadd "$@" -l -d lines -a -- values
}

__papertrack_ids() { __papertrack_cached ids }
__papertrack_tags() { __papertrack_cached tags }
__papertrack_views() { __papertrack_cached views }
__papertrack_rules() { __papertrack_cached rules }
__papertrack_feeds() { __papertrack_cached feeds }

__papertrack_taglist() {
  local -a suffix
  compset -P '*,'
  # A comma typed next takes the place of the space; between quotes zsh closes them, as it does by itself.
  [[ -n $compstate[quote] ]] || suffix=(-S ' ' -r ',')
  __papertrack_cached tags $suffix
}

__papertrack_query() {
  local ret=1
  local -a fields words
  compset -P '*[[:space:]()^]'
  if compset -P 'tag:'; then
    __papertrack_taglist
    return
  fi
  if compset -P '@'; then
    __papertrack_views
    return
  fi
  fields=(
@fields@
  )
  words=(
@words@
  )
  _describe -t fields field fields -S '' && ret=0
  _describe -t terms term words && ret=0
  return ret
}

__papertrack_select() {
  local ret=1
  __papertrack_ids && ret=0
  __papertrack_query && ret=0
  return ret
}

@lists@

@functions@

if [[ $funcstack[1] == _papertrack ]]; then
  _papertrack "$@"
elif (( $+functions[compdef] )); then
  compdef _papertrack papertrack
fi
"""

ZSH_LIST = r"""
__papertrack_@name@() {
  local -a words=(
@words@
  )
@body@
}
"""

ZSH_BODIES = {
    "words": "  _describe -t values @label@ words",
    "list": "  compset -P '*,'\n  _describe -t values @label@ words -S ' ' -r ','",
    "targets": "  local ret=1\n  _describe -t targets target words && ret=0\n  _files && ret=0\n  return ret",
}

ZSH_COMMAND = r"""
_papertrack@name@() {
  _arguments -s -S : $common@specs@
}
"""

ZSH_GROUP = r"""
_papertrack@name@() {
  local curcontext=$curcontext ret=1
  local -a state line commands@common@
  local -A opt_args
@define@
  commands=(
@commands@
  )
  _arguments -C -s : $common \
    '1:command:->command' \
    '*::argument:->argument' && ret=0
  case $state in
    command) _describe -t commands command commands && ret=0 ;;
    argument)
      curcontext="${curcontext%:*:*}:papertrack-$line[1]:"
      case $line[1] in
@cases@
      esac ;;
  esac
  return ret
}
"""


def script(root: Node) -> str:
    names = lists(root)
    asked = query_words()
    return filled(
        ZSH,
        fields=_zsh_words(word for word in asked if word.text.endswith(":")),
        words=_zsh_words(word for word in asked if not word.text.endswith(":")),
        lists="\n\n".join(
            _zsh_list(value, name).strip() for value, name in names.items()
        ),
        functions="\n\n".join(
            _zsh_function(node, root, names).strip() for node in reversed([*walk(root)])
        ),
        awk=AWK,
    )


def _zsh_words(words: Iterable[Word]) -> str:
    """Lines of an array for _describe: `word:help`, colons of the word escaped."""
    rows = (
        (word.text.replace("\\", "\\\\").replace(":", "\\:"), word.help)
        for word in words
    )
    return "\n".join(
        f"    {quoted(f'{text}:{help}' if help else text)}" for text, help in rows
    )


def _zsh_list(value: Value, name: str) -> str:
    body = ZSH_BODIES[value.kind].replace("@label@", name.rpartition("_")[2])
    return filled(ZSH_LIST, name=name, words=_zsh_words(value.words), body=body)


def _zsh_function(node: Node, root: Node, names: dict[Value, str]) -> str:
    name = "".join(f"_{part}" for part in node.paths[0].split())
    if not node.nodes:
        specs = [
            *_zsh_options(own_options(node, root), names),
            *(_zsh_argument(one, names) for one in node.arguments),
        ]
        return filled(
            ZSH_COMMAND, name=name, specs="".join(f" \\\n    {spec}" for spec in specs)
        )
    common = "\n".join(f"    {spec}" for spec in _zsh_options(root.options, names))
    cases = "\n".join(
        f"        {patterns(path.rpartition(' ')[2] for path in one.paths)})"
        f" _papertrack{name}_{one.paths[0].rpartition(' ')[2]} && ret=0 ;;"
        for one in node.nodes
    )
    return filled(
        ZSH_GROUP,
        name=name,
        common=" common" if node is root else "",
        define=f"  common=(\n{common}\n  )" if node is root else "",
        commands=_zsh_words(words_below(node)),
        cases=cases,
    )


def _zsh_options(options: Iterable[Option], names: dict[Value, str]) -> Iterator[str]:
    for option in options:
        others = f"({' '.join(option.names)})"
        help = option.help.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
        for name in option.names:
            taken = ("=" if name.startswith("--") else "+") if option.value else ""
            value = (
                f":{option.label}:{_zsh_action(option.value, names)}"
                if option.value
                else ""
            )
            yield quoted(f"{others}{name}{taken}[{help}]{value}")


def _zsh_argument(argument: Argument, names: dict[Value, str]) -> str:
    position = "*" if argument.repeated else str(argument.position)
    return quoted(f"{position}:{argument.label}:{_zsh_action(argument.value, names)}")


def _zsh_action(value: Value, names: dict[Value, str]) -> str:
    if value.words:
        return f"__papertrack_{names[value]}"
    return {"none": " ", "files": "_files", "dirs": "_files -/"}.get(
        value.kind, f"__papertrack_{value.kind}"
    )
