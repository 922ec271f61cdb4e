"""`open` with a real program as BROWSER: the addresses and arguments it receives."""

from __future__ import annotations

import pexpect
import pytest

HOSTILE = "https://x.example/$(touch PWNED)`touch PWNED`;touch PWNED&a=1 --new-window 'q' \"q\" é"
PAPERS = [
    {
        "id": "2401.00001",
        "listed": "2024-01-01",
        "github": "https://github.com/a/b",
        "project": HOSTILE,
    },
    {
        "id": "2401.00002",
        "listed": "2024-01-02",
        "project": "javascript:alert(1)",
        "github": "file:///etc/passwd",
    },
    *(
        {"id": f"2401.0001{number}", "listed": "2024-01-03", "tags": ["many"]}
        for number in range(6)
    ),
]


@pytest.fixture
def browser(home, written, tmp_path):
    """A library, and a browser that writes each of its arguments on a line; a function
    returns these lines.
    """
    written(home, *PAPERS)
    program, got = tmp_path / "my browser", tmp_path / "got"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$#" "$@" >> "{got}"\n')
    program.chmod(0o755)
    home["BROWSER"] = f"'{program}'"

    def read():
        lines = got.read_text().splitlines() if got.exists() else []
        got.unlink(missing_ok=True)
        return lines

    return read


def test_options_choose_the_page_to_open(inside, browser, home):
    ran = inside("open 2401.00001")
    assert (ran.code, ran.out, ran.err) == (
        0,
        "",
        "opening https://arxiv.org/abs/2401.00001\n",
    )
    assert browser() == ["1", "https://arxiv.org/abs/2401.00001"]
    assert inside("-q open 2401.00001 2401.00002 --pdf --hf").err == ""
    places = [
        f"{place}/2401.0000{n}"
        for n in (1, 2)
        for place in ("https://arxiv.org/pdf", "http://127.0.0.1:9/papers")
    ]
    assert browser() == [line for place in places for line in ("1", place)]
    del home["HF_ENDPOINT"]
    assert (
        inside("open 2401.00001 --hf --print").out
        == "https://huggingface.co/papers/2401.00001\n"
    )
    assert browser() == []


def test_an_address_is_always_one_argument(inside, browser, home, tmp_path):
    assert inside("open 2401.00001 --project").code == 0
    count, address = browser()
    assert count == "1"
    assert address.startswith("https://x.example/%24%28touch%20PWNED%29")
    assert not set(address) & set("$`'\"() \\<>|é")
    assert not list(tmp_path.rglob("PWNED"))


def test_missing_pages_are_reported_and_the_others_opened(inside, browser):
    ran = inside("open 2401.00001 2401.00002 --code")
    assert ran.code == 5
    assert ran.err.splitlines()[-1] == "papertrack: 2401.00002 has no code"
    assert browser() == ["1", "https://github.com/a/b"]
    ran = inside("open 2401.00002 --project --print")
    assert (ran.code, ran.out, ran.err) == (
        5,
        "",
        "papertrack: 2401.00002 has no project page\n",
    )


def test_browser_variable_with_several_commands_and_a_placeholder(
    inside, browser, home
):
    program = home["BROWSER"]
    home["BROWSER"] = f"/no/such/browser:{program} --at=%s --new:{program}"
    assert inside("open 2401.00001").code == 0
    assert browser() == ["2", "--at=https://arxiv.org/abs/2401.00001", "--new"]
    for broken in ("/no/such/browser", "'unclosed", "&", "false"):
        home["BROWSER"] = broken
        ran = inside("open 2401.00001")
        assert (ran.code, ran.out) == (1, "")
        assert "papertrack: BROWSER: " in ran.err


def test_many_pages_need_confirmation(inside, browser, spawn, home):
    ran = inside("open tag:many")
    assert (ran.code, ran.err) == (
        2,
        "papertrack: this would open 6 pages; add --yes to do it\n",
    )
    for answer, pages in (("n", 0), ("y", 6)):
        child = spawn("open tag:many", env=home)
        child.expect_exact("open 6 pages? [y/N]")
        child.sendline(answer)
        child.expect(pexpect.EOF)
        child.close()
        assert (child.exitstatus, len(browser())) == (0 if pages else 2, pages * 2)
    assert inside("open tag:many --yes").code == 0
    assert len(browser()) == 12
    assert inside("open nosuchword").code == 5
