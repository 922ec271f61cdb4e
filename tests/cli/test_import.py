"""`import`: files of every format, detected from the content; exports are imported
again.
"""

from __future__ import annotations

import gzip

BIBTEX = """@article{quill2023kettles,
  title = {Teaching Kettles to Whistle in {T}une},
  author = {Quill, Ada and \\'Elan, Bo},
  journal = {Journal of Tea}, year = 2023, doi = {10.1234/tea.1}
}
@misc{broken, title = {Never closed
"""
RIS = (
    "TY  - JOUR\r\nTI  - Of Pots\r\nAU  - Reed, Bo\r\nPY  - 2022/05/12/\r\nDO  - "
    "10.1234/tea.2\r\nER  - \r\n"
)
CSL = (
    '[{"id": "x", "title": "Of Cups", "DOI": "10.1234/tea.3", "issued": '
    '{"date-parts": [[2021]]}}]'
)


def test_bibliographies_are_imported(papertrack, tmp_path):
    for name, text in (("a.bib", BIBTEX), ("b.txt", RIS), ("c", CSL)):
        (tmp_path / name).write_text(text)
    ran = papertrack(
        ["import", *(str(tmp_path / name) for name in ("a.bib", "b.txt", "c"))]
    )
    assert ran.code == 3, ran.err
    assert "a.bib: 1 new, 0 updated, 0 known, 1 problem\n" in ran.err
    assert "a.bib: 1 entry can't be read; " in ran.err
    assert "line 6" in ran.err
    listed = papertrack(
        ["list", "--columns", "id,authors,venue,title"]
    ).out.splitlines()
    assert sorted(listed) == [
        "10.1234/tea.1\tAda Quill; Bo Élan\tJournal of Tea\tTeaching Kettles to Whistle in Tune",
        "10.1234/tea.2\tBo Reed\t\tOf Pots",
        "10.1234/tea.3\t\t\tOf Cups",
    ]


def test_gzip_and_stdin_are_imported(papertrack, tmp_path):
    path = tmp_path / "b.ris.gz"
    path.write_bytes(gzip.compress(RIS.encode()))
    assert (
        papertrack(["import", str(path)]).err == f"{path}: 1 new, 0 updated, 0 known\n"
    )
    assert (
        papertrack("import -", RIS).err == "standard input: 0 new, 0 updated, 1 known\n"
    )


def test_an_export_is_imported_unchanged(papertrack, desk, home, tmp_path):
    fields = "id,title,authors,abstract,upvotes,listed,github"
    for name in ("x.jsonl", "x.json"):
        assert papertrack(["export", "-o", str(tmp_path / name)], env=desk).code == 0
    before = papertrack(
        ["export", "--format", "jsonl", "--fields", fields], env=desk
    ).out
    assert papertrack(["import", str(tmp_path / "x.jsonl")]).err.startswith(
        f"{tmp_path / 'x.jsonl'}: 5 new"
    )
    assert papertrack(["export", "--format", "jsonl", "--fields", fields]).out == before
    again = papertrack(["import", str(tmp_path / "x.json")])
    assert again.err.startswith(f"{tmp_path / 'x.json'}: 0 new, 0 updated, 5 known")
