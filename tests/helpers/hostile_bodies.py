"""Bodies made to use much time or memory: by name, each a function of its size in
bytes. `BODIES` has the parsers of each kind, then names and functions. They are read by
`sources.formats` and by the parser of the response; `tests.soak.bounds` runs them at 10
MB, the suite at a tenth and less.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

Body = Callable[[int], bytes]


def fill(piece: bytes | str, before: bytes = b"", after: bytes = b"") -> Body:
    """`piece` repeated up to the size, between two others."""
    unit = piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece
    return lambda size: before + unit * (size // len(unit)) + after


def within(make: Callable[[bytes], bytes], body: Body) -> Body:
    return lambda size: make(body(size))


def counted(piece: bytes, before: bytes = b"", after: bytes = b"") -> Body:
    """`piece` with a number in it, `%d`, counting up."""
    return lambda size: (
        before + b"".join(piece % n for n in range(size // (len(piece) + 3))) + after
    )


def marks(before: bytes, after: bytes) -> Body:
    """A letter with too many accents to order."""
    return lambda size: (
        before
        + b"a"
        + "\u0301".encode() * (size // 4)
        + "\u0316".encode() * (size // 4)
        + after
    )


def api(inner: bytes) -> bytes:
    head = b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>http://arxiv.org/api/x</id>'
    return head + b"<title>ArXiv Query</title>" + inner + b"</feed>"


def feed(inner: bytes) -> bytes:
    return (
        b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>'
        + inner
        + b"</feed>"
    )


def rss(inner: bytes) -> bytes:
    head = (
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>cs.CL updates '
        b"on arXiv.org</title>"
    )
    return head + b"<link>http://arxiv.org/</link>" + inner + b"</channel></rss>"


def oai(inner: bytes) -> bytes:
    head = b'<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>'
    return head + inner + b"</ListRecords></OAI-PMH>"


def opml(inner: bytes) -> bytes:
    return (
        b'<?xml version="1.0"?><opml version="2.0"><body>' + inner + b"</body></opml>"
    )


ENTRY = b"<entry><id>http://arxiv.org/abs/2511.00001v1</id><title>T</title>"
ITEM = b"<item><guid>oai:arXiv.org:2511.00001v1</guid><title>T</title>"


def laughs(make: Callable[[bytes], bytes], depth: int = 7) -> Body:
    """An entity of entities: 10 to the power of `depth` letters in a kilobyte."""
    declarations = b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, depth)
    )
    document = make(b"<entry><title>&a%d;</title></entry>" % (depth - 1))
    bomb = document.replace(
        b"?>", b'?><!DOCTYPE l [<!ENTITY a0 "ha">' + declarations + b"]>", 1
    )
    return lambda size: bomb


def xml_bodies(make: Callable[[bytes], bytes]) -> dict[str, Body]:
    fills = {
        "depth": fill(b"<a>"),
        "closed depth": lambda n: b"<a>" * (n // 7) + b"</a>" * (n // 7),
        "open tags": fill(b"<a "),
        "lone <": fill(b"<"),
        "comments": fill(b"<!--"),
        "cdata": fill(b"<![CDATA["),
        "instructions": fill(b"<?a"),
        "NULs": fill(b"\0"),
        "tiny entries": fill(b"<entry/>"),
        "tiny items": fill(b"<item/>"),
        "tiny records": fill(b"<record/>"),
        "outlines": fill(b'<outline xmlUrl="http://a/b"/>'),
        "attributes": counted(b' a%d="x"', b"<entry", b"/>"),
        "namespaces": counted(b' xmlns:a%d="u"', b"<a", b"/>"),
        "entries": fill(ENTRY + b"</entry>"),
        "cut": lambda n: fill(ENTRY + b"</entry>")(n)[:-20],
    }
    titles = {
        "lone &": fill(b"&"),
        "&a": fill(b"&a"),
        "references": fill(b"&#65;"),
        "undefined": fill(b"&eacute;"),
        "letters": fill(b"x"),
        "words": fill(b"x "),
        "TeX": fill(rb"\'e"),
        "backslashes": fill(b"\\"),
        "dollars": fill(b"$", b"\\"),
        "formulas": fill(rb"\("),
        "accents": marks(b"", b""),
        "ligatures": fill("\ufdfa"),
        "escapes": fill("\x9b"),
        "markup": fill(b"&lt;p "),
    }
    for name, body in titles.items():
        fills[f"title of {name}"] = lambda n, body=body: (
            ENTRY[:-10] + b"<title>" + body(n) + b"</title></entry>"
        )
        fills[f"text of {name}"] = lambda n, body=body: (
            ITEM + b"<description>" + body(n) + b"</description></item>"
        )
    for name, text in {
        "commas": b"A B, ",
        "parentheses": b"(",
        "and": b"and ",
        "for the": b"for the ",
    }.items():
        fills[f"authors of {name}"] = fill(
            text, ITEM + b"<creator>", b"</creator></item>"
        )
    fills["authors"] = fill(b"<author><name>A B</name></author>", ENTRY, b"</entry>")
    fills["categories"] = fill(b'<category term="a"/>', ENTRY, b"</entry>")
    raw = b"<record><header/><metadata><arXivRaw><id>2511.00001</id><title>T</title><authors>"
    fills["record"] = fill(b"A, ", raw, b"</authors></arXivRaw></metadata></record>")
    keyed = raw.replace(b"Raw", b"")
    close = b"</authors></arXiv></metadata></record>"
    fills["record's authors"] = fill(
        b"<author><keyname>K</keyname></author>", keyed, close
    )
    made = {name: within(make, body) for name, body in fills.items()}
    bombs = {f"a bomb of 10^{depth}": laughs(make, depth) for depth in (4, 7, 10)}
    outside = b'?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return {
        **made,
        **bombs,
        "an entity outside": lambda n: make(b"<title>&x;</title>").replace(
            b"?>", outside, 1
        ),
    }


PROLOGUES: dict[str, Body] = {
    "doctype": fill(b"a ", b"<!DOCTYPE ", b"><rss/>"),
    "instructions": fill(b"<?a?>", after=b"<rss/>"),
    "comments": fill(b"<!---->", after=b"<rss/>"),
    "blanks": fill(b" ", after=b"<rss/>"),
    "open": fill(b"<?a "),
    "open comments": fill(b"<!--a "),
    "open doctypes": fill(b"<!doctype a "),
    "UTF-32": lambda n: (
        feed(ENTRY + b"</entry>")
        .replace(b"?>", b' encoding="utf-32"?>', 1)
        .decode()
        .encode("utf-32-le")
    ),
    "a DTD elsewhere": lambda n: (
        b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><rss><channel/></rss>'
    ),
}


def papers(inner: bytes) -> bytes:
    return (
        b'<!doctype html><body><div data-target="DailyPapers" data-props="{}">'
        + inner
        + b"</div></body></html>"
    )


def listing(inner: bytes) -> bytes:
    head = (
        b'<!doctype html><title>arXiv.org</title><div id="dlpage"><dl '
        b'id="articles"><h3>Fri, 7 Nov 2025</h3>'
    )
    return head + inner + b"</dl></div></html>"


def abstract(inner: bytes) -> bytes:
    head = (
        b'<!doctype html><title>arXiv.org</title><meta name="citation_arxiv_id" '
        b'content="2511.00001">'
    )
    return (
        head
        + b'<meta name="citation_title" content="T"><body>'
        + inner
        + b"</body></html>"
    )


TAGS = b"div a b table select svg template button p li form math td ruby span font nobr".split()
CARD = b'<article><h3><a href="/papers/2511.00001">'
TERM = b'<dt><a href="/abs/2511.00001">x</a></dt><dd><div class="list-title">Title: t</div>'


def html_bodies(make: Callable[[bytes], bytes]) -> dict[str, Body]:
    fills = {f"<{tag.decode()}>": fill(b"<%s>" % tag) for tag in TAGS}
    fills |= {
        "open tags": fill(b"<a "),
        "lone <": fill(b"<"),
        "attributes": counted(b" a%d=x", b"<div", b">"),
        "tags with attributes": fill(
            b"<p %s>" % b" ".join(b"a%d=x" % n for n in range(300))
        ),
        "quotes": fill(b'<a b="'),
        "comments": fill(b"<!--"),
        "bogus": fill(b"<!a"),
        "scripts": fill(b"<script>"),
        "plain text": fill(b"<div>", b"<plaintext>"),
        "foster": fill(b"<table><i><i><i><i>x"),
        "b and p": fill(b"<b><p>"),
        "a and div": fill(b"<a><div>"),
        "misnested": fill(b"<b id=1>" * 10 + b"<p></p></b>"),
        "NULs": fill(b"\0"),
        "lone &": fill(b"&"),
        "words": fill(b"x "),
        "cards": fill(CARD + b"t</a></h3><div>3</div></article>"),
        "a card": fill(b"<div>x</div>", CARD + b"t</a></h3>", b"</article>"),
        "metas": fill(b'<meta name="a" content="b">'),
        "nested cards": fill(
            b"<article>" * 100 + CARD + b"t</a></h3>" + b"</article>" * 101
        ),
        "a title": fill(b"x ", CARD, b"</a></h3></article>"),
        "terms": fill(TERM + b"</dd>"),
        "open terms": fill(b"<dt>"),
        "authors": fill(b"A, ", TERM + b'<div class="list-authors">', b"</div></dd>"),
        "subjects": fill(b"(a-", b'<td class="subjects">', b"</td>"),
    }
    return {name: within(make, body) for name, body in fills.items()}


def row(**more: object) -> bytes:
    return json.dumps(
        [
            {
                "paper": {
                    "id": "2511.00001",
                    "title": "T",
                    "authors": [{"name": "A"}],
                    **more,
                }
            }
        ]
    ).encode()


def said(name: str, value: bytes | Body) -> Body:
    """A row of Hugging Face's with a value that `json` would not write."""
    make = value if callable(value) else lambda size: value
    return lambda n: row(**{name: "@"}).replace(b'"@"', make(n))


