# Prints what can stand at the cursor. The first line is `files` or `dirs` where names of
# files fit too, else empty; then a line for each candidate: the whole word, TAB, a note.
#
# PAPERTRACK_TABLE   the rows of papertrack.cli.completion.table
# PAPERTRACK_WORDS   the words after `papertrack` up to the cursor, separated by \037
# PAPERTRACK_FOLDER  the folder of ids.tsv, tags.tsv, ..., which every write renews
# PAPERTRACK_FILES   those of them that can be read: ids,tags,

BEGIN {
    control = "[\001-\037\177]"
    rows = split(ENVIRON["PAPERTRACK_TABLE"], lines, "\n")
    for (i = 1; i <= rows; i++) {
        split(lines[i], cell, "\t")
        type[i] = cell[1]; where[i] = cell[2]; name[i] = cell[3]; value[i] = cell[4]; note[i] = cell[5]
    }
    count = split(ENVIRON["PAPERTRACK_WORDS"], words, "\037")
    piece = words[count]
    path = option = only_arguments = ""
    position = 1
    for (w = 1; w < count; w++) read_word(words[w])

    if (option == "" && !only_arguments && piece ~ /^--[a-z-]+=/) {
        option = value_of(substr(piece, 1, index(piece, "=") - 1))
        move_to_head("=")
    }
    if (option != "") offer(option)
    else if (!only_arguments && piece ~ /^-/) offer_options()
    else if (is_group(path)) offer_commands()
    else offer(argument_at(position))
}

function read_word(word) {
    if (option != "") option = ""
    else if (!only_arguments && word == "--") only_arguments = 1
    else if (!only_arguments && word ~ /^-./) option = value_of(word)
    else if (path == "" && expanded < 9 && alias_of(word) != "") read_alias(alias_of(word))
    else if (is_group(path)) path = path == "" ? word : path " " word
    else {
        if (position == 1) first = word
        position++
    }
}

# Reads the words of an alias in place of its name; one may begin with another.
function read_alias(line,    each, n, i) {
    expanded++
    n = split(line, each, " ")
    for (i = 1; i <= n; i++) read_word(each[i])
}

# The command line that an alias stands for; "" for other words.
function alias_of(word,    file, line, cells, found) {
    if (!has(ENVIRON["PAPERTRACK_FILES"], "aliases")) return ""
    file = ENVIRON["PAPERTRACK_FOLDER"] "/aliases.tsv"
    while ((getline line < file) > 0) {
        split(line, cells, "\t")
        if (cells[1] == word && !is_command(word)) found = cells[2]
    }
    close(file)
    return found
}

function is_command(word,    i) {
    for (i = 1; i <= rows; i++) if (type[i] == "command" && where[i] == "" && name[i] == word) return 1
    return 0
}

function has(list, item) { return index("," list ",", "," item ",") > 0 }

function is_group(path,    i) {
    for (i = 1; i <= rows; i++) if (type[i] == "command" && where[i] == path) return 1
    return 0
}

function applies(i) { return type[i] == "option" && (where[i] == "*" || has(where[i], path)) }

# The kind of the value that an option takes; "" for a flag.
function value_of(word,    i) {
    for (i = 1; i <= rows; i++) if (applies(i) && has(name[i], word)) return value[i]
    return ""
}

function argument_at(position,    i, later) {
    later = "none"
    for (i = 1; i <= rows; i++) {
        if (type[i] != "argument" || !has(where[i], path)) continue
        if (name[i] == position) return value[i]
        if (name[i] == "*") later = value[i]
    }
    return later == "setting" ? setting(first) : later
}

# The kind of the value that a key of config.toml takes; a row that ends in a dot is for
# all keys of its section.
function setting(key,    i) {
    for (i = 1; i <= rows; i++) {
        if (type[i] != "setting") continue
        if (where[i] == key || (where[i] ~ /\.$/ && index(key, where[i]) == 1)) return value[i]
    }
    return "none"
}

function offer_commands(    i) {
    print ""
    for (i = 1; i <= rows; i++) if (type[i] == "command" && where[i] == path) candidate(name[i], note[i])
    if (path == "") offer_cached("aliases")
}

function offer_options(    i) {
    print ""
    for (i = 1; i <= rows; i++) if (applies(i)) offer_each(name[i], note[i])
}

function offer_each(list, help,    each, n, i) {
    n = split(list, each, ",")
    for (i = 1; i <= n; i++) candidate(each[i], help)
}

function offer(kind) {
    print (kind == "targets" ? "files" : kind == "files" || kind == "dirs" ? kind : "")
    if (kind == "query") offer_query()
    else if (kind == "select") { offer_cached("ids"); offer_query() }
    else if (kind == "targets") offer_words(kind)
    else if (kind == "taglist") { move_to_head(","); offer_cached("tags") }
    else if (kind ~ /^\+/) { move_to_head(","); offer_each(substr(kind, 2)) }
    else if (kind ~ /^=/) offer_each(substr(kind, 2))
    else offer_cached(kind)
}

function offer_query() {
    move_to_head("[ \t()^]")
    if (piece ~ /^tag:/) { move_to_head(":"); move_to_head(","); offer_cached("tags") }
    else if (piece ~ /^@/) { move_to_head("@"); offer_cached("views") }
    else offer_words("query")
}

function offer_words(kind,    i) {
    for (i = 1; i <= rows; i++) if (type[i] == "word" && where[i] == kind) candidate(name[i], note[i])
}

function offer_cached(kind,    file, line, cells, n) {
    if (!has(ENVIRON["PAPERTRACK_FILES"], kind)) return
    file = ENVIRON["PAPERTRACK_FOLDER"] "/" kind ".tsv"
    while (n < 200 && (getline line < file) > 0) {
        if (!begins(line)) continue
        split(line, cells, "\t")
        if (cells[1] == "" || cells[1] ~ control || !begins(cells[1])) continue
        gsub(control, " ", cells[2])
        n += candidate(cells[1], cells[2])
    }
}

function begins(text) { return tolower(substr(text, 1, length(piece))) == tolower(piece) }

function candidate(text, help) {
    if (!begins(text)) return 0
    print head text "\t" help
    return 1
}

# Moves what stands up to the last match of a pattern for one character from `piece` to `head`.
function move_to_head(pattern) {
    while (match(piece, pattern)) {
        head = head substr(piece, 1, RSTART)
        piece = substr(piece, RSTART + 1)
    }
}
