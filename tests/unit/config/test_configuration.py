"""The configuration: what wins over what, and that every mistake is told at once, by its key."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from aggregator.config.configuration import load, settings_table, shown
from aggregator.config.layers import REMOVED
from aggregator.domain.settings import EngineChoice, Settings
from aggregator.domain.source import Lane, Listing, ListingFormat, Source, SourceKind
from aggregator.errors import ConfigError
from aggregator.resources import DEFAULT_CONFIG
from tests.messages import named

OPENAI = '[[sources]]\nkey = "openai"\nname = "OpenAI"\nurl = "https://openai.com/news/rss.xml"\n'
LISTING = '[sources.listing]\nformat = "html"\nitems = "li"\n'
VERGE = (
    '[[sources]]\nkey = "the-verge"\nname = "The Verge"\nurl ='
    ' "https://www.theverge.com/rss/index.xml"\n'
)


def written(folder: Path, text: str, local: str | None = None) -> Path:
    """The path of a config.toml with this text, and of a config.local.toml beside it."""
    (folder / "config.toml").write_text(text, "utf-8")
    if local is not None:
        (folder / "config.local.toml").write_text(local, "utf-8")
    return folder / "config.toml"


def problems(path: Path, **environ: str) -> list[str]:
    """What is told of a wrong configuration."""
    with pytest.raises(ConfigError) as caught:
        load(path, environ)
    return list(caught.value.problems)


def problem(folder: Path, text: str) -> str:
    """The one thing that is told of a configuration with one mistake."""
    expected = problems(written(folder, text))

    assert len(expected) == 1, expected
    return expected[0]


def test_an_empty_file_gives_the_defaults_with_paths_beside_it(tmp_path: Path) -> None:
    settings = load(written(tmp_path, ""), {})

    assert (settings.site.output, settings.database.url) == (
        f"{tmp_path}/site",
        f"sqlite:///{tmp_path}/aggregator.db",
    )
    assert (settings.fetch, settings.analysis, settings.sources) == (
        Settings().fetch,
        Settings().analysis,
        (),
    )


def test_absolute_paths_stay(tmp_path: Path) -> None:
    text = '[site]\noutput = "/srv/www/news"\n[database]\nurl = "sqlite:////var/lib/news.db"\n'

    settings = load(written(tmp_path, text), {})

    assert (settings.site.output, settings.database.url) == (
        "/srv/www/news",
        "sqlite:////var/lib/news.db",
    )


def test_every_type_of_value_is_read(tmp_path: Path) -> None:
    text = (
        "[fetch]\nper_host = 4\nper_host_delay_s = 0\nrespect_robots ="
        ' false\nallow_private_networks = ["127.77.0.0/16"]\n[analysis]\nengine = "extractive"\n'
        + OPENAI
        + 'lane = "lab"\nweight = 2\ninclude = ["GPT", "o3"]\nenabled = false\n'
    )

    settings = load(written(tmp_path, text), {})

    fetch = settings.fetch
    assert (fetch.per_host, fetch.per_host_delay_s, fetch.respect_robots) == (4, 0.0, False)
    assert fetch.allow_private_networks == ("127.77.0.0/16",)
    assert settings.analysis.engine is EngineChoice.EXTRACTIVE
    assert settings.sources == (
        Source(
            key="openai",
            name="OpenAI",
            url="https://openai.com/news/rss.xml",
            lane=Lane.LAB,
            weight=2.0,
            include=("GPT", "o3"),
            enabled=False,
        ),
    )


@pytest.mark.parametrize("kind", ["listing", "api"])
def test_a_listing_of_an_older_file_that_is_off_needs_no_table(tmp_path: Path, kind: str) -> None:
    (source,) = load(written(tmp_path, f'{OPENAI}kind = "{kind}"\nenabled = false'), {}).sources

    assert (source.kind, source.listing, source.enabled) == (SourceKind.LISTING, None, False)


def test_a_listing_and_the_attributes_of_other_programs_become_records(tmp_path: Path) -> None:
    text = (
        OPENAI
        + 'kind = "listing"\nopml = { "my:note" = "x" }\n'
        + LISTING
        + 'link = "a@href"\nminimum = 3\n'
    )

    (source,) = load(written(tmp_path, text), {}).sources

    assert source.listing == Listing(
        format=ListingFormat.HTML, items="li", link="a@href", minimum=3
    )
    assert source.opml == {"my:note": "x"}


def test_a_text_that_is_about_to_be_written_is_judged_in_place_of_the_local_file(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, OPENAI, "[fetch]\nper_host = 4\n")

    settings = load(path, {}, local="[fetch]\nper_host = 5\n")

    assert (settings.fetch.per_host, load(path, {}).fetch.per_host) == (5, 4)


def test_environment_wins_over_the_local_file_and_that_over_the_file(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "[fetch]\nper_host = 3\nconcurrency = 5\nmax_age_days = 7\n",
        "[fetch]\nper_host = 4\nconcurrency = 6\n",
    )

    fetch = load(path, {"AGGREGATOR_FETCH__PER_HOST": "8"}).fetch

    assert (fetch.per_host, fetch.concurrency, fetch.max_age_days, fetch.timeout_s) == (
        8,
        6,
        7,
        30.0,
    )


def test_a_source_in_the_local_file_changes_its_namesake_or_is_added(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        OPENAI + VERGE,
        '[[sources]]\nkey = "openai"\nenabled = false\n' + VERGE.replace("the-verge", "mine"),
    )

    sources = load(path, {}).sources

    assert [(source.key, source.enabled) for source in sources] == [
        ("openai", False),
        ("the-verge", True),
        ("mine", True),
    ]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param(
            "AGGREGATOR_SITE__TITLE",
            "News: checked",
            "News: checked",
            id="text that is no TOML value",
        ),
        pytest.param("AGGREGATOR_SITE__TITLE", '"quoted"', "quoted", id="text in TOML quotes"),
        pytest.param("AGGREGATOR_SITE__TITLE", "2026", "2026", id="text that looks like a number"),
        pytest.param(
            "AGGREGATOR_SITE__TITLE",
            "1\nfetch = 2",
            "1\nfetch = 2",
            id="text that would be more than one value",
        ),
        pytest.param("AGGREGATOR_SITE__CONTACT", "", "", id="empty"),
        pytest.param("AGGREGATOR_FETCH__TIMEOUT_S", "2", 2.0, id="number"),
        pytest.param("AGGREGATOR_FETCH__RESPECT_ROBOTS", "false", False, id="truth value"),
        pytest.param(
            "AGGREGATOR_FETCH__ALLOW_PRIVATE_NETWORKS",
            '["10.1.0.0/16"]',
            ("10.1.0.0/16",),
            id="list",
        ),
        pytest.param(
            "AGGREGATOR_ANALYSIS__ENGINE", "extractive", EngineChoice.EXTRACTIVE, id="choice"
        ),
    ],
)
def test_a_variable_of_the_environment_is_read_as_its_key_needs(
    tmp_path: Path, name: str, text: str, expected: object
) -> None:
    section, key = name.removeprefix("AGGREGATOR_").lower().split("__")

    settings = load(written(tmp_path, ""), {name: text})

    assert getattr(getattr(settings, section), key) == expected


def test_an_unknown_variable_is_told_but_those_of_container_links_are_not(tmp_path: Path) -> None:
    expected = problems(
        written(tmp_path, ""),
        AGGREGATOR_FETCH__PER_HOTS="2",
        AGGREGATOR_FETCH_PER_HOST="2",
        AGGREGATOR_PORT="tcp://10.0.0.1:80",
        AGGREGATOR_SERVICE_HOST="10.0.0.1",
        HOME="/root",
    )

    assert [named(each) for each in expected] == [
        ["AGGREGATOR_FETCH_PER_HOST", "AGGREGATOR_FETCH__PER_HOST"],
        ["AGGREGATOR_FETCH__PER_HOTS", "AGGREGATOR_FETCH__PER_HOST"],
    ]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    text = (
        '[site]\ntitel = "x"\n[fetch]\nper_hots = 1\nper_host = "2"\nconcurrency = 0\n'
        + OPENAI
        + 'lane = "new"\n'
        + OPENAI
    )
    path = written(tmp_path, text, "[cluster]\nlookback_days = 99\n")

    expected = problems(path, AGGREGATOR_FETCH__MAX_BYTES="many")

    assert sorted(named(each) for each in expected) == [
        ["cluster.lookback_days", "99", "1", "60", "config.local.toml"],
        ["fetch.concurrency", "0", "1", "256"],
        ["fetch.max_bytes", "many"],
        ["fetch.per_host", "2"],
        ["fetch.per_hots", "per_host"],
        ["site.titel", "title"],
        ["sources[0].lane", "new", "news", "openai"],
        ["sources[1].key", "openai", "sources[0]"],
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[fetc]\nper_host = 1", ["fetc", "fetch"], id="unknown table"),
        pytest.param("per_host = 1", ["per_host", "fetch.per_host"], id="key outside its table"),
        pytest.param("[site]\nxyzzy = 1", ["site.xyzzy"], id="nothing like it"),
        pytest.param("fetch = 3", ["fetch", "3"], id="value for a table"),
        pytest.param("sources = 3", ["sources", "[[sources]]", "3"], id="value for the sources"),
        pytest.param("sources = [3]", ["sources[0]", "3"], id="value for a source"),
        pytest.param("[site]\ntitle = 3", ["site.title", "3"], id="number for text"),
        pytest.param(
            "[fetch]\nrespect_robots = 1",
            ["fetch.respect_robots", "1"],
            id="number for a truth value",
        ),
        pytest.param(
            "[fetch]\nper_host = 1.5", ["fetch.per_host", "1.5"], id="fraction for a count"
        ),
        pytest.param(
            "[fetch]\ntimeout_s = true", ["fetch.timeout_s"], id="truth value for a number"
        ),
        pytest.param(
            "[fetch]\nallow_private_networks = [1]",
            ["fetch.allow_private_networks", "…", "[1]"],
            id="list of the wrong things",
        ),
        pytest.param(
            '[analysis]\nengine = "olama"',
            ["analysis.engine", "olama", "ollama"],
            id="choice with a near one",
        ),
    ],
)
def test_a_key_or_type_that_is_wrong_is_named(
    tmp_path: Path, text: str, expected: list[str]
) -> None:
    assert named(problem(tmp_path, text)) == expected


def test_a_key_of_an_earlier_version_names_what_does_its_work_now(tmp_path: Path) -> None:
    text = problem(tmp_path, "[analysis]\nmax_stories_per_run = 5\n")

    assert named(text)[:2] == ["analysis.max_stories_per_run", "analysis.in_depth"]


@pytest.mark.parametrize(
    ("key", "kept"), [(key, kept) for key, (kept, _) in REMOVED.items() if kept is not None]
)
def test_a_removed_setting_is_accepted_where_it_changes_nothing(
    tmp_path: Path, key: str, kept: object
) -> None:
    section, _, name = key.rpartition(".")
    variable = f"AGGREGATOR_{key.upper().replace('.', '__')}"
    accepted = load(written(tmp_path, f"[{section}]\n{name} = {json.dumps(kept)}\n"), {})
    from_environment = load(written(tmp_path, ""), {variable: json.dumps(kept)})

    assert accepted == from_environment == load(written(tmp_path, ""), {})
    assert problem(tmp_path, f"[{section}]\n{name} = 12345\n").startswith(
        f"{key}: no longer a setting: "
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param('[site]\ntitle = " "', "site.title", id="title of blanks"),
        pytest.param(
            '[site]\nbase_url = "news.example.org"', "site.base_url", id="address without a scheme"
        ),
        pytest.param('[site]\nbase_url = "https://"', "site.base_url", id="address without a host"),
        pytest.param(
            '[site]\nbase_url = "https://news.example.org/"', "site.base_url", id="slash at the end"
        ),
        pytest.param(
            '[site]\nbase_url = "https://news.example.org?a=b"',
            "site.base_url",
            id="address with a query",
        ),
        pytest.param(
            '[site]\nbase_url = "https://[::1"',
            "site.base_url",
            id="address that cannot be taken apart",
        ),
        pytest.param('[site]\nlanguage = "English"', "site.language", id="language by name"),
        pytest.param('[site]\nlanguage = "tlh"', "site.language", id="language without words"),
        pytest.param('[site]\ntimezone = "Europe"', "site.timezone", id="zone that is a folder"),
        pytest.param(
            '[site]\ntimezone = "../etc/passwd"', "site.timezone", id="zone that is a path"
        ),
        pytest.param('[site]\ntoday = "29 June 2026"', "site.today", id="day in words"),
        pytest.param('[site]\ntoday = "20260629"', "site.today", id="day without hyphens"),
        pytest.param('[site]\noutput = ""', "site.output", id="no folder"),
        pytest.param('[site]\noutput = "."', "site.output", id="folder of the configuration"),
        pytest.param('[site]\noutput = "/"', "site.output", id="folder above the configuration"),
        pytest.param(
            '[database]\nurl = "sqlite:///site/a.db"', "database.url", id="database within the site"
        ),
        pytest.param(
            '[database]\nurl = "aggregator.db"', "database.url", id="database that is a path"
        ),
        pytest.param('[database]\nurl = "sqlite://"', "database.url", id="database in memory"),
        pytest.param(
            '[database]\nurl = "sqlite:///:memory:"',
            "database.url",
            id="database in memory by name",
        ),
        pytest.param('[database]\nurl = "mysql://h/d"', "database.url", id="another database"),
        pytest.param(
            '[fetch]\nuser_agent = "a\\r\\nCookie: b"',
            "fetch.user_agent",
            id="header that holds another",
        ),
        pytest.param(
            '[fetch]\ncontact_url = "me"', "fetch.contact_url", id="contact that is no address"
        ),
        pytest.param('[fetch]\nproxy = "socks5://h:1"', "fetch.proxy", id="proxy that is not HTTP"),
        pytest.param("[fetch]\nconcurrency = 257", "fetch.concurrency", id="too many requests"),
        pytest.param("[fetch]\nper_host = 17", "fetch.per_host", id="too many requests to a host"),
        pytest.param(
            "[fetch]\nper_host_delay_s = -1", "fetch.per_host_delay_s", id="negative delay"
        ),
        pytest.param(
            "[fetch]\nper_host_delay_s = nan",
            "fetch.per_host_delay_s",
            id="delay that is no number",
        ),
        pytest.param("[fetch]\ntimeout_s = 0", "fetch.timeout_s", id="no time"),
        pytest.param("[fetch]\ntimeout_s = inf", "fetch.timeout_s", id="no end"),
        pytest.param("[fetch]\nmax_bytes = 999", "fetch.max_bytes", id="body too small"),
        pytest.param("[fetch]\nmax_age_days = 0", "fetch.max_age_days", id="no age"),
        pytest.param(
            '[fetch]\nallow_private_networks = ["10.0.0.1/8"]',
            "fetch.allow_private_networks",
            id="host bits",
        ),
        pytest.param(
            '[fetch]\nallow_private_networks = ["localhost"]',
            "fetch.allow_private_networks",
            id="network by name",
        ),
        pytest.param("[cluster]\nlookback_days = 0", "cluster.lookback_days", id="no lookback"),
        pytest.param("[analysis]\nquote_words = 4", "analysis.quote_words", id="quote too short"),
        pytest.param("[analysis]\nquote_words = 61", "analysis.quote_words", id="quote too long"),
        pytest.param("[analysis]\nhook_words = 61", "analysis.hook_words", id="hook too long"),
        pytest.param(
            "[analysis]\nquote_share = 1.1", "analysis.quote_share", id="more than an article"
        ),
        pytest.param(
            "[analysis]\nquote_least = 4", "analysis.quote_least", id="less than a quotation"
        ),
        pytest.param(
            "[analysis]\nin_depth = -1",
            "analysis.in_depth",
            id="negative count",
        ),
        pytest.param(
            OPENAI.replace('"openai"', '"Open AI"'), "sources[0].key", id="key with a blank"
        ),
        pytest.param(
            OPENAI.replace('"openai"', '"-openai"'),
            "sources[0].key",
            id="key that opens with a hyphen",
        ),
        pytest.param(
            OPENAI.replace('"openai"', f'"{"a" * 65}"'), "sources[0].key", id="key of 65 characters"
        ),
        pytest.param(
            OPENAI.replace("https:", "ftp:"), "sources[0].url", id="source that is not on the web"
        ),
        pytest.param(
            OPENAI.replace('"OpenAI"', '""'), "sources[0].name", id="source without a name"
        ),
        pytest.param(OPENAI + "weight = 10.5", "sources[0].weight", id="weight too great"),
        pytest.param(OPENAI + 'kind = "rss"', "sources[0].kind", id="unknown kind"),
        pytest.param(
            OPENAI + 'kind = "listing"', "sources[0].listing", id="listing that says not how"
        ),
        pytest.param(OPENAI + LISTING, "sources[0].kind", id="feed that says how its page is read"),
        pytest.param(
            OPENAI + 'kind = "listing"\n' + LISTING + "row = 'tr'",
            "sources[0].listing.row",
            id="unknown part",
        ),
        pytest.param(
            OPENAI + 'kind = "listing"\nlisting = 3',
            "sources[0].listing",
            id="value for the table of a listing",
        ),
        pytest.param(
            OPENAI + 'kind = "listing"\n' + LISTING.replace("html", "htm"),
            "sources[0].listing.format",
            id="format",
        ),
        pytest.param(
            OPENAI + 'kind = "listing"\n' + LISTING + "minimum = 0",
            "sources[0].listing.minimum",
            id="no minimum",
        ),
        pytest.param(
            OPENAI + 'kind = "listing"\n' + LISTING + "title = 3",
            "sources[0].listing.title",
            id="path of a number",
        ),
        pytest.param(
            OPENAI + 'kind = "listing"\n' + LISTING + "prefix = '/x'",
            "sources[0].listing.prefix",
            id="half a prefix",
        ),
        pytest.param(
            OPENAI + 'kind = "listing"\n' + LISTING.replace("items", "title"),
            "sources[0].listing.items",
            id="no selector",
        ),
        pytest.param(OPENAI + "max_age_days = -1", "sources[0].max_age_days", id="negative age"),
        pytest.param(
            OPENAI + "opml = { text = 1 }", "sources[0].opml", id="attribute that is a number"
        ),
        pytest.param(
            '[[sources]]\nname = "x"\nurl = "https://e.example/"',
            "sources[0].key",
            id="source without a key",
        ),
    ],
)
def test_a_value_out_of_bounds_is_told_with_its_key(tmp_path: Path, text: str, key: str) -> None:
    assert problem(tmp_path, text).partition(":")[0] == key


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        pytest.param(
            '[site]\nbase_url = "https://e.example//"',
            "write https://e.example",
            id="slash at the end",
        ),
        pytest.param(
            '[site]\ntimezone = "berlin"', "did you mean Europe/Berlin?", id="zone by its city"
        ),
        pytest.param(
            '[site]\ntimezone = "Europe/Berln"', "did you mean Europe/Berlin?", id="zone misspelt"
        ),
        pytest.param(
            '[database]\nurl = "postgres://h/d"',
            "begin with postgresql+psycopg://",
            id="another driver",
        ),
        pytest.param(
            '[database]\nurl = "postgresql+psycopg://h/"',
            "must contain a database name",
            id="server without a database",
        ),
        pytest.param(
            '[database]\nurl = "postgresql+psycopg://u:p@h/d"',
            "set PGPASSWORD",
            id="password in the file",
        ),
        pytest.param(
            '[database]\nurl = "postgresql+psycopg://h/d?password=p"',
            "set PGPASSWORD",
            id="password as an option",
        ),
        pytest.param(
            '[fetch]\nallow_private_networks = ["10.0.0.1/8"]',
            "did you mean 10.0.0.0/8?",
            id="host bits",
        ),
        pytest.param(OPENAI + 'kind = "feeds"', "did you mean feed?", id="kind misspelt"),
        pytest.param(
            OPENAI + 'kind = "listing"', "or set enabled = false", id="listing that says not how"
        ),
        pytest.param(
            OPENAI + 'kind = "listing"\n' + LISTING + "itmes = 'a'",
            "did you mean items?",
            id="part misspelt",
        ),
    ],
)
def test_a_problem_says_what_to_do(tmp_path: Path, text: str, remedy: str) -> None:
    assert remedy in problem(tmp_path, text)


@pytest.mark.parametrize(
    "expression",
    [
        "7 * * * *",
        "*/15 * * * *",
        "0 6,18 * * mon-fri",
        "30 06 1-7/2 jan-mar sun",
        "5/20 * * * *",
        "0 0 29 2 *",
        "5 4 31 dec *",
        "0 0 * * MON",
    ],
)
def test_a_cron_expression_of_five_fields_is_taken(tmp_path: Path, expression: str) -> None:
    settings = load(written(tmp_path, f'[schedule]\nrefresh = "{expression}"'), {})

    assert settings.schedule.refresh == expression


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        pytest.param("* * * *", "has 4 of the five fields", id="four fields"),
        pytest.param("@hourly", "has 1 of the five fields", id="shorthand"),
        pytest.param(
            "60 * * * *", "minute: Error validating expression '60'", id="minute too great"
        ),
        pytest.param("* 24 * * *", "hour: Error validating expression '24'", id="hour too great"),
        pytest.param("* * 0 * *", "day: Error validating expression '0'", id="day too small"),
        pytest.param("* * * 13 *", "month: Error validating expression '13'", id="month too great"),
        pytest.param(
            "* * * * 1",
            "weekday: name the day, such as mon",
            id="weekday by number, counted from two different days",
        ),
        pytest.param(
            "30-10 * * * *",
            "minute: The minimum value in a range must not be higher",
            id="range backwards",
        ),
        pytest.param(
            "*/0 * * * *", "minute: Increment must be higher than 0", id="step of nothing"
        ),
        pytest.param(
            "*/60 * * * *",
            "minute: Error validating expression '*/60'",
            id="step longer than the hour",
        ),
        pytest.param("1,,2 * * * *", 'minute: Unrecognized expression ""', id="empty part"),
        pytest.param("0 0 31 2 *", "no such day in that month", id="31 February"),
    ],
)
def test_a_wrong_cron_expression_is_told_by_its_field(
    tmp_path: Path, expression: str, expected: str
) -> None:
    assert expected in problem(tmp_path, f'[schedule]\nrefresh = "{expression}"')


def test_a_missing_file_is_told_with_the_remedy(tmp_path: Path) -> None:
    (told,) = problems(tmp_path / "config.toml")

    assert named(told) == [str(tmp_path / "config.toml"), "aggregator init"]


def test_the_folder_one_stands_in_is_no_configuration() -> None:
    (told,) = problems(Path())

    assert named(told) == ["config.toml"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            b"[site]\ntitle = \n",
            ["config.toml", "2", "9"],
            id="half a line",
        ),
        pytest.param(b"[site]\ntitle = '\xff'\n", ["config.toml", "UTF-8", "16"], id="Latin-1"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_the_place(
    tmp_path: Path, content: bytes, expected: list[str]
) -> None:
    (tmp_path / "config.toml").write_bytes(content)
    (told,) = problems(tmp_path / "config.toml")

    assert named(told) == expected


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    (told,) = problems(tmp_path)

    assert named(told) == [str(tmp_path), str(tmp_path / "config.toml")]


def test_both_files_are_told_when_neither_is_toml(tmp_path: Path) -> None:
    expected = problems(written(tmp_path, "[site", "[fetch"))

    assert [line.partition(":")[0] for line in expected] == [
        "config.toml is not TOML",
        "config.local.toml is not TOML",
    ]


def test_a_byte_order_mark_of_an_editor_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[site]\ntitle = "x"', "utf-8-sig")

    assert load(tmp_path / "config.toml", {}).site.title == "x"


def test_a_password_is_told_nowhere(tmp_path: Path) -> None:
    wrong = problem(tmp_path, '[fetch]\nproxy = "htp://me:secret@proxy.example"')
    right = shown(written(tmp_path, '[fetch]\nproxy = "http://me:secret@proxy.example"'), {})

    assert "secret" not in wrong + str(right)


def test_shown_tells_where_each_value_comes_from(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "[fetch]\nper_host = 3\nconcurrency = 5\n" + OPENAI + VERGE + "enabled = false",
        "[fetch]\nconcurrency = 6\n",
    )

    rows = {
        row.key: (row.value, row.origin) for row in shown(path, {"AGGREGATOR_SITE__TITLE": "Mine"})
    }

    assert {key: row for key, row in rows.items() if row[1] != "default"} == {
        "site.title": ('"Mine"', "environment"),
        "fetch.concurrency": ("6", "config.local.toml"),
        "fetch.per_host": ("3", "config.toml"),
        "sources": ("1 on, 1 off", "config.toml"),
    }
    assert rows["analysis.engine"] == ('"auto"', "default")


def test_the_table_of_settings_has_every_key_with_default_and_help() -> None:
    rows = {row.key: row for row in settings_table()}

    assert rows["fetch.per_host"].value == "2"
    assert rows["fetch.respect_robots"].value == "true"
    assert rows["sources.url"].value == "required"
    assert [key for key, row in rows.items() if not row.help] == []


def test_the_shipped_file_states_every_default(tmp_path: Path) -> None:
    stated = shown(written(tmp_path, DEFAULT_CONFIG.read_text("utf-8")), {})
    defaults = shown(written(tmp_path, ""), {})

    assert [(row.key, row.value) for row in stated if row.key != "sources"] == [
        (row.key, row.value) for row in defaults if row.key != "sources"
    ]
    ours = [row for row in stated if not row.key.startswith("plugins.")]  # all on, named by a list
    assert [row.key for row in ours if row.origin != "config.toml"] == []


def test_the_shipped_file_has_what_is_rarely_changed_below_the_rest_of_its_table() -> None:
    table, is_rare, placed = "", False, []
    for line in DEFAULT_CONFIG.read_text("utf-8").partition("\n[plugins]")[0].splitlines():
        if line.startswith("["):
            table, is_rare = f"{line.strip('[]')}.", False
        elif line == "# rarely changed":
            is_rare = True
        elif line and not line.startswith("#"):
            placed.append((table + line.partition(" = ")[0], is_rare))
    rows = [row for row in settings_table() if not row.key.startswith(("sources.", "plugins"))]

    assert sorted(placed) == sorted((row.key, row.is_rare) for row in rows)
    assert sum(is_rare for _, is_rare in placed) == 57


def test_the_shipped_file_has_76_sources_on_and_a_reason_for_each_that_is_off(
    tmp_path: Path,
) -> None:
    sources = load(written(tmp_path, DEFAULT_CONFIG.read_text("utf-8")), {}).sources

    on = Counter(source.lane for source in sources if source.enabled)
    assert on == {
        Lane.LAB: 31,
        Lane.NEWS: 12,
        Lane.LETTER: 18,
        Lane.PAPER: 2,
        Lane.COMMUNITY: 3,
        Lane.RELEASE: 10,
    }
    assert [source.key for source in sources if not source.enabled and not source.note] == []
    assert [
        address
        for address, times in Counter(
            way.url for source in sources for way in source.ways()
        ).items()
        if times > 1
    ] == []


def test_the_sources_of_the_package_are_read_only_where_the_file_asks_for_them(
    tmp_path: Path,
) -> None:
    shipped = load(DEFAULT_CONFIG, {}).sources
    own = OPENAI.replace('"openai"', '"mine"') + '[[sources]]\nkey = "gemini"\nweight = 0.2\n'
    listed = load(written(tmp_path, 'sources_from = "package"\n' + own), {}).sources
    keys = [source.key for source in listed]

    assert [source.key for source in load(written(tmp_path, OPENAI), {}).sources] == ["openai"]
    assert load(written(tmp_path, 'sources_from = "package"'), {}).sources == shipped
    assert sorted(keys) == sorted({"mine", *(source.key for source in shipped)} - {"openai"})
    assert [source.weight for source in listed if source.key == "gemini"] == [0.2]


def test_the_address_of_a_server_database_is_kept_and_its_password_is_never_shown(
    tmp_path: Path,
) -> None:
    url = "postgresql+psycopg://news:secret@db.example/news"
    file = tmp_path / "config.toml"
    file.write_text("")
    environ = {"AGGREGATOR_DATABASE__URL": url}

    assert load(file, environ).database.url == url
    assert "secret" not in " ".join(row.value for row in shown(file, environ))


@pytest.mark.parametrize(
    ("text", "description"),
    [
        pytest.param(
            '[site]\nlanguage = "de"',
            "Was in der KI geschah, jeder Satz mit seiner Quelle.",
            id="ours",
        ),
        pytest.param(
            '[site]\nlanguage = "de"\ndescription = "Mine."', "Mine.", id="the operator's own"
        ),
    ],
)
def test_the_line_under_the_title_is_in_the_language_of_the_pages(
    tmp_path: Path, text: str, description: str
) -> None:
    assert load(written(tmp_path, text), {}).site.description == description