ROW = b'{"paper":{"id":"2511.00001","title":"T"}},'
JSON: dict[str, Body] = {
    "[": fill(b"["),
    '{"a":': fill(b'{"a":'),
    "closed [": lambda n: b"[" * (n // 2) + b"]" * (n // 2),
    "NaN": said("upvotes", b"NaN"),
    "Infinity": said("upvotes", b"-Infinity"),
    "1e999": said("upvotes", b"1e999"),
    "5,000 digits": said("upvotes", b"9" * 5000),
    "digits": said("upvotes", fill(b"9")),
    "decimals": said("upvotes", fill(b"9", b"0.")),
    "exponent": said("upvotes", fill(b"9", b"1e")),
    "duplicate keys": lambda n: (
        b'[{"paper":{"id":"2511.00001","id":"2511.00002","title":"T","title":"U"}}]'
    ),
    "the same key": fill(b'"a":1,', b"[{", b'"b":1}]'),
    "keys": counted(b'"k%d":1,', b"[{", b'"b":1}]'),
    "title": said("title", fill(b"x", b'"', b'"')),
    "title's words": said("title", fill(b"x ", b'"', b'"')),
    "escaped": said("title", fill(b"\\u0041", b'"', b'"')),
    "NULs": said("title", fill(b"\\u0000", b'"', b'"')),
    "halves": said("title", fill(b"\\ud800", b'"', b'"')),
    "accents": said("title", marks(b'"', b'"')),
    "ligatures": said("title", fill("\ufdfa", b'"', b'"')),
    "an abstract": said("summary", marks(b'"', b'"')),
    "id": said("id", fill(b"2", b'"', b'"')),
    "id's version": said("id", fill(b"9", b'"2511.00001v', b'"')),
    "blank id": said("id", fill(b" ", b'"arXiv:', b'"')),
    "keywords": said("ai_keywords", fill(b'"k",', b"[", b'"k"]')),
    "authors": said("authors", fill(b'{"name":"A"},', b"[", b"{}]")),
    "zeros": fill(b"0,", b"[", b"0]"),
    "objects": fill(b"{},", b"[", b"{}]"),
    "lists": fill(b"[],", b"[", b"[]]"),
    "strings": fill(b'"",', b"[", b'""]'),
    "rows": fill(ROW, b"[", b"{}]"),
    "half of them bad": fill(ROW + b"{},", b"[", ROW[:-1] + b"]"),
    "quotes": fill(b'"'),
    "blanks": fill(b" ", b"[", b"]"),
    "no end": fill(b" ", b"["),
    "no UTF-8": said("title", b'"\xff\xfe\x80"'),
    "UTF-16": lambda n: row().decode().encode("utf-16"),
}


def csl(name: str, value: Body) -> Body:
    item = b'[{"type":"article","title":"T","DOI":"10.1234/x","%s":' % name.encode()
    return lambda n: item + value(n) + b"}]"


def text(piece: bytes) -> Body:
    return fill(piece, b'"', b'"')


CSL: dict[str, Body] = {
    "<": csl("title", text(b"<")),
    "<i": csl("title", text(b"<i ")),
    "&a": csl("title", text(b"&a")),
    "TeX": csl("title", text(rb"\\'e")),
    "backslashes": csl("title", text(rb"\\")),
    "JATS": csl("abstract", text(b"<jats:p>")),
    "heading": csl("abstract", fill(b" ", b'"<jats:title>', b'"')),
    "keywords": csl("keyword", text(b"a;")),
    "authors": csl("author", fill(b'{"family":"A"},', b"[", b"{}]")),
    "number": csl("number", text(b"arXiv:")),
    "URLs": csl("URL", text(b"http://a ")),
    "DOIs": csl("DOI", text(b"10.1234/")),
    "day": csl("issued", text(b"1")),
    "parts": csl("issued", fill(b"1,", b'{"date-parts":[[', b"1]]}")),
    "no end": fill(b'{"type":', b'[{"title":"x"},'),
    "items": fill(b'{"type":"a","title":"T"},\n', b"[", b"{}]"),
    "bare items": fill(b'{"type":"article"},', b"[", b"{}]"),
}

OWN = (
    b'{"id":"2511.00001","key":"arxiv:2511.00001","title":"T","authors":["A"],'
    b'"published":"2025-11-01"}\n'
)
NEXT = b'{"key":"arxiv:2511.00002","title":"'
LINES: dict[str, Body] = {
    "papers": fill(OWN),
    "depth": fill(b'{"a":', OWN),
    "lines of depth": fill(b'{"a":' * 2000 + b"\n", OWN),
    "escaped": fill(b"\\u0041", OWN + NEXT, b'"}\n'),
    "control characters": fill(b"\\u001b", OWN + NEXT, b'"}\n'),
    "backslashes": fill(rb"\\", OWN + NEXT, b'"}\n'),
    "bad": fill(b'{"key"\n', OWN),
    "empty": fill(b"\n", OWN),
    "brackets": fill(b"{\n", OWN),
    "quotes": fill(b'"', OWN),
    "authors": fill(b'"A",', OWN + NEXT + b'T","authors":[', b'""]}'),
    "tags": fill(b'"A",', OWN + NEXT + b'T","tags":[', b'""]}'),
    "NULs": fill(b"\0\n", OWN),
}
SNAP = (
    b'{"id":"2511.00001","title":"t","categories":"cs.CL","update_date":"2025-01-01",'
)
SNAPSHOT: dict[str, Body] = {
    "authors": fill(b'["A","B",""],', SNAP + b'"authors_parsed":[', b"[]]}"),
    "names": fill(b"A, ", SNAP + b'"authors_parsed":[],"authors":"', b'"}'),
    "versions": fill(
        b'{"version":"v1","created":"Mon, 2 Apr 2007 19:18:42 GMT"},',
        SNAP + b'"versions":[',
        b"{}]}",
    ),
    "papers": fill(SNAP + b'"authors_parsed":[]}\n'),
}


def json_feed(piece: bytes | str, before: bytes = b"", after: bytes = b"") -> Body:
    head = b'{"version":"https://jsonfeed.org/version/1.1","title":"t","items":['
    return fill(piece, head + before, after + b"]}")


JSON_FEED: dict[str, Body] = {
    "items": json_feed(b'{"id":"1","title":"t"},', after=b"{}"),
    "depth": json_feed(b'{"a":'),
    "markup": json_feed(b"<", b'{"id":"1","content_html":"', b'"}'),
    "mentions": json_feed(
        b"https://arxiv.org/abs/2511.00001 ", b'{"id":"1","content_html":"', b'"}'
    ),
    "tags": json_feed(b'"a",', b'{"id":"1","title":"t","tags":[', b'"b"]}'),
    "authors": json_feed(
        b'{"name":"a b"},', b'{"id":"1","title":"t","authors":[', b"{}]}"
    ),
    "a name": json_feed(
        b"a@b ", b'{"id":"1","title":"t","authors":[{"name":"', b'"}]}'
    ),
}


def bib(field: str, piece: bytes) -> Body:
    return fill(
        piece,
        b"@article{k,\n title={T},\n year={2020},\n %s={" % field.encode(),
        b"}\n}\n",
    )


def bibs(field: str, piece: bytes, each: int) -> Body:
    """Entries with `each` bytes in a field."""
    entry = (
        b"@article{k%d,\n title={T},\n "
        + field.encode()
        + b"={"
        + piece * (each // len(piece))
        + b"}\n}\n"
    )
    return lambda n: b"".join(
        entry.replace(b"%d", b"%d" % number)
        for number in range(max(n // len(entry), 1))
    )


LATEX = {
    "commands": rb"\a ",
    "accents": rb"\'e",
    "braced accents": rb"\'{e}",
    "emphasis": rb"\emph{a}",
    "fractions": rb"\frac{a}{b}",
    "dollars": b"$",
    "formulas": b"$a$",
    "opened formulas": rb"\(",
    "backslashes": b"\\\\",
    "begin": rb"\begin{a}",
    "environments": rb"\begin{a}\end{a}",
    "per cent": b"%",
    "ampersands": b"&",
    "links": rb"\href{a}{b}",
    "opened links": rb"\url{",
    "TeX": rb"\TeX ",
    "letters": b"x",
    "words": b"x ",
    "roots": rb"\sqrt[",
    "verb": rb"\verb|a|",
    "items": rb"\item ",
    "blanks": b" ",
    "lines": b"\n",
}
NAMES = {
    "and": b"A and ",
    "nothing": b"and ",
    "commas": b",",
    "bodies": b"{a} and ",
    "empty": b"{}",
    "turned": b"A, B and ",
    "extended": b"family=a, given=b and ",
    "ties": b"~",
    "accents": rb"\'A and ",
    "commands": rb"\a and ",
}
BIBTEX: dict[str, Body] = {
    "braces": lambda n: (
        b"@article{k,\n title={" + b"{" * (n // 2) + b"}" * (n // 2) + b"}}"
    ),
    "open braces": bib("title", b"{"),
    "open entries": fill(b"@article{k,\n"),
    "in one line": fill(b"@a{"),
    "@": fill(b"@", b"@a{k,title={T}}\n"),
    "@ lines": fill(b"@\n", b"@a{k,title={T}}\n"),
    "entries": counted(b"@article{k%d,\n title={T},\n author={A}\n}\n"),
    "tiny": fill(b"@a{b,title={c}}\n"),
    "no end": fill(b"@a{b,title={c}\n", b"@a{b,title={c}}\n"),
    "no title": fill(b"@a{b,c={d}}\n"),
    "fields": counted(b"f%d={x},\n", b"@a{k,\n", b"}\n"),
    "one field": fill(b"title={x},\n", b"@a{k,\n", b"}\n"),
    "commas": fill(b",", b"@a{k", b"}\n"),
    "equals": fill(b"=", b"@a{k,title", b"}\n"),
    "quotes": fill(b'"', b"@a{k,title=", b"}\n"),
    "joined": fill(b"a#", b"@a{k,title=", b"a}\n"),
    "joined quotes": fill(b'"a"#', b"@a{k,title=", b'"a"}\n'),
    "macros": lambda n: (
        b'@string{a0="%s"}\n' % (b"x" * 10)
        + b"".join(
            b"@string{a%d=a%d#a%d}\n" % (i, i - 1, i - 1)
            for i in range(1, min(n // 30, 90_000))
        )
        + b"@a{k,title=a99}\n"
    ),
    "comments": fill(b"@comment{a}\n", after=b"@a{k,title={T}}\n"),
    "word": fill(b"a", b"@"),
    "blanks": fill(b" ", b"@", b"article{k,title={T}}\n"),
    "lines": fill(b" \t\n", after=b"@a{k,title={T}}\n"),
    "keywords": bib("keywords", b"a;"),
    "URLs": bib("url", b"http://a "),
    "DOIs": bib("doi", b"10.1234/"),
    "months": bib("month", b"jan "),
    **{f"title of {name}": bib("title", piece) for name, piece in LATEX.items()},
    **{
        f"abstracts of {name}": bibs("abstract", piece, 19_000)
        for name, piece in LATEX.items()
    },
    **{
        f"short ones of {name}": bibs("title", piece, 60)
        for name, piece in LATEX.items()
    },
    **{f"authors: {name}": bib("author", piece) for name, piece in NAMES.items()},
}


def ris(piece: bytes, before: bytes = b"") -> Body:
    return fill(piece, b"TY  - JOUR\nTI  - T\n" + before, b"\nER  - \n")


RIS: dict[str, Body] = {
    "records": fill(b"TY  - J\nTI  - T\nER  - \n"),
    "starts": fill(b"TY  - JOUR\n"),
    "empty": fill(b"TY  - J\nER  - \n"),
    "authors": ris(b"AU  - A, B\n"),
    "keywords": ris(b"KW  - a\n"),
    "lines": ris(b"x\n"),
    "abstract": ris(b"x\n", b"AB  - "),
    "title": ris(b"x ", b"T1  - "),
    "URLs": ris(b"UR  - http://a\n"),
    "ids": ris(b"AN  - arXiv:2511.00001\n"),
    "an id": ris(b"arXiv:", b"M1  - "),
    "years": ris(b"PY  - 2020\n"),
    "year": ris(b"1", b"PY  - "),
    "blanks": fill(b" ", after=b"TY  - J\nTI  - T\nER  - \n"),
    "no records": fill(b"TY", after=b"\nTY  - J\nTI  - T\nER  - \n"),
}

PAPER = (
    b"A long title of a paper here\nAbstract of it. "
    + b"word " * 20
    + b"\n\xe2\x80\xa2 4 authors\n"
)
TEXT: dict[str, Body] = {
    "ids": fill(b"2511.00001\n"),
    "ids in a line": fill(b"2511.00001 "),
    "arxiv:": fill(b"arxiv:"),
    "http://": fill(b"http://"),
    "addresses": fill(b"https://arxiv.org/abs/"),
    "dots": fill(b".", b"2511.00001 http://arxiv.org/"),
    "brackets": fill(b"http://a/" + b")" * 290 + b" ", b"2511.00001 "),
    "letters": fill(b"x"),
    "words": fill(b"x "),
    "lines": fill(b"x\n"),
    "empty lines": fill(b"\n"),
    "carriage returns": fill(b"\r"),
    "papers": fill(PAPER),
    "days": fill(b"Mar 17 2\n"),
    "DOIs": fill(b"10.1234/"),
    "DOIs in a line": fill(b"10.1234/a "),
    "digits": fill(b"9"),
    "dots in lines": fill("·\n"),
    "submitters": fill(b"Submitted by\n"),
    "archives": fill(b"cond-mat."),
    "hosts": fill(b"a.b."),
    "accents": marks(b"Mar 17\n", b""),
    "0xff": fill(b"\xff"),
    "NULs": fill(b"\0"),
    "UTF-16": fill(b"a\0", b"\xff\xfe"),
    "UTF-32": fill(b"a\0\0\0", b"\xff\xfe\0\0"),
    "every byte": fill(bytes(range(256))),
}

GZIP: dict[str, Body] = {
    "bomb": lambda n: gzip.compress(b"\0" * 1_000_000, 9) * (n // 20_000),
    "nested": lambda n: gzip.compress(gzip.compress(b"x")),
    "cut": lambda n: gzip.compress(bytes(range(256)) * 40)[:-30],
    "members": lambda n: gzip.compress(b"") * (n // 20),
    "members and rubbish": lambda n: gzip.compress(OWN) + b"rubbish" * 9,
}

BODIES: dict[str, tuple[str, dict[str, Body]]] = {
    "api": ("file api feed", xml_bodies(api)),
    "announced": ("file announced feed", xml_bodies(rss)),
    "oai": ("file oai", xml_bodies(oai)),
    "feed": ("file feed", xml_bodies(feed)),
    "opml": ("file", xml_bodies(opml)),
    "prologue": ("file feed api", PROLOGUES),
    "hf page": ("file hf-page", html_bodies(papers)),
    "arxiv list": ("file arxiv-page", html_bodies(listing)),
    "arxiv abs": ("file arxiv-page", html_bodies(abstract)),
    "json": ("file hf-json feed csl own", JSON),
    "csl": ("file csl", CSL),
    "lines": ("file lines", LINES),
    "snapshot": ("file snapshot", SNAPSHOT),
    "json feed": ("file feed", JSON_FEED),
    "bibtex": ("file bibtex", BIBTEX),
    "ris": ("file ris", RIS),
    "text": ("file ids ris bibtex", TEXT),
    "gzip": ("file", GZIP),
}
"""Kind -> the parsers that read it, and the bodies by name."""
