"""A site on another subject, nursing, from its sources to its mail: nothing that readers see says
what ours is about.
"""

from __future__ import annotations

import csv
import io
import json
import re
from email import message_from_string
from email.policy import default
from html import escape

import pytest

from tests.acceptance.house import House
from tests.servers import MiniWeb, Page

REGISTRY = """\
[subject]
name = "nursing"
within = "in nursing and on the wards"
terms = ["nurse", "nursing", "midwife", "ward", "matron"]
off_topic = ["nursing home fire"]

[topic]
staffing = { name = "Staffing", terms = ["staffing", "vacancies", "rota"], hints = ["shift", "agency"] }
safety = { name = "Patient safety", terms = ["falls", "infection", "pressure ulcers"], hints = ["patients"] }

[role]
ward = { name = "Ward managers", words = ["wards?", "rota", "staffing", "shifts?"], sections = ["work"] }
bedside = { name = "Nurses", words = ["nurses?", "midwives", "patients"], sections = ["research", "law"] }
"""  # noqa: E501 - lines as operators write them
STAFFING = (
    "Larch County hospitals are to hire 340 nurses by March, after vacancies on the wards rose to"
    " 12 percent. The plan costs 21 million pounds and was approved on Thursday. Each ward will"
    " have one nurse for six patients by day. The union of nurses called the rota overdue."
)
FALLS = (
    "Falls on the wards of Ashby Infirmary fell by 31 percent within a year, a study of 4,200"
    " patients says. Nurses walked to each bed every hour and noted what patients needed. The"
    " hospital will use the rounds on all 14 wards from May."
)
LAW = (
    "Parliament passed a law on safe staffing for hospitals on Tuesday. From 2028 every hospital"
    " must publish how many nurses were on each ward in every shift. Hospitals that do not may be"
    " fined up to 50,000 pounds."
)
OTHER = {
    "Harbour bridge closes for repairs": "The harbour bridge is closed until Friday.",
    "Rovers win the cup after extra time": "Rovers beat Albion by 3 goals to 2 on Saturday.",
    "Bank leaves rates at 3 percent": "The central bank left its rate at 3 percent on Thursday.",
    "A nursing home fire in Elm Street": "Firefighters put out a nursing home fire in Elm Street.",
}
ARTICLES = {
    "https://wardpost.example/staffing": ("Larch County to hire 340 nurses by March", STAFFING),
    "https://wardpost.example/falls": ("Hourly rounds cut falls on Ashby's wards", FALLS),
    "https://nursejournal.example/larch": ("Larch hospitals plan to hire 340 nurses", STAFFING),
    "https://nursejournal.example/law": ("Law on safe staffing of wards is passed", LAW),
    "https://daily.example/law": ("Parliament passes law on nurses for each ward", LAW),
} | {
    f"https://daily.example/{number}": (title, text)
    for number, (title, text) in enumerate(OTHER.items())
}
OURS = re.compile(r"\b(?:AI|KI|[Aa]rtificial [Ii]ntelligence)\b")


def entries(host: str) -> list[tuple[str, str, str]]:
    """Address, title and summary of what a host publishes."""
    return [
        (url, escape(title), escape(text.partition(". ")[0]))
        for url, (title, text) in ARTICLES.items()
        if host in url
    ]


def rss(host: str) -> bytes:
    """RSS 2.0."""
    items = "".join(
        f"<item><title>{title}</title><link>{url}</link><guid>{url}</guid>"
        f"<description>{summary}.</description><pubDate>Fri, 03 Jul 2026 09:00:00 GMT</pubDate>"
        "</item>"
        for url, title, summary in entries(host)
    )
    return f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()


def atom(host: str) -> bytes:
    """Atom."""
    items = "".join(
        f'<entry><title>{title}</title><id>{url}</id><link href="{url}"/>'
        f"<updated>2026-07-03T11:00:00Z</updated><summary>{summary}.</summary></entry>"
        for url, title, summary in entries(host)
    )
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{host}</title><id>{host}</id>'
        f"<updated>2026-07-03T11:00:00Z</updated>{items}</feed>"
    ).encode()


FEEDS = {"wardpost.example": rss, "nursejournal.example": atom, "daily.example": rss}
SETTINGS = """\
[email]
from = "desk@news.example"
[serve]
public_url = "https://news.example"
"""


