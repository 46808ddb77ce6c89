"""The same site by Hugo: Go templates made from ours, one content file of JSON front matter a page,
its JSON and Markdown twins.

Hugo is spared what it would have to work out: dates are spelt, numbers of charts written, links
made, texts set, JSON twins given as records and Markdown twins copied. What no template reads is
not handed over. That favours Hugo. It makes every story and every list that we make but the page
for what is not there. It leaves out all feeds but a short one of the front page, the index of the
search, the sitemap of news and the headers: that favours us, so files are counted.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from aggregator.domain.settings import SiteSettings
from aggregator.resources import TEMPLATES
from aggregator.site.publish.assets import static_assets
from bench.go_templates import go_template
from bench.spent import Spent, spent

_STORY = "story.html"
_RECORD, _ROOT = ".Params.record", "$.Params.root"
_READ = re.compile(r"\.(\w+)")
_KEYED = frozenset({"topics", "names"})  # mappings whose keys are data, so none of them is left out
_DATA = re.compile(r'(<script type="application/json"[^>]*>)(.*?)(?=</script>)', re.DOTALL)
_FEED = """\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>{{ .Site.Title }}</title><id>{{ .Permalink }}</id>
{{ range first 50 (where .Site.RegularPages "Layout" "story") }}{{ $page := .Params.record }}\
<entry><title>{{ .Title }}</title>
<id>{{ $page.url }}</id><updated>{{ $page.changed.iso }}</updated>
{{ with $page.hook }}<summary>{{ .text }}</summary>{{ end }}</entry>
{{ end }}</feed>
"""


@dataclass(frozen=True)
class Hugo:
    """A folder that Hugo builds; `ours` is the site that it is to equal."""

    folder: Path
    ours: Path
    records: Path
    site: SiteSettings

    @property
    def public(self) -> Path:
        """Where it is built."""
        return self.folder / "public"

    @cached_property
    def templates(self) -> Mapping[str, str]:
        """The Go templates by the names of ours."""
        constants = {
            "site": asdict(self.site) | {"story_language": self.site.story_language},
            "static": {asset.name: asset.path for asset in static_assets()},
        }
        asked = sorted({line["template"] for line in lines(self.records)})
        return {
            name: go_template(TEMPLATES / "site", name, _RECORD, _ROOT, constants) for name in asked
        }

    def prepared(self) -> None:
        """Writes templates, settings and content."""
        shutil.rmtree(self.folder, ignore_errors=True)
        layouts = self.folder / "layouts" / "_default"
        layouts.mkdir(parents=True)
        for name, text in self.templates.items():
            (layouts / name).write_text(text, "utf-8")
        (layouts / "story.json").write_text("{{ .Params.twin | jsonify }}\n", "utf-8")
        (layouts / "story.twin.md").write_text("{{ .RawContent | safeHTML }}", "utf-8")
        (layouts / "home.rss.xml").write_text(_FEED, "utf-8")
        (self.folder / "hugo.json").write_text(json.dumps(self._settings()), "utf-8")
        shutil.copytree(self.ours / "static", self.folder / "static" / "static")
        self.updated()

    def updated(self) -> int:
        """Writes the content that is new or changed, as an editor would; returns how many files."""
        return sum(self._written(line) for line in lines(self.records))

    def built(self) -> Spent:
        """What `hugo` costs."""
        return spent(["hugo", "--quiet", "--noBuildLock"], self.folder)

    def built_cold(self) -> Spent:
        """What it costs into an empty folder."""
        shutil.rmtree(self.public, ignore_errors=True)
        return self.built()

    def differing(self, every: int) -> tuple[int, list[str]]:
        """How many of our story pages were compared, and those whose markup or twins differ from
        Hugo's.
        """
        some = sorted(self.ours.glob("story/*/index.html"))[::every]
        names = ((path, path.relative_to(self.ours)) for path in some)
        return len(some), [
            str(name.parent) for path, name in names if not self._is_same(path, self.public / name)
        ]

    def differing_lists(self) -> tuple[int, list[str]]:
        """The same of all other pages, for their markup."""
        names = {
            f"{line['path']}index.html"
            for line in lines(self.records)
            if line["template"] != _STORY
        }
        return len(names), sorted(
            name for name in names if not _is_markup_same(self.ours / name, self.public / name)
        )

    def left_out(self) -> list[str]:
        """Our pages that Hugo does not make."""
        ours = (path.relative_to(self.ours) for path in self.ours.rglob("*.html"))
        return sorted(str(name) for name in ours if not (self.public / name).is_file())

    def _is_same(self, ours: Path, theirs: Path) -> bool:
        if not _is_markup_same(ours, theirs):
            return False
        twins = [
            json.loads(path.with_suffix(".json").read_text("utf-8")) for path in (ours, theirs)
        ]
        texts = [path.with_suffix(".md").read_text("utf-8").strip() for path in (ours, theirs)]
        return all(one == other for one, other in (twins, texts))

    def _settings(self) -> dict[str, Any]:
        return {
            "baseURL": f"{self.site.base_url}/",
            "title": self.site.title,
            "disableKinds": ["taxonomy", "term", "section"],
            "disableHugoGeneratorInject": True,
            "disablePathToLower": True,
            "mediaTypes": {"text/markdown": {"suffixes": ["md"]}},
            "outputFormats": {
                "twin": {"mediaType": "text/markdown", "baseName": "index", "isPlainText": True}
            },
            "outputs": {"home": ["html", "rss"], "page": ["html"]},
        }

    def _written(self, line: Mapping[str, Any]) -> bool:
        path, layout = line["path"], line["template"].removesuffix(".html")
        head = {
            "title": line["page"]["head"]["title"],
            "layout": layout,
            "root": line["root"],
            "record": self._read(line["page"]),
        }
        body = ""
        if layout == "story":
            head |= {"outputs": ["html", "json", "twin"], "date": line["page"]["published"]["iso"]}
            head["twin"] = json.loads((self.ours / path / "index.json").read_text("utf-8"))
            body = (self.ours / path / "index.md").read_text("utf-8")
        if path and layout != "story":
            head["url"] = f"/{path}"
        file = self.folder / "content" / _file(path, layout)
        text = json.dumps(head, ensure_ascii=False, indent=1) + "\n\n" + body
        if file.exists() and file.read_text("utf-8") == text:
            return False
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return True

    @cached_property
    def _names(self) -> frozenset[str]:
        """What any template reads of a record."""
        return frozenset(
            name for text in (*self.templates.values(), _FEED) for name in _READ.findall(text)
        )

    def _read(self, value: Any) -> Any:
        match value:
            case dict():
                read = {key: each for key, each in value.items() if key in self._names}
                return {
                    key: each if key in _KEYED else self._read(each) for key, each in read.items()
                }
            case list():
                return [self._read(each) for each in value]
            case _:
                return value


def _is_markup_same(ours: Path, theirs: Path) -> bool:
    return theirs.is_file() and plain_markup(ours.read_text("utf-8")) == plain_markup(
        theirs.read_text("utf-8")
    )


def plain_markup(text: str) -> str:
    """A page with white space made one space, entities read, and the keys of data in order: what
    two engines may spell differently.
    """
    ordered = _DATA.sub(
        lambda found: found[1] + json.dumps(json.loads(found[2]), sort_keys=True), text
    )
    return re.sub(r"> <", "><", " ".join(html.unescape(ordered).split()))


def lines(records: Path) -> Iterator[dict[str, Any]]:
    """What each page is made from, as `bench.records` wrote it down; the page for what is not there
    is left out.
    """
    with records.open(encoding="utf-8") as written:
        for line in written:
            found = json.loads(line)
            if found["template"] != "lost.html":
                yield found


def _file(path: str, layout: str) -> str:
    if not path:
        return "_index.md"
    return (
        f"{path.rstrip('/')}.md"
        if layout == "story"
        else f"lists/{path.rstrip('/').replace('/', '--')}.md"
    )
