"""The kinds of values of mail: addresses, ports, truth values."""

from __future__ import annotations

import pytest

from papertrack.config.kinds import File, Flag, Kind, Mailbox, Port, Several, Wrong

GOOD: list[tuple[Kind, str, object]] = [
    (Mailbox(), "ada@example.org", "ada@example.org"),
    (Mailbox(), "<ada@example.org>", "ada@example.org"),
    (Mailbox(), "Ada <ada@example.org>", "Ada <ada@example.org>"),
    (Mailbox(), "Zoë,  Lab  <z+x@e-x.org>", "Zoë,  Lab <z+x@e-x.org>"),
    (Mailbox(), "ada@localhost", "ada@localhost"),
    (Several(Mailbox()), "a@e.org, Bo <b@e.org>", ("a@e.org", "Bo <b@e.org>")),
    (Port(), "465", 465),
    (Port(), "65535", 65535),
    (Flag(), "true", True),
    (Flag(), "FALSE", False),
]


@pytest.mark.parametrize(("kind", "text", "value"), GOOD)
def test_what_is_typed(kind: Kind, text: str, value: object) -> None:
    assert kind.value(kind.stored(text)) == value
    assert kind.value(kind.stored(kind.text(value))) == value


BAD: list[tuple[Kind, str]] = [
    *(
        (Mailbox(), text)
        for text in (
            *("ada", "@example.org", "ada@", "ada@@example.org", "a b@example.org"),
            *("Ada <ada@example.org", "Ada ada@example.org", "ada@example.org>"),
            *("<a@e.org> <b@e.org>", "a@e.org, b@e.org", "ada@ex ample.org", "@"),
            *("ada@example.org\nBcc: eve@evil.example", "zoë@example.org", "a@e..org"),
        )
    ),
    *((Port(), text) for text in ("0", "65536", "-1", "smtp", "4.5")),
    *((Flag(), text) for text in ("1", "maybe", "", "truee", "on")),
    *((File(), text) for text in ("", "~nobody-here/x", "a\nb")),
]


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_what_is_refused(kind: Kind, text: str) -> None:
    with pytest.raises(Wrong):
        kind.value(kind.stored(text))
