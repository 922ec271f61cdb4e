# bash completion of papertrack. Written by `papertrack completion bash`: don't edit.
# Ids, tags and names are read with awk from the cache that each write renews; nothing read there is evaluated.
# shellcheck shell=bash

# choices: the commands that can follow the path $1.
_papertrack_commands() {
    choices=()
    case $1 in
        '') choices=(fetch import feed status list ls search show open tags stats trends mark star unstar note tag view rule export undo redo log doctor backup restore completion help) ;;
        'feed') choices=(add list remove) ;;
        'tag') choices=(add remove rename) ;;
        'view') choices=(save list remove) ;;
        'rule') choices=(add list test apply move remove) ;;
    esac
}

# choices: the options after the path $1.
_papertrack_options() {
    choices=(--library -q --quiet -v --verbose --color --version -h --help)
    case $1 in
        'fetch') choices+=(--since --until --date -n --limit --kind --dry-run --json) ;;
        'import') choices+=(--date -n --limit --dry-run --json) ;;
        'feed add') choices+=(--name) ;;
        'feed list' | 'view list' | 'rule list') choices+=(--json) ;;
        'feed remove' | 'note' | 'tag rename' | 'view remove' | 'rule remove' | 'undo') choices+=(--dry-run) ;;
        'status') choices+=(-a --all --json) ;;
        'list' | 'ls' | 'search') choices+=(-s --sort -r --reverse -n --limit -a --all --since --until --group --columns --format --json --fields) ;;
        'show') choices+=(--format --json --fields) ;;
        'open') choices+=(--pdf --code --project --hf --print -y --yes) ;;
        'tags') choices+=(--tree -s --sort -r --reverse -n --limit -a --all --format --json --fields) ;;
        'stats') choices+=(--since --until -n --limit --json) ;;
        'trends') choices+=(--by --same-scale --since --until --json) ;;
        'mark' | 'star' | 'unstar' | 'tag add' | 'tag remove' | 'rule apply') choices+=(-y --yes --dry-run) ;;
        'rule add') choices+=(--if --do --before --after) ;;
        'rule move') choices+=(--before --after) ;;
        'export') choices+=(--format -o --output --group --title --since --until -s --sort -n --limit --fields) ;;
        'log') choices+=(-n --limit -a --all --json) ;;
        'doctor') choices+=(--fix --json) ;;
        'restore') choices+=(-y --yes) ;;
    esac
}

# kind, choices: the value that the option $2 after the path $1 takes; none for a flag.
_papertrack_value() {
    kind='' choices=()
    case $2 in
        '--library') kind=dirs ;;
        '--color') kind=words choices=(auto always never) ;;
    esac
    case $1 in
        'fetch')
            case $2 in
                --since) kind=none ;;
                --until) kind=none ;;
                --date) kind=none ;;
                -n | --limit) kind=none ;;
                --kind) kind=none ;;
            esac ;;
        'import')
            case $2 in
                --date) kind=none ;;
                -n | --limit) kind=none ;;
            esac ;;
        'feed add')
            case $2 in
                --name) kind=none ;;
            esac ;;
        'list' | 'ls' | 'search')
            case $2 in
                -s | --sort) kind=words choices=(date relevance title published listed updated added version upvotes comments stars) ;;
                -n | --limit) kind=none ;;
                --since) kind=none ;;
                --until) kind=none ;;
                --group) kind=words choices=(tag day week month source org author) ;;
                --columns) kind=list choices=(id key title abstract summary authors author_count organization published listed updated added version sources categories keywords upvotes comments github stars project doi venue url pdf tags status starred note score date) ;;
                --format) kind=words choices=(markdown bibtex csv tsv json jsonl ids table) ;;
                --fields) kind=list choices=(id key title abstract summary authors author_count organization published listed updated added version sources categories keywords upvotes comments github stars project doi venue url pdf tags status starred note score) ;;
            esac ;;
        'show')
            case $2 in
                --format) kind=words choices=(markdown bibtex csv tsv json jsonl ids table) ;;
                --fields) kind=list choices=(id key title abstract summary authors author_count organization published listed updated added version sources categories keywords upvotes comments github stars project doi venue url pdf tags status starred note score) ;;
            esac ;;
        'tags')
            case $2 in
                -s | --sort) kind=words choices=(name papers unread later newest) ;;
                -n | --limit) kind=none ;;
                --format) kind=words choices=(markdown bibtex csv tsv json jsonl ids table) ;;
                --fields) kind=list choices=(id key title abstract summary authors author_count organization published listed updated added version sources categories keywords upvotes comments github stars project doi venue url pdf tags status starred note score) ;;
            esac ;;
        'stats')
            case $2 in
                --since) kind=none ;;
                --until) kind=none ;;
                -n | --limit) kind=none ;;
            esac ;;
        'trends')
            case $2 in
                --by) kind=words choices=(day week month) ;;
                --since) kind=none ;;
                --until) kind=none ;;
            esac ;;
        'rule add')
            case $2 in
                --if) kind=query ;;
                --do) kind=none ;;
                --before) kind=rules ;;
                --after) kind=rules ;;
            esac ;;
        'rule move')
            case $2 in
                --before) kind=rules ;;
                --after) kind=rules ;;
            esac ;;
        'export')
            case $2 in
                --format) kind=words choices=(markdown bibtex csv tsv json jsonl ids opml) ;;
                -o | --output) kind=files ;;
                --group) kind=words choices=(tag day week month source org author) ;;
                --title) kind=none ;;
                --since) kind=none ;;
                --until) kind=none ;;
                -s | --sort) kind=words choices=(date relevance title published listed updated added version upvotes comments stars) ;;
                -n | --limit) kind=none ;;
                --fields) kind=list choices=(id key title abstract summary authors author_count organization published listed updated added version sources categories keywords upvotes comments github stars project doi venue url pdf tags status starred note score) ;;
            esac ;;
        'log')
            case $2 in
                -n | --limit) kind=none ;;
            esac ;;
    esac
}

