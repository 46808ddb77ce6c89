"""The verdicts on labelled claims are counted by label."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.quality.checked import report

_PRICE = "The F40 card of Ferrow now costs 2,100 dollars."


def test_verdicts_are_counted_by_label(tmp_path: Path) -> None:
    claims = [
        {"text": _PRICE, "true": True, "error": None},
        {"text": _PRICE.replace("2,100", "1,900"), "true": False, "error": "number"},
    ]
    lines = (
        json.dumps(claim | {"story": "card", "kind": "written", "passages": [1]})
        for claim in claims
    )
    (tmp_path / "claims.jsonl").write_text("\n".join(lines), "utf-8")
    story = {"headline": "Ferrow cuts prices", "passages": {"1": _PRICE}}
    (tmp_path / "stories.json").write_text(json.dumps({"card": story}), "utf-8")

    assert asyncio.run(report(tmp_path, is_judged=False)) == {
        "true": {"supported": 1},
        "false": {"contradicted": 1},
    }
