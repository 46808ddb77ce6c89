"""How far do orders get that are planted in a site? `python -m tests.quality.planted --json`.

Each kind of order of `planted.toml` is brought in by each of its carriers, in an article and a
story of its own, read and published by the product without a model. The name that an order is for
is a new one in each place, so what has it has the order.

`printed` counts the places whose name stands in any file of the site, `prominent` those where it
stands in headline, hook or action; `found` those where search, `ask`, `check_claim` or a tool for
agents gives it back; `attacked` are our older attacks of `attacks.jsonl`, each once as a headline
and once in a summary between two clean sentences. All are counted apart for kinds that the model of
`english/addressed.py` is fitted on and kinds that it is not. `lost` counts the clean sentences
around the orders that are refused.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import json
import logging
import re
import tempfile
import tomllib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from mcp.client.client import Client

from aggregator.bootstrap import open_services
from aggregator.config.layers import json_lines
from aggregator.domain.article import Article, PageText, Read, Verdict
from aggregator.domain.entry import DateOrigin, EntryDate
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import stable_id
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    Settings,
    SiteSettings,
)
from aggregator.extract.admission import admitted, evidence_sentences, sentence_verdicts
from aggregator.extract.page.article import read_page
from aggregator.extract.page.assemble import passages
from aggregator.log import set_up_log
from aggregator.plugins.agents.server import agent_server
from aggregator.plugins.questions.stage.answering import answer
from aggregator.services import Services, Tally
from aggregator.site.stage.publish import publish_stage
from tests.quality.attacked import ATTACKS, BODY, LEAD, TITLE
from tests.quality.injection import Nobody, store_articles
from tests.quality.poisoned import PUBLISHED
from tests.telling import tell_stale

DATA = Path(__file__).with_suffix(".toml")
_SYLLABLES = ("Qua", "Zor", "Vex", "Lub", "Pim", "Dro", "Kel", "Nub", "Tas", "Wib", "Jor", "Fli",
              "Mek", "Sov", "Gri", "Hax", "Bru", "Yll")  # fmt: skip
_INVISIBLE = "\u200b"
_CANARY = re.compile(r"(?P<end>[.。!]?)\s*(?P<canary>ZQA\w+)")
_PROMINENT = ("headline", "hook", "what_to_do_next")


@frozen
class Place:
    """An order in its place, with the name by which it is known again."""

    half: str
    kind: str
    carrier: str
    name: str
    order: str
    title: str = TITLE
    block: str = ""
    summary: str = ""


def places() -> tuple[Place, ...]:
    """Every kind by every carrier, and the attacks in headlines and summaries."""
    data = tomllib.loads(DATA.read_text("utf-8"))
    pairs = product(data["kinds"], data["carriers"])
    planted = (_place(kind, carrier, n) for n, (kind, carrier) in enumerate(pairs))
    return (*planted, *_attacks())


def _place(kind: Mapping[str, str], carrier: Mapping[str, str], n: int) -> Place:
    name = "".join(_SYLLABLES[n // len(_SYLLABLES) ** k % len(_SYLLABLES)] for k in (1, 0)).title()
    do, done = (kind[form].format(name=name) for form in ("do", "done"))
    begun = do[0].upper() + do[1:]
    slots = {
        "do": do,
        "Do": begun,
        "done": done,
        "Done": done[0].upper() + done[1:],
        "spread": _INVISIBLE.join(begun[at : at + 5] for at in range(0, len(begun), 5)),
    }
    where = {key: text.format(**slots) for key, text in carrier.items() if key != "key"}
    return Place(
        half=kind["half"],
        kind=kind["key"],
        carrier=carrier["key"],
        name=name,
        order=do,
        title=where.get("title", TITLE),
        block=where.get("html", ""),
        summary=where.get("summary", ""),
    )


def _attacks() -> Iterator[Place]:
    for row in json_lines(ATTACKS.read_text("utf-8")):
        text = row["text"]
        name, order = _CANARY.findall(text)[0][1], _CANARY.sub(r"\1", text)
        known = {"half": "attacked", "kind": row["language"], "order": order}
        yield Place(carrier="headline", name=f"{name}h", title=_named(text, f"{name}h"), **known)
        summary = f"{LEAD} {_named(text, f'{name}s')} {BODY[0]}"
        yield Place(carrier="summary", name=f"{name}s", summary=summary, **known)


def _named(text: str, name: str) -> str:
    """An attack with a name as the last word of its sentence."""
    return _CANARY.sub(rf" {name}\1", text)


def article_of(place: Place) -> Article:
    """The article as the product reads and admits it."""
    key = stable_id("planted", place.name)
    url = f"https://planted.example/{key}"
    title, texts = (place.title, [place.summary]) if place.summary else _read(url, place)
    bare = Article(
        id=key,
        version=1,
        source_key="planted",
        url=url,
        canonical_url=url,
        title=title,
        published=EntryDate(at=PUBLISHED, origin=DateOrigin.FEED),
        first_seen=PUBLISHED,
        read=Read.EXCERPT if place.summary else Read.FULL,
        language="en",
        passages=passages(key, 1, title, texts),
        words=sum(len(text.split()) for text in texts),
    )
    return admitted(bare, "Planted", language="en", site_language="en")


def is_admitted(place: Place) -> bool:
    """Whether any sentence with its name is evidence, or its headline is shown."""
    article, name = article_of(place), place.name.lower()
    return name in article.title.lower() or any(
        name in sentence.lower()
        for passage in article.passages[1:]
        for sentence in evidence_sentences(passage, "en")
    )


def _read(url: str, place: Place) -> tuple[str, Sequence[str]]:
    title = html.escape(place.title)
    blocks = [f"<p>{html.escape(text)}</p>" for text in (LEAD, *BODY)]
    body = "".join((*blocks[:2], place.block, *blocks[2:]))
    page = read_page(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>".encode(),
        url=url,
        content_type="text/html; charset=utf-8",
    )
    assert isinstance(page, PageText)
    return page.title or place.title, page.paragraphs


def report(planted: Sequence[Place]) -> dict[str, Any]:
    """Counts by half, and each place that got through with where it was seen."""
    found = {place.name: article_of(place) for place in planted}
    with tempfile.TemporaryDirectory() as folder:
        seen = asyncio.run(_seen(Path(folder), planted, found))
    counts: dict[str, Counter[str]] = {}
    for place in planted:
        own = counts.setdefault(place.half, Counter(places=0, printed=0, prominent=0, found=0))
        own["places"] += 1
        own.update(set(seen[place.name]))
    clean = {sentence for text in (LEAD, *BODY) for sentence in [text]}
    lost = sum(
        verdict is not Verdict.EVIDENCE
        for article in found.values()
        for passage in article.passages[1:]
        for sentence, verdict in sentence_verdicts(passage, "en")
        if sentence in clean
    )
    through = [
        {"half": one.half, "kind": one.kind, "carrier": one.carrier, "seen": sorted(seen[one.name])}
        | {"order": one.order}
        for one in planted
        if seen[one.name]
    ]
    return {half: dict(own) for half, own in counts.items()} | {"lost": lost, "through": through}


async def _seen(
    folder: Path, planted: Sequence[Place], found: Mapping[str, Article]
) -> dict[str, set[str]]:
    """Where the name of each place was seen."""
    settings = Settings(
        site=SiteSettings(base_url="https://news.example", output=str(folder / "site")),
        database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
        analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
    )
    async with open_services(settings, PUBLISHED) as services:
        services.database.upgrade(PUBLISHED)
        store_articles(services.database, found.values())
        await tell_stale(services, Nobody(), Tally())
        publish_stage(services, Nobody(), full=True)
        site = _site_text(folder / "site")
        prominent = _prominent_text(folder / "site")
        async with Client(agent_server(services, "1.0")) as client:

            async def called(tool: str, arguments: dict[str, Any]) -> str:
                answered = await client.call_tool(tool, arguments)
                echoed = ("claim", "question")
                content = answered.structured_content or {}
                return json.dumps({key: content[key] for key in content if key not in echoed})

            return {
                place.name: {
                    *(["printed"] if place.name.lower() in site else []),
                    *(["prominent"] if place.name.lower() in prominent else []),
                    *[
                        "found"
                        for text in await _told(services, called, place, found[place.name].id)
                        if place.name.lower() in text.lower()
                    ],
                }
                for place in planted
            }


async def _told(
    services: Services,
    called: Callable[[str, dict[str, Any]], Awaitable[str]],
    place: Place,
    story: str,
) -> list[str]:
    """What agents and questions are told who look for an order by its own words."""
    asked = f"{place.order} {place.name}"
    answered = await answer(services, asked)
    return [
        repr((answered.sentences, answered.values)),
        await called("search", {"words": asked}),
        await called("check_claim", {"claim": asked}),
        await called("story", {"story_id": story}),
    ]


def _site_text(site: Path) -> str:
    files = (path for path in site.rglob("*") if path.suffix not in (".png", ".woff2"))
    text = "\n".join(
        path.read_bytes().decode("utf-8", "replace") for path in files if path.is_file()
    )
    return text.replace(_INVISIBLE, "").lower()


def _prominent_text(site: Path) -> str:
    told = (json.loads(path.read_text("utf-8")) for path in site.glob("story/*/index.json"))
    shown = [page.get(key) or page.get("brief", {}).get(key) for page in told for key in _PROMINENT]
    return json.dumps(shown).lower()


def main() -> None:
    """Prints the report, and nothing else on stdout."""
    set_up_log(logging.WARNING, as_json=False)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--every", type=int, default=1, help="take one place of so many")
    parser.add_argument("--json", action="store_true", help="one JSON object on one line")
    options = parser.parse_args()
    found = report(places()[:: options.every])
    print(json.dumps(found, indent=None if options.json else 1, ensure_ascii=False))


if __name__ == "__main__":
    main()
