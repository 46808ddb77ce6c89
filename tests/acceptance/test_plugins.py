"""Plugins of somebody else's on a captured web, as `aggregator refresh` uses them: those of the
documentation, one whose gate fails, the template; and the program without any.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.acceptance.house import NOW, SEED, Begun, House
from tests.plugged import ROOT, installed, of_the_guide, run_with
from tests.servers import MiniWeb

LATER = "2026-07-06T09:00Z"
LINES = (
    b"2026-07-05 https://news.example.net/heron Heron 4 reads a million tokens at a time\nnothing\n"
)
FAILING = """
from aggregator.domain.claim import Rejection
from aggregator.hooks.specifications import hook
from aggregator.verify.gates import AppliesTo, Gate

def broken(cited):
    raise ValueError("broken")

@hook
def gates():
    yield Gate(reason=Rejection.PHRASE, applies_to=AppliesTo.CLAIMS, for_model="", for_reader="",
               check=broken)
"""

SHOWN = 'template="costs.html"'
OWN_TEMPLATES = """
from pathlib import Path

@hook
def templates():
    return [Path(__file__).parent]
"""


@pytest.fixture
def web() -> Iterator[MiniWeb]:
    with MiniWeb(SEED) as serving:
        yield serving


@pytest.fixture
def house(begun: Begun, tmp_path: Path) -> House:
    """A house whose first refresh is done, without any plugin of somebody else's."""
    return begun.copied(tmp_path / "house")


@pytest.fixture
def lines() -> Iterator[str]:
    """The address of a document that only a plugin reads."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/news.txt" else 404)
            self.end_headers()
            self.wfile.write(LINES if self.path == "/news.txt" else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.77.250.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.77.250.1:{server.server_address[1]}/news.txt"
    server.shutdown()
    thread.join()
    server.server_close()


def with_settings(house: House, text: str) -> None:
    """Adds to the operator's configuration."""
    with (house.folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write(text)


def test_the_plugins_of_the_documentation_work_as_they_are_written(
    house: House, lines: str, tmp_path: Path
) -> None:
    guide = of_the_guide()
    packages = installed(tmp_path / "packages", **guide)
    assert {name: len(source.splitlines()) < 40 for name, source in guide.items()} == {
        "lines": True,
        "costs": True,
        "bibtex": True,
        "notes": True,
    }
    with_settings(
        house,
        f'[[sources]]\nkey = "lines"\nname = "Lines"\nurl = "{lines}"\nkind = "lines"\n'
        '[plugins.notes]\nfile = "said.txt"\n',
    )

    done = run_with(packages, house.folder, "--json", "refresh", "--now", LATER, "--all")
    told = run_with(packages, house.folder, "--json", "notify", "test")

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["sources"]["failed"], report["entries"]["new"]) == (0, 1)
    for story in house.site.glob("story/*/index.json"):
        assert (
            json.loads(story.read_text("utf-8"))["url"] in (story.parent / "index.bib").read_text()
        )
    assert [row["result"] for row in json.loads(told.stdout)["receivers"]] == ["sent"]
    assert "test" in (house.folder / "said.txt").read_text("utf-8").lower()


def test_what_a_plugin_added_goes_with_it(house: House, tmp_path: Path) -> None:
    before = house.files()
    wheel = tmp_path / "wheel"
    built = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheel)]
    subprocess.run([*built, str(ROOT / "examples" / "plugin")], check=True, capture_output=True)
    packages = tmp_path / "packages"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(packages), *map(str, wheel.iterdir())], check=True)

    assert run_with(packages, house.folder, "build", "--now", LATER).returncode == 0
    added = house.files().keys() - before.keys()
    assert run_with(None, house.folder, "build", "--now", LATER).returncode == 0

    assert {Path(path).name for path in added} == {"note.txt", "example.txt"}
    assert house.files() == before


def test_a_section_of_a_plugin_is_in_every_form_of_a_story_and_goes_with_it(
    house: House, tmp_path: Path
) -> None:
    before = house.files()
    source = of_the_guide()["costs"].replace("[$€£] ?", "")  # no sentence there has a price
    source = source.replace("place=SectionPlace.DEPTH", f"{SHOWN}, place=SectionPlace.DEPTH")
    packages = installed(tmp_path / "packages", costs=source + OWN_TEMPLATES)
    (packages / "costs.html").write_text(
        '<section><h2 id="costs">{{ shown.heading }}</h2>{% for claim in shown.claims %}'
        '<p class="cost">{{ claim.shown }}</p>{% endfor %}</section>',
        "utf-8",
    )

    done = run_with(packages, house.folder, "refresh", "--now", NOW)
    found = [
        path.parent
        for path in house.site.glob("story/*/index.json")
        if "costs" in json.loads(path.read_text("utf-8")).get("insight", {})
    ]
    pages = [(folder / "index.html").read_text("utf-8") for folder in found]
    texts = [(folder / "index.md").read_text("utf-8") for folder in found]
    assert run_with(None, house.folder, "build", "--now", NOW).returncode == 0
    built = [path.read_text("utf-8") for path in house.site.rglob("*.html")]
    assert run_with(None, house.folder, "refresh", "--now", NOW).returncode == 0

    assert done.returncode == 0, done.stderr
    assert found
    assert all('<h2 id="costs">What it costs</h2>' in page for page in pages)
    assert all('<p class="cost">' in page for page in pages)
    assert all('<a href="#costs">What it costs</a>' in page for page in pages)
    assert all("## What it costs\n\n- “" in text for text in texts)
    assert not any("What it costs" in text for text in built)
    assert house.files() == before


