"""The cite key of a paper: its own, whatever is exported."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any


def keys_in(inside: Any, *query: str) -> dict[str, str]:
    """Title -> cite key of what is exported."""
    found = json.loads(inside(["export", "--format", "json", *query]).out)
    text = inside(["export", "--format", "bibtex", *query]).out
    keys = {one["title"]: one["cite_key"] for one in found}
    assert sorted(keys.values()) == sorted(re.findall(r"@\w+\{([^,]+),", text))
    return keys


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def arxiv(number: str, title: str, author: str) -> str:
    paper = {"key": f"arxiv:{number}", "title": title, "authors": [author]}
    return json.dumps({**paper, "published": "2025-01-01"}) + "\n"


def test_a_cite_key_does_not_depend_on_what_is_exported(
    inside: Any, tmp_path: Path
) -> None:
    one = arxiv("2501.00002", "Thinking", "Ana Tong")
    two = arxiv("2501.00001", "Thinking fast", "Bo Tong")
    inside(["import", write(tmp_path / "1.jsonl", one)])
    inside(["import", write(tmp_path / "2.jsonl", two)])
    keys = {"Thinking": "tong2025thinking", "Thinking fast": "tong2025thinking-00001"}
    if keys_in(inside)["Thinking"] != "tong2025thinking":  # added in the same second
        keys = {
            "Thinking": "tong2025thinking-00002",
            "Thinking fast": "tong2025thinking",
        }
    assert keys_in(inside) == keys
    for title in keys:
        assert keys_in(inside, f'title:="{title}"') == {title: keys[title]}
    assert keys_in(inside, "title:fast") == {"Thinking fast": keys["Thinking fast"]}


def test_an_imported_key_is_kept_before_a_generated_one(
    inside: Any, tmp_path: Path
) -> None:
    inside(
        ["import", write(tmp_path / "1.jsonl", arxiv("2501.00001", "Tea", "A. Roe"))]
    )
    bib = "@misc{roe2025tea, title={Other leaves}, year=2020}\n@misc{Roe2025Tea, title={Cups}}"
    inside(["import", write(tmp_path / "2.bib", bib)])
    keys = keys_in(inside)
    assert keys["Tea"] == "roe2025tea-00001"
    plain = [key for key in keys.values() if "-" not in key]
    assert len(plain) == 1
    assert plain[0] in (keys["Other leaves"], keys["Cups"])
    assert len({key.casefold() for key in keys.values()}) == 3
    found = inside(["list", "--columns", "id", "cite_key:roe2025tea"]).out
    assert len(found.splitlines()) == 3
