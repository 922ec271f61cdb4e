# fish completion of papertrack. Written by `papertrack completion fish`: don't edit.
# Ids, tags and names are read with awk from the cache that each write renews; nothing read there is evaluated.

function __papertrack_is_group -a path
    contains -- "$path" '' 'feed' 'tag' 'view' 'rule'
end

function __papertrack_takes_value -a path option
    contains -- "$option" --library --color; and return
    switch "$path"
        case 'fetch'
            contains -- "$option" --since --until --date -n --limit --kind; and return
        case 'import'
            contains -- "$option" --date -n --limit; and return
        case 'feed add'
            contains -- "$option" --name; and return
        case 'list' 'ls'
            contains -- "$option" -s --sort -n --limit --since --until --group --columns --format --fields; and return
        case 'search'
            contains -- "$option" -s --sort -n --limit --since --until --group --columns --format --fields; and return
        case 'show'
            contains -- "$option" --format --fields; and return
        case 'tags'
            contains -- "$option" -s --sort -n --limit --format --fields; and return
        case 'stats'
            contains -- "$option" --since --until -n --limit; and return
        case 'trends'
            contains -- "$option" --by --since --until; and return
        case 'rule add'
            contains -- "$option" --if --do --before --after; and return
        case 'rule move'
            contains -- "$option" --before --after; and return
        case 'export'
            contains -- "$option" --format -o --output --group --title --since --until -s --sort -n --limit --fields; and return
        case 'log'
            contains -- "$option" -n --limit; and return
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
    PAPERTRACK_HEAD=$head PAPERTRACK_PIECE=$piece LC_ALL=C command awk -F '\t' '{ value = $1; note = $2 }
    value == "" || value ~ /[\\001-\\037\\177]/ { next }
    index(tolower(value), tolower(ENVIRON["PAPERTRACK_PIECE"])) != 1 { next }
    { gsub(/[\\001-\\037\\177]/, " ", note); print ENVIRON["PAPERTRACK_HEAD"] value "\\t" note; if (++count == 200) exit }' 2>/dev/null <"$file"
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
        'id:' 'arXiv id, DOI, URL or short hash, in any form' \
        'title:' 'words of the title' \
        'abstract:' 'words of the abstract' \
        'author:' 'words of the authors\' names' \
        'org:' 'words of the organisation' \
        'published:' 'day of the first version' \
        'listed:' 'day it was first listed (Daily Papers)' \
        'updated:' 'day of the newest version' \
        'added:' 'day it was added to this library' \
        'version:' 'number of the newest version' \
        'source:' 'where it was found: hf, arxiv, a feed, import' \
        'cat:' 'arXiv category: cs.CL' \
        'keyword:' 'words of the keywords' \
        'upvotes:' 'upvotes on Hugging Face' \
        'comments:' 'comments on Hugging Face' \
        'stars:' 'stars of the code on GitHub' \
        'doi:' 'the DOI' \
        'venue:' 'words of the journal or conference' \
        'tag:' 'a tag of yours; nlp finds nlp/parsing too' \
        'note:' 'words of your note' \
        'score:' 'how well it matches the words of the query' \
        'is:unread' 'not marked yet' \
        'is:read' 'marked as read' \
        'is:later' 'saved for later' \
        'is:hidden' 'hidden from every view' \
        'is:starred' 'starred' \
        'is:new' 'added by the last fetch that found something new' \
        'is:updated' 'has a newer version than when it was marked read' \
        'has:code' 'a link to code' \
        'has:pdf' 'a PDF' \
        'has:note' 'a note of yours' \
        'has:project' 'a project page' \
        'has:doi' 'a DOI' \
        'has:abstract' 'an abstract' \
        'status:unread' 'not marked yet' \
        'status:read' 'marked as read' \
        'status:later' 'saved for later' \
        'status:hidden' 'hidden from every view' \
        | __papertrack_behind "$head"
end

function __papertrack_color
    printf '%s\t%s\n' \
        'auto' '' \
        'always' '' \
        'never' ''
end

