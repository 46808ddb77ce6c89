"""The same story pages by Pelican, with our own Jinja templates: it renders what we render, without
lists, feeds and twins.

Its articles are JSON files read by a small plug-in, so that no Markdown is converted; nothing but
the pages is written.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from aggregator.domain.settings import SiteSettings
from aggregator.site.publish.assets import static_assets
from bench.english import english_template
from bench.hugo import lines
from bench.spent import Spent, spent

PACKAGE = "pelican==4.12.0"
_CODE = re.compile(r"\{[{%].*?[%}]\}")
_SETTINGS = """\
import json
from markupsafe import Markup
from pelican import signals
from pelican.readers import BaseReader


class Records(BaseReader):
    enabled = True
    file_extensions = ["json"]

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            record = json.load(file)
        page = record["page"]
        head = {"title": page["head"]["title"], "date": page["published"]["iso"][:10]}
        head["slug"] = record["slug"]
        head = {name: self.process_metadata(name, value) for name, value in head.items()}
        return "", head | {"record": record}


def register():
    signals.readers_init.connect(lambda readers: readers.reader_classes.update({"json": Records}))


def encoded(value):
    text = json.dumps(value, ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, "\\\\u%04x" % ord(character))
    return Markup(text)


PLUGINS = [__import__(__name__)]
SITEURL, PATH, ARTICLE_PATHS, OUTPUT_PATH, THEME = "", "content", ["."], "output", "theme"
THEME_STATIC_PATHS, STATIC_PATHS, DIRECT_TEMPLATES, CACHE_CONTENT = [], [], [], False
DEFAULT_CATEGORY, TIMEZONE, DEFAULT_LANG = "story", "UTC", "en"
MARKDOWN, DELETE_OUTPUT_DIRECTORY = {}, False
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
CATEGORY_SAVE_AS = TAG_SAVE_AS = AUTHOR_SAVE_AS = DRAFT_SAVE_AS = ""
ARTICLE_SAVE_AS = ARTICLE_URL = "story/{slug}/index.html"
JINJA_ENVIRONMENT = {"trim_blocks": True, "lstrip_blocks": True, "autoescape": True,
    "keep_trailing_newline": True}
SPELLINGS = ("iso", "machine", "day", "moment", "date", "monthday", "clock", "day_of_year")
JINJA_FILTERS = {name: (lambda value, name=name: value[name]) for name in SPELLINGS}
JINJA_FILTERS |= {"json": encoded, "number": "{:,}".format}
"""


def installed(tools: Path) -> Path:
    """The Python of an environment with Pelican in it, made where it is not there."""
    python = tools / "pelican" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(tools / "pelican")], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", PACKAGE],
            check=True,
            capture_output=True,
        )
    return python


def built(folder: Path, python: Path, records: Path, site: SiteSettings, count: int) -> Spent:
    """What a cold build of so many stories costs."""
    shutil.rmtree(folder, ignore_errors=True)
    templates, content = folder / "theme" / "templates", folder / "content"
    templates.mkdir(parents=True)
    content.mkdir()
    globals_ = {
        "site": asdict(site) | {"story_language": site.story_language},
        "static": {asset.name: asset.path for asset in static_assets()},
        "root": "../../",
        "added_links": [],
        "entries_at": {},
    }
    (folder / "pelicanconf.py").write_text(f"{_SETTINGS}JINJA_GLOBALS = {globals_!r}\n", "utf-8")
    for name in (
        "base.html",
        "linked-data.html",
        "parts.html",
        "policy.html",
        "story.html",
    ):
        renamed = _CODE.sub(
            lambda code: re.sub(r"\bpage\.", "article.record.page.", code[0]),
            english_template(name),
        )
        (templates / name.replace("story", "article")).write_text(renamed, "utf-8")
    found = (line for line in lines(records) if line["template"] == "story.html")
    for line in islice(found, count):
        slug = line["path"].split("/")[1]
        record: dict[str, Any] = {"slug": slug, "page": line["page"]}
        (content / f"{slug}.json").write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    return spent(
        [python, "-m", "pelican", "--quiet", "--settings", "pelicanconf.py", "content"], folder
    )


def pages(folder: Path) -> Sequence[Path]:
    """The pages that were made."""
    return sorted((folder / "output").glob("story/*/index.html"))
