"""Secrets in web addresses: found in whatever form they are written, and removed.

`without_password` is for what comes in as an address: nothing else may be stored, sent to
another program, or named in a message. `hide_secrets` is for text that may contain one.

Where an address can be read in two ways, it is read as one with a password: what is
hidden by mistake can be typed again with `%40` for `@`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

# Patterns are strings: every message passes here, and `re` compiles on first use.
_SCHEME = r"[a-z][a-z0-9+.-]*:"
_KNOWN = r"(?:https?|wss?|ftps?|socks5h?|web\+feed|feed|rss|itpc|pcast|url):"
_START = (
    rf"(?i)\s*(?:(?:{_KNOWN})*{_SCHEME}(?:\s?[/\\])+"
    rf"|[/\\](?:\s?[/\\])+|(?:{_KNOWN})+)"
)
"""What is before the name or the host; only known schemes go without slashes, and only
they come before another one: the others are names, with a password after them. White
space between slashes is left out by browsers.
"""
_LOOKALIKES = str.maketrans("＠﹫：﹕／＼？﹖＃﹟．。", "@@::/\\??##..")
"""What NFKC, and so IDNA and httpx, read as the signs of an address."""
_OWN_KINDS = frozenset(
    ("arxiv", "arxiv-oai", "doi", "hf", "title", "url", "guid", "mailto", "feed")
)
"""What comes before a colon in targets and keys, and is no user name."""

_NAME_OF_HOST = r"(?:[\w-]+\.)+[^\W\d_]{2,}|localhost|(?:\d+\.){3}\d+|\[[^\s/?#]*"
_LIKE_HOST = (
    rf"(?i)(?:{_NAME_OF_HOST})\.?(?::\d*)?(?:[/?#\s]|\Z)|[\w-]+:\d+(?:[/?#]|\Z)"
)
_OF_MACHINE = r"(?i)localhost\.?|[\d.]+|\[.*"
_PORT = r":\d{1,5}"

_PARAMETER = (
    r"(?i)((?:[?&;#]|%3f|%26)(?:(?!resumptiontoken=)[\w.-]*token|"
    r"(?:x-)?(?:api|auth|access|private|feed|secret)[_-]?key|key|password|passwd|"
    r"passphrase|passwort|pass|pwd|[\w.-]*secret|auth|authorization|bearer|jwt|"
    r"credentials?|x-amz-(?:credential|signature)|signature|sig|session(?:[_-]?id)?|"
    r"sid)(?:\[\w*\])?(?:=|%3d))[^&;#\s\"'<>…]+"
)
"""A parameter whose value is a secret by the usual meaning of its name. That of OAI-PMH,
resumptionToken, is the number of a page.
"""

_IN_TEXT = (
    r"(?<![\w+./\\:-])(?:[\w+.-]+:)*[/\\／]\s?[/\\／][^\s\"'<>]*"
    r"|(?<![\w+.-])(?i:https?|feed):/?(?=[^\s/\\])[^\s\"'<>]+"
)
_BARE_IN_TEXT = (
    r"(?<![^\s\"'(<,;=])([^\s:/@\"'<>]{1,100}):(?![/\\\s]|[\w+.-]+://)[^\s\"'<>]*[@＠]"
    rf"(?=(?i:{_NAME_OF_HOST})|[\w-]+[:/]|[\[:])"
)
"""`NAME:SECRET@host` without a scheme."""
_ENCODED = r"(?i)(%3a%2f%2f)(?:(?!%2f)[^\s&\"'<>])*?%40"
"""The start of an encoded address within another one, and its password."""
_SIGNS = ("//", "@", "=", "\\", "%40", "%3D", "%3d", "http:", "https:")
_MORE_OF_PASSWORD = r"(?:(?!//)[^\n]){0,200}[@＠](?=[\w\[:])[^\s\"'<>]*"


class _Parts(NamedTuple):
    """An address: up to its password, the password, the rest.

    `is_clear` is whether all agree what of it is the password.
    """

    before: str
    secret: str
    after: str
    is_clear: bool = True


def without_password(address: str) -> str:
    """An address without user name and password; other text as it is.

    >>> without_password("https://ann:ge/he@im@owls.example/feed")
    'https://owls.example/feed'
    """
    if not _may_have_secret(address) or _is_plain(address):
        return address
    parts = _parts(address)
    return re.sub(_ENCODED, r"\1", parts.before + parts.after)


def without_secrets(address: str) -> str:
    """An address without user name and password, its secret parameters without values."""
    return re.sub(_PARAMETER, r"\1", without_password(address))


def without_values(text: str, values: Iterable[str]) -> str:
    """Text without these values of parameters; see `secret_values`."""
    for value in values:
        text = re.sub(
            rf"(?i)(?:(?<==)|(?<=%3d)){re.escape(value)}(?![\w%.~+-])", "", text
        )
    return text


def secret_values(address: str) -> tuple[str, ...]:
    """The values of the secret parameters of an address, in the forms in which a document
    may repeat them.
    """
    from urllib.parse import quote, unquote  # 3 ms, for feeds with a token only

    found: dict[str, None] = {}
    for match in re.finditer(_PARAMETER, address):
        plain = unquote(match[0][len(match[1]) :])
        for form in (match[0][len(match[1]) :], plain, quote(plain, safe="")):
            found[form] = None
            found[form.replace("/", "\\/")] = None  # as JSON may have it
    return tuple(sorted(found, key=len, reverse=True))


def is_clear(address: str) -> bool:
    """Whether it is beyond doubt where the password of an address ends, if it has one."""
    return not _may_have_secret(address) or _parts(address).is_clear


def has_secret(address: str) -> bool:
    """Whether an address has a user name, a password, or a parameter that is a secret."""
    if without_password(address) != address:
        return True
    return re.search(_PARAMETER, address) is not None


def hide_secrets(text: str) -> str:
    """Text in which web addresses have no passwords and no secret parameters.

    >>> hide_secrets("https://ann:geheim@owls.example/feed?token=x: not found")
    'https://…@owls.example/feed?token=…: not found'
    """
    if not _may_have_secret(text):
        return text
    text = _replace_passwords(text, _mark)
    if "@" in text or "＠" in text:
        text = re.sub(_BARE_IN_TEXT, _hidden_without_scheme, text)
    if "%40" in text:
        text = re.sub(_ENCODED, r"\1…%40", text)
    return re.sub(_PARAMETER, r"\1…", text)


def remove_passwords(text: str) -> str:
    """Text in which web addresses have no user names and passwords."""
    return _replace_passwords(text, lambda parts: "")


def hide_in_address(address: str) -> str:
    """What is one address, as a message may show it: without all secrets."""
    if not _may_have_secret(address):
        return address
    parts = _parts(address)
    return hide_secrets(parts.before + _mark(parts) + parts.after)


def _may_have_secret(text: str) -> bool:
    """Whether a text can have one, for the many that can't: no pattern is compiled."""
    return not text.isascii() or any(sign in text for sign in _SIGNS)


