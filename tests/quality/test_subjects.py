"""A subject is learnt from headlines, and judged on others."""

import csv
from pathlib import Path

import pytest

from tests.quality import subjects

_COLUMNS = ("TITLE", "URL", "CATEGORY", "STORY")
_WORDS = {"b": "bank raises rates", "e": "film wins prize", "m": "virus spreads", "t": "chip ships"}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    file = tmp_path / "clusters" / "uci-news-aggregator" / "headlines.csv"
    file.parent.mkdir(parents=True)
    with file.open("w", encoding="utf-8", newline="") as lines:
        rows = csv.writer(lines)
        rows.writerow(_COLUMNS)
        for number in range(200):
            for category, words in _WORDS.items():
                url = f"https://news.example/{category}/{number}"
                rows.writerow((f"City {number}: {words}", url, category, f"{category}{number}"))
    return tmp_path


def test_subjects_with_words_of_their_own_are_told_apart(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subjects.main(["--data", str(corpus)])

    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines()[2:]]
    assert len(rows) == 2 * len(_WORDS) * 3
    assert {tuple(row[3:5]) for row in rows} == {("1.00", "1.00")}
    assert {tuple(row[5:]) for row in rows} == {("800", "200 |")}
