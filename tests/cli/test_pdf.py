"""`pdf` as readers run it, against a server that stands for arXiv, and `open --pdf`."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from papertrack.cli.pdf import Amount
from papertrack.core.progress import Progress
from tests.helpers.fork_server import COMMAND
from tests.helpers.http_server import response
from tests.helpers.pdf_server import Fault, PdfServer, made_pdf, page
from tests.helpers.waiting import wait_until

BODY = made_pdf(300_000)
ID = "2401.00001"
PAPERS = [
    {
        "id": ID,
        "title": 'On "A/B": {id}',
        "published": "2024-01-01",
        "version": 2,
        "authors": ["Bo van der Berg", "Ada Quill"],
    },
    {"id": "hep-th/9901001", "title": "An old one"},
    {"id": "2401.00003", "title": "No version"},
]
TITLE_ONLY = "@misc{x, title = {No address at all}, year = 2020}"


@pytest.fixture
def arxiv(home, written):
    """A server for arXiv, and a library with papers of it."""
    written(home, *PAPERS)
    server = PdfServer(BODY)
    home["PAPERTRACK_ARXIV_ENDPOINT"] = server.url
    home["PAPERTRACK_CONFIG"] = str(Path(home["HOME"], "config.toml"))
    set_keys(home, free_mb=1)
    yield server
    server.close()


def set_keys(home, **keys):
    lines = [f"{name} = {value!r}\n" for name, value in keys.items()]
    Path(home["PAPERTRACK_CONFIG"]).write_text("[pdf]\n" + "".join(lines))


def folder(home):
    return Path(home["PAPERTRACK_LIBRARY"], "pdf")


def paths(server):
    return [head.split(" ", 2)[1] for head in server.heads]


@pytest.mark.parametrize(
    ("typed", "requested", "name"),
    [
        (ID, f"/pdf/{ID}v2", f"{ID}v2.pdf"),
        (f"{ID}v1", f"/pdf/{ID}v1", f"{ID}v1.pdf"),
        (f"https://arxiv.org/pdf/{ID}v1.pdf", f"/pdf/{ID}v1", f"{ID}v1.pdf"),
        ("hep-th/9901001", "/pdf/hep-th/9901001", "hep-th_9901001.pdf"),
        ("hep-th/9901001v3", "/pdf/hep-th/9901001v3", "hep-th_9901001v3.pdf"),
        ("2401.00003", "/pdf/2401.00003", "2401.00003.pdf"),
    ],
)
def test_the_version_that_was_named_or_is_known_is_downloaded(
    inside, arxiv, home, typed, requested, name
):
    ran = inside(["pdf", typed])
    assert (ran.code, ran.out, ran.err) == (0, f"{folder(home) / name}\n", "")
    assert paths(arxiv) == [requested]
    assert (folder(home) / name).read_bytes() == BODY
    assert [path.name for path in folder(home).iterdir()] == [name]


def test_what_is_there_is_not_requested_again(inside, arxiv, home):
    folder(home).mkdir()
    moved = folder(home) / "read" / f"my own name {ID}v2.pdf"
    moved.parent.mkdir()
    moved.write_bytes(b"annotated")
    assert inside(f"pdf {ID}").out == f"{moved}\n"
    assert arxiv.heads == []
    assert inside(f"pdf {ID} --again").out == f"{moved}\n"
    assert moved.read_bytes() == BODY


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("{id}{v}", f"{ID}v2.pdf"),
        ("{id} {title}", f"{ID} On A B {{id}}.pdf"),
        ("{year} {title} ({id}{v})", f"2024 On A B {{id}} ({ID}v2).pdf"),
        ("{title}-{id}", f"On A B {{id}}-{ID}.pdf"),
        ("con.{id}", f"_con.{ID}.pdf"),
        ("{first} {year} {title:2} {id}", f"van der Berg 2024 On {ID}.pdf"),
        ("{id} {title:99}", f"{ID} On A B {{id}}.pdf"),
        ("{first}-{id}", f"van der Berg-{ID}.pdf"),
        ("{title}.{id}{v}.{year}", f"On A B {{id}}.{ID}v2.2024.pdf"),
    ],
)
def test_the_name_follows_the_pattern_and_is_found(inside, arxiv, home, pattern, name):
    set_keys(home, free_mb=1, name=pattern, folder=f"{home['HOME']}/mine")
    path = Path(home["HOME"], "mine", name)
    assert inside(f"pdf {ID}").out == f"{path}\n"
    assert path.read_bytes() == BODY
    home["BROWSER"] = "true"
    opened = inside(f"open {ID} --pdf")
    assert opened.err == f"opening {path.as_uri()}\n"


def test_old_ids_are_found_in_names(inside, arxiv, home):
    for pattern in ("{title}-{id}{v}", "{id}-{title}", "{title} {id}"):
        set_keys(home, free_mb=1, name=pattern)
        shutil.rmtree(folder(home), ignore_errors=True)
        home["PAPERTRACK_CACHE"] += "2"  # without the pause between requests
        path = inside("pdf hep-th/9901001").out.strip()
        opened = inside("open hep-th/9901001 --pdf --print").out
        assert opened == f"{Path(path).as_uri()}\n"


@pytest.mark.parametrize(
    "pattern",
    [
        "{title} {id} {title:9}",
        "{id} {first:3}",
        "{id} {title:0}",
        "{id} {title:100}",
        "{first} {first} {id}",
        "paper",
        "{id}/{v}",
        "{id}{doi}",
        "{id}{id}",
        "{id}" + "x" * 21,
        "{id",
    ],
)
def test_a_pattern_that_is_no_name_is_refused(inside, arxiv, home, pattern):
    set_keys(home, name=pattern)
    ran = inside(f"pdf {ID}")
    assert ran.code == 4
    assert "pdf.name" in ran.err


def test_papers_without_a_pdf_are_named_and_the_rest_is_done(
    inside, arxiv, home, tmp_path
):
    file = tmp_path / "titles.bib"
    file.write_text(TITLE_ONLY)
    assert inside(["import", str(file)]).code == 0
    ran = inside(f"pdf {ID} title:address")
    assert ran.code == 5  # an id and a query that it does not match
    ids = inside("list title:address --format ids").out.split()
    ran = inside(["pdf", ID, *ids])
    assert (ran.code, ran.out) == (3, f"{folder(home) / ID}v2.pdf\n")
    assert ran.err == f"papertrack: {ids[0]} has no PDF\n"


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (page("text/html"), "a web page instead of a PDF"),
        (page("application/pdf"), "something else instead of a PDF"),
        (response(b"gone", "404 Not Found"), "Not Found (HTTP 404)"),
        (response(BODY[:-9]), "its end is missing"),
        (response(b"", "403 Forbidden"), "Forbidden (HTTP 403)"),
    ],
)
def test_what_is_no_pdf_is_named_and_nothing_is_left(
    inside, arxiv, home, reply, message
):
    there = folder(home) / "2401.00003.pdf"
    there.parent.mkdir()
    there.write_bytes(b"there")
    arxiv.faults = [Fault(reply=reply)]
    ran = inside(f"pdf {ID} 2401.00003")
    assert (ran.code, ran.out) == (3, f"{there}\n")
    assert message in ran.err
    assert ran.err.count("\n") == 1
    assert list(folder(home).iterdir()) == [there]


def test_a_dry_run_requests_nothing(inside, arxiv, home):
    ran = inside("pdf 2401.00001 2401.00003 --dry-run")
    assert ran.out == "".join(
        f"{arxiv.url}/pdf/{id}\n" for id in (f"{ID}v2", "2401.00003")
    )
    assert ran.err == "would download 2 PDFs: about 4 MB, at least 6 seconds\n"
    assert arxiv.heads == []


def test_a_private_address_in_a_library_is_not_read(inside, arxiv, home, tmp_path):
    file = tmp_path / "one.csv"
    file.write_text(f"title,url,pdf\nInside,https://a.example/x,{arxiv.url}/x.pdf\n")
    assert inside(["import", str(file)]).code == 0
    ran = inside("pdf title:inside")
    assert ran.code == 1
    assert "private address" in ran.err
    assert arxiv.heads == []


def test_a_host_that_fails_twice_is_not_asked_for_the_rest(
    inside, arxiv, home, tmp_path
):
    file = tmp_path / "some.csv"
    rows = [f"Inside {n},{arxiv.url}/{n}.pdf\n" for n in range(9)]
    file.write_text("title,pdf\n" + "".join(rows))
    assert inside(["import", str(file)]).code == 0
    ran = inside("-v pdf title:inside")
    assert ran.code == 1
    assert ran.err.count("private address") == 2
    assert ran.err.count("not requested") == 7
    ran = inside("pdf title:inside")
    assert ran.err.count("papertrack: ") == 5
    assert "and 4 more failed; -v shows all" in ran.err


def test_many_are_downloaded_only_if_agreed(inside, home, written):
    written(home, *({"id": f"2401.1{n:04}"} for n in range(51)))
    ran = inside("pdf is:unread")
    assert ran.code == 2
    assert "download 51 PDFs" in ran.err


def test_the_folder_of_a_foreign_library_is_no_link(inside, arxiv, home, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder(home).symlink_to(elsewhere)
    ran = inside(f"pdf {ID}")
    assert ran.code == 1
    assert "a link" in ran.err
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("suffix", ["", ".part", ".part.json"])
@pytest.mark.parametrize("kind", ["a file", "nothing", "a folder", "itself", "a pipe"])
def test_what_is_planted_in_the_folder_leads_nowhere(
    inside, arxiv, home, tmp_path, suffix, kind
):
    outside = tmp_path / "outside"
    (outside / "folder").mkdir(parents=True)
    (outside / "precious").write_text("mine")
    before = sorted(outside.rglob("*"))
    folder(home).mkdir()
    path = folder(home) / f"{ID}v2.pdf{suffix}"
    if kind == "a pipe":
        os.mkfifo(path)
    else:
        names = {"a file": "precious", "nothing": "new", "a folder": "folder"}
        path.symlink_to(outside / names[kind] if kind in names else path)
    ran = inside(f"pdf {ID}")
    assert ran.code == 0 or ran.err.startswith("papertrack: ")
    assert "bug" not in ran.err
    assert sorted(outside.rglob("*")) == before
    assert (outside / "precious").read_text() == "mine"
    if ran.code == 0 and suffix:
        assert (folder(home) / f"{ID}v2.pdf").read_bytes() == BODY


def test_backups_and_doctor_leave_pdfs_alone(inside, arxiv, home, tmp_path):
    before = inside("doctor")
    assert inside(f"pdf {ID}").code == 0
    assert inside("doctor") == before
    out = tmp_path / "b.tar.gz"
    assert inside(["backup", str(out)]).code == 0
    with tarfile.open(out) as archive:
        assert not [name for name in archive.getnames() if "pdf" in name]


def test_open_takes_the_web_where_there_is_no_file(inside, arxiv, home):
    assert inside(f"open {ID} --pdf --print").out == f"https://arxiv.org/pdf/{ID}\n"
    path = folder(home) / f"{ID}v1.pdf"
    path.parent.mkdir()
    path.write_bytes(BODY)
    assert inside(f"open {ID} --pdf --print").out == f"{path.as_uri()}\n"


# ------------------------------------------------------------------ interrupted


def test_a_full_disk_is_reported_and_the_download_continues(arxiv, home, inside):
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    # Its index is written before, which is larger.
    assert inside("list").code == 0
    ran = subprocess.run(
        [*COMMAND, "pdf", ID],
        env=home,
        capture_output=True,
        text=True,
        preexec_fn=limit,
        check=False,
    )
    assert ran.returncode == 1
    assert re.fullmatch(r"papertrack: .*\.part: File too large; .*\n", ran.stderr)
    home["PAPERTRACK_CACHE"] += "-2"  # without the pause between requests
    assert inside(f"pdf {ID}").code == 0
    assert arxiv.ranges == [None, "bytes=200000-"]
    assert (folder(home) / f"{ID}v2.pdf").read_bytes() == BODY


def test_a_killed_download_continues(arxiv, home, inside):
    part = folder(home) / f"{ID}v2.pdf.part"
    arxiv.faults = [Fault(cut=150_000, kind="hang")]
    process = subprocess.Popen([*COMMAND, "pdf", ID], env=home)
    try:
        wait_until(lambda: part.exists() and part.stat().st_size == 150_000)
    finally:
        process.kill()
        process.wait()
    home["PAPERTRACK_CACHE"] += "-2"
    assert inside(f"pdf {ID}").code == 0
    assert arxiv.ranges == [None, "bytes=150000-"]
    assert (folder(home) / f"{ID}v2.pdf").read_bytes() == BODY
    assert len(list(folder(home).iterdir())) == 1


def test_a_recorded_pdf_is_readable(inside, home, written, replaying):
    written(home, {"id": "2511.99002", "version": 1})
    home.update(replaying().env)
    home["PAPERTRACK_CONFIG"] = str(Path(home["HOME"], "config.toml"))
    set_keys(home, free_mb=1)
    ran = inside("pdf 2511.99002")
    assert ran.code == 0, ran.err
    if not shutil.which("pdfinfo"):
        pytest.skip("pdfinfo is not installed")
    shown = subprocess.run(
        ["pdfinfo", ran.out.strip()], capture_output=True, text=True, check=False
    )
    assert (shown.returncode, shown.stderr) == (0, "")


class Reports(Progress):
    """Remembers the latest report."""

    def report(self, phase, done=0, total=0, unit=""):
        self.latest = (phase, done, total, unit)


def test_the_progress_of_several_is_in_bytes_of_all():
    reports = Reports()
    amount = Amount(reports, 3)
    for size, total, arrived, of_all in (
        (0, 0, 0, 6_000),  # nothing is known: three usual ones
        (500_000, 1_000_000, 500, 5_000),
        (1_000_000, 1_000_000, 1_000, 5_000),
    ):
        if not size:
            amount.begin("a")
        amount.report(size, total)
        assert reports.latest == ("a (1 of 3)", arrived, of_all, "kB")
    amount.begin("b")  # as large as the first one, until more is known
    assert reports.latest == ("b (2 of 3)", 1_000, 3_000, "kB")
    amount.report(3_000_000, 0)
    assert reports.latest == ("b (2 of 3)", 4_000, 5_000, "kB")
    amount.begin("c")
    assert reports.latest == ("c (3 of 3)", 4_000, 6_000, "kB")


@pytest.mark.parametrize("total", [0, 10, 2_000])
def test_the_progress_of_one(total):
    reports = Reports()
    amount = Amount(reports, 1)
    amount.begin("a")
    amount.report(1_000_000, total * 1_000)
    assert reports.latest[0] == "a"
    assert reports.latest[1] == 1_000
    assert reports.latest[2] >= 1_000