def _is_plain(address: str) -> bool:
    """Whether it is a web address with no sign of a password: no `@`, and no colon but
    that of the scheme. Most are: a fifth of an export's time.
    """
    if not address.isascii() or "@" in address or "%40" in address:
        return False
    return address.startswith(("http://", "https://")) and address.count(":") == 1


def _mark(parts: _Parts) -> str:
    """What stands for the secret of an address in a message."""
    if not parts.secret:
        return ""
    is_port = parts.secret.startswith(":") and "@" not in parts.secret
    return ":…" if is_port else "…@"


# ------------------------------------------------------------------ one address


def _parts(address: str) -> _Parts:
    """An address in parts; one without a password has it all in `after`."""
    signs = address.translate(_LOOKALIKES)
    match = re.match(_START, signs)
    if match is None:
        return _parts_without_scheme(address, signs)
    start = match.end()
    rest = signs[start:]
    authority = re.split(r"[/\\?#]", rest, maxsplit=1)[0]
    name, own_at, _ = authority.rpartition("@")
    has_odd_port = not own_at and _has_odd_port(authority)
    after = _end_of_password(rest, authority, has_odd_port=has_odd_port)
    if after is not None:
        return _cut(address, start, after, is_clear=False)
    if own_at:
        length = len(name) + 1
        is_clear = signs[: start + length] == address[: start + length]
        return _cut(address, start, length, is_clear=is_clear)
    encoded_at = authority.rfind("%40")
    if encoded_at > 0:  # no host has one
        return _cut(address, start, encoded_at + 3, is_clear=False)
    if has_odd_port:
        return _parts_with_odd_port(address, start, rest, authority)
    return _parts_of_inner(address, signs, start + len(authority))