# kind, choices: the argument number $2 after the path $1.
_papertrack_argument() {
    kind='' choices=()
    case $1 in
        'fetch')
            case $2 in
                *) kind=targets choices=(hf 'hf:trending' sample) ;;
            esac ;;
        'import')
            case $2 in
                *) kind=files ;;
            esac ;;
        'feed add')
            case $2 in
                1) kind=targets choices=(hf 'hf:trending' sample) ;;
            esac ;;
        'feed remove')
            case $2 in
                *) kind=feeds ;;
            esac ;;
        'list' | 'ls' | 'search' | 'stats' | 'trends')
            case $2 in
                *) kind=query ;;
            esac ;;
        'show' | 'open' | 'star' | 'unstar' | 'export')
            case $2 in
                *) kind=select ;;
            esac ;;
        'tags')
            case $2 in
                *) kind=tags ;;
            esac ;;
        'mark')
            case $2 in
                1) kind=words choices=(read unread later hidden) ;;
                *) kind=select ;;
            esac ;;
        'note')
            case $2 in
                1) kind=ids ;;
                *) kind=none ;;
            esac ;;
        'tag add' | 'tag remove')
            case $2 in
                1) kind=taglist ;;
                *) kind=select ;;
            esac ;;
        'tag rename')
            case $2 in
                1) kind=tags ;;
                2) kind=tags ;;
            esac ;;
        'view save')
            case $2 in
                1) kind=views ;;
                *) kind=query ;;
            esac ;;
        'view remove')
            case $2 in
                *) kind=views ;;
            esac ;;
        'rule add' | 'rule test' | 'rule move')
            case $2 in
                1) kind=rules ;;
            esac ;;
        'rule apply' | 'rule remove')
            case $2 in
                *) kind=rules ;;
            esac ;;
        'undo' | 'redo')
            case $2 in
                1) kind=none ;;
            esac ;;
        'backup' | 'restore')
            case $2 in
                1) kind=files ;;
            esac ;;
        'completion')
            case $2 in
                1) kind=words choices=(bash zsh fish) ;;
            esac ;;
        'help')
            case $2 in
                *) kind=words choices=(query fields fetch import feed status list ls search show open tags stats trends mark star unstar note tag view rule export undo redo log doctor backup restore completion help) ;;
            esac ;;
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
    done < <(PAPERTRACK_PIECE=$piece LC_ALL=C command awk -F '\t' '{ value = $1; note = $2 }
    value == "" || value ~ /[\001-\037\177]/ { next }
    index(tolower(value), tolower(ENVIRON["PAPERTRACK_PIECE"])) != 1 { next }
    { gsub(/[\001-\037\177]/, " ", note); print value "\t" note; if (++count == 200) exit }' 2>/dev/null <"$file")
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
    choices=('id:' 'title:' 'abstract:' 'author:' 'org:' 'published:' 'listed:' 'updated:' 'added:' 'version:' 'source:' 'cat:' 'keyword:' 'upvotes:' 'comments:' 'stars:' 'doi:' 'venue:' 'tag:' 'note:' 'score:' 'is:unread' 'is:read' 'is:later' 'is:hidden' 'is:starred' 'is:new' 'is:updated' 'has:code' 'has:pdf' 'has:note' 'has:project' 'has:doi' 'has:abstract' 'status:unread' 'status:read' 'status:later' 'status:hidden')
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