function __papertrack_fetch_target
    printf '%s\t%s\n' \
        'hf' 'the newest Daily Papers, and the days missed' \
        'hf:trending' 'what is trending on Hugging Face' \
        'sample' 'the papers that come with papertrack, offline'
end

function __papertrack_list_sort
    printf '%s\t%s\n' \
        'date' '' \
        'relevance' '' \
        'title' '' \
        'published' '' \
        'listed' '' \
        'updated' '' \
        'added' '' \
        'version' '' \
        'upvotes' '' \
        'comments' '' \
        'stars' ''
end

function __papertrack_list_group
    printf '%s\t%s\n' \
        'tag' '' \
        'day' '' \
        'week' '' \
        'month' '' \
        'source' '' \
        'org' '' \
        'author' ''
end

function __papertrack_list_columns
    set -l parts (__papertrack_last , (__papertrack_token))
    printf '%s\t%s\n' \
        'id' 'arXiv id, DOI, URL or short hash, in any form' \
        'key' 'the id with its kind: arxiv:…, doi:…, url:…, title:…' \
        'title' 'words of the title' \
        'abstract' 'words of the abstract' \
        'summary' 'a one-sentence summary that a source made' \
        'authors' 'words of the authors\' names' \
        'author_count' 'number of authors' \
        'organization' 'words of the organisation' \
        'published' 'day of the first version' \
        'listed' 'day it was first listed (Daily Papers)' \
        'updated' 'day of the newest version' \
        'added' 'day it was added to this library' \
        'version' 'number of the newest version' \
        'sources' 'where it was found: hf, arxiv, a feed, import' \
        'categories' 'arXiv category: cs.CL' \
        'keywords' 'words of the keywords' \
        'upvotes' 'upvotes on Hugging Face' \
        'comments' 'comments on Hugging Face' \
        'github' 'URL of the code' \
        'stars' 'stars of the code on GitHub' \
        'project' 'URL of the project page' \
        'doi' 'the DOI' \
        'venue' 'words of the journal or conference' \
        'url' 'URL of the paper\'s page' \
        'pdf' 'URL of the PDF' \
        'tags' 'a tag of yours; nlp finds nlp/parsing too' \
        'status' 'unread, read, later or hidden' \
        'starred' 'whether you starred it' \
        'note' 'words of your note' \
        'score' 'how well it matches the words of the query' \
        'date' '' \
        | __papertrack_behind "$parts[1]"
end

function __papertrack_list_format
    printf '%s\t%s\n' \
        'markdown' 'a reading list to publish' \
        'bibtex' 'entries for LaTeX, with stable keys' \
        'csv' 'a spreadsheet, safe to open' \
        'tsv' 'a row a paper, tabs between its fields' \
        'json' 'an array of papers' \
        'jsonl' 'a line a paper, for jq and pipes' \
        'ids' 'an id a line, for papertrack itself' \
        'table' 'as on a terminal'
end

function __papertrack_list_fields
    set -l parts (__papertrack_last , (__papertrack_token))
    printf '%s\t%s\n' \
        'id' 'arXiv id, DOI, URL or short hash, in any form' \
        'key' 'the id with its kind: arxiv:…, doi:…, url:…, title:…' \
        'title' 'words of the title' \
        'abstract' 'words of the abstract' \
        'summary' 'a one-sentence summary that a source made' \
        'authors' 'words of the authors\' names' \
        'author_count' 'number of authors' \
        'organization' 'words of the organisation' \
        'published' 'day of the first version' \
        'listed' 'day it was first listed (Daily Papers)' \
        'updated' 'day of the newest version' \
        'added' 'day it was added to this library' \
        'version' 'number of the newest version' \
        'sources' 'where it was found: hf, arxiv, a feed, import' \
        'categories' 'arXiv category: cs.CL' \
        'keywords' 'words of the keywords' \
        'upvotes' 'upvotes on Hugging Face' \
        'comments' 'comments on Hugging Face' \
        'github' 'URL of the code' \
        'stars' 'stars of the code on GitHub' \
        'project' 'URL of the project page' \
        'doi' 'the DOI' \
        'venue' 'words of the journal or conference' \
        'url' 'URL of the paper\'s page' \
        'pdf' 'URL of the PDF' \
        'tags' 'a tag of yours; nlp finds nlp/parsing too' \
        'status' 'unread, read, later or hidden' \
        'starred' 'whether you starred it' \
        'note' 'words of your note' \
        'score' 'how well it matches the words of the query' \
        | __papertrack_behind "$parts[1]"
