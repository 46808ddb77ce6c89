"""The search over 10,000 stories beside Pagefind and MiniSearch, in one run: work to index, and
bytes to a first answer.

    python -m bench.search [--stories N] [--queries N] [--rounds N] [--packages FOLDER]

Each engine gets the same texts (headline, hook, TL;DR) and labels; Pagefind as pages that hold
nothing else. Of a site it reads the pages as they are, so it is given those too, once:
`pagefind_on_the_site`. `first_query` counts what goes over the wire from nothing to ten results,
text gzipped: script, what is always loaded, postings, results. Needs npm and node: the peers are
installed into `--packages`, by default a folder that is removed afterwards. Prints one JSON object,
the ratios last.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from html import escape
from pathlib import Path
from typing import Any

from aggregator.domain.publishing.page import PublishedFile
from aggregator.domain.settings import SiteSettings
from aggregator.site.search.index_volume import SearchDocument, labels
from aggregator.site.search.pages import search_pages
from bench.search_stories import is_real, queries, stories, story_pages
from tests.memory_site import publish
from tests.quality.search import fts5, overlap

PEERS = ("pagefind@1.6.0", "minisearch@7.2.0")
_HERE = Path(__file__).parent
_SCRIPT = _HERE.parent / "templates" / "static" / "search.js"
_SITE = SiteSettings(base_url="https://news.example")
_NEW = 100  # stories, in `some_new`
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">\
<title>{headline}</title></head><body>
<main data-pagefind-body><h1>{headline}</h1><p>{hook}</p><p>{text}</p></main>
<p data-pagefind-ignore>{labels}</p></body></html>"""
_LABEL = '<span data-pagefind-filter="{kind}">{name}</span>'
_Found = list[dict[str, Any]]


