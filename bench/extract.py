"""Scores and times the reading of pages against trafilatura and other extractors, in one run.

    python -m bench.extract [--pages FOLDER] [--rounds N] [--sites N] [--site-pages N] [--peers]

FOLDER holds the public gold sets article-extraction-benchmark and fundus, each in a folder of that
name, as `tests.quality.gold_pages` reads them. Pages at first sight: whole
texts by the evaluation of the article extraction benchmark, CPU seconds per contender, rounds
interleaved. Pages of known publishers: sites of 200 pages in the layouts of real ones
(`bench.sites`); the first 25 of each teach, the others are read by the template, at first sight,
and by trafilatura, and it is counted how often template and first sight give another text.
`--peers` installs readability-lxml and resiliparse into a folder of their own. Prints one JSON
object, what compares last.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import trafilatura

from aggregator.domain.article import PageText
from aggregator.domain.page_template import Layout, Template, template
from aggregator.extract.page.article import read_page
from bench.sites import Made, layouts, site
from tests.quality.extraction import by_trafilatura, text_scores
from tests.quality.gold_pages import GoldPage, gold_pages

_PAGES = Path(__file__).parents[2] / "shared" / "corpus" / "pages"
_SETS = ("article-extraction-benchmark", "fundus")
_PEERS = ("readability-lxml", "resiliparse")
_TAUGHT = 25  # a few more than a publisher needs to be known, as some pages are odd
_PEER = """
import json, pathlib, sys, time
def by_readability(text):
    from readability import Document
    import lxml.html
    return lxml.html.fromstring(Document(text).summary()).text_content()
def by_resiliparse(text):
    from resiliparse.extract.html2text import extract_plain_text
    return extract_plain_text(text, main_content=True, alt_texts=False)
told = {}
pages = [path.read_text("utf-8") for path in sorted(pathlib.Path(sys.argv[1]).iterdir())]
for name, read in (("readability-lxml", by_readability), ("resiliparse", by_resiliparse)):
    read(pages[0])
    started, texts = time.process_time(), []
    for page in pages:
        try:
            texts.append(read(page))
        except Exception:
            texts.append("")
    told[name] = [time.process_time() - started, texts]
print(json.dumps(told))
"""


def main() -> None:
    """Runs the rounds and prints what they show."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=Path, default=_PAGES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sites", type=int, default=12)
    parser.add_argument(
        "--site-pages", type=int, default=200, help=f"of each site; the first {_TAUGHT} teach"
    )
    parser.add_argument(
        "--peers",
        action="store_true",
        help="readability-lxml and resiliparse from the registry, too",
    )
    options = parser.parse_args()
    if missing := [
        str(options.pages / name) for name in _SETS if not (options.pages / name).is_dir()
    ]:
        parser.error(
            f"no pages in {' and '.join(missing)}: these gold sets do not come with the program;"
            " --pages names the folder where you have them"
        )
    first_sight = {
        name: _first_sight(options.pages / name, options.rounds, peers=options.peers)
        for name in _SETS
    }
    known = _known_publishers(
        [options.pages / name for name in _SETS], options.sites, options.site_pages, options.rounds
    )
    ratios = {
        **{
            f"{name}: trafilatura's CPU / ours": _ratio(told, "trafilatura", "ours")
            for name, told in first_sight.items()
        },
        **{f"{name}: our F1 - trafilatura's": _gain(told) for name, told in first_sight.items()},
        "known publishers: trafilatura's CPU / ours": _ratio(
            known["contenders"], "trafilatura", "ours, by template"
        ),
        "known publishers: our F1 - trafilatura's": round(
            known["contenders"]["ours, by template"]["f1"]
            - known["contenders"]["trafilatura"]["f1"],
            4,
        ),
    }
    print(
        json.dumps(
            {"first sight": first_sight, "known publishers": known, "ratios": ratios}, indent=1
        )
    )


def _first_sight(folder: Path, rounds: int, *, peers: bool) -> dict[str, dict[str, Any]]:
    gold = [page for page in gold_pages(folder) if page.text]
    contenders: dict[str, Callable[[GoldPage], str]] = {
        "ours": lambda page: _ours(page.body, page.url),
        "trafilatura": lambda page: by_trafilatura(page, comments=True).text,
        "trafilatura, without comments": lambda page: by_trafilatura(page, comments=False).text,
        "trafilatura, text only": lambda page: (
            trafilatura.extract(page.body, include_comments=False) or ""
        ),
    }
    timed = _rounds(contenders, gold, rounds, _installed_peers(gold) if peers else None)
    return {name: _told(gold, seconds, texts) for name, (seconds, texts) in timed.items()}