end

function __papertrack_tags_sort
    printf '%s\t%s\n' \
        'name' '' \
        'papers' '' \
        'unread' '' \
        'later' '' \
        'newest' ''
end

function __papertrack_trends_by
    printf '%s\t%s\n' \
        'day' '' \
        'week' '' \
        'month' ''
end

function __papertrack_mark_status
    printf '%s\t%s\n' \
        'read' '' \
        'unread' '' \
        'later' '' \
        'hidden' ''
end

function __papertrack_export_format
    printf '%s\t%s\n' \
        'markdown' 'a reading list to publish' \
        'bibtex' 'entries for LaTeX, with stable keys' \
        'csv' 'a spreadsheet, safe to open' \
        'tsv' 'a row a paper, tabs between its fields' \
        'json' 'an array of papers' \
        'jsonl' 'a line a paper, for jq and pipes' \
        'ids' 'an id a line, for papertrack itself' \
        'opml' 'the feeds that you follow, for other readers'
end

function __papertrack_completion_shell
    printf '%s\t%s\n' \
        'bash' '' \
        'zsh' '' \
        'fish' ''
end

function __papertrack_help_topic
    printf '%s\t%s\n' \
        'query' '' \
        'fields' '' \
        'fetch' '' \
        'import' '' \
        'feed' '' \
        'status' '' \
        'list' '' \
        'ls' '' \
        'search' '' \
        'show' '' \
        'open' '' \
        'tags' '' \
        'stats' '' \
        'trends' '' \
        'mark' '' \
        'star' '' \
        'unstar' '' \
        'note' '' \
        'tag' '' \
        'view' '' \
        'rule' '' \
        'export' '' \
        'undo' '' \
        'redo' '' \
        'log' '' \
        'doctor' '' \
        'backup' '' \
        'restore' '' \
        'completion' '' \
        'help' ''
end

