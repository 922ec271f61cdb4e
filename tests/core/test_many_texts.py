"""Many texts in little memory."""

import tracemalloc

import pytest

from papertrack.core.many_texts import NamedTexts, Seen, Texts

KINDS = {
    "keys": "arxiv:{:010}",
    "titles": "A title of usual length, as papers have them, number {}",
    "spaces": " {} ",
    "other scripts": "论文 {} ночь",
    "halves of characters": "\ud800{}",
    "what differs at its start": "{} " + "x" * 200,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_is_new_once(kind: str) -> None:
    texts = [KINDS[kind].format(number) for number in range(5_000)]
    seen = Seen()
    assert all(map(seen.add, texts))
    assert not any(map(seen.add, reversed(texts)))


@pytest.mark.parametrize("kind", KINDS)
def test_each_text_is_at_its_place(kind: str) -> None:
    texts = ["", *(KINDS[kind].format(number) for number in range(500)), ""]
    stored = Texts()
    for text in texts:
        stored.append(text)
    assert [stored[place] for place in range(len(texts))] == texts


@pytest.mark.parametrize("kind", KINDS)
def test_the_texts_under_a_name(kind: str) -> None:
    names = [KINDS[kind].format(number) for number in range(500)]
    stored = NamedTexts()
    for name in names:
        stored.add(name, f"first {name}")
    for name in names[::7]:
        stored.add(name, f"second {name}")
    for number, name in enumerate(names):
        texts = [f"first {name}", f"second {name}"]
        assert stored.under(name) == texts[: 1 if number % 7 else 2]
    assert stored.under("another") == []


def test_an_empty_text_is_a_text() -> None:
    seen = Seen()
    assert [seen.add(""), seen.add(" "), seen.add("")] == [True, True, False]


def test_texts_are_not_held() -> None:
    seen = Seen()
    tracemalloc.start()
    try:
        for number in range(50_000):
            seen.add(f"arxiv:{number:010}")
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held / 50_000 < 40
