"""A theme beside config.toml, as `aggregator theme`, `build` and `digest` use it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from email import message_from_string
from email.policy import default
from pathlib import Path

import pytest

from aggregator.cli.theme import EXAMPLES as OFFERED
from aggregator.resources import TEMPLATES, THEMES
from tests.acceptance.house import Begun, House

EXAMPLES = sorted(path.name for path in THEMES.iterdir() if path.is_dir())


def test_the_command_offers_each_example() -> None:
    assert list(OFFERED) == EXAMPLES


LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><path d="M0 0h9v9z"/></svg>'


@pytest.fixture
def house(begun: Begun, tmp_path: Path) -> House:
    """A house whose first refresh is done, without a theme."""
    return begun.copied(tmp_path / "house")


def themed(house: House, files: Mapping[str, str]) -> None:
    """Writes a theme of these files beside the configuration."""
    for name, text in files.items():
        path = house.folder / "theme" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def built(house: House) -> dict[str, str]:
    """The files of the site after a build that went well."""
    done = house.run("build")
    assert done.returncode == 0, done.stderr
    return house.files()


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_passes_its_check_without_a_warning(house: House, example: str) -> None:
    new = house.run("theme", "new", "--like", example)
    again = house.run("theme", "new", "--like", example)
    check = house.run("--json", "theme", "check")

    assert (new.returncode, again.returncode, check.returncode) == (0, 2, 0), check.stderr
    assert "already exists" in again.stderr
    found = json.loads(check.stdout)
    assert found["warnings"] == []
    kinds = {"story.html", "front.html", "subscribe.html", "confirmation.html"}
    assert kinds < set(found["rendered"])


@pytest.mark.parametrize("example", EXAMPLES)
def test_landmarks_of_each_example_have_names_of_their_own(house: House, example: str) -> None:
    shutil.copytree(THEMES / example, house.folder / "theme")
    built(house)
    front = (house.site / "index.html").read_text("utf-8")
    landmarks = re.findall(r"<(nav|aside)\b([^>]*)>", front)
    named = {(tag, *re.findall(r'aria-label(?:ledby)?="[^"]+"', rest)) for tag, rest in landmarks}

    assert len(named) == len(landmarks) > 1
    assert [name for name in named if len(name) == 1] == []


def test_a_themed_site_equals_one_from_nothing_and_goes_without_a_trace(house: House) -> None:
    plain = built(house)
    shutil.copytree(THEMES / "gazette", house.folder / "theme")
    first = built(house)
    toml = house.folder / "theme" / "theme.toml"
    toml.write_text(toml.read_text("utf-8").replace("#7a1f4b", "#0f4c81"), "utf-8")
    changed = built(house)
    shutil.rmtree(house.site)
    from_nothing = built(house)
    front = (house.site / "index.html").read_text("utf-8")
    style = next(house.site.glob("static/style.*.css")).read_text("utf-8")
    shutil.rmtree(house.folder / "theme")

    assert (first == plain, changed == first, changed == from_nothing) == (False, False, True)
    assert re.search(r'<img class="logo" src="\./static/logo\.\w+\.svg" alt="[^"]+"', front)
    assert 'content="#fff4e8" media="(prefers-color-scheme: light)"' in front
    assert '<a href="./about/">How we work</a>' in front
    assert "--accent: light-dark(#0f4c81, #" in style
    assert '--serif: "Palatino", ui-serif' in style
    assert built(house) == plain


def test_own_typefaces_and_pictures_are_served_from_the_site(house: House) -> None:
    themed(
        house,
        {
            "theme.toml": '[typefaces]\ntext = ["own-variable.woff2", "own-italic.woff2"]\n',
            "static/own-variable.woff2": "letters",
            "static/own-italic.woff2": "leaning letters",
            "static/leaf.svg": LOGO,
            "static/theme.css": ".masthead { background: url('leaf.svg'); }\n",
        },
    )

    files = built(house)
    style = next(house.site.glob("static/style.*.css")).read_text("utf-8")
    named = {f"static/{name}" for name in re.findall(r"url\(([\w.-]+)\)", style)}

    assert (len(named), named <= files.keys()) == (3, True)
    assert '--sans: "own", system-ui' in style
    assert ("font-weight: 100 900" in style, "font-style: italic" in style) == (True, True)
    for policy in ("index.html", "_headers"):
        assert "img-src 'self' data:; font-src 'self'; base" in (house.site / policy).read_text()


def replaced(name: str, before: str, after: str) -> str:
    """A template of ours with a part of it replaced."""
    text = (TEMPLATES / name).read_text("utf-8")
    assert before in text
    return text.replace(before, after)


BASE = '{% extends "ours/base.html" %}\n'
CITE = '{% macro numerals(claim) %}<span class="cite">'
BROKEN: dict[str, tuple[Mapping[str, str], str]] = {
    "no TOML": ({"theme.toml": 'name = "x"\ncolours = [\n'}, "theme/theme.toml:"),
    "an unknown key": (
        {"theme.toml": 'name = "x"\n[colours]\nacent = "#000000"\n'},
        "theme/theme.toml:3: unknown key colours.acent",
    ),
    "no colour": (
        {"theme.toml": '[colours]\naccent = "red"\n'},
        "theme/theme.toml:2: accent = red is not a colour; write it as #0b5a61",
    ),
    "an accent without contrast": (
        {"theme.toml": '[colours]\npaper = "#ffffff"\naccent = "#ffee00"\n'},
        "theme/theme.toml:3: accent = #ffee00 has a contrast of 1.1 on paper #ffffff, but links"
        " need 4.5; try #",
    ),
    "a dark paper": (
        {"theme.toml": '[colours]\npaper = "#777777"\n'},
        "theme/theme.toml:2: paper = #777777 is too dark for three shades of ink; try #",
    ),
    "no logo": (
        {"theme.toml": 'logo = "logo.png"\n'},
        "theme/theme.toml:1: logo: static/logo.png cannot be read as an SVG or PNG picture",
    ),
    "an unreadable logo": (
        {"theme.toml": '\nlogo = "logo.svg"\n', "static/logo.svg": "<svg"},
        "theme/theme.toml:2: logo: static/logo.svg cannot be read as an SVG or PNG picture",
    ),
    "a script in the logo": (
        {
            "theme.toml": 'logo = "logo.svg"\n',
            "static/logo.svg": LOGO.replace("<path", "\n<script/><path"),
        },
        "theme/static/logo.svg:2: '<script' loads or runs something",
    ),
    "no link": (
        {"theme.toml": '[footer]\nlinks = [{ name = "x", url = "javascript:x()" }]\n'},
        "theme/theme.toml:2: javascript:x() is not an address",
    ),
    "a template that is none of ours": (
        {"theme.toml": "", "site/storry.html": ""},
        "theme/site/storry.html:1: there is no such template to replace; did you mean"
        " site/story.html?",
    ),
    "the policy": (
        {"theme.toml": "", "site/policy.html": "{% macro policy() %}{% endmacro %}"},
        "theme/site/policy.html:1: there is no such template to replace",
    ),
    "a template that is not Jinja": (
        {"theme.toml": "", "site/story.html": "{% extends 'ours/story.html' %}\n{% if %}\n"},
        "theme/site/story.html:2: ",
    ),
    "an unknown variable": (
        {
            "theme.toml": "",
            "site/base.html": f"{BASE}{{% block after %}}\n{{{{ page.headd }}}}{{% endblock %}}",
        },
        "theme/site/base.html:3: AttributeError: ",
    ),
    "no citations": (
        {
            "theme.toml": "",
            "site/parts.html": replaced(
                "site/parts.html", CITE, '{% macro numerals(claim) %}<span hidden="hidden">'
            ).replace('popovertarget="p{{ citation.number }}"', ""),
        },
        "is shown without “citation ",
    ),
    "no label of an inference": (
        {
            "theme.toml": "",
            "site/parts.html": replaced("site/parts.html", '{{ _("inference") }}', "ours"),
        },
        "is shown without “inference”",
    ),
    "no credit": (
        {
            "theme.toml": "",
            "site/story.html": replaced(
                "site/story.html", "{{ publishers(page.credited) }}.</p>\n", "</p>"
            ),
        },
        "theme/site/story.html: “Allcontentrights",
    ),
    "no link to report an error": (
        {
            "theme.toml": "",
            "site/story.html": replaced("site/story.html", '<a href="{{ page.report }}"', "<a"),
        },
        "theme/site/story.html: ",
    ),
    "an address of somebody else's": (
        {
            "theme.toml": "",
            "site/base.html": f'{BASE}{{% block after %}}<img alt="" src="//cdn.example/a.png">'
            "{% endblock %}",
        },
        "theme/site/base.html: //cdn.example/a.png is loaded from elsewhere",
    ),
    "a script in the page": (
        {
            "theme.toml": "",
            "site/base.html": f"{BASE}{{% block after %}}<script>x()</script>{{% endblock %}}",
        },
        "theme/site/base.html: <script> in the page",
    ),
    "a style in the page": (
        {
            "theme.toml": "",
            "site/base.html": f'{BASE}{{% block after %}}<p style="color: red">x</p>'
            "{% endblock %}",
        },
        'theme/site/base.html: style="color: red" in the page',
    ),
    "a style sheet from elsewhere": (
        {"theme.toml": "", "static/theme.css": "\n@import 'x';"},
        "theme/static/theme.css:2: '@import' loads or runs something",
    ),
    "a style that hides citations": (
        {"theme.toml": "", "static/theme.css": ".cited .cite { display: none; }"},
        "theme/static/theme.css:1: '.cite { display: none' hides what every page must show",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_theme_is_named_with_its_place_and_nothing_is_published(
    house: House, what: str
) -> None:
    files, message = BROKEN[what]
    before = built(house)
    themed(house, files)

    for command in (("theme", "check"), ("build",)):
        done = house.run(*command)

        assert (done.returncode, message in done.stderr) == (2, True), done.stderr
    assert house.files() == before


@pytest.mark.parametrize(
    ("template", "block"), [("story", "opening"), ("front", "top")], ids=["fifth story", "front"]
)
def test_a_template_that_fails_midway_leaves_every_published_page_as_it_was(
    house: House, template: str, block: str
) -> None:
    before = built(house)
    by_day = sorted((twin["published"], twin["id"]) for twin in house.stories())
    _, story = by_day[4]  # pages are made in this order
    fails = f'page.id == "{story}"' if template == "story" else 'root == "./"'
    text = f"""{{% extends "ours/{template}.html" %}}
{{% block {block} %}}
{{% if {fails} %}}{{{{ page.nothing }}}}{{% endif %}}{{{{ super() }}}}
{{% endblock %}}
"""
    end = f"{BASE}{{% block after %}}<p>Ward notes</p>{{% endblock %}}"
    themed(house, {"theme.toml": "", "site/base.html": end, f"site/{template}.html": text})
    failed = house.run("build")
    after = house.files()
    themed(house, {f"site/{template}.html": text.replace("{{ page.nothing }}", "")})
    repaired = built(house)
    shutil.rmtree(house.site)

    assert (failed.returncode, f"theme/site/{template}.html:3: " in failed.stderr) == (2, True)
    assert before.items() < after.items()  # and what waits to be put in place
    assert repaired != before
    assert repaired == built(house)


def test_a_block_that_ours_does_not_have_is_an_error_of_the_check(house: House) -> None:
    text = f"{BASE}{{% block footer %}}{{% endblock %}}"
    themed(house, {"theme.toml": "", "site/base.html": text})

    done = house.run("theme", "check")

    assert done.returncode == 2
    assert "theme/site/base.html:2: ours has no block footer, only " in done.stderr


def test_the_check_warns_where_ours_changed_since_a_template_was_made(house: House) -> None:
    house.run("theme", "new")
    base = house.folder / "theme" / "site" / "base.html"
    note = base.read_text("utf-8").partition("\n")[0]
    base.write_text(base.read_text("utf-8").replace(note, "{# made for 01234567 #}"), "utf-8")

    done = house.run("theme", "check")

    assert done.returncode == 0, done.stderr
    place = "warning: theme/site/base.html:1:"
    assert f"{place} ours has changed: compare it, then write {note}\n" in done.stdout

    base.write_text(BASE, "utf-8")

    told = house.run("theme", "check").stdout
    assert f"{place} to learn when ours changes, write {note}\n" in told


def test_emails_have_the_colours_and_the_footer_of_the_theme(house: House) -> None:
    shutil.copytree(THEMES / "gazette", house.folder / "theme")
    with (house.folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write('[email]\nfrom = "News <digest@news.example>"\n')

    done = house.run("digest", "preview", "--raw", "--now", "2026-07-06T09:00Z")

    assert done.returncode == 0, done.stderr
    message = message_from_string(done.stdout, policy=default)
    html, text = (message.get_body((kind,)) for kind in ("html", "plain"))
    assert html is not None
    assert text is not None
    page = html.get_content()
    assert ("#fff4e8" in page, "#faf8f3" in page, "Palatino" in page) == (True, False, True)
    assert '<a href="https://news.example/about/"' in page
    assert "How we work: https://news.example/about/" in text.get_content()
