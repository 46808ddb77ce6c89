"""Receivers are notified of editions and of new facts, each at most once: over HTTP and SMTP on
loopback.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from aggregator.cli.app import aggregator
from aggregator.domain.settings import (
    AlertSettings,
    DatabaseSettings,
    EmailSettings,
    NotifySettings,
    Settings,
    SiteSettings,
    SmtpSecurity,
)
from aggregator.domain.story import HistoryEntry, HistoryKind
from aggregator.errors import NotifyError
from aggregator.plugins.notifications import store as notifications
from aggregator.plugins.notifications.notifications import notify
from aggregator.plugins.notifications.notifier import AppriseNotifier
from aggregator.plugins.notifications.records import NotificationKind, NotificationState
from aggregator.store.database import Database
from aggregator.store.publishing import editions
from aggregator.store.writing import history
from tests.integration.stored import NOW
from tests.notified import Hook, store_news
from tests.postroom import EDITION
from tests.smtp_sink import Sink

pytestmark = pytest.mark.clock

HOUR = timedelta(hours=1)
TOKEN = "tk-do-not-print"


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as running:
        yield running


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


@pytest.fixture
def settings(
    tmp_path: Path, empty_database: Path, hook: Hook, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    path = tmp_path / "news.db"
    path.write_bytes(empty_database.read_bytes())
    monkeypatch.setenv("HOOK_URL", f"json://127.0.0.1:{hook.port}/{TOKEN}")
    monkeypatch.setenv("NTFY_TOPIC", "topic-1")
    return Settings(
        site=SiteSettings(output=str(tmp_path / "site"), base_url="https://news.example"),
        database=DatabaseSettings(url=f"sqlite:///{path}"),
        email=EmailSettings(
            from_="AI news <digest@news.example>",
            smtp_host="127.0.0.1",
            smtp_port=sink.port,
            smtp_security=SmtpSecurity.NONE,
        ),
        notify=NotifySettings(
            to=("HOOK_URL", f"ntfy://127.0.0.1:{hook.port}/${{NTFY_TOPIC}}"),
            follow=("word:model-1", "word:model-2"),
        ),
        alerts=AlertSettings(to="operator@house.example"),
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with Database(settings.database.url) as opened:
        yield opened


def state_of(database: Database, receiver: str) -> list[tuple[str, str]]:
    """State and reason of each row of a receiver."""
    with database.reading() as connection:
        rows = notifications.recent(connection, receiver)
    return [(row.state.value, row.reason) for row in rows]


def test_each_receiver_gets_a_fact_once_with_its_source_and_its_page(
    settings: Settings, database: Database, hook: Hook, sink: Sink
) -> None:
    story_id = store_news(database, 1, NOW)
    for minutes in (1, 16, 31):
        notify(settings, NOW + timedelta(minutes=minutes))

    assert [(post.path, post.title) for post in hook.taken] == [
        (f"/{TOKEN}", "AI news, checked: model-1: Northwind opens model-1"),
        ("/", "AI news, checked: model-1: Northwind opens model-1"),
    ]
    assert hook.taken[0].text.splitlines() == [
        "model-1: “Northwind opened model-1 to all.”",
        "daily.example: https://daily.example/northwind-opens-model-1",
        f"https://news.example/story/northwind-opens-model-1-{story_id}/",
    ]
    assert [taken.envelope_to for taken in sink.taken] == [("operator@house.example",)]


def test_what_is_not_followed_and_what_is_old_is_not_sent(
    settings: Settings, database: Database, hook: Hook
) -> None:
    store_news(database, 3, NOW)
    store_news(database, 1, NOW - timedelta(days=3))
    notify(settings, NOW + HOUR)

    assert hook.taken == []


def test_an_article_that_only_repeats_a_story_sends_nothing_and_a_changed_figure_does(
    settings: Settings, database: Database, hook: Hook
) -> None:
    story_id = store_news(database, 1, NOW)
    notify(settings, NOW + HOUR)
    before = len(hook.taken)
    with database.writing() as connection:
        entries = [
            HistoryEntry(
                n=n,
                article_id=story_id,
                at=NOW + 2 * HOUR,
                kind=kind,
                text=f"The {kind.value} price of model-1 is {n} dollars.",
                passage=f"{story_id}.1.1",
            )
            for n, kind in enumerate((HistoryKind.ADDED, HistoryKind.CHANGED), start=1)
        ]
        history.save_history(connection, story_id, entries[:1])
    notify(settings, NOW + 3 * HOUR)
    added = len(hook.taken)
    with database.writing() as connection:
        history.save_history(connection, story_id, entries)
    for hour in (4, 5):
        notify(settings, NOW + hour * HOUR)

    assert (before, added, len(hook.taken)) == (2, 2, 4)
    assert "The changed price of model-1 is 2 dollars." in hook.taken[-1].text


def test_the_last_message_of_a_day_counts_what_it_does_not_list(
    settings: Settings, database: Database, hook: Hook
) -> None:
    wide = NotifySettings(to=("HOOK_URL",), follow=("word:northwind",), most_a_day=1)
    for number in range(7):
        store_news(database, number, NOW)
    for minutes in (1, 16):
        notify(Settings(site=settings.site, database=settings.database, notify=wide),
               NOW + timedelta(minutes=minutes))  # fmt: skip

    (post,) = hook.taken
    assert post.title.startswith("AI news, checked: 7 ")
    assert [line[:2] for line in post.text.splitlines() if "not listed" in line] == ["2 "]


def test_messages_about_facts_are_counted_by_receiver_since_a_moment_and_once_each(
    database: Database,
) -> None:
    """Counted is what was sent, whether it arrived or not, and what is being sent; not what was
    refused.
    """
    fact, edition = NotificationKind.FACT, NotificationKind.EDITION
    arrived, refused = NotificationState.SENT, NotificationState.REFUSED
    sent = [
        ("hook", fact, "two facts", ["a", "b"], NOW, arrived),
        ("hook", fact, "in doubt", ["c"], NOW + HOUR, NotificationState.DOUBT),
        ("hook", fact, "on its way", ["d"], NOW + HOUR, None),
        ("hook", fact, "not taken", ["e"], NOW + HOUR, refused),
        ("hook", fact, "the day before", ["f"], NOW - HOUR, arrived),
        ("hook", edition, "an edition", ["g"], NOW + HOUR, arrived),
        ("phone", fact, "to another", ["a"], NOW + HOUR, arrived),
    ]
    with database.writing() as connection:
        for receiver, kind, message, keys, at, state in sent:
            notifications.claim(connection, receiver, kind, dict.fromkeys(keys, ""), message, at)
            if state:
                notifications.end(connection, receiver, message, state, "", at)

        assert [
            notifications.sent_since(connection, receiver, NOW)
            for receiver in ("hook", "phone", "nobody")
        ] == [3, 1, 0]


def test_an_edition_is_announced_once_and_not_by_mail(
    settings: Settings, database: Database, hook: Hook, sink: Sink
) -> None:
    with database.writing() as connection:
        editions.save_edition(connection, EDITION)
    for hour in (1, 2):
        notify(settings, NOW + hour * HOUR)

    assert [post.path for post in hook.taken] == [f"/{TOKEN}", "/"]
    assert hook.taken[0].title == f"AI news, checked: {EDITION.title}"
    assert len(hook.taken[0].text.splitlines()) == 4
    assert hook.taken[0].text.endswith(f"https://news.example/week/{EDITION.week}/")
    assert sink.taken == []


def test_what_a_server_refused_is_tried_again_and_what_it_did_not_answer_is_not(
    settings: Settings, database: Database, hook: Hook
) -> None:
    store_news(database, 1, NOW)
    hook.status = 403
    notify(settings, NOW + HOUR)
    refused = state_of(database, "HOOK_URL")
    hook.status = 0
    notify(settings, NOW + 2 * HOUR)
    hook.status = 200
    for hour in (3, 4):
        notify(settings, NOW + hour * HOUR)

    assert [(state, "403" in why) for state, why in refused] == [("refused", True)]
    assert [state for state, _ in state_of(database, "HOOK_URL")] == ["doubt"]
    assert len(hook.taken) == 2  # by both receivers, when the connection ended


def test_what_is_refused_for_a_day_is_given_up_and_listed(
    settings: Settings, database: Database, hook: Hook
) -> None:
    with database.writing() as connection:
        editions.save_edition(connection, EDITION)
    hook.status = 403
    for hour in (1, 13, 26, 27):
        notify(settings, NOW + hour * HOUR)

    assert state_of(database, "HOOK_URL") == [("failed", "its server answered 403")]


def test_a_round_that_died_leaves_doubt_and_sends_nothing_again(
    settings: Settings, database: Database, hook: Hook
) -> None:
    story_id = store_news(database, 1, NOW)
    keys = {f"story:{story_id}": story_id}
    with database.writing() as connection:
        notifications.claim(connection, "HOOK_URL", NotificationKind.FACT, keys, "dead", NOW)
    notify(settings, NOW + HOUR)

    assert [state for state, _ in state_of(database, "HOOK_URL")] == [NotificationState.DOUBT.value]
    assert [post.path for post in hook.taken] == ["/"]


def test_texts_of_publishers_call_nobody(
    settings: Settings, database: Database, hook: Hook
) -> None:
    story_id = store_news(database, 1, NOW)
    entry = HistoryEntry(
        n=1,
        article_id=story_id,
        at=NOW,
        kind=HistoryKind.CHANGED,
        text="@everyone <!channel> [model-1](https://evil.example) is out.",
        passage=f"{story_id}.1.1",
    )
    notify(settings, NOW + HOUR)
    with database.writing() as connection:
        history.save_history(connection, story_id, [entry])
    notify(settings, NOW + 2 * HOUR)

    text = hook.taken[-1].text
    assert "model-1" in text
    assert [bad for bad in ("@everyone", "<!", "](") if bad in text] == []


def configured(tmp_path: Path, hook: Hook) -> Path:
    """A config.toml with two receivers, of which one is not set."""
    path = tmp_path / "config.toml"
    path.write_text(
        f'[database]\nurl = "sqlite:///{tmp_path}/news.db"\n'
        '[notify]\nto = ["HOOK_URL", "NOBODY"]\n',
        "utf-8",
    )
    return path


def test_notify_test_says_of_each_receiver_what_happened_and_prints_no_secret(
    settings: Settings, tmp_path: Path, hook: Hook
) -> None:
    command = ["--config", str(configured(tmp_path, hook)), "--json", "notify", "test"]
    done = CliRunner().invoke(aggregator, command)

    assert done.exit_code == 1
    sent, unusable = json.loads(done.stdout)["receivers"]
    assert sent == {"receiver": "HOOK_URL", "result": "sent", "why": ""}
    assert (unusable["receiver"], unusable["result"]) == ("NOBODY", "not usable")
    assert "NOBODY is not set" in unusable["why"]
    assert TOKEN not in done.output + str(done.exception)


def test_notify_list_shows_receivers_and_what_happened(
    settings: Settings, database: Database, tmp_path: Path, hook: Hook
) -> None:
    store_news(database, 1, NOW)
    hook.status = 403
    notify(settings, NOW + HOUR)
    done = CliRunner().invoke(
        aggregator, ["--config", str(configured(tmp_path, hook)), "--json", "notify", "list"]
    )
    shown = json.loads(done.stdout)

    assert shown["receivers"][0] == {"receiver": "HOOK_URL", "problem": "", "refused": 1}
    assert "NOBODY is not set" in shown["receivers"][1]["problem"]
    assert {row["state"] for row in shown["notifications"]} == {"refused", "sent"}
    assert TOKEN not in done.output
    assert TOKEN.encode() not in (tmp_path / "news.db").read_bytes()


def test_a_url_of_several_targets_is_refused_since_half_of_it_might_be_sent() -> None:
    with pytest.raises(NotifyError, match="2 targets"):
        AppriseNotifier("two", "ntfy://127.0.0.1:1/one/two")
