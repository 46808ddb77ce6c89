"""The same story pages and twins by Eleventy (Nunjucks): our templates with the few words changed
in which the two differ.

Eleventy calls something else `page`, has no tuples, gives macros no globals unless asked, and takes
an empty list for true: records are handed over as `entry.page`, with null for what is empty.
Moments are spelt already, as for Hugo. Lists, feeds and sitemap are left out.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
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

PACKAGE = "@11ty/eleventy@3"
_CODE = re.compile(r"\{[{%].*?[%}]\}")
_SETTINGS = """\
module.exports = function (settings) {
  settings.setNunjucksEnvironmentOptions({
    autoescape: true, trimBlocks: true, lstripBlocks: true,
  });
  const spellings = [
    "iso", "machine", "day", "moment", "date", "monthday", "clock", "day_of_year",
  ];
  for (const name of spellings) {
    settings.addFilter(name, (value) => value[name]);
  }
  settings.addFilter("number", (value) => value.toLocaleString("en"));
  settings.addNunjucksFilter("json", function (value) {
    const text = JSON.stringify(value).replace(/[<>&]/g,
      (each) => "\\\\u00" + each.charCodeAt(0).toString(16));
    return this.env.filters.safe(text);
  });
  return { templateFormats: ["njk"],
    dir: { input: "input", output: "output", includes: "_includes" } };
};
"""
_EACH = (
    '---\npagination: {{data: stories, size: 1, alias: entry}}\npermalink: "{{{{ entry.path'
    ' }}}}index.{suffix}"\n---\n{text}'
)


def installed(tools: Path) -> Path | None:
    """The folder of modules with Eleventy in it, put there by npm where it is not; None where there
    is no npm.
    """
    modules = tools / "node_modules"
    if not (modules / "@11ty" / "eleventy").is_dir():
        if shutil.which("npm") is None:
            return None
        tools.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "install", "--silent", "--prefix", str(tools), PACKAGE],
            check=True,
            capture_output=True,
        )
    return modules


def built(
    folder: Path, modules: Path, ours: Path, records: Path, site: SiteSettings, count: int
) -> Spent:
    """What a cold build of so many stories costs."""
    shutil.rmtree(folder, ignore_errors=True)
    data, includes = folder / "input" / "_data", folder / "input" / "_includes"
    data.mkdir(parents=True)
    includes.mkdir()
    (folder / "eleventy.config.cjs").write_text(_SETTINGS, "utf-8")
    (data / "site.json").write_text(
        json.dumps(asdict(site) | {"story_language": site.story_language}), "utf-8"
    )
    (data / "static.json").write_text(
        json.dumps({asset.name: asset.path for asset in static_assets()}), "utf-8"
    )
    for name, empty in (("added_links", "[]"), ("entries_at", "{}")):
        (data / f"{name}.json").write_text(empty, "utf-8")
    for name in ("base.html", "linked-data.html", "parts.html", "policy.html"):
        (includes / name).write_text(nunjucks(name), "utf-8")
    texts = {
        "html": nunjucks("story.html"),
        "json": "{{ entry.twin | dump | safe }}",
        "md": "{{ entry.markdown | safe }}",
    }
    for suffix, text in texts.items():
        (folder / "input" / f"story-{suffix}.njk").write_text(
            _EACH.format(suffix=suffix, text=text), "utf-8"
        )
    found = (line for line in lines(records) if line["template"] == "story.html")
    (data / "stories.json").write_text(
        json.dumps([_entry(line, ours) for line in islice(found, count)]), "utf-8"
    )
    (folder / "node_modules").symlink_to(modules)
    return spent(["node", modules / "@11ty" / "eleventy" / "cmd.cjs", "--quiet"], folder)


def nunjucks(name: str) -> str:
    """A template of ours in the words of Nunjucks."""
    return _CODE.sub(lambda code: _renamed(code[0]), english_template(name))


def _renamed(code: str) -> str:
    code = re.sub(r"\bpage\.", "entry.page.", code)
    code = re.sub(r"(?<!, )\broot\b(?= \}\})", "entry.root", code)
    code = re.sub(r'(\{% from "[\w.-]+" import [^%]*?) %\}', r"\1 with context %}", code)
    return (
        code.replace("[(", "[[").replace("), (", "], [").replace(")]", "]]")
        if "[(" in code
        else code
    )


def _entry(line: dict[str, Any], ours: Path) -> dict[str, Any]:
    path = line["path"]
    twin = json.loads((ours / path / "index.json").read_text("utf-8"))
    markdown = (ours / path / "index.md").read_text("utf-8")
    return {
        "path": path,
        "root": line["root"],
        "page": _nulled(line["page"]),
        "twin": twin,
        "markdown": markdown,
    }


def _nulled(value: Any) -> Any:
    match value:
        case dict():
            return {key: _nulled(each) for key, each in value.items()}
        case list():
            return [_nulled(each) for each in value] or None
        case _:
            return value


def pages(folder: Path) -> Sequence[Path]:
    """The pages that were made."""
    return sorted((folder / "output").glob("story/*/index.html"))
