"""The query language: the clause of a text, and the position of an error."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.errors import QueryError
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.core.fields import HAS, IS
from papertrack.query.language import (
    MAX_DEPTH,
    MAX_LENGTH,
    And,
    Clause,
    Days,
    Everything,
    Flag,
    How,
    Not,
    Number,
    Or,
    Text,
    View,
    mentions_hidden,
    parse,
    words,
)

TODAY = dt.date(2025, 11, 24)


def described(clause: Clause) -> str:
    """A clause on one line: fields by name, comparisons by their sign."""
    if isinstance(clause, Text):
        text = {
            How.WORD: clause.text,
            How.PHRASE: f"<{clause.text}>",
            How.PREFIX: f"{clause.text}~",
            How.EXACT: f"={clause.text}",
            How.REGEX: f"/{clause.text}/",
        }[clause.how]
        return f"{clause.field.name}:{text}" if clause.field else text
    if isinstance(clause, Number):
        return f"{clause.field.name}[{clause.low} {clause.high}]"
    if isinstance(clause, Days):
        return f"{clause.field.name}[{clause.first} {clause.last})"
    if isinstance(clause, Flag):
        return f"{clause.prefix}:{clause.name}"
    if isinstance(clause, View):
        return f"@{clause.name}"
    if isinstance(clause, Not):
        return f"!{described(clause.clause)}"
    if isinstance(clause, And | Or):
        return (
            "("
            + (" & " if isinstance(clause, And) else " | ").join(
                map(described, clause.clauses)
            )
            + ")"
        )
    assert isinstance(clause, Everything)
    return "*"


MEANINGS = [
    ("", "*"),
    ("   ", "*"),
    ("zoku", "zoku"),
    ("Zókü", "Zókü"),
    ("zoku mibra", "(zoku & mibra)"),
    ("zoku and mibra", "(zoku & mibra)"),
    ("zoku AND mibra", "(zoku & mibra)"),
    ("zoku or mibra", "(zoku | mibra)"),
    ("a b or c d", "((a & b) | (c & d))"),
    ("a or b c or d", "(a | (b & c) | d)"),
    ("a (b or c) d", "(a & (b | c) & d)"),
    ("not a b", "(!a & b)"),
    ("not (a b)", "!(a & b)"),
    ("not not a", "!!a"),
    ("-a ^b", "(!a & !b)"),
    ("-(a or b)", "!(a | b)"),
    ("a - b", "(a & b)"),
    ("GPT-4 C++", "(GPT-4 & C++)"),
    ("android notary order", "(android & notary & order)"),
    ('"zoku mibra"', "<zoku mibra>"),
    ('"or"', "<or>"),
    ('-"a b"', "!<a b>"),
    ('"not (a"', "<not (a>"),
    ('a"b c"', "(a & <b c>)"),
    ("zok*", "zok~"),
    ("title:zoku", "title:zoku"),
    ("TITLE:Zoku", "title:Zoku"),
    ("title:zok*", "title:zok~"),
    ('title:"zoku mibra"', "title:<zoku mibra>"),
    ("title:=zoku", "title:=zoku"),
    ('title:="zoku mibra"', "title:=zoku mibra"),
    ("title:/zo.u (a|b)/", "title:/zo.u (a|b)/"),
    (r"title:/a\/b/ c", r"(title:/a\/b/ & c)"),
    ("title:/a/,/b c/,d", "(title:/a/ | title:/b c/ | title:d)"),
    ("title:/a,{1,3}/", "title:/a,{1,3}/"),
    ("tag:/^nlp/", "tags:/^nlp/"),
    (r"tag:a,/b/c", r"(tags:a | tags:/b/c)"),
    ("title:a,b", "(title:a | title:b)"),
    ('title:"a,b",c*', "(title:<a,b> | title:c~)"),
    ("-title:a", "!title:a"),
    ("author:zoku org:mibra", "(authors:zoku & organization:mibra)"),
    ("cat:cs.CL,cs.LG", "(categories:cs.CL | categories:cs.LG)"),
    ("tag:nlp/parsing", "tags:nlp/parsing"),
    ('tag:"deep zoku"', "tags:deep zoku"),
    ("tag:=nlp", "tags:=nlp"),
    ("tag:nl*", "tags:nl~"),
    ("source:hf", "sources:hf"),
    ("status:read,later", "(status:read | status:later)"),
    ('status:"read"', "status:read"),
    ("upvotes:5", "upvotes[5.0 5.0]"),
    ("upvotes:5..", "upvotes[5.0 None]"),
    ("upvotes:..5", "upvotes[None 5.0]"),
    ("stars:1..2,9", "(stars[1.0 2.0] | stars[9.0 9.0])"),
    ("version:=2", "version[2.0 2.0]"),
    ("published:2024", "published[2024-01-01 2025-01-01)"),
    ("listed:7d..", "listed[2025-11-17 None)"),
    ("added:today", "added[2025-11-24 2025-11-25)"),
    ("updated:2025-W45", "updated[2025-11-03 2025-11-10)"),
    ("votes:5..", "upvotes[5.0 None]"),
    ("year:2024", "published[2024-01-01 2025-01-01)"),
    ("category:cs.CL", "categories:cs.CL"),
    (
        "date:2025-11-07",
        "(listed[2025-11-07 2025-11-08) | "
        "(!listed[None None) & published[2025-11-07 2025-11-08)))",
    ),
    ("tag:*", "has:tag"),
    ("^doi:*", "!has:doi"),
    ("is:unread", "is:unread"),
    ('is:Unread,"LATER"', "(is:unread | is:later)"),
    ('upvotes:"5..",=7', "(upvotes[5.0 None] | upvotes[7.0 7.0])"),
    ("authors:a tags:b", "(authors:a & tags:b)"),
    ("a>5 title>5 x=y", "(a>5 & title>5 & x=y)"),
    ("listed:2025-w45", "listed[2025-11-03 2025-11-10)"),
    ("is:read,later", "(is:read | is:later)"),
    ("has:code", "has:code"),
    ("@mine zoku", "(@mine & zoku)"),
    ("@", "@"),
    ("2511.04570", "(id:=arxiv:2511.04570 | <2511.04570>)"),
    (
        "https://arxiv.org/abs/2511.04570v2",
        "(id:=arxiv:2511.04570 | <https://arxiv.org/abs/2511.04570v2>)",
    ),
    ("-2511.04570", "!(id:=arxiv:2511.04570 | <2511.04570>)"),
    ("id:2511.04570", "id:2511.04570"),
    ("id:2511*", "id:2511~"),
    ("doi:=10.1234/x", "doi:=10.1234/x"),
    ("x/y", "x/y"),
    ("12:30", "12:30"),
    # What is pasted: words, whatever else they may look like.
    ("zzqx:a", "zzqx:a"),
    ("Zoku: mibra takel", "(Zoku: & mibra & takel)"),
    ("Title: zoku mibra takel", "(Title: & zoku & mibra & takel)"),
    ("zoku is: not mibra", "(zoku & is: & !mibra)"),
    ("a or", "(a & or)"),
    ("or a", "(or & a)"),
    ("and", "and"),
    ("a and or b", "(a & or & b)"),
    ("a not", "(a & not)"),
    ("not", "not"),
    ("(a not)", "(a & not)"),
    ("Not a Zoku Or Mibra", "(Not & a & Zoku & Or & Mibra)"),
    ("NOT a OR b", "(!a | b)"),
    ("zoku -- mibra", "(zoku & mibra)"),
    ("zoku – mibra & takel |", "(zoku & mibra & takel)"),
    ("--", "!-"),
    ('zoku "mibra takel', "(zoku & mibra & takel)"),
    ('5" zoku', "(5 & zoku)"),
    ('"zoku mibra": takel', "(<zoku mibra> & takel)"),
]


@pytest.mark.parametrize(("text", "meaning"), MEANINGS)
def test_queries_are_parsed(text: str, meaning: str) -> None:
    assert described(parse(text, TODAY)) == meaning


MISTAKES = [
    ("zoku (mibra", "this parenthesis is never closed", 5),
    ("((a)", "this parenthesis is never closed", 0),
    ("a) b", "a closing parenthesis that none opened", 1),
    ("()", "expected a word", 1),
    ('title:"a', "this quotation mark is never closed", 6),
    ("title:/zoku", "this regular expression is never closed", 6),
    ('a ""', "an empty phrase", 2),
    ("titel:a", "did you mean title:a?", 0),
    ("a autor:b", "did you mean author:b?", 2),
    ("title:", "title: needs a value", 6),
    ("author: li", "author: needs a value", 7),
    ("a not )", "a closing parenthesis that none opened", 6),
    ('a title:""', "title: needs a value", 8),
    ("title:=", "title: needs a value", 6),
    ("categorie:x", "unknown field categorie; did you mean cat", 0),
    ("from:x", "unknown field from; did you mean author:x?", 0),
    ("a since:2025-11", "unknown field since; did you mean date:2025-11..?", 2),
    ("a is:done", "unknown is:done; did you mean is:read?", 5),
    ("has:star", "unknown has:star; did you mean is:starred?", 4),
    ("title:(a)", "takes no parentheses", 6),
    ("upvotes:9..3", "ends before it begins", 8),
    ("a stars>=5", "stars needs a range", 7),
    ("a is:unraed", "did you mean is:unread?", 5),
    ("is:read,xq", "unknown is:xq", 8),
    ("is:", "is: needs a name; known: unread", 3),
    ("has:cod", "did you mean has:code?", 4),
    ("status:red", "did you mean status:read?", 7),
    ("status:read,lter", "did you mean status:later?", 12),
    ("upvotes:many", "takes a number or a range", 8),
    ("upvotes:1,x", "takes a number or a range", 10),
    ("upvotes:..", "takes a number or a range", 8),
    ("upvotes:1e99", "a number out of range", 8),
    ("upvotes:nan", "a number out of range", 8),
    ("upvotes:-inf..", "a number out of range", 8),
    ("listed:2025-13", "2025-13 is not a date", 7),
    ("a listed:2025,soon", "soon is not a date", 14),
    ("listed:9999", "9999 is not a date", 7),
    ("listed:2025..2024", "ends before it begins", 7),
    ("upvotes:/1/", "takes no regular expression", 8),
    ("title:/a(b/", "the regular expression is wrong", 10),
    ("title:a,/[b/", "the regular expression is wrong", 11),
    ("title://", "an empty regular expression", 6),
    ("listed:/1/", "takes no regular expression", 7),
    ("title:/[/", "the regular expression is wrong", 8),
    ("(" * (MAX_DEPTH + 1), "nested more than", MAX_DEPTH),
    ("-" * (MAX_DEPTH + 1) + "a", "nested more than", MAX_DEPTH),
    ("a " * MAX_LENGTH, "at most", MAX_LENGTH),
]


@pytest.mark.parametrize(
    ("text", "message", "position"), MISTAKES, ids=lambda value: str(value)[:20]
)
def test_an_error_has_its_position(text: str, message: str, position: int) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, TODAY)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (caught.value.query, caught.value.position, caught.value.exit_code) == (
        text,
        position,
        2,
    )


PIECES = [
    *(f"{name}:" for name in BY_QUERY_NAME),
    "is:",
    "has:",
    "nope:",
    "@",
    *IS,
    *HAS,
    "zoku",
    "or",
    "and",
    "not",
    "-",
    "^",
    "(",
    ")",
    '"',
    '""',
    "/",
    "/a(/",
    "/a/",
    r"\/",
    ",",
    "*",
    "=",
    "..",
    "5",
    "1e9",
    "2025",
    "2025-W45",
    "7d",
    "9999",
    "2511.04570",
    "doi:10.1234/x",
    "https://a/b",
    " ",
    "\t",
    "\x00",
    "\ud800",
    "é",
    "²",
    "🔥",
    "[",
    "(?P<a>",
    "{9999999999}",
]


def meaning_or_mistake(text: str) -> Clause | QueryError:
    """The clause or error of `parse`; any other exception is a bug."""
    try:
        return parse(text, TODAY)
    except QueryError as error:
        return error


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=40)
)
def test_any_text_is_a_query_or_a_query_error(text: str) -> None:
    got = meaning_or_mistake(text)
    if isinstance(got, QueryError):
        assert 0 <= got.position <= len(text)
        assert "\n" not in str(got)
    else:
        described(got)
        list(words(got))
        mentions_hidden(got)


@pytest.mark.parametrize("piece", ["(", "(?:", "a{2}", "[a", "a|", "(?=", "(a)*"])
def test_a_long_regular_expression_is_parsed_or_refused(piece: str) -> None:
    body = piece * (MAX_LENGTH // len(piece) // 2)
    for text in (f"title:/{body}/", f"title:/{body + ')' * body.count('(')}/"):
        got = meaning_or_mistake(text)
        assert not isinstance(got, QueryError) or 0 <= got.position <= len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is:hidden", True),
        ("status:Hidden", True),
        ("status:=hidden", True),
        ("a (b or not is:hidden)", True),
        ("is:read,hidden", True),
        ("hidden", False),
        ("tag:hidden", False),
        ("is:read", False),
    ],
)
def test_hidden_papers_are_requested_by_name(text: str, expected: bool) -> None:
    assert mentions_hidden(parse(text, TODAY)) is expected


def test_negated_words_are_not_highlighted() -> None:
    clause = parse('a (b* or "c d") -e not (f g) title:h upvotes:1..', TODAY)
    assert [term.text for term in words(clause)] == ["a", "b", "c d", "h"]
