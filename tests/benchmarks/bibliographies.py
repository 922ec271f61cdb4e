"""How long bibliographies take to become Facts, against pybtex, rispy and json on the same
bytes.

    python -m tests.benchmarks.bibliographies [--megabytes 1 10] [--runs 5] [FILE…]

Made files with abstracts, LaTeX, HTML and all usual fields, or the files given. The two
take turns; printed are the median of the ratios pair by pair and our MB a second of CPU
time. pybtex and rispy split a file into fields; papertrack also reads the LaTeX, the names,
the dates and the ids. rispy is needed for this alone: `pip install papertrack[dev]`.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable
from pathlib import Path

import rispy
from pybtex.database import parse_string

from papertrack.sources.bibliography import bibtex, csl, ris
from tests.benchmarks.parsing import cpu

ABSTRACT = (
    "We ask how long a kettle stays warm when nobody drinks, and find it is an hour. "
    "All of it was measured twice, with 5\\% of error and no difference worth a note. "
) * 8
BIBTEX = """@inproceedings{{roe2021kettle{n},
  author = {{Roe, Ann and Mu{{\\~n}}oz, Bo and van der Berg, Cy and D{{\\"o}}rner, Dee}},
  title = {{Kettles~and {{Lids}}: a Study of {{Warm}} Water -- Part {n}}},
  booktitle = {{Proceedings of the Tea {{\\&}} Water Conference}},
  year = {{2021}}, month = may, pages = {{{n}--{n}9}}, publisher = {{Tea Press}},
  doi = {{10.1000/kettle.{n}}}, url = {{https://tea.example/{n}}},
  note = {{9 pages, arXiv:2105.{n:05}}}, keywords = {{tea, warm water, lids}},
  abstract = {{{abstract}}}
}}
"""
RIS = """TY  - CPAPER
TI  - Kettles and <i>Lids</i>: a Study of Warm Water &ndash; Part {n}
AU  - Roe, Ann
AU  - Muñoz, Bo
AU  - van der Berg, Cy
AU  - Dörner, Dee
T2  - Proceedings of the Tea &amp; Water Conference
PY  - 2021/05/12
SP  - {n}
DO  - 10.1000/kettle.{n}
UR  - https://tea.example/{n}
N1  - 9 pages, arXiv:2105.{n:05}
KW  - tea
KW  - warm water
AB  - {abstract}
ER  -

"""


def _csl(number: int) -> str:
    names = [("Ann", "Roe"), ("Bo", "Muñoz"), ("Cy", "van der Berg"), ("Dee", "Dörner")]
    item = {
        "id": f"roe2021kettle{number}",
        "type": "paper-conference",
        "title": f"Kettles and <i>Lids</i>: a Study of Warm Water, Part {number}",
        "author": [{"given": given, "family": family} for given, family in names],
        "container-title": "Proceedings of the Tea &amp; Water Conference",
        "issued": {"date-parts": [[2021, 5, 12]]},
        "DOI": f"10.1000/kettle.{number}",
        "URL": f"https://tea.example/{number}",
        "note": f"9 pages, arXiv:2105.{number:05}",
        "abstract": f"<jats:p>{ABSTRACT}</jats:p>",
    }
    return json.dumps(item, ensure_ascii=False, indent=1)


def made(megabytes: float) -> dict[str, bytes]:
    """A file of each format, of about this size."""
    numbers = range(int(megabytes * 1e6 / 2_000))
    bodies = {
        "made.bib": "".join(BIBTEX.format(n=n, abstract=ABSTRACT) for n in numbers),
        "made.ris": "".join(RIS.format(n=n, abstract=ABSTRACT) for n in numbers),
        "made.json": f"[{','.join(map(_csl, numbers))}]",
    }
    return {name: body.encode() for name, body in bodies.items()}


def row(name: str, body: bytes, runs: int) -> str:
    """A line of the table."""
    text = body.decode()
    others: dict[str, tuple[Callable[[], object], str, Callable[[], object]]] = {
        ".bib": (
            lambda: bibtex.parse(body, name=name),
            "pybtex",
            lambda: parse_string(text, "bibtex"),
        ),
        ".ris": (
            lambda: ris.parse(body, name=name),
            "rispy",
            lambda: rispy.loads(text),
        ),
        ".json": (lambda: csl.parse(body, name=name), "json", lambda: json.loads(text)),
    }
    ours, other_name, other = others[Path(name).suffix]
    cpu(ours), cpu(other)
    pairs = [(cpu(ours), cpu(other)) for _ in range(runs)]
    seconds = statistics.median(our for our, _ in pairs)
    ratio = statistics.median(our / max(their, 1e-9) for our, their in pairs)
    size = len(body) / 1e6
    return f"{name:12} {size:8.1f} {size / seconds:10.1f} {other_name:>8} {ratio:8.2f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--megabytes", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{'':12} {'MB':>8} {'MB/s':>10} {'against':>8} {'ratio':>8}")
    files = [(path.name, path.read_bytes()) for path in arguments.files]
    for megabytes in [] if files else arguments.megabytes:
        files += made(megabytes).items()
    for name, body in files:
        print(row(name, body, arguments.runs))


if __name__ == "__main__":
    main()