def pages() -> dict[str, Page]:
    """The small web: two papers for nurses, and a daily on everything."""
    web = {
        f"https://{host}/feed": Page(body=written(host), content_type="application/xml")
        for host, written in FEEDS.items()
    }
    for url, (title, text) in ARTICLES.items():
        body = (
            f"<html lang=en><head><title>{escape(title)}</title></head><body><main><article><h1>"
            f"{escape(title)}</h1><p>{escape(text)}</p></article></main></body></html>"
        )
        web[url] = Page(body=body.encode())
    return web


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A refreshed site on nursing that sends mail."""
    folder = tmp_path_factory.mktemp("nursing")
    with MiniWeb(pages()) as web:
        sources = "".join(
            f'[[sources]]\nkey = "{name}"\nname = "{name.title()}"\n'
            f'scope = "{"general" if name == "daily" else "subject"}"\n'
            f'url = "{web.url_of(f"https://{host}/feed")}"\n'
            for host in FEEDS
            for name in [host.partition(".")[0]]
        )
        found = House(folder, SETTINGS + sources)
        (folder / "registry.toml").write_text(REGISTRY, "utf-8")
        found.refreshed()
        fire = web.url_of("https://daily.example/3")
        (folder / "fire.txt").write_text(fire, "utf-8")
    return found


def mail_of(house: House) -> str:
    """All that the mail says, with its subject."""
    done = house.run("digest", "preview", "--raw", "--now", "2026-07-06T06:00Z")
    assert done.returncode == 0, done.stderr
    mail = message_from_string(done.stdout, policy=default)
    bodies = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(mail["Subject"]), str(mail["From"]), *bodies])


def test_no_page_feed_or_mail_says_what_our_subject_is(house: House) -> None:
    files = [path for path in house.site.rglob("*.*") if path.is_file() and path.suffix != ".png"]
    texts = {
        str(path.relative_to(house.site)): path.read_text("utf-8", "replace") for path in files
    }
    found = [(name, hit[0]) for name, text in texts.items() for hit in OURS.finditer(text)]

    assert len(files) > 50
    assert found == []
    assert OURS.findall(mail_of(house)) == []


def test_pages_say_what_the_subject_is(house: House) -> None:
    front = (house.site / "index.html").read_text("utf-8")
    subscribe = (house.site / "subscribe" / "index.html").read_text("utf-8")
    week = (house.site / "week" / "2026-W27" / "index.html").read_text("utf-8")

    assert "<title>Nursing news, checked</title>" in front
    assert "What happened in nursing and on the wards, every sentence with its source." in front
    assert "What happened in nursing and on the wards, why it matters" in subscribe
    assert "The nursing news of " in week
    assert "Nursing news, checked" in mail_of(house)


def test_terms_choose_from_a_general_source_and_words_off_topic_bar(house: House) -> None:
    listed = {source["name"] for story in house.stories() for source in story["sources"]}
    fire = house.run("why-not", (house.folder / "fire.txt").read_text("utf-8"))

    assert listed == {"Daily", "Wardpost", "Nursejournal"}
    assert "Rovers" not in (house.site / "index.html").read_text("utf-8")
    assert "nursing home fire" in fire.stdout


def test_what_is_learnt_from_answers_is_measured_and_used(house: House) -> None:
    drawn = house.run("subject", "sample")
    rows = list(csv.DictReader(io.StringIO(drawn.stdout)))
    answers = [
        {**row, "title": f"{row['title']}, {number}", "about": answer}
        for number in range(10)
        for row in rows
        for answer in ["no" if row["title"] in OTHER else "yes"]
    ]
    file = house.folder / "answers.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(answers[0]))
        writer.writeheader()
        writer.writerows(answers + answers[:50])  # an entry that is answered twice counts once
    done = house.run("--json", "subject", "fit", str(file))
    found = json.loads(done.stdout)

    assert {row["title"] for row in rows} == {title for title, _ in ARTICLES.values()}
    assert (found["examples"], found["about"]) == (90, 50)
    assert found["precision"] == found["recall"] == 1.0
    assert "threshold = " in (house.folder / "relevance.toml").read_text("utf-8")
    assert house.run("refresh", "--now", "2026-07-06T07:00Z").returncode == 0
