"""`follow`: a rule, a tag and a view in one step; names in several spellings."""

import json
from pathlib import Path

import pytest

AUTHORS = {
    "2306.90001": ["Yann LeCun", "Éva Nagy"],
    "2306.90002": ["Y. LeCun"],
    "2306.90003": ["Yann Lecun-Owl", "Eva Nagy"],
    "2306.90004": ["Bo van der Berg", "E. Nagy"],
    "2306.90005": ["B. van der Berg", "Fei-Fei Li"],
    "2306.90006": ["F.-F. Li", "Nagy Éva"],
}


@pytest.fixture
def bring(inside, rows, home):
    """Imports the invented papers, with authors of these tests."""

    def run(names=AUTHORS):
        papers = []
        for row, (id, authors) in zip(rows, names.items(), strict=False):
            paper = row.get("paper", row)
            paper = {
                **paper,
                "id": id,
                "authors": [{"name": name} for name in authors],
            }
            papers.append({**row, "paper": paper} if "paper" in row else paper)
        path = Path(home["HOME"]) / "some.json"
        path.write_text(json.dumps(papers))
        return inside(["import", str(path)])

    return run


def found(inside, query):
    papers = json.loads(inside(["list", "--all", query, "--json"]).out)
    return sorted(paper["id"][-1] for paper in papers)


@pytest.mark.parametrize(
    ("name", "follow", "numbers"),
    [
        ("Yann LeCun", "yann-lecun", "12"),
        ("yann lecun", "yann-lecun", "12"),
        ("LeCun, Yann", "lecun-yann", "12"),
        ("Y. LeCun", "y-lecun", "2"),
        ("Éva Nagy", "eva-nagy", "134"),
        ("Eva Nagy", "eva-nagy", "134"),
        ("Bo van der Berg", "bo-van-der-berg", "45"),
        ("van der Berg, Bo", "van-der-berg-bo", "45"),
        ("Fei-Fei Li", "fei-fei-li", "56"),
    ],
)
def test_an_author_is_followed_in_all_spellings(inside, bring, name, follow, numbers):
    ran = inside(["follow", "author", name])
    assert ran == (
        0,
        "",
        f"following {name}: new papers get the tag follow/{follow} and a star;"
        f" @{follow} finds them (undo: papertrack undo)\n",
    )
    bring()
    for query in (f"@{follow}", f"tag:=follow/{follow} is:starred"):
        assert found(inside, query) == list(numbers)


def test_following_is_one_step(inside, bring):
    inside("view save old is:unread")
    inside(["follow", "author", "Yann", "LeCun"])
    assert inside("undo").err == "undone: followed yann-lecun\n"
    assert inside("follow list").out == ""
    assert inside("view list").out == "old\t0\tis:unread\n"
    assert inside("redo").code == 0
    condition = 'author:="Yann LeCun",="Y. LeCun"'
    assert inside("follow list").out == f"yann-lecun\t0\t{condition}\n"
    assert inside("follow remove yann-lecun").err == (
        "no longer following yann-lecun (undo: papertrack undo)\n"
    )
    assert inside("rule list").out == ""
    assert inside("view list").out == "old\t0\tis:unread\n"
    inside("undo")
    assert inside("rule list").out == (
        f"follow-yann-lecun\t{condition}\ttag follow/yann-lecun, star\n"
    )
    assert inside("view list").out.startswith("old\t0\tis:unread\nyann-lecun\t0\t")


def test_organizations_and_words(inside, bring):
    assert inside("follow org Qwen").code == 0
    assert inside(["follow", "words", "nagy or lecun", "--name", "both"]).code == 0
    ran = inside(["follow", "author", "Éva Nagy", "--with", "author:lecun"])
    assert ran.code == 0
    bring()
    assert found(inside, "tag:=follow/both") == list("12346")
    assert found(inside, "tag:=follow/eva-nagy") == list("13")
    assert inside("follow list").out.splitlines()[0] == 'qwen\t0\torg:="Qwen"'


@pytest.mark.parametrize(
    ("before", "line", "error"),
    [
        (
            "view save qwen is:unread",
            "follow org Qwen",
            "the name qwen is taken: the view @qwen is for is:unread",
        ),
        (
            "rule add follow-qwen --if x --do star",
            "follow org Qwen",
            "the name qwen is taken: the rule follow-qwen is for x",
        ),
        (
            "follow words qwen",
            "follow org Qwen",
            "the name qwen is taken: the rule follow-qwen is for qwen",
        ),
        (
            "follow author Ada Quill",
            "follow author Ada Quill --with cat:cs.*",
            "the name ada-quill is taken: the rule follow-ada-quill is for"
            ' author:="Ada Quill",="A. Quill"',
        ),
        (
            "follow org Owls",
            "follow org Qwen --name OWLS",
            'the name owls is taken: the rule follow-owls is for org:="Owls"',
        ),
    ],
)
def test_a_name_that_is_taken_is_refused(inside, before, line, error):
    assert inside(before).code == 0
    settings = inside("rule list").out, inside("view list").out
    ran = inside(line)
    assert ran == (2, "", f"papertrack: {error}; choose another with --name\n")
    assert (inside("rule list").out, inside("view list").out) == settings


def test_following_again_changes_nothing(inside):
    inside("follow org Qwen")
    inside(["rule", "add", "follow-qwen", "--if", 'org:="Qwen"', "--do", "notify"])
    inside("undo")
    ran = inside("follow org Qwen")
    assert ran == (0, "", "qwen is already followed; nothing changed\n")


@pytest.mark.parametrize(
    ("line", "code", "error"),
    [
        (["follow", "author", "?!"], 2, "'?!' is not a name"),
        (["follow", "org", " "], 2, "'' is not a name"),
        (["follow", "words", "+"], 2, "'+' gives no name; choose one with --name"),
        (["follow", "words", "is:nosuch"], 2, "unknown is:nosuch"),
        (["follow", "org", "x", "--with", "is:nosuch"], 2, "unknown is:nosuch"),
        (["follow", "org", "x", "--name", "a b"], 2, "'a b' is not a name"),
        (["follow", "remove", "x"], 5, "unknown followed name x"),
    ],
)
def test_mistakes_are_named(inside, line, code, error):
    ran = inside(line)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(f"papertrack: {error}"), ran.err
    assert inside("follow list").out == ""


def test_removing_by_name_number_and_in_full(inside):
    for name in ("Ada Quill", "Bo Berg", "Cy Roe"):
        inside(["follow", "author", name])
    inside("view save ada is:unread @ada-quill")
    ran = inside(["follow", "remove", "Ada Quill"])
    assert ran.code == 2
    assert "@ada-quill is used by the view @ada" in ran.err
    ran = inside("follow remove Cy-Roe 2 --dry-run")
    assert ran.err == "would no longer follow cy-roe, bo-berg; nothing was changed\n"
    assert inside(["follow", "remove", "Cy Roe", "2"]).code == 0
    names = [line.split("\t")[0] for line in inside("follow list").out.splitlines()]
    assert names == ["ada-quill"]


def test_who_is_followed_is_first_in_a_digest(inside, bring):
    inside("follow author Yann LeCun")
    bring()
    inside("star 2306.90006")
    digest = inside("digest").out
    places = [digest.index(f"abs/2306.9000{number}") for number in "1265"]
    assert places == sorted(places)
    assert digest.count("why: follow yann-lecun\n") == 2