def main() -> None:
    """Runs the contest and prints what it shows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--packages", type=Path, help="keep the peers in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        packages = options.packages or Path(scratch) / "packages"
        _install(packages)
        print(
            json.dumps(
                measured(options.stories, options.queries, options.rounds, packages, Path(scratch)),
                indent=2,
            )
        )


def measured(count: int, asked: int, rounds: int, packages: Path, scratch: Path) -> dict[str, Any]:
    """The report; rounds of ours and of Pagefind take turns."""
    of = stories(count)
    questions = scratch / "queries.json"
    questions.write_text(json.dumps(queries(of, asked)))
    _write_pages(of, scratch / "pages")
    work = [
        (_ours(of, scratch / "site"), _pagefind(packages, scratch, "pages")) for _ in range(rounds)
    ]
    ours: dict[str, Any] = {
        key: round(statistics.median(each[0][key] for each in work), 3) for key in work[0][0]
    }
    pagefind: dict[str, Any] = {
        key: round(statistics.median(each[1][key] for each in work), 3) for key in work[0][1]
    }
    minisearch, by = _asked(scratch, packages, questions, of)
    relevant = fts5(of, json.loads(questions.read_text()), headline=1.0)
    for shown, name in ((ours, "ours"), (pagefind, "pagefind"), (minisearch, "minisearch")):
        shown["first_query_kb"] = _spread([each["bytes"] / 1000 for each in by[name]])
        shown["requests"] = round(statistics.median(each["requests"] for each in by[name]))
        shown["overlap_with_fts5"] = overlap([each["paths"] for each in by[name]], relevant)
    publish(story_pages(of, _SITE), scratch / "whole", _SITE, {})
    whole = _pagefind(packages, scratch, "whole")
    texts = "real" if is_real() else "generated: the corpus is not beside the checkout"
    return {
        "world": {"stories": count, "texts": texts, "queries": asked, "rounds": rounds},
        "ours": ours,
        "pagefind": pagefind,
        "pagefind_on_the_site": {key: round(value, 3) for key, value in whole.items()},
        "minisearch": minisearch,
        "ratios": {
            "index_cpu_of_pagefind_to_ours": round(pagefind["cpu_s"] / ours["cpu_s"], 1),
            "index_cpu_of_pagefind_on_the_site_to_ours": round(whole["cpu_s"] / ours["cpu_s"], 1),
            "index_cpu_of_minisearch_to_ours": round(minisearch["cpu_s"] / ours["cpu_s"], 1),
            "first_query_of_pagefind_to_ours": round(
                pagefind["first_query_kb"]["median"] / ours["first_query_kb"]["median"], 2
            ),
        },
    }


def _ours(of: Sequence[SearchDocument], site: Path) -> dict[str, float]:
    """CPU seconds from documents to files in a folder, writing included: all, nothing new, and some
    new stories.
    """
    shutil.rmtree(site, ignore_errors=True)
    newest = [
        replace(document, id=f"n{document.id}", path=f"story/new-{document.id}/")
        for document in of[-_NEW:]
    ]
    spent: dict[str, float] = {}
    manifest: Mapping[str, PublishedFile] = {}
    for name, documents in (
        ("cpu_s", of),
        ("nothing_new_cpu_s", of),
        ("some_new_cpu_s", (*of, *newest)),
        ("again", of),
    ):
        began = time.process_time()
        manifest = publish(search_pages(documents, _SITE), site, _SITE, manifest).manifest
        spent[name] = time.process_time() - began
    del spent["again"]  # the folder is as it was, for the questions
    spent["index_mb"] = (
        sum(file.bytes for path, file in manifest.items() if path.startswith("search/")) / 1e6
    )
    return spent


def _pagefind(packages: Path, scratch: Path, pages: str) -> dict[str, float]:
    output = scratch / f"pagefind-{pages}"
    shutil.rmtree(output, ignore_errors=True)
    command: list[str | Path] = [
        packages / "node_modules/.bin/pagefind",
        "--site",
        scratch / pages,
        "--output-path",
        output,
    ]
    before = _children_s()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    size = sum(file.stat().st_size for file in output.rglob("*") if file.suffix.startswith(".pf"))
    return {"cpu_s": _children_s() - before, "index_mb": size / 1e6}


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _asked(
    scratch: Path, packages: Path, questions: Path, of: Sequence[SearchDocument]
) -> tuple[dict[str, Any], dict[str, _Found]]:
    """What MiniSearch spends on its index, and how each engine answers."""
    documents = scratch / "documents.json"
    documents.write_text(json.dumps([asdict(document) for document in of], default=str))
    ours = _node("ours", scratch / "site/search", _SCRIPT, questions)
    pagefind = _node("pagefind", scratch / "pagefind-pages", questions)
    minisearch = _node("minisearch", documents, questions, packages / "node_modules")
    return {"cpu_s": minisearch["cpu_s"]}, {
        "ours": ours,
        "pagefind": pagefind,
        "minisearch": minisearch["found"],
    }


def _node(*arguments: str | Path) -> Any:
    done = subprocess.run(
        ["node", _HERE / "search.mjs", *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout)


def _write_pages(of: Sequence[SearchDocument], folder: Path) -> None:
    for document in of:
        own = "".join(
            _LABEL.format(kind=label.partition(":")[0], name=escape(name))
            for label, name in labels(document).items()
        )
        page = _PAGE.format(
            headline=escape(document.headline),
            hook=escape(document.hook),
            text=escape(document.text),
            labels=own,
        )
        place = folder / document.path
        place.mkdir(parents=True)
        (place / "index.html").write_text(page, encoding="utf-8", errors="replace")


def _install(packages: Path) -> None:
    packages.mkdir(parents=True, exist_ok=True)
    command: list[str | Path] = [
        "npm",
        "install",
        "--prefix",
        packages,
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        *PEERS,
    ]
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "NO_UPDATE_NOTIFIER": "1"},
    )


def _spread(values: Sequence[float]) -> dict[str, float]:
    pick: dict[str, Callable[[Sequence[float]], float]] = {
        "least": min,
        "median": statistics.median,
        "most": max,
    }
    return {name: round(of(values), 1) for name, of in pick.items()}


if __name__ == "__main__":
    main()
