"""The query language: text to a Clause.

    query = or
    or    = and {"or" and}
    and   = not {["and"] not}
    not   = ["not" | "^" | "-"] term
    term  = word | "a phrase" | prefix* | field:value | field:=exact | field:/regex/ | field:a..b
          | is:name | has:name | @view | "(" query ")"
    value = one or several alternatives, comma-separated; each may be "quoted"

Text that is pasted is no mistake: a `word:` that is no field, an operator that joins
nothing, a quotation mark that is never closed are words, and a dash is left out. A
field's name that is misspelt right before a value is a mistake all the same.

Nothing is evaluated here: `index` turns a Clause into SQL. A mistake raises
`QueryError` with the query and the offset of the fault, so that a caret can be set
under it.

Other packages import all they need of a query from here.
"""

import datetime as dt
from typing import NamedTuple

from papertrack.query.clauses import (
    ANY_STATUS,
    NEW,
    Among,
    And,
    Clause,
    Days,
    Everything,
    Flag,
    How,
    Not,
    Number,
    Or,
    Term,
    Text,
    View,
    is_score,
    joined,
    mentions_hidden,
    on_days,
    terms,
    words,
)
from papertrack.query.normalize import phrases
from papertrack.query.terms import clause_of, with_words
from papertrack.query.tokens import (
    MAX_LENGTH,
    MAX_TERMS,
    Source,
    Token,
    has_operators,
    is_stated,
    mentions_field,
    tokens,
)

__all__ = [
    "ANY_STATUS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_TERMS",
    "NEW",
    "Among",
    "And",
    "Clause",
    "Days",
    "Everything",
    "Flag",
    "How",
    "Not",
    "Number",
    "Or",
    "Placed",
    "Term",
    "Text",
    "View",
    "has_operators",
    "is_score",
    "is_stated",
    "joined",
    "mentions_field",
    "mentions_hidden",
    "on_days",
    "parse",
    "parse_placed",
    "terms",
    "words",
    "words_alone",
]

MAX_DEPTH = 10  # SQLite and FTS5 nest their own parentheses in ours, and stop at 100


def parse(text: str, today: dt.date) -> Clause:
    """The clause that `text` states; relative dates count from `today`. Raises QueryError."""
    # What the shell could not decode is replaced, which keeps the caret's place.
    source = Source(text.encode("utf-8", "replace").decode("utf-8"))
    return _Parser(source, today).parse()


def words_alone(text: str) -> tuple[Text, ...]:
    """The words of a text of which all is words, such as a title or an abstract: of a
    long one the first, as many as a query may have, and as many characters.
    """
    words: list[Text] = []
    room = MAX_LENGTH
    for part in dict.fromkeys(text.split()):
        if len(words) == MAX_TERMS or not room:
            break
        # FTS5 takes 5 KB for each word in `a,a,a…`, which is one phrase.
        word = part[:room]
        if phrases(word):
            words.append(Text(word, How.WORD))
            room -= len(word)
    return tuple(words)


class Placed(NamedTuple):
    """The clause of a text, and where parts of it are: the terms, `not` and `or`."""

    text: str
    clause: Clause
    places: list[tuple[Clause, int]]

    def place(self, clause: Clause, default: int = 0) -> int:
        """The offset of this very part in the text; `default` if it has none."""
        for part, position in self.places:
            if part is clause:
                return position
        return default


def parse_placed(text: str, today: dt.date) -> Placed:
    """As `parse`, with the places of the parts, for mistakes that are found later."""
    source = Source(text.encode("utf-8", "replace").decode("utf-8"))
    parser = _Parser(source, today)
    return Placed(source.text, parser.parse(), parser.places)


class _Parser:
    """Recursive descent over the tokens, one method a rule of the grammar."""

    def __init__(self, source: Source, today: dt.date) -> None:
        self.source = source
        self.today = today
        self.tokens = tokens(source)
        self.at = 0
        self.depth = 0
        self.places: list[tuple[Clause, int]] = []

    def parse(self) -> Clause:
        if self.peek().kind == "end":
            return Everything()
        clause = self.any_of()
        token = self.peek()
        if token.kind != "end":
            message = "a closing parenthesis that none opened"
            self.source.fail(message, token.position)
        return clause

    def peek(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.peek()
        self.at += 1
        return token

    def any_of(self) -> Clause:
        clauses = [self.all_of()]
        position = self.peek().position
        while self.peek().kind == "or":
            self.take()
            clauses.append(self.all_of())
        clause = joined(Or, clauses)
        if len(clauses) > 1:
            self.places.append((clause, position))
        return clause

    def all_of(self) -> Clause:
        clauses = [self.negated()]
        while self.peek().kind in ("and", "not", "term", "("):
            if self.peek().kind == "and":
                self.take()
            clauses.append(self.negated())
        return joined(And, with_words(clauses))

    def negated(self) -> Clause:
        if self.peek().kind != "not":
            return self.term()
        token = self.take()
        self.deeper(token)
        clause = Not(self.negated())
        self.places.append((clause, token.position))
        self.depth -= 1
        return clause

    def deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.source.fail(f"nested more than {MAX_DEPTH} deep", token.position)

    def term(self) -> Clause:
        token = self.take()
        if token.kind == "(":
            return self.in_parentheses(token)
        if token.kind != "term":
            what = "the end" if token.kind == "end" else f"'{token.text}'"
            expected = "expected a word, field:value or a parenthesis"
            self.source.fail(f"{expected} before {what}", token.position)
        clause = clause_of(token, self.source, self.today)
        self.places.append((clause, token.position))
        return clause

    def in_parentheses(self, opening: Token) -> Clause:
        self.deeper(opening)
        clause = self.any_of()
        if self.take().kind != ")":
            message = "this parenthesis is never closed"
            self.source.fail(message, opening.position)
        self.depth -= 1
        return clause
