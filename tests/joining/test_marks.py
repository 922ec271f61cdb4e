"""Several marks of one paper as one."""

from __future__ import annotations

from itertools import permutations

import pytest

from papertrack.core.model import Mark
from papertrack.joining.marks import join_marks


@pytest.mark.parametrize(
    ("marks", "joined"),
    [
        ([Mark()], Mark()),
        ([Mark(("a", "b")), Mark(("b", "c"))], Mark(("a", "b", "c"))),
        ([Mark(("b", "a")), Mark(("a",))], Mark(("b", "a"))),
        ([Mark(note="a"), Mark(note="b\n\na")], Mark(note="b\n\na")),
        ([Mark(starred=True), Mark()], Mark(starred=True)),
        ([Mark(note="x"), Mark(note="y"), Mark(note="x")], Mark(note="x\n\ny")),
        (
            [Mark(status="read", marked="1"), Mark(marked="2")],
            Mark(marked="2"),
        ),
        (
            [Mark(status="read", marked="1"), Mark(status="later", marked="2")],
            Mark(status="later", marked="2"),
        ),
    ],
)
def test_joined_marks_lose_nothing_in_any_order(
    marks: list[Mark], joined: Mark
) -> None:
    for order in permutations(marks):
        assert join_marks(order) == joined
