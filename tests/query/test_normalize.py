"""One spelling of text: a query matches a title however either is written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.facts import Facts
from papertrack.library.library import Library
from papertrack.query.language import parse
from papertrack.query.normalize import phrases, same, spelled, spelled_words
from papertrack.query.pieces import pieces

TODAY = dt.date(2025, 11, 24)
WORD = "[^\\W_]+(?:\ue000[0-9]+)*[\ue001-\ue003]?|[\ue001\ue004]"

TITLES = {
    "C++": "Compiling C++ with Rust",
    "C": "The C of Deep Learning",
    "C#": "Refactoring C# and F# at Scale",
    "A*": "Learning A* Search",
    "k++": "Faster k-means++ Seeding",
    "GPT-4": "GPT-4 Technical Report",
    "GPT4": "Is GPT4 a Good Judge?",
    "GPT-3.5": "From GPT-3.5 Onwards",
    "GPT-35": "A Model Called GPT-35",
    "10,000": "Ten Thousand: 10,000 Tasks",
    "10000": "Another 10000 Tasks",
    "pre-training": "Language Pre-training Revisited",
    "pretraining": "Scaling Pretraining Data",
    "pre training": "No Pre Training at All",
    "training": "Training Alone",
    "fine-tuning": "Instruction Fine-Tuning Recipes",
    "سلام": "سَلَام للعالم",
    "sota": "A State-of-the-Art Survey",
    "vla": "Vision-Language-Action Policies",
    "alpha": r"The $\alpha$-Divergence of \textit{Everything}",
    "α": "Minimising α-divergence, or β‑VAE",
    "schrödinger": r"The Schr\"odinger Bridge",
    "schroedinger": "Schrödinger’s Bridges",
    "bibtex": r"{B}ayesian {\'E}tudes on $\ell_1$ norms and $\mathcal{O}(n\log n)$",
    "l1": "L1 Regularisation",
    "3×3": "Only 3×3 Convolutions",
    "大規模": "大規模言語モデルの事前学習",
    "한국어": "한국어모델을 위한 GPT-4o",
    "ß": "Straße und Ångström",
    "ﬁ": "Deﬁning ﬂow",
    "łódź": "Łódź, Søren & Đorđe",
    "o'brien": "The O'Brien Method; BERT's Limits",
    "𝐗": "𝐁𝐨𝐥𝐝 ＷＩＤＥ ½",
    "forms": "Optimizing Generalised Networks",
}
FINDS = {
    "c++": {"C++"},
    "C++ rust": {"C++"},
    "title:c++": {"C++"},
    "c": {"C"},
    "c#": {"C#"},
    "f#": {"C#"},
    '"a*"': {"A*"},
    "k-means++": {"k++"},
    "kmeans": {"k++"},
    "k-means": {"k++"},
    "GPT-4": {"GPT-4", "GPT4", "한국어"},
    "gpt4": {"GPT-4", "GPT4", "한국어"},
    "gpt 4": {"GPT-4", "GPT4", "한국어"},
    '"gpt 4"': {"GPT-4", "GPT4", "한국어"},
    "gpt-4o": {"한국어"},
    "gpt": {"GPT-4", "GPT4", "GPT-3.5", "GPT-35", "한국어"},
    "3.5": {"GPT-3.5"},
    "gpt-3.5": {"GPT-3.5"},
    "GPT3.5": {"GPT-3.5"},
    "gpt-3": set(),
    "gpt-3*": {"GPT-3.5", "GPT-35"},
    "gpt35": {"GPT-35"},
    "10,000": {"10,000", "10000"},
    "10000": {"10,000", "10000"},
    "pre-training": {"pre-training", "pretraining", "pre training"},
    "pretraining": {"pre-training", "pretraining", "pre training"},
    "pretrained": {"pre-training", "pretraining", "pre training"},
    "finetuning": {"fine-tuning"},
    '"instruction finetuning"': {"fine-tuning"},
    '"instruction fine tuning recipes"': {"fine-tuning"},
    "fine-tuned": {"fine-tuning"},
    "finetun*": {"fine-tuning"},
    "سلام": {"سلام"},
    "Pre-Trained": {"pre-training", "pretraining", "pre training"},
    '"pre training"': {"pre-training", "pre training"},
    "training": {"pre-training", "pre training", "training"},
    '"language pre-training"': {"pre-training"},
    "pre-train*": {"pre-training", "pretraining", "pre training"},
    "state-of-the-art": {"sota"},
    '"state of the art"': {"sota"},
    "stateoftheart": {"sota"},
    "vision-language": {"vla"},
    '"language action"': {"vla"},
    "alpha-divergence": {"alpha", "α"},
    "α-divergence": {"alpha", "α"},
    r"$\alpha$-divergence": {"alpha", "α"},
    "alpha divergence": {"alpha", "α"},
    "beta-vae": {"α"},
    "βVAE": {"α"},
    "everything": {"alpha"},
    "textit": set(),
    r"Schr\"odinger": {"schrödinger", "schroedinger"},
    "schrodinger": {"schrödinger", "schroedinger"},
    'title:"Schrödinger bridge"': {"schrödinger"},
    r'title:"Schr\"odinger bridge"': {"schrödinger"},
    "bayesian études": {"bibtex"},
    "l1": {"bibtex", "l1"},
    "L_1": {"bibtex", "l1"},
    '"log n"': {"bibtex"},
    "mathcal": set(),
    "3x3": {"3×3"},
    "3×3": {"3×3"},
    r"'$3\times3$'": {"3×3"},
    "規模": {"大規模"},
    "モデル": {"大規模"},
    "言語モデル": {"大規模"},
    "模規": set(),
    "事前*": {"大規模"},
    "모델": {"한국어"},
    "strasse": {"ß"},
    "STRASSE": {"ß"},
    "angstrom": {"ß"},
    "defining": {"ﬁ"},
    "flows": {"ﬁ"},
    "lodz": {"łódź"},
    "soren": {"łódź"},
    "Sören": {"łódź"},
    "dorde": {"łódź"},
    "obrien": {"o'brien"},
    "O’Brien": {"o'brien"},
    "bert": {"o'brien"},
    "berts": {"o'brien"},
    "bold wide": {"𝐗"},
    "optimize": {"forms"},
    "optimization": {"forms"},
    "network generalise": {"forms"},
    "title:='compiling c++ with rust'": set(),
    'title:="compiling c++ with rust"': {"C++"},
    'title:="compiling c with rust"': set(),
    'title:="gpt4 technical report"': {"GPT-4"},
}


@pytest.fixture(scope="module")
def shelf(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], set[str]]]:
    """`shelf(query)`: the names of the matching TITLES."""
    root = tmp_path_factory.mktemp("spelling")
    library = Library(root / "library", root / "cache", now="2025-11-24T12:00:00Z")
    names = {f"2511.{number:05}": name for number, name in enumerate(TITLES)}
    library.adding.add(
        {
            "hf": [
                Facts(title=TITLES[name], ids=(f"arxiv:{id}",))
                for id, name in names.items()
            ]
        }
    )
    yield lambda query: {
        names[paper.id] for paper in library.index.search(parse(query, TODAY)).papers
    }
    library.close()


@pytest.mark.parametrize("query", FINDS)
def test_a_title_is_matched_in_every_spelling(
    query: str, shelf: Callable[[str], set[str]]
) -> None:
    assert shelf(query) == FINDS[query]


@pytest.mark.parametrize("name", TITLES)
def test_a_title_matches_itself(name: str, shelf: Callable[[str], set[str]]) -> None:
    assert name in shelf(f'title:"{TITLES[name]}"')
    assert shelf(f'title:="{TITLES[name]}"') == {name}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("naïve 10,000 of 3.5", "naive 10000 of 3\ue0005"),
        ("é4é 5", "e 4 e 5"),
        (r"x\alpha, {\bf b}\$5 \\ c\times d", "x alpha b 5 c x d"),
        (
            "self-play\nco-design\tA-b",
            "self play co design a b \ue004 selfplay \ue004 codesign \ue004 ab",
        ),
        ("three's o'clock-ish", "three s o clock ish \ue004 oclockish"),
        (f"{'a' * 70}-b", f"{'a' * 70} b \ue004 {'a' * 70}b"),
    ],
)
def test_words_are_spelled(text: str, words: str) -> None:
    assert spelled_words(text) == words.split()


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*TITLES.values(), "-", "'", "$", "\\", "{", " "])).map(
        "".join
    )
)
def test_any_text_can_be_normalized(text: str) -> None:
    assert not re.search('["\0]', "".join(phrases(text)))
    for piece in pieces(text):
        assert 0 <= piece.start <= piece.end <= len(text)
    assert same(text, text)
    assert same(text, f"{text}x") is False


@settings(max_examples=40)
@given(
    st.lists(
        st.sampled_from([name for title in TITLES.values() for name in title.split()])
    ).map(" ".join)
)
def test_highlighted_words_are_the_words_of_the_index(text: str) -> None:
    words = re.findall(WORD, spelled(text))
    placed = [piece.word for piece in pieces(text)]
    assert sorted(set(placed)) == sorted(set(words))
    assert [word for word in placed if placed.count(word) == 1] == [
        w for w in words if placed.count(w) == 1
    ]
    assert phrases(text)[:1] == tuple(
        filter(None, [" ".join(words).partition(" \ue004")[0]])
    )