def test_a_gate_that_fails_keeps_the_page_and_says_so(house: House, tmp_path: Path) -> None:
    packages = installed(tmp_path / "packages", strict=FAILING)
    before = {path: digest for path, digest in house.files().items() if path.startswith("story/")}

    done = run_with(packages, house.folder, "--json", "refresh", "--now", LATER)
    examined = run_with(packages, house.folder, "doctor")

    assert done.returncode == 0, done.stderr
    failures = json.loads(done.stdout)["failures"]
    assert {(each["source"], each["stage"]) for each in failures} == {("plugin strict", "gates")}
    assert "ValueError: broken" in failures[0]["reason"]
    after = house.files()
    assert {path: after.get(path) for path in before} == before
    assert "in the last refresh the plugin strict failed (gates)" in examined.stdout


def test_two_kinds_of_one_name_end_the_command(house: House, lines: str, tmp_path: Path) -> None:
    source = of_the_guide()["lines"]
    packages = installed(tmp_path / "packages", lines=source, others=source)
    with_settings(
        house, f'[[sources]]\nkey = "lines"\nname = "L"\nurl = "{lines}"\nkind = "lines"\n'
    )

    done = run_with(packages, house.folder, "refresh", "--now", LATER)

    assert done.returncode == 2
    assert "by the plugin lines and by the plugin others" in done.stderr


def test_the_program_without_plugins_makes_a_site_an_edition_and_its_mail(
    web: MiniWeb, tmp_path: Path
) -> None:
    house = House.reading(tmp_path / "house", web)
    with_settings(house, '[email]\nfrom = "digest@example.org"\n')

    report = house.run("--without-plugins", "--json", "refresh", "--now", NOW)
    edition = house.run(
        "--without-plugins", "edition", "build", "--week", "2026-W27", "--now", "2026-07-13T06:00Z"
    )
    house.run("keys", "init")
    mail = house.run("--without-plugins", "digest", "preview", "--raw")
    asked = house.run("--without-plugins", "demo")

    assert report.returncode == 0, report.stderr
    assert json.loads(report.stdout)["stories"]["new"] == 8
    assert edition.returncode == 0, edition.stderr
    assert (house.site / "week" / "2026-W27" / "index.html").exists()
    assert "Subject:" in mail.stdout
    assert (asked.returncode, asked.stderr) == (
        2,
        "aggregator: `demo` belongs to the plugin demo, which is off: leave out"
        " --without-plugins\n",
    )


PAGES = """
from dataclasses import dataclass
from pathlib import Path
from aggregator.domain.publishing.page import AddedPage, PagePart
from aggregator.hooks.specifications import hook
from aggregator.site.head import Head

@dataclass(frozen=True)
class Counted:
    head: Head
    stories: int

def shown(inputs):
    head = Head(title="Counted", description="How many.", url="https://a.example/counted/")
    return Counted(head, inputs.lines.numbers().stories)

@hook
def site_pages():
    yield AddedPage(path="counted/", template="counted.html", record=shown, name="Counted")
    yield AddedPage(path="broken/", template="broken.html", record=shown)
    yield AddedPage(path="about/", template="counted.html", record=shown)

@hook
def page_parts(place, shown):
    if place == "origins":
        yield PagePart(template="part.html", record=Counted(None, len(shown)))

@hook
def templates():
    return [Path(__file__).with_name("counted_templates")]
"""
TEMPLATES = {
    "counted.html": '{% extends "base.html" %}{% block main %}<p>{{ page.stories }} in all</p>'
    "{% endblock %}",
    "broken.html": "{{ page.missing }}",
    "part.html": '<p class="added">{{ shown.stories }} origins</p>',
}


def test_pages_and_parts_of_a_plugin_are_published_and_leave_nothing_behind(
    house: House, tmp_path: Path
) -> None:
    before = house.files()
    packages = installed(tmp_path / "packages", pages=PAGES)
    (packages / "counted_templates").mkdir()
    for name, text in TEMPLATES.items():
        (packages / "counted_templates" / name).write_text(text, "utf-8")

    done = run_with(packages, house.folder, "build", "--now", LATER)
    with_it = house.files()
    counted = (house.site / "counted" / "index.html").read_text("utf-8")
    parts = [path.read_text("utf-8") for path in house.site.glob("story/*/index.html")]
    assert run_with(None, house.folder, "build", "--now", LATER).returncode == 0

    assert (done.returncode, with_it.keys() - before.keys()) == (0, {"counted/index.html"})
    assert ("in all</p>" in counted, '<a href="../counted/">Counted</a>' in counted) == (True, True)
    assert any('<p class="added">' in part for part in parts)
    assert "'about/' is taken by the program itself" in done.stdout + done.stderr
    assert house.files() == before


def test_with_attributes_off_no_page_has_a_table_and_all_else_stands(house: House) -> None:
    before, config = house.files(), (house.folder / "config.toml").read_text("utf-8")
    assert any("comparison" in story.get("insight", {}) for story in house.stories())

    with_settings(house, "[plugins.attributes]\nenabled = false\n")
    done = house.run("--json", "refresh", "--now", LATER)
    without = house.stories()
    pages = [path.read_text("utf-8") for path in house.site.glob("story/*/index.html")]
    names = house.files().keys()
    (house.folder / "config.toml").write_text(config, "utf-8")
    house.run("refresh", "--now", LATER)  # how it works is written again

    assert (done.returncode, json.loads(done.stdout)["failures"]) == (0, [])
    assert all(story["sources"] for story in without)
    assert not any(
        {"comparison", "technical"} & story.get("insight", {}).keys() for story in without
    )
    assert not any('id="compared"' in page or 'id="specified"' in page for page in pages)
    assert names == before.keys()
    assert house.files() == before
