"""Runs `aggregator build --full` and writes down what every page is made from, for other generators
to make the same of it.

    python -m bench.records FILE

One JSON object a line: template, root, path and the record of the page with its properties, moments
in every spelling that templates ask for. Other generators get ready what they would else have to
work out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any, TextIO

from aggregator.cli.app import main as aggregator
from aggregator.site.publish import publisher
from aggregator.site.story.insight import PageAttribute
from aggregator.templating.environment import Render, renderer


def main() -> None:
    """Builds and writes."""
    file = Path(sys.argv[1])
    with file.open("w", encoding="utf-8") as out:
        # The one seam between records and files; a copy of the stage here would go its own way.
        setattr(publisher, "renderer", _recording(out))  # noqa: B010
        sys.argv = ["aggregator", "--without-plugins", "--json", "build", "--full"]
        aggregator()


def _recording(out: TextIO) -> Callable[..., Render]:
    """What stands in for `renderer`: the same, but each page of HTML is written down as well."""

    def recording(
        folder: Path | Sequence[Path], timezone: str, language: str, **shared: Any
    ) -> Render:
        render = renderer(folder, timezone, language, **shared)
        base = shared["site"].base_url + "/"
        exported = _Exported(Path(__file__).parent / "peers", timezone).value

        def recorded(template: str, **values: Any) -> str:
            page, root = values["page"], values["root"]
            if template.endswith(".html"):
                line = {
                    "template": template,
                    "root": root,
                    "path": _path(page.head.url.removeprefix(base), root),
                    "page": exported(page),
                }
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
            return render(template, **values)

        return recorded

    return recording


def _path(address: str, root: str) -> str:
    """Where a page lies: the newest week lies higher up too, under the address of the other."""
    depth = root.count("../")
    return "".join(f"{part}/" for part in address.split("/")[:depth]) if depth else address


@dataclass(frozen=True, slots=True)
class _Exported:
    """Turns records into JSON values."""

    folder: Path
    timezone: str

    def value(self, value: object) -> Any:
        """The value as others read it."""
        match value:
            case Enum():
                found: Any = value.value
            case datetime():
                found = _spelt(self.folder, self.timezone, value)
            case date():
                found = value.isoformat()
            case float():
                found = str(value)  # Go writes 12 where Python writes 12.0
            case tuple() | list():
                found = [self.value(each) for each in value]
            case dict():
                found = {key: self.value(each) for key, each in value.items()}
            case _ if is_dataclass(value):
                found = {
                    name: self.value(attrgetter(name)(value)) for name in _names(value.__class__)
                } | self._worked_out(value)
            case _:
                found = value
        return found

    def _worked_out(self, record: object) -> dict[str, Any]:
        """What templates have a record work out, as `parts.html` asks for it."""
        match record:
            case PageAttribute():
                claims = (claim for cell in record.cells for claim in cell.claims)
                return {"value": {claim.text: record.value(claim) for claim in claims}}
            case _:
                return {}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a record and its properties."""
    told = (name for name, each in vars(kind).items() if isinstance(each, property))
    return (*(field.name for field in fields(kind)), *told)


@cache
def _render(folder: Path, timezone: str) -> Render:
    return renderer(folder, timezone)


@cache
def _spelt(folder: Path, timezone: str, moment: datetime) -> dict[str, str]:
    found: dict[str, str] = json.loads(_render(folder, timezone)("moment.json", at=moment))
    return found


if __name__ == "__main__":
    main()