complete -c papertrack -f
complete -c papertrack -l library -r -f -a '(__fish_complete_directories (__papertrack_token) "")' -d 'Library folder'
complete -c papertrack -s q -l quiet -d 'Print nothing but errors'
complete -c papertrack -s v -l verbose -d 'Print more on stderr'
complete -c papertrack -l color -r -k -f -a '(__papertrack_color)' -d 'When to use colors'
complete -c papertrack -l version -d 'Print the version'
complete -c papertrack -s h -l help -d 'Show the help'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'fetch' -d 'Fetch listings into the library'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'import' -d 'Take files in: BibTeX, RIS, CSL-JSON, papertrack\'s own JSON and JSON lines, arXiv\'s metadata, saved pages, answers and feeds, text copied from a listing page or holding arXiv ids or DOIs; the feeds'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'feed' -d 'Follow sources: what `papertrack fetch` takes when it is given no target'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'status' -d 'Tell how the library stands: papers, and each source\'s last reading, faults and what is due'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'list' -d 'List papers, newest first'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'ls' -d 'The same as list'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'search' -d 'Search papers, best match first, and show where they match'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'show' -d 'Show whole papers: facts, abstract, your marks, and the source of each fact'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'open' -d 'Open papers in the browser ($BROWSER, else the system\'s)'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'tags' -d 'Show your tags and how many papers each has; with names, the papers of these tags'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'stats' -d 'Show the library in numbers: papers by day, source, tag and organisation'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'trends' -d 'Show how the share of papers that match each query changes over time'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'mark' -d 'Mark papers as read, unread, for later, or hidden from every view'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'star' -d 'Star papers'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'unstar' -d 'Remove the star from papers'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'note' -d 'Write your note on a paper; an empty note removes it'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'tag' -d 'Add tags to papers, remove tags, rename them'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'view' -d 'Save queries under a name, to use as @NAME in any query'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'rule' -d 'Rules tag, mark, star or hide what a fetch or an import brings, one after the other'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'export' -d 'Export papers: markdown (a reading list), bibtex, csv, tsv, json, jsonl or ids'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'undo' -d 'Take back the last change, or the last N'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'redo' -d 'Do again what the last undo took back, or the last N; until something else is changed'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'log' -d 'Show what was changed, newest first: when, what, how many papers, and whether it was taken back'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'doctor' -d 'Check the library, its index, its folders and sources; print a line per finding'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'backup' -d 'Pack the library into one .tar.gz, with a manifest of sizes and checksums'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'restore' -d 'Replace the library by a backup: papers, marks, views, rules, feeds'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'completion' -d 'Print the completion script of a shell'
complete -c papertrack -n '__papertrack_at 1 ""' -a 'help' -d 'Explain a command or a topic'
complete -c papertrack -n '__papertrack_at any "fetch"' -l since -r -f -d 'Start on this day: 2025-11-07, 2025-W45, 7d, today'
complete -c papertrack -n '__papertrack_at any "fetch"' -l until -r -f -d 'End on this day, inclusive'
complete -c papertrack -n '__papertrack_at any "fetch"' -l date -r -f -d 'The day of a saved page or copied text: 2025-11-07'
complete -c papertrack -n '__papertrack_at any "fetch"' -s n -l limit -r -f -d 'At most so many papers a target'
complete -c papertrack -n '__papertrack_at any "fetch"' -l kind -r -f -d 'Of arXiv\'s announcements: new, cross, replace…'
complete -c papertrack -n '__papertrack_at any "fetch"' -l dry-run -d 'Tell what would be new; keep nothing'
complete -c papertrack -n '__papertrack_at any "fetch"' -l json -d 'The reports as JSON'
complete -c papertrack -n '__papertrack_at 1+ "fetch"' -k -f -a '(__papertrack_fetch_target)'
complete -c papertrack -n '__papertrack_at 1+ "fetch"; and not string match -q "*:*" -- (commandline -ct)' -F
complete -c papertrack -n '__papertrack_at any "import"' -l date -r -f -d 'The day of a saved page or copied text: 2025-11-07'
complete -c papertrack -n '__papertrack_at any "import"' -s n -l limit -r -f -d 'At most so many papers a target'
complete -c papertrack -n '__papertrack_at any "import"' -l dry-run -d 'Tell what would be new; keep nothing'
complete -c papertrack -n '__papertrack_at any "import"' -l json -d 'The reports as JSON'
complete -c papertrack -n '__papertrack_at 1+ "import"' -F
complete -c papertrack -n '__papertrack_at 1 "feed"' -a 'add' -d 'Follow a feed, a category or a listing'
complete -c papertrack -n '__papertrack_at 1 "feed"' -a 'list' -d 'List what is followed'
complete -c papertrack -n '__papertrack_at 1 "feed"' -a 'remove' -d 'Follow no longer; the papers that came stay'
complete -c papertrack -n '__papertrack_at any "feed add"' -l name -r -f -d 'What to call it'
complete -c papertrack -n '__papertrack_at 1 "feed add"' -k -f -a '(__papertrack_fetch_target)'
complete -c papertrack -n '__papertrack_at 1 "feed add"; and not string match -q "*:*" -- (commandline -ct)' -F
complete -c papertrack -n '__papertrack_at any "feed list"' -l json -d 'Write JSON'
complete -c papertrack -n '__papertrack_at any "feed remove"' -l dry-run -d 'Show what would change; change nothing'
complete -c papertrack -n '__papertrack_at 1+ "feed remove"' -k -f -a '(__papertrack_feeds)'
complete -c papertrack -n '__papertrack_at any "status"' -s a -l all -d 'Also what was fetched once and is not followed'
complete -c papertrack -n '__papertrack_at any "status"' -l json -d 'Write JSON'
complete -c papertrack -n '__papertrack_at any "list" "ls"' -s s -l sort -r -k -f -a '(__papertrack_list_sort)' -d 'Sort by this; newest, most or best first'
complete -c papertrack -n '__papertrack_at any "list" "ls"' -s r -l reverse -d 'Reverse the order'
complete -c papertrack -n '__papertrack_at any "list" "ls"' -s n -l limit -r -f -d 'Show at most N'
complete -c papertrack -n '__papertrack_at any "list" "ls"' -s a -l all -d 'Show all, not the first 30'
complete -c papertrack -n '__papertrack_at any "list" "ls"' -l since -r -f -d 'Start on this day: 2025-11-07, 2025-W45, 7d, today'
complete -c papertrack -n '__papertrack_at any "list" "ls"' -l until -r -f -d 'End on this day, inclusive'
complete -c papertrack -n '__papertrack_at any "list" "ls"' -l group -r -k -f -a '(__papertrack_list_group)' -d 'Group by this field'
complete -c papertrack -n '__papertrack_at any "list" "ls"' -l columns -r -k -f -a '(__papertrack_list_columns)' -d 'Show these columns, in this order'
complete -c papertrack -n '__papertrack_at any "list" "ls"' -l format -r -k -f -a '(__papertrack_list_format)' -d 'Write an export format: markdown, bibtex, csv, ids…'
complete -c papertrack -n '__papertrack_at any "list" "ls"' -l json -d 'Write JSON'
complete -c papertrack -n '__papertrack_at any "list" "ls"' -l fields -r -k -f -a '(__papertrack_list_fields)' -d 'Write only these fields (implies --json unless --format is given)'
complete -c papertrack -n '__papertrack_at 1+ "list" "ls"' -k -f -a '(__papertrack_query)'
complete -c papertrack -n '__papertrack_at any "search"' -s s -l sort -r -k -f -a '(__papertrack_list_sort)' -d 'Sort by this; newest, most or best first'
complete -c papertrack -n '__papertrack_at any "search"' -s r -l reverse -d 'Reverse the order'
complete -c papertrack -n '__papertrack_at any "search"' -s n -l limit -r -f -d 'Show at most N'
complete -c papertrack -n '__papertrack_at any "search"' -s a -l all -d 'Show all, not the first 30'
complete -c papertrack -n '__papertrack_at any "search"' -l since -r -f -d 'Start on this day: 2025-11-07, 2025-W45, 7d, today'
complete -c papertrack -n '__papertrack_at any "search"' -l until -r -f -d 'End on this day, inclusive'
complete -c papertrack -n '__papertrack_at any "search"' -l group -r -k -f -a '(__papertrack_list_group)' -d 'Group by this field'
complete -c papertrack -n '__papertrack_at any "search"' -l columns -r -k -f -a '(__papertrack_list_columns)' -d 'Show these columns, in this order'
complete -c papertrack -n '__papertrack_at any "search"' -l format -r -k -f -a '(__papertrack_list_format)' -d 'Write an export format: markdown, bibtex, csv, ids…'
complete -c papertrack -n '__papertrack_at any "search"' -l json -d 'Write JSON'
complete -c papertrack -n '__papertrack_at any "search"' -l fields -r -k -f -a '(__papertrack_list_fields)' -d 'Write only these fields (implies --json unless --format is given)'
complete -c papertrack -n '__papertrack_at 1+ "search"' -k -f -a '(__papertrack_query)'
complete -c papertrack -n '__papertrack_at any "show"' -l format -r -k -f -a '(__papertrack_list_format)' -d 'Write an export format: markdown, bibtex, csv, ids…'
complete -c papertrack -n '__papertrack_at any "show"' -l json -d 'Write JSON'
complete -c papertrack -n '__papertrack_at any "show"' -l fields -r -k -f -a '(__papertrack_list_fields)' -d 'Write only these fields (implies --json unless --format is given)'
complete -c papertrack -n '__papertrack_at 1+ "show"' -k -f -a '(__papertrack_ids; __papertrack_query)'
complete -c papertrack -n '__papertrack_at any "open"' -l pdf -d 'Open the PDF'
complete -c papertrack -n '__papertrack_at any "open"' -l code -d 'Open the code'
complete -c papertrack -n '__papertrack_at any "open"' -l project -d 'Open the project page'
complete -c papertrack -n '__papertrack_at any "open"' -l hf -d 'Open the discussion on Hugging Face'
complete -c papertrack -n '__papertrack_at any "open"' -l print -d 'Print the addresses; open nothing'
complete -c papertrack -n '__papertrack_at any "open"' -s y -l yes -d 'Don\'t ask for confirmation'
complete -c papertrack -n '__papertrack_at 1+ "open"' -k -f -a '(__papertrack_ids; __papertrack_query)'
complete -c papertrack -n '__papertrack_at any "tags"' -l tree -d 'Show tags below their parents, which count each paper below them'
complete -c papertrack -n '__papertrack_at any "tags"' -s s -l sort -r -k -f -a '(__papertrack_tags_sort)' -d 'Sort by this; A to Z, most or newest first'
complete -c papertrack -n '__papertrack_at any "tags"' -s r -l reverse -d 'Reverse the order'
complete -c papertrack -n '__papertrack_at any "tags"' -s n -l limit -r -f -d 'Show at most N'
complete -c papertrack -n '__papertrack_at any "tags"' -s a -l all -d 'Show all, not the first 30'
complete -c papertrack -n '__papertrack_at any "tags"' -l format -r -k -f -a '(__papertrack_list_format)' -d 'Write an export format: markdown, bibtex, csv, ids…'
complete -c papertrack -n '__papertrack_at any "tags"' -l json -d 'Write JSON'
complete -c papertrack -n '__papertrack_at any "tags"' -l fields -r -k -f -a '(__papertrack_list_fields)' -d 'Write only these fields (implies --json unless --format is given)'
complete -c papertrack -n '__papertrack_at 1+ "tags"' -k -f -a '(__papertrack_tags)'
complete -c papertrack -n '__papertrack_at any "stats"' -l since -r -f -d 'Start on this day: 2025-11-07, 2025-W45, 7d, today'
complete -c papertrack -n '__papertrack_at any "stats"' -l until -r -f -d 'End on this day, inclusive'
complete -c papertrack -n '__papertrack_at any "stats"' -s n -l limit -r -f -d 'Show at most N'
complete -c papertrack -n '__papertrack_at any "stats"' -l json -d 'Write JSON'
complete -c papertrack -n '__papertrack_at 1+ "stats"' -k -f -a '(__papertrack_query)'
complete -c papertrack -n '__papertrack_at any "trends"' -l by -r -k -f -a '(__papertrack_trends_by)' -d 'Count by this period'
complete -c papertrack -n '__papertrack_at any "trends"' -l same-scale -d 'Draw all sparklines on one scale'
complete -c papertrack -n '__papertrack_at any "trends"' -l since -r -f -d 'Start on this day: 2025-11-07, 2025-W45, 7d, today'
complete -c papertrack -n '__papertrack_at any "trends"' -l until -r -f -d 'End on this day, inclusive'
complete -c papertrack -n '__papertrack_at any "trends"' -l json -d 'Write JSON'
complete -c papertrack -n '__papertrack_at 1+ "trends"' -k -f -a '(__papertrack_query)'
complete -c papertrack -n '__papertrack_at any "mark"' -s y -l yes -d 'Don\'t ask for confirmation'
complete -c papertrack -n '__papertrack_at any "mark"' -l dry-run -d 'Show what would change; change nothing'
complete -c papertrack -n '__papertrack_at 1 "mark"' -k -f -a '(__papertrack_mark_status)'
complete -c papertrack -n '__papertrack_at 2+ "mark"' -k -f -a '(__papertrack_ids; __papertrack_query)'
complete -c papertrack -n '__papertrack_at any "star"' -s y -l yes -d 'Don\'t ask for confirmation'
complete -c papertrack -n '__papertrack_at any "star"' -l dry-run -d 'Show what would change; change nothing'
complete -c papertrack -n '__papertrack_at 1+ "star"' -k -f -a '(__papertrack_ids; __papertrack_query)'
complete -c papertrack -n '__papertrack_at any "unstar"' -s y -l yes -d 'Don\'t ask for confirmation'
complete -c papertrack -n '__papertrack_at any "unstar"' -l dry-run -d 'Show what would change; change nothing'
complete -c papertrack -n '__papertrack_at 1+ "unstar"' -k -f -a '(__papertrack_ids; __papertrack_query)'
complete -c papertrack -n '__papertrack_at any "note"' -l dry-run -d 'Show what would change; change nothing'
complete -c papertrack -n '__papertrack_at 1 "note"' -k -f -a '(__papertrack_ids)'
complete -c papertrack -n '__papertrack_at 1 "tag"' -a 'add' -d 'Add tags to papers'
complete -c papertrack -n '__papertrack_at 1 "tag"' -a 'remove' -d 'Remove tags from papers'
complete -c papertrack -n '__papertrack_at 1 "tag"' -a 'rename' -d 'Rename a tag and the tags below it; an existing tag NEW is merged with it'
complete -c papertrack -n '__papertrack_at any "tag add"' -s y -l yes -d 'Don\'t ask for confirmation'
complete -c papertrack -n '__papertrack_at any "tag add"' -l dry-run -d 'Show what would change; change nothing'
complete -c papertrack -n '__papertrack_at 1 "tag add"' -k -f -a '(__papertrack_taglist)'
complete -c papertrack -n '__papertrack_at 2+ "tag add"' -k -f -a '(__papertrack_ids; __papertrack_query)'
complete -c papertrack -n '__papertrack_at any "tag remove"' -s y -l yes -d 'Don\'t ask for confirmation'
complete -c papertrack -n '__papertrack_at any "tag remove"' -l dry-run -d 'Show what would change; change nothing'
complete -c papertrack -n '__papertrack_at 1 "tag remove"' -k -f -a '(__papertrack_taglist)'
complete -c papertrack -n '__papertrack_at 2+ "tag remove"' -k -f -a '(__papertrack_ids; __papertrack_query)'
complete -c papertrack -n '__papertrack_at any "tag rename"' -l dry-run -d 'Show what would change; change nothing'
complete -c papertrack -n '__papertrack_at 1 "tag rename"' -k -f -a '(__papertrack_tags)'
complete -c papertrack -n '__papertrack_at 2 "tag rename"' -k -f -a '(__papertrack_tags)'
complete -c papertrack -n '__papertrack_at 1 "view"' -a 'save' -d 'Save a query under a name; an existing view of that name is replaced'
complete -c papertrack -n '__papertrack_at 1 "view"' -a 'list' -d 'List the saved queries, and how many papers each matches'
complete -c papertrack -n '__papertrack_at 1 "view"' -a 'remove' -d 'Remove saved queries that no other view or rule uses'
complete -c papertrack -n '__papertrack_at 1 "view save"' -k -f -a '(__papertrack_views)'
complete -c papertrack -n '__papertrack_at 2+ "view save"' -k -f -a '(__papertrack_query)'
complete -c papertrack -n '__papertrack_at any "view list"' -l json -d 'Write JSON'
complete -c papertrack -n '__papertrack_at any "view remove"' -l dry-run -d 'Show what would change; change nothing'
complete -c papertrack -n '__papertrack_at 1+ "view remove"' -k -f -a '(__papertrack_views)'
complete -c papertrack -n '__papertrack_at 1 "rule"' -a 'add' -d 'Add a rule, or change the one of that name'
complete -c papertrack -n '__papertrack_at 1 "rule"' -a 'list' -d 'List the rules in the order in which they are applied'
complete -c papertrack -n '__papertrack_at 1 "rule"' -a 'test' -d 'Show the papers here that a rule would change, and how'
complete -c papertrack -n '__papertrack_at 1 "rule"' -a 'apply' -d 'Apply rules to the papers that are here already'
complete -c papertrack -n '__papertrack_at 1 "rule"' -a 'move' -d 'Put a rule before or after another one'
complete -c papertrack -n '__papertrack_at 1 "rule"' -a 'remove' -d 'Forget rules; what they did stays'
complete -c papertrack -n '__papertrack_at any "rule add"' -l if -r -k -f -a '(__papertrack_query)' -d 'Which papers; \'\' for all of them'
complete -c papertrack -n '__papertrack_at any "rule add"' -l do -r -f -d 'tag NAME, star, mark read|later, hide'
complete -c papertrack -n '__papertrack_at any "rule add"' -l before -r -k -f -a '(__papertrack_rules)' -d 'Put it before this rule'
complete -c papertrack -n '__papertrack_at any "rule add"' -l after -r -k -f -a '(__papertrack_rules)' -d 'Put it after this rule'
complete -c papertrack -n '__papertrack_at 1 "rule add"' -k -f -a '(__papertrack_rules)'
complete -c papertrack -n '__papertrack_at any "rule list"' -l json -d 'Write JSON'
complete -c papertrack -n '__papertrack_at 1 "rule test"' -k -f -a '(__papertrack_rules)'
complete -c papertrack -n '__papertrack_at any "rule apply"' -s y -l yes -d 'Don\'t ask for confirmation'
complete -c papertrack -n '__papertrack_at any "rule apply"' -l dry-run -d 'Show what would change; change nothing'
complete -c papertrack -n '__papertrack_at 1+ "rule apply"' -k -f -a '(__papertrack_rules)'
complete -c papertrack -n '__papertrack_at any "rule move"' -l before -r -k -f -a '(__papertrack_rules)' -d 'Put it before this rule'
complete -c papertrack -n '__papertrack_at any "rule move"' -l after -r -k -f -a '(__papertrack_rules)' -d 'Put it after this rule'
complete -c papertrack -n '__papertrack_at 1 "rule move"' -k -f -a '(__papertrack_rules)'
complete -c papertrack -n '__papertrack_at any "rule remove"' -l dry-run -d 'Show what would change; change nothing'
complete -c papertrack -n '__papertrack_at 1+ "rule remove"' -k -f -a '(__papertrack_rules)'
complete -c papertrack -n '__papertrack_at any "export"' -l format -r -k -f -a '(__papertrack_export_format)' -d 'Write an export format: markdown, bibtex, csv, ids…'
complete -c papertrack -n '__papertrack_at any "export"' -s o -l output -r -F -d 'Write to this file; its suffix chooses the format'
complete -c papertrack -n '__papertrack_at any "export"' -l group -r -k -f -a '(__papertrack_list_group)' -d 'Group by this field'
complete -c papertrack -n '__papertrack_at any "export"' -l title -r -f -d 'Use this heading for a reading list'
complete -c papertrack -n '__papertrack_at any "export"' -l since -r -f -d 'Start on this day: 2025-11-07, 2025-W45, 7d, today'
complete -c papertrack -n '__papertrack_at any "export"' -l until -r -f -d 'End on this day, inclusive'
complete -c papertrack -n '__papertrack_at any "export"' -s s -l sort -r -k -f -a '(__papertrack_list_sort)' -d 'Sort by this; newest, most or best first'
complete -c papertrack -n '__papertrack_at any "export"' -s n -l limit -r -f -d 'Show at most N'
complete -c papertrack -n '__papertrack_at any "export"' -l fields -r -k -f -a '(__papertrack_list_fields)' -d 'Write only these fields (implies --json unless --format is given)'
complete -c papertrack -n '__papertrack_at 1+ "export"' -k -f -a '(__papertrack_ids; __papertrack_query)'
complete -c papertrack -n '__papertrack_at any "undo"' -l dry-run -d 'Show what would change; change nothing'
complete -c papertrack -n '__papertrack_at any "log"' -s n -l limit -r -f -d 'At most so many'
complete -c papertrack -n '__papertrack_at any "log"' -s a -l all -d 'All that are kept'
complete -c papertrack -n '__papertrack_at any "log"' -l json -d 'Write JSON'
complete -c papertrack -n '__papertrack_at any "doctor"' -l fix -d 'Repair what needs no decision of yours'
complete -c papertrack -n '__papertrack_at any "doctor"' -l json -d 'Write JSON'
complete -c papertrack -n '__papertrack_at 1 "backup"' -F
complete -c papertrack -n '__papertrack_at any "restore"' -s y -l yes -d 'Don\'t ask for confirmation'
complete -c papertrack -n '__papertrack_at 1 "restore"' -F
complete -c papertrack -n '__papertrack_at 1 "completion"' -k -f -a '(__papertrack_completion_shell)'
complete -c papertrack -n '__papertrack_at 1+ "help"' -k -f -a '(__papertrack_help_topic)'
