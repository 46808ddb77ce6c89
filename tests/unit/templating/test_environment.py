"""What comes from outside is text, a name that is not there an error; moments in the zone of the
site, as far as known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jinja2 import Environment, UndefinedError, nodes
from markupsafe import Markup, escape

from aggregator.resources import TEMPLATES
from aggregator.templating.environment import renderer

SHOWN = (
    "{{ at | day }} / {{ at | date }} / {{ at | clock }} / {{ at | moment }} / {{ at | machine }} /"
    " {{ at | iso }}"
)


@pytest.mark.parametrize(
    ("at", "zone", "shown"),
    [
        pytest.param(
            datetime(2026, 7, 4, 22, 5, tzinfo=UTC),
            "Asia/Tokyo",
            "5 July 2026 / 2026-07-05 / 07:05 / 5 July 2026, 07:05 JST / 2026-07-04T22:05:00Z /"
            " 2026-07-04T22:05:00Z",
            id="a moment",
        ),
        pytest.param(
            datetime(2026, 7, 4, tzinfo=UTC),
            "America/New_York",
            "4 July 2026 / 2026-07-04 /  / 4 July 2026 / 2026-07-04 / 2026-07-04T00:00:00Z",
            id="a day, west of Greenwich",
        ),
        pytest.param(
            datetime(2026, 7, 4, 4, tzinfo=UTC),
            "America/New_York",
            "4 July 2026 / 2026-07-04 / 00:00 / 4 July 2026, 00:00 EDT / 2026-07-04T04:00:00Z /"
            " 2026-07-04T04:00:00Z",
            id="midnight of the site alone is a time",
        ),
        pytest.param(
            datetime(2026, 7, 4, 12, tzinfo=UTC),
            "Asia/Kathmandu",
            "4 July 2026 / 2026-07-04 / 17:45 / 4 July 2026, 17:45 UTC+05:45 / 2026-07-04T12:00:00Z"
            " / 2026-07-04T12:00:00Z",
            id="a zone without letters",
        ),
    ],
)
def test_a_moment_is_shown_as_far_as_it_is_known(
    tmp_path: Path, at: datetime, zone: str, shown: str
) -> None:
    (tmp_path / "time.txt").write_text(SHOWN)

    assert renderer(tmp_path, zone)("time.txt", at=at) == shown


def test_a_zone_is_named_as_the_language_of_the_site_has_it(tmp_path: Path) -> None:
    (tmp_path / "time.txt").write_text("{{ at | moment }}")
    moments = (datetime(2026, month, 4, 12, tzinfo=UTC) for month in (1, 7))

    shown = [renderer(tmp_path, "Europe/Berlin", "de")("time.txt", at=at) for at in moments]
    assert shown == ["4. Januar 2026, 13:00 MEZ", "4. Juli 2026, 14:00 MESZ"]


@dataclass(frozen=True)
class Told:
    """A record with one field."""

    text: str


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert('1')</script>",
        '" onclick="x',
        "&amp; & &",
        "plain",
        "“”’…",
        Markup("<b>&</b>"),
    ],
)
def test_a_value_is_escaped_as_the_library_does_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "frame.html").write_text("<{% block main %}{% endblock %}>")
    (tmp_path / "page.html").write_text(
        '{% extends "frame.html" %}{% macro twice(told, also=1) %}{{ told.text }}{{ also }}{%'
        " endmacro %}{% block main %}{{ told.text }}{{ twice(told) }}{{ twice(told, also=told.text)"
        " }}{% endblock %}"
    )

    assert renderer(tmp_path, "UTC")("page.html", told=Told(text)) == "<{0}{0}1{0}{0}>".format(
        escape(text)
    )


@pytest.mark.parametrize(
    "template", ["{{ nothing }}", "{{ nothing.text }}", "{{ told.nothing }}", "{{ nothing(told) }}"]
)
def test_a_name_that_is_not_there_is_an_error(tmp_path: Path, template: str) -> None:
    (tmp_path / "page.html").write_text(template)

    with pytest.raises((UndefinedError, AttributeError), match="nothing"):
        renderer(tmp_path, "UTC")("page.html", told=Told(""))


def test_a_page_without_a_database_links_to_no_file_that_may_not_be_there(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{% for path, _ in added_links %}{{ path }} {% endfor %}")

    links = renderer(tmp_path, "UTC")("page.html").split()

    assert links
    assert not {"calendar.ics", "prices/"} & {*links}


def test_a_page_takes_attributes_from_records_alone(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('{{ told["text"] }}{{ told.text }}')

    with pytest.raises(AttributeError, match="text"):
        renderer(tmp_path, "UTC")("page.html", told={"text": ""})


@pytest.mark.parametrize(
    "character",
    [
        *map(chr, range(32)),
        *map(chr, (0x7F, 0xD7A3, 0xD7FF, 0xD800, 0xDFFF, 0xE000, 0xFFFE, 0xFFFF)),
    ],
)
def test_a_character_that_xml_cannot_carry_is_left_out(tmp_path: Path, character: str) -> None:
    (tmp_path / "page.html").write_text("{{ told.text }} {{ told.text | json }}")
    kept = (
        ""
        if (character < " " and character not in "\t\n\r")
        or character in "\ud800\udfff\ufffe\uffff"
        else character
    )
    rendered = renderer(tmp_path, "UTC")("page.html", told=Told(f"a{character}b"))

    assert rendered == f"a{kept}b {json.dumps(f'a{kept}b', ensure_ascii=False)}"


MESSAGES = """\
{% for mark, name in [("a", _("A, B"))] %}
<li title="{{ _("Here") }}">{{ name }}</li>
{% endfor %}
<p>{% trans name=told.text %}Up to 100% of <b>{{ name }}</b>.{% endtrans %} \
{% trans %}100% sure{% endtrans %}</p>
{% trans "of a page" %}Order{% endtrans %}
"""


@pytest.mark.parametrize(
    ("language", "page"),
    [
        (
            "en",
            ('<li title="Here">A, B</li>\n<p>Up to 100% of <b>&lt;&amp;</b>. 100% sure</p>\nOrder'),
        ),
        (
            "en-XA",
            (
                '<li title="Heeree">AA, B</li>\n<p>UUp too 100% oof <b>&lt;&amp;</b>. 100%'
                " suuree</p>\nOOrdeer"
            ),
        ),
    ],
)
def test_a_template_speaks_the_language_of_the_site(
    tmp_path: Path, language: str, page: str
) -> None:
    (tmp_path / "page.html").write_text(MESSAGES)

    assert renderer(tmp_path, "UTC", language)("page.html", told=Told("<&")) == page


def test_what_was_compiled_before_serves_neither_another_text_nor_another_language_nor_another_zone(
    tmp_path: Path,
) -> None:
    at = datetime(2026, 7, 4, 22, 5, tzinfo=UTC)
    rendered = []
    for text in ("{{ _('Sources') }}, {{ at | date }}", "{{ _('Stories') }}, {{ at | date }}"):
        (tmp_path / "one.txt").write_text(text)
        rendered += [
            renderer(tmp_path, *of)("one.txt", at=at)
            for of in (("UTC", "en"), ("UTC", "de"), ("Asia/Tokyo", "en"))
        ]

    assert rendered == [
        "Sources, 2026-07-04",
        "Quellen, 2026-07-04",
        "Sources, 2026-07-05",
        "Stories, 2026-07-04",
        "Meldungen, 2026-07-04",
        "Stories, 2026-07-05",
    ]


def test_a_template_that_words_a_number_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "{% trans n=told.text %}one{% pluralize %}many{% endtrans %}"
    )

    with pytest.raises(TypeError, match="is worded before"):
        renderer(tmp_path, "UTC")("page.html", told=Told("2"))


@pytest.mark.parametrize(
    "path",
    [
        path
        for kind in ("site", "serve", "email")
        for path in sorted((TEMPLATES / kind).glob("*.*"))
    ],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_only_a_constant_is_translated_as_a_message_is_not_escaped(path: Path) -> None:
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(path.read_text("utf-8"))
    asked = [
        call
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "_"
    ]

    assert all(isinstance(argument, nodes.Const) for call in asked for argument in call.args)


def test_no_full_stop_of_a_value_is_doubled(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "{{ a }}. {% trans a=a %}By {{ a }}.{% endtrans %} {{ a }}<b>.</b> {{ a }}.html", "utf-8"
    )

    shown = renderer(tmp_path, "UTC")("page.html", a="R&D Inc.")

    assert shown == "R&amp;D Inc. By R&amp;D Inc. R&amp;D Inc.<b>.</b> R&amp;D Inc..html"
