"""How long the HTML page takes in a browser: to load, to filter, to sort.

    python -m tests.benchmarks.page [--papers 500,2000] [--runs 7] [LIBRARY]

The library is made with `made.py`, or the folder given, which is only read. The page is
exported by the command and opened in headless Chromium, each time in a new tab; what is
printed is the median in milliseconds. Loading ends when all rows are laid out; a filter
or a sort is one keystroke or click until the page has been laid out again. The target is
a second for loading 500 and 2,000 papers, on a machine that does nothing else. On a busy
one the CPU time of the page's main thread, which does this work, tells more than the
clock; the load of the machine is printed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.finding import HERE, TOOL
from tests.helpers.browser import Browser, chromium

LOADED = (
    "document.body.offsetHeight, "
    "performance.getEntriesByType('navigation')[0].loadEventEnd"
)
FILTER = """(() => {
  const start = performance.now();
  const filter = document.getElementById("filter");
  filter.value = "diffusion policy";
  filter.dispatchEvent(new Event("input"));
  document.body.offsetHeight;
  return performance.now() - start;
})()"""
SORT = """(() => {
  const start = performance.now();
  document.querySelector("th:last-child button").click();
  document.body.offsetHeight;
  return performance.now() - start;
})()"""
STEPS = {"load": LOADED, "sort": SORT, "first filter": FILTER, "next filter": FILTER}


CPU = "CPU of load"


def measured(browser: Browser, path: Path, runs: int) -> dict[str, float]:
    """The median of each step, in milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in (*STEPS, CPU)}
    for _ in range(runs):
        page = browser.open(path.as_uri())
        times[CPU].append(page.cpu * 1e3)
        for name, script in STEPS.items():
            times[name].append(page.value(script))
        page.close()
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("library", type=Path, nargs="?")
    parser.add_argument("--papers", default="500,2000")
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.papers.split(",")]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        library = arguments.library or folder / "library"
        if not library.exists():
            made = [str(HERE / "made.py"), str(max(sizes) * 11 // 10), str(library)]
            subprocess.run([sys.executable, *made], check=True)
        environment = {
            **os.environ,
            "PAPERTRACK_LIBRARY": str(library),
            "PAPERTRACK_CACHE": f"{folder}/cache",
            "PAPERTRACK_STATE": f"{folder}/state",
        }
        print(
            "papers      KB", *(f"{name:>12}" for name in (*STEPS, CPU)), "       load"
        )
        with chromium(folder / "profile") as browser:
            for size in sizes:
                path = folder / f"{size}.html"
                export = [*TOOL, "-q", "export", "-n", str(size), "-o", str(path)]
                subprocess.run(export, check=True, env=environment)
                times = measured(browser, path, arguments.runs)
                cells = (f"{times[name]:12.0f}" for name in (*STEPS, CPU))
                load = os.getloadavg()[0]
                kilobytes = path.stat().st_size // 1000
                print(f"{size:6} {kilobytes:7}", *cells, f"{load:11.1f}", flush=True)


if __name__ == "__main__":
    main()