def _known_publishers(
    folders: Sequence[Path], most: int, pages: int, rounds: int
) -> dict[str, Any]:
    """What so many pages each of so many sites show, half of the layouts from each folder."""
    models = [layout for folder in folders for layout in layouts(folder, most // len(folders))]
    taught = [_taught(list(site(layout, pages))) for layout in models]
    asked = [(page, known) for untaught, known in taught for page in untaught]
    gold = [
        GoldPage(name=page.url, body=page.body, url=page.url, text=page.text) for page, _ in asked
    ]
    templates = {page.body: known for page, known in asked}
    contenders: dict[str, Callable[[GoldPage], str]] = {
        "ours, by template": lambda page: _ours(page.body, page.url, templates[page.body]),
        "ours, at first sight": lambda page: _ours(page.body, page.url),
        "trafilatura": lambda page: by_trafilatura(page, comments=True).text,
    }
    timed = _rounds(contenders, gold, rounds, None)
    by_template, first = timed["ours, by template"][1], timed["ours, at first sight"][1]
    return {
        "sites": len(models),
        "sites learnt": sum(known is not None for _, known in taught),
        "pages": len(gold),
        "texts that differ from first sight": sum(
            a != b for a, b in zip(by_template, first, strict=True)
        ),
        "contenders": {
            name: _told(gold, seconds, texts) for name, (seconds, texts) in timed.items()
        },
    }


def _taught(pages: Sequence[Made]) -> tuple[Sequence[Made], Template | None]:
    """The pages that did not teach, and the template that the others agree on."""
    layout = Layout(day=date(2026, 1, 1))
    for page in pages[:_TAUGHT]:
        found = read_page(page.body, url=page.url, content_type="text/html")
        layout = layout.seen(found.sighting) if isinstance(found, PageText) else layout
    return pages[_TAUGHT:], template(layout.on(date(2026, 1, 2)))


def _ours(body: bytes, url: str, known: Template | None = None) -> str:
    found = read_page(body, url=url, content_type="text/html", template=known)
    return found.text if isinstance(found, PageText) else ""


_Timed = dict[str, tuple[float, list[str]]]


def _rounds(
    contenders: dict[str, Callable[[GoldPage], str]],
    pages: Sequence[GoldPage],
    rounds: int,
    installed: Callable[[], _Timed] | None,
) -> _Timed:
    """For each contender the median of its CPU seconds and the texts; the first page is read once
    before.
    """
    seconds: dict[str, list[float]] = {}
    texts: dict[str, list[str]] = {}
    for read in contenders.values():
        read(pages[0])
    for _ in range(rounds):
        for name, read in contenders.items():
            started = time.process_time()
            texts[name] = [read(page) for page in pages]
            seconds.setdefault(name, []).append(time.process_time() - started)
        for name, (took, found) in (installed() if installed else {}).items():
            texts[name] = found
            seconds.setdefault(name, []).append(took)
    return {name: (statistics.median(seconds[name]), texts[name]) for name in texts}


def _installed_peers(gold: Sequence[GoldPage]) -> Callable[[], _Timed]:
    """Runs the other extractors, in an environment made for them, on the same pages."""
    folder = Path(tempfile.mkdtemp(prefix="extract-bench-"))
    pages = folder / "pages"
    pages.mkdir()
    for number, page in enumerate(gold):
        (pages / f"{number:04}.html").write_text(trafilatura.utils.decode_file(page.body), "utf-8")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *_PEERS], check=True)

    def run() -> _Timed:
        told = subprocess.run(
            [python, "-c", _PEER, pages], check=True, capture_output=True, text=True
        ).stdout
        return {name: (seconds, texts) for name, (seconds, texts) in json.loads(told).items()}

    return run


def _told(gold: Sequence[GoldPage], seconds: float, texts: Sequence[str]) -> dict[str, Any]:
    scores = text_scores(gold, [PageText(text=text) for text in texts])
    return {**scores, "cpu_s": round(seconds, 4), "pages_per_cpu_s": round(len(gold) / seconds, 1)}


def _ratio(told: dict[str, Any], one: str, other: str) -> float:
    return round(float(told[one]["cpu_s"] / told[other]["cpu_s"]), 2)


def _gain(told: dict[str, Any]) -> float:
    best = max(told["trafilatura"]["f1"], told["trafilatura, without comments"]["f1"])
    return round(float(told["ours"]["f1"] - best), 4)


if __name__ == "__main__":
    main()
