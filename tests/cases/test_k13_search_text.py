"""K13: words are found in every script, in each of its spellings, and highlighted there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from papertrack.core.facts import Facts
from papertrack.core.model import Paper
from papertrack.index.snippets import snippets
from papertrack.library.library import Library
from papertrack.query.language import parse
from papertrack.query.normalize import phrases, same, spelled
from papertrack.query.pieces import pieces

TODAY = dt.date(2025, 11, 24)
TITLES = {
    "thai": "การเรียนรู้เชิงลึกสำหรับภาษาไทย",
    "thai tea": "ชาร้อน ๒๐๒๔ แบบจำลอง",
    "thai water": "ดื่มน้ำเย็น",
    "lao": "ການຮຽນຮູ້ພາສາລາວ",
    "khmer": "ការរៀនភាសាខ្មែរ",
    "burmese": "မြန်မာဘာသာစကားမော်ဒယ်",
    "hindi": "हिन्दी भाषा मॉडल",
    "tamil": "தமிழ் மொழி",
    "persian": "من به خانه می‌روم کتاب‌ها",
    "persian fused": "او میروم گفت",
    "arabic": "نموذج اللغة العربية على الكتاب",
    "urdu": "اردو زبان کے ماڈل",
    "digits": "گزارش ۱۴۰۲",
    "rocket": "Rockets 🚀 of tea",
    "scientist": "A 👩🏽‍🔬 at work 👍🏿",
    "flag": "Tea in 🇫🇷 and 🇯🇵",
    "heart": "I ❤️ kettles ☕",
    "heart plain": "Cold ❤ pots",
    "chinese": "大規模な茶の研究",
    "german": "Auf\u200clage der Schiff\u00adfahrt",
}
FINDS = {
    "ภาษาไทย": {"thai"},
    "ไทย": {"thai"},
    "เรียนรู้": {"thai"},
    "ลึก": {"thai"},
    "ลก": set(),
    "สำหรับ": {"thai"},
    "ส\u0e4d\u0e32หรับ": {"thai"},
    "ร้อน": {"thai tea"},
    "2024": {"thai tea"},
    "เเบบ": {"thai tea"},
    "น้ำ": {"thai water"},
    "น\u0e4d\u0e49\u0e32": {"thai water"},
    "ภาษา*": {"thai"},
    '"ภาษา ไทย"': {"thai"},
    "ລາວ": {"lao"},
    "ພາສາ": {"lao"},
    "ຮຽນ": {"lao"},
    "ພາສາລາວ": {"lao"},
    "ភាសា": {"khmer"},
    "ខ្មែរ": {"khmer"},
    "រៀន": {"khmer"},
    "មែរ": set(),
    "မြန်မာ": {"burmese"},
    "စကား": {"burmese"},
    "ဘာသာ": {"burmese"},
    "हिन्दी": {"hindi"},
    "हन्दा": set(),
    "भाषा": {"hindi"},
    "தமிழ்": {"tamil"},
    "می‌روم": {"persian", "persian fused"},
    "میروم": {"persian", "persian fused"},
    "می روم": {"persian"},
    "روم": {"persian"},
    "کتاب": {"persian"},
    "كتاب": {"persian"},
    "کتابها": {"persian"},
    "مي‌روم": {"persian", "persian fused"},
    "علی": {"arabic"},
    "علي": {"arabic"},
    "العربیه": {"arabic"},
    "الکتاب": {"arabic"},
    "زبان": {"urdu"},
    "ماڈل": {"urdu"},
    "1402": {"digits"},
    "١٤٠٢": {"digits"},
    "🚀": {"rocket"},
    "title:🚀": {"rocket"},
    '"rockets of tea"': {"rocket"},
    "tea 🚀": {"rocket"},
    "👩": {"scientist"},
    "👩‍🔬": {"scientist"},
    "🔬": {"scientist"},
    "👍": {"scientist"},
    "👍🏻": {"scientist"},
    "🇫🇷": {"flag"},
    "🇷🇫": set(),
    "🇯🇵": {"flag"},
    "❤": {"heart", "heart plain"},
    "❤️": {"heart", "heart plain"},
    "☕": {"heart"},
    "🙈": set(),
    "規模": {"chinese"},
    "茶": {"chinese"},
    "auflage": {"german"},
    "schifffahrt": {"german"},
}
MARKED = [
    ("ภาษาไทยสำหรับ", "ไทย", "ภาษา[ไทย]สำหรับ"),
    ("ภาษาไทยสำหรับ", "สำหรับ", "ภาษาไทย[สำหรับ]"),
    ("ພາສາລາວ", "ລາວ", "ພາສາ[ລາວ]"),
    ("ភាសាខ្មែរ", "ខ្មែរ", "ភាសា[ខ្មែរ]"),
    ("မြန်မာစကား", "စကား", "မြန်မာ[စကား]"),
    ("हिन्दी भाषा", "भाषा", "हिन्दी [भाषा]"),
    ("فارسی‌زبان", "فارسی", "[فارسی]‌زبان"),
    ("خانه می‌روم", "میروم", "خانه [می‌روم]"),
    ("على الكتاب", "الکتاب", "على [الكتاب]"),
    ("Rockets 🚀 of tea", "🚀", "Rockets [🚀] of tea"),
    ("A 👩🏽‍🔬x", "🔬", "A 👩🏽‍[🔬]x"),
    ("Tea🇫🇷!", "🇫🇷", "Tea[🇫🇷]!"),
    ("大規模な", "規模", "大[規模]な"),
    ("β-VAE, Łódź", "lodz", "β-VAE, [Łódź]"),
    ("Müller–Lüdenscheid", "ludenscheid", "Müller–[Lüdenscheid]"),
]


@pytest.fixture(scope="module")
def shelf(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], set[str]]]:
    """`shelf(query)`: the names of the matching TITLES."""
    root = tmp_path_factory.mktemp("scripts")
    library = Library(root / "library", root / "cache", now="2025-11-24T12:00:00Z")
    names = {f"2511.{number:05}": name for number, name in enumerate(TITLES)}
    facts = [
        Facts(title=TITLES[name], ids=(f"arxiv:{id}",)) for id, name in names.items()
    ]
    library.adding.add({"hf": facts})
    yield lambda query: {
        names[paper.id] for paper in library.index.search(parse(query, TODAY)).papers
    }
    library.close()


@pytest.mark.parametrize("query", FINDS)
def test_a_word_is_found_in_its_script(
    query: str, shelf: Callable[[str], set[str]]
) -> None:
    assert shelf(query) == FINDS[query]


@pytest.mark.parametrize("name", TITLES)
def test_a_title_finds_itself(name: str, shelf: Callable[[str], set[str]]) -> None:
    assert name in shelf(f'title:"{TITLES[name]}"')
    assert name in shelf(f'title:="{TITLES[name]}"')


@pytest.mark.parametrize(("title", "word", "marked"), MARKED)
def test_a_match_is_highlighted_where_it_is(title: str, word: str, marked: str) -> None:
    paper = Paper("2511.00001", "arxiv:2511.00001", title)
    match = " OR ".join(f'"{phrase}"' for phrase in phrases(word))
    (snippet,) = snippets(match, [paper]).values()
    assert re.sub("\x02(.*?)\x03", r"[\1]", snippet.title) == marked


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("ภาษา" * 90 + "ไทย" + "ภาษา" * 90, "ไทย"),
        ("大規模" * 99 + "茶" + "大規模" * 99, "茶"),
    ],
)
def test_a_text_without_spaces_is_shown_in_part(text: str, word: str) -> None:
    paper = Paper("2511.00001", "arxiv:2511.00001", "Tea", abstract=text)
    (match,) = phrases(word)
    (snippet,) = snippets(f'"{match}"', [paper]).values()
    (piece,) = snippet.pieces
    assert f"\x02{word}\x03" in piece
    assert piece[0] == piece[-1] == "…"
    assert len(piece) < 200


letters = st.sampled_from("".join(TITLES.values()) + "-'$ \u200c\u200d\ufe0f\ue100")
texts = st.text(letters, max_size=40) | st.text(max_size=40)


@given(texts)
@example("A'AA\u093e")
def test_pieces_are_the_words_of_the_index(text: str) -> None:
    placed = [piece.word for piece in pieces(text)]
    words = spelled(text)
    assert all(word in words for word in placed)
    for piece in pieces(text):
        assert 0 <= piece.start <= piece.end <= len(text)


@given(texts)
def test_spelling_is_stable(text: str) -> None:
    assert same(text, text)
    assert phrases(text) == phrases(f" {text} ")
    assert not re.search("[\u200c\u200d\ufe0f]", spelled(text))


@given(texts, texts)
def test_a_text_contains_each_of_its_parts(one: str, other: str) -> None:
    words = f" {spelled(f'{one} | {other}')} "
    normal = " ".join(re.findall("[^\\W_]+", words))
    for phrase in phrases(one)[:1]:
        assert " ".join(re.findall("[^\\W_]+", phrase)) in normal


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_ascii_is_spelled_in_ascii_and_signs(text: str) -> None:
    assert re.fullmatch("[\x00-\x7f\ue000-\ue004]*", spelled(text))