def _positions(sign: str, text: str, first: int) -> Iterator[int]:
    """Where a sign is in a text, from the last place to the first."""
    at = text.rfind(sign, first)
    while at >= 0:
        yield at
        at = text.rfind(sign, first, at)


def _parts_of_inner(address: str, signs: str, start: int) -> _Parts:
    """The parts by the address in the path or the query of another one, or after a kind
    of target.
    """
    slashes = signs.rfind("://", start) + 1
    if not slashes:
        return _Parts("", "", address)
    inner = _parts(address[slashes:])
    return inner._replace(before=address[:slashes] + inner.before)


def _cut(address: str, start: int, length: int, *, is_clear: bool) -> _Parts:
    end = start + length
    return _Parts(address[:start], address[start:end], address[end:], is_clear)


def _parts_without_scheme(address: str, signs: str) -> _Parts:
    """`NAME:SECRET@host/feed`; a file, an id or a query has no such form."""
    name, colon, _ = signs.partition(":")
    last = signs.rfind("@")
    is_name = (
        re.fullmatch(r"\s*[^\s/]+", name) and name.strip().lower() not in _OWN_KINDS
    )
    if not colon or last < len(name) or not is_name or not signs[last + 1 :].strip():
        return _parts_of_inner(address, signs, 0)
    return _Parts("", address[: last + 1], address[last + 1 :], False)


def _parts_with_odd_port(address: str, start: int, rest: str, authority: str) -> _Parts:
    """What is where a port should be, up to an encoded `@` if there is one."""
    encoded = rest.rfind("%40")
    if encoded > 0:
        return _cut(address, start, encoded + 3, is_clear=False)
    colon = start + authority.index(":")
    end = start + len(authority)
    return _Parts(address[:colon], address[colon:end], address[end:], False)


def _has_odd_port(authority: str) -> bool:
    """Whether what follows the host is no port."""
    host, colon, _ = authority.partition(":")
    if not colon or host.startswith("["):
        return False
    return re.fullmatch(_PORT, authority[len(host) :]) is None


def _end_of_password(rest: str, authority: str, *, has_odd_port: bool) -> int | None:
    """Where a password ends that continues after what is written as the host, or None.

    `/@name` is how sites write the pages of their users, and a machine's own numbers
    are no user name. What follows a backslash is the path to some, and the host to
    others.
    """
    last = rest.rfind("@", len(authority))
    if last < 0:
        return None
    if has_odd_port or "\\" in rest[len(authority) : last]:
        return last + 1
    host, colon, _ = authority.partition(":")
    is_named_before = "@" in authority
    if not is_named_before and re.fullmatch(_OF_MACHINE, host):
        return None
    is_likely = is_named_before or "." not in host
    if not is_likely and not colon:
        return None
    like_host = re.compile(_LIKE_HOST)
    for at in _positions("@", rest, len(authority)):
        is_before_host = like_host.match(rest, at + 1) is not None
        if is_likely and (is_before_host or rest[at - 1] != "/"):
            return at + 1
        if colon and is_before_host and rest[at - 1] != "/":
            return at + 1
    return None


# ------------------------------------------------------------------ text


def _replace_passwords(text: str, mark: Callable[[_Parts], str]) -> str:
    """Text with a mark in place of the name and password of each address."""
    if not re.search(r"[/\\／]\s?[/\\／]|(?i:https?|feed):", text):
        return text
    pieces = []
    position = 0
    for match in re.finditer(_IN_TEXT, text):
        start, end = match.span()
        if start < position:
            continue
        parts = _parts(text[start:end])
        if parts.secret:
            # The password may go on after white space or a quote.
            more = re.compile(_MORE_OF_PASSWORD).match(text, end)
            if more:
                end = more.end()
                parts = _cut_at_last(text[start:end], parts)
        # The colon in `https://owls.example: not found` is none of the address.
        if parts.secret in ("", ":"):
            continue
        pieces += [text[position:start], parts.before, mark(parts), parts.after]
        position = end
    return "".join([*pieces, text[position:]])


def _cut_at_last(address: str, parts: _Parts) -> _Parts:
    """The parts of an address whose password goes up to the last `@`."""
    last = max(map(address.rfind, "@＠")) + 1
    return _Parts(parts.before, address[len(parts.before) : last], address[last:])


def _hidden_without_scheme(match: re.Match[str]) -> str:
    if match[1] in _OWN_KINDS:
        return match[0]
    return "…@"
