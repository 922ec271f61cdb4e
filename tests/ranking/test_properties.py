"""What holds for any tags and papers: a paper with the words of a tagged one is never
lowered by the tag, the order is always the same, and no text is an error.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.ranking.hot import heat
from papertrack.ranking.model import ENOUGH, Model, model_of, sums, weight
from papertrack.ranking.recommend import Fit, Ranking, lifted, without
from papertrack.ranking.similar import best_words
from papertrack.ranking.terms import as_written, content_words, terms_in, words_of
from papertrack.ranking.vectors import Source, Vector, sample_of, vector_of

NAMES = "otter kettle whistle lagoon prism quartz tundra velvet walrus zephyr"
TEXTS = st.lists(st.sampled_from(NAMES.split()), min_size=2, max_size=6).map(" ".join)
HOSTILE = (
    '" OR title : "',
    "* ^ NEAR(a b, 3) AND NOT",
    "\x1b[2J\x07 red \u202e evil",
    "'; DROP TABLE fts; --",
    "\\textbf{" * 30 + "$x^2$" + "}" * 30,
    "\ue000\ue004\ue001 C++ C# \U000f1234",
    "",
    "大規模言語モデル ภาษาไทย 🚀",
)


@dataclasses.dataclass
class Papers:
    """Papers by number, each of one text, with words as their own stems."""

    texts: Sequence[str]

    def source(self, number: int) -> Source:
        text = self.texts[number]
        return Source("", text, words_of("", text), ())

    def stems(self) -> dict[str, str]:
        words = content_words(words_of("", text) for text in self.texts)
        return {word: word for word in words}

    def vectors(self) -> list[Vector]:
        stems = self.stems()
        numbers = range(len(self.texts))
        return [vector_of(self.source(number), stems) for number in numbers]

    def model(self, tagged: Sequence[int]) -> Model:
        sources = [self.source(number) for number in tagged]
        return model_of("t", sources, self.stems(), sample_of(self.vectors()))

    def fits(
        self, tagged: Sequence[int], among: Sequence[int], hidden: Sequence[int] = ()
    ) -> dict[int, Fit]:
        vectors = self.vectors()

        def measured(model: Model) -> tuple[Model, list[float]]:
            model = model.measured(list(sums(model, vectors)))
            some = [vectors[number] for number in among]
            scores = list(map(model.score, sums(model, some)))
            twins = [
                n for n, vector in enumerate(some) if vector.checksum in model.twins
            ]
            return model, lifted(scores, twins)

        liked, scores = measured(self.model(tagged))
        ranking = Ranking(among, [liked], [scores])
        if hidden:
            unwanted, against = measured(without(self.model(hidden), [liked]))
            ranking = Ranking(among, [liked], [scores], unwanted, against)
        return {one: ranking.fit(one, vectors[one]) for one in ranking.scores}


@given(st.lists(TEXTS, min_size=12, max_size=40), st.data())
def test_tagging_a_paper_never_lowers_one_with_the_same_words(
    texts: list[str], data: st.DataObject
) -> None:
    twin = data.draw(st.integers(ENOUGH, len(texts) - 1))
    papers = Papers([*texts, texts[twin]])
    tagged = list(range(ENOUGH))
    others = [n for n in range(ENOUGH, len(texts)) if n != twin]
    copy = len(texts)
    among = [*others, copy]
    before = papers.fits(tagged, among)
    after = papers.fits([*tagged, twin], among)
    assert _above(after, copy) <= _above(before, copy)


def _above(ranked: dict[int, Fit], paper: int) -> set[int]:
    """The papers that fit better than this one."""
    own = ranked[paper].score + 1e-6
    return {number for number, fit in ranked.items() if fit.score > own}


@given(st.lists(TEXTS, min_size=12, max_size=40))
def test_the_order_is_the_same_each_time(texts: list[str]) -> None:
    papers = Papers(texts)
    tagged = range(ENOUGH)
    among = range(ENOUGH, len(texts))
    ranked = papers.fits([*tagged], [*among], [ENOUGH])
    assert list(ranked) == list(papers.fits([*tagged], [*among], [ENOUGH]))
    scores = [fit.score for fit in ranked.values()]
    assert scores == sorted(scores, reverse=True)
    equal = zip(ranked.items(), list(ranked.items())[1:], strict=False)
    for (one, fit), (other, next_fit) in equal:
        assert fit.score > next_fit.score or one < other, "the first of equal ones"


@pytest.mark.parametrize("hidden", NAMES.split()[4:])
def test_a_hidden_paper_lowers_its_kind(hidden: str) -> None:
    texts = [f"otter {name} lagoon" for name in NAMES.split()[1:]] * 3
    papers = Papers([*["otter lagoon"] * ENOUGH, *[f"{hidden} noise"] * 2, *texts])
    among = [*range(ENOUGH + 2, len(papers.texts))]
    without_it = papers.fits(range(ENOUGH), among)
    with_it = papers.fits(range(ENOUGH), among, [ENOUGH, ENOUGH + 1])
    for number in among:
        changed = with_it[number].score - without_it[number].score
        assert (changed < 0) is (hidden in papers.texts[number]), papers.texts[number]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_an_error(text: str) -> None:
    papers = Papers([text] * ENOUGH + [f"{text} otter", "kettle"])
    ranked = papers.fits(range(ENOUGH), [ENOUGH, ENOUGH + 1])
    assert len(ranked) == 2
    for feature in papers.model(range(ENOUGH)).features:
        assert feature.text.isprintable()
    words = words_of(text, text)
    stems = {word: word for word in content_words([words])}
    for word in best_words(words, stems, lambda stem: 1, 100):
        assert '"' not in word.word


@pytest.mark.parametrize(
    ("words", "pairs"),
    [
        ("dense passage retrieval", ["dense passage", "passage retrieval"]),
        ("mixture of experts", ["mixture of experts"]),
        ("state of the art", []),
        ("GPT-4 with tools", []),
        ("retrieval-augmented", ["retrieval augmented"]),
        ("of the", []),
        ("ends here. Another begins", ["another begins"]),
        ("retrieval (RAG) systems", []),
    ],
)
def test_pairs_are_of_words_that_stand_together(words: str, pairs: list[str]) -> None:
    spelled = words_of(words, None)
    stems = {word: word for word in content_words([spelled])}
    found = [term for term in terms_in(spelled.title, stems) if len(term.stems) == 2]
    assert [term.phrase for term in found] == pairs


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("retrieval", "Dense Retrieval for all", "retrieval"),
        ("rag", "We study RAG.", "RAG"),
        (
            "retrieval augmented",
            "Retrieval-Augmented Generation",
            "retrieval-augmented",
        ),
        ("generation rag", "Generation (RAG) is", "generation rag"),
        ("absent", "nothing of it", "absent"),
        ("lora", "QLoRA and LoRA", "LoRA"),
    ],
)
def test_words_are_shown_as_they_are_written(
    phrase: str, text: str, expected: str
) -> None:
    assert as_written(phrase, [text]) == expected


@pytest.mark.parametrize(
    ("votes", "day", "read", "other"),
    [
        ((20, 30), 100, None, None),
        ((10, 10), 100, 103, 107),
        ((64, 128), 107, None, None),
        ((10, 11), 100, 90, 100),
        ((5, 6), 100, 999, 114),
    ],
)
def test_more_votes_are_hotter(
    votes: tuple[int, int], day: int, read: int | None, other: int | None
) -> None:
    one = heat(votes[0], day, read)
    more = heat(votes[1], day, other)
    assert one is not None
    assert more is not None
    assert one < more


def test_votes_halve_in_a_week() -> None:
    assert heat(20, 100, None) == heat(10, 107, None) == heat(10, 100, 107)
    assert heat(10, 100, 114) == heat(10, 100, 5000), "it is no news"
    assert heat(0, 100, None) is heat(None, 100, 3) is None


@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 500))
def test_a_weight_grows_with_each_tagged_paper_that_has_the_word(
    tagged: int, shared: int, others: int
) -> None:
    shared = min(shared, tagged)
    now = weight(shared, tagged, shared + others + 1, 1000)
    with_one_more = weight(shared + 1, tagged + 1, shared + others + 1, 1000)
    without_it = weight(shared, tagged + 1, shared + others + 1, 1000)
    assert with_one_more > now > without_it
