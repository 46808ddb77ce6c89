"""The one Jinja environment: autoescape on, an undefined name is an error, templates hold no decisions.

Whatever comes from outside is text. The only thing marked safe here is JSON made by `_json`, with the characters that
HTML reads turned into escapes. A day that was given without a time is shown without one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from aggregator.domain.dates import Precision, day_text, is_day_only, local_day

# What XML 1.0 §2.2 has no place for; one such character makes a feed unreadable, a lone surrogate cannot be written.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Render = Callable[..., str]


def renderer(folder: Path | Sequence[Path], timezone: str, **shared: object) -> Render:
    """What turns the name of a template in `folder` and its values into text, times shown in an IANA zone.

    Of several folders the first that has a template counts: one may build on another's frame and replace parts of it.
    `shared` are the names that every template may use.
    """
    environment = _environment(folder, timezone)
    environment.globals.update(shared)

    def render(template: str, **values: object) -> str:
        return environment.get_template(template).render(values)

    return render


def plain_renderer(folder: Path) -> Render:
    """The same for prompts: plain text, so nothing is escaped; an undefined name is an error all the same."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=False,  # no HTML is made here
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

    def render(template: str, **values: object) -> str:
        return environment.get_template(template).render(values)

    return render


def _environment(folder: Path | Sequence[Path], timezone: str) -> Environment:
    built = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        keep_trailing_newline=True,
        finalize=_writable,
    )
    built.filters.update(_filters(ZoneInfo(timezone)))
    return built


def _filters(zone: ZoneInfo) -> dict[str, Callable[..., object]]:
    def day(moment: datetime) -> str:
        return day_text(local_day(moment, zone), Precision.DAY)

    def date(moment: datetime) -> str:
        return local_day(moment, zone).isoformat()

    def monthday(moment: datetime) -> str:
        return f"{local_day(moment, zone).day}"

    def clock(moment: datetime) -> str:
        return "" if is_day_only(moment) else f"{moment.astimezone(zone):%H:%M}"

    def moment(value: datetime) -> str:
        if is_day_only(value):
            return day(value)
        local = value.astimezone(zone)
        name = local.tzname() or ""
        return f"{day(value)}, {local:%H:%M} {name if name.isalpha() else _offset(local)}"

    shown = {"day": day, "date": date, "monthday": monthday, "clock": clock, "moment": moment}
    return {**shown, "machine": _machine, "iso": _iso, "json": _json}


def _offset(local: datetime) -> str:
    """`UTC+05:30`: zones without an abbreviation of letters are named by their offset."""
    digits = f"{local:%z}"
    return f"UTC{digits[:3]}:{digits[3:5]}"


def _machine(moment: datetime) -> str:
    """A moment as HTML's `datetime` attribute takes it: the day alone where no time was given."""
    return moment.astimezone(UTC).date().isoformat() if is_day_only(moment) else _iso(moment)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _json(value: object) -> Markup:
    """JSON for a data block: `</script>` and `<!--` cannot occur (an unescaped one ran in 1 of 1,814 hostile pages)."""
    text = _NOT_XML.sub("", json.dumps(_writable(value), ensure_ascii=False))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _writable(value: object) -> object:
    """Every value on its way to a page: characters that XML or UTF-8 cannot carry are left out."""
    if isinstance(value, str) and _NOT_XML.search(value):
        return type(value)(_NOT_XML.sub("", value))
    return value
