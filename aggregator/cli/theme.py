"""`theme new|check`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import Printed, pass_settings
from aggregator.errors import ArgumentError, ThemeError
from aggregator.resources import TEMPLATES, THEMES

if TYPE_CHECKING:
    from aggregator.domain.settings import Settings, SiteSettings
    from aggregator.templating.theme import Theme

# what templates know besides `page` and `mail`: texts, the choices of a form, links of an email
_TEXTS = (
    "token root address problem consent honeypot wait ticket detail from_browser to_browser saved"
    " brought is_weekly is_both link description lang postal_address site_url"
).split()
EXAMPLES = ("gazette", "plain", "terminal")  # in examples/themes; help reads no folder
_OFFERED = "periods roles sections topics chosen skips_quiet_days".split()
_LINKS = "web preferences unsubscribe".split()


@click.group()
def theme() -> None:
    """Give the site its own look."""


@theme.command()
@click.option(
    "--like",
    "example",
    type=click.Choice(EXAMPLES),
    default="plain",
    show_default=True,
    help="The example to begin with.",
)
@pass_settings
def new(settings: Settings, example: str) -> Printed:
    """Write a small theme that works, to be changed."""
    from aggregator.templating.overrides import made_for

    folder = Path(settings.site.theme)
    if folder.exists():
        raise ArgumentError(f"{folder} already exists and was not changed; move it away first")
    shutil.copytree(THEMES / example, folder)
    for path in sorted(folder.rglob("*.html")):
        note = made_for(path.relative_to(folder).as_posix())
        path.write_text(f"{note}\n{path.read_text('utf-8')}", "utf-8")
    written = sorted(str(path) for path in folder.rglob("*") if path.is_file())
    following = "Change theme.toml first, then: aggregator theme check, and: aggregator build"
    return {"written": written}, "\n".join((*written, following))


@theme.command()
@pass_settings
def check(settings: Settings) -> Printed:
    """Render every kind of page with the theme and report problems.

    After an upgrade it warns where one of our templates changed that the theme replaces.
    """
    from aggregator.site.specimens import themed_pages
    from aggregator.templating.overrides import outdated, template_problems
    from aggregator.templating.theme import PLAIN, load_theme

    found = load_theme(settings.site.theme)
    if found == PLAIN:
        raise ArgumentError(
            f"there is no theme: {settings.site.theme}/theme.toml is missing; `aggregator theme"
            " new` writes one"
        )
    if problems := list(template_problems(found)):
        raise ThemeError(settings.site.theme, problems)
    rendered = [*themed_pages(found, settings.site), *_other_pages(found, settings.site)]
    warnings = list(outdated(found))
    text = f"{found.folder}: {len(rendered)} kinds of pages and emails rendered, no problem."
    as_object = {
        "theme": found.name,
        "templates": list(found.templates),
        "rendered": rendered,
        "warnings": warnings,
    }
    return as_object, "\n".join((*(f"warning: {warning}" for warning in warnings), text))


def _other_pages(found: Theme, site: SiteSettings) -> Iterator[str]:
    """Renders the pages of the web app and the emails; their templates as they are done. Raises
    ThemeError.
    """
    from aggregator.site.publish.assets import static_assets
    from aggregator.templating.environment import renderer
    from aggregator.templating.theme import KINDS

    static = {asset.name: asset.path for asset in static_assets(found)}
    folders, numbers = {name: TEMPLATES / name for name in KINDS}, count()
    for several in ((folders["serve"], folders["site"]), (folders["email"],)):
        render = renderer(
            several, site.timezone, site.language, theme=found, site=site, static=static
        )
        for path in sorted(several[0].glob("*.html")):
            for is_full in (True, False):
                render(path.name, **_values(numbers, is_full=is_full))
            yield path.name


def _values(numbers: Iterator[int], *, is_full: bool) -> dict[str, Any]:
    """What the templates of the web app and of emails know, made up."""
    from aggregator.digest.mail.records import MailView
    from aggregator.site.head import Head
    from aggregator.site.specimens import specimen

    def some(kind: Any) -> Any:
        return specimen(kind, numbers, is_full=is_full)

    named = some(dict[str, str])
    return {name: some(str) for name in _TEXTS} | {
        "page": SimpleNamespace(head=some(Head)),
        "offered": SimpleNamespace(**dict.fromkeys(_OFFERED, named)),
        "mail": some(MailView),
        "links": SimpleNamespace(**{name: some(str) for name in _LINKS}),
        "follows": named,
        "chosen": named.items(),
    }
