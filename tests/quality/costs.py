"""What a story costs a model: `python -m tests.quality.costs --data CAPTURE --feeds 8 --json`.

The product reads a captured web as a process and asks the tests' Ollama, whose scripted model
answers every question in its schema with shortened sentences of what it is shown; what is counted
is what that server saw, so that other engines can be compared. A question that leaves room for a
text asks to write; one that does not (a yes or no, a single token, a choice) asks to judge. Per
story that the model wrote: `read`, the tokens of the prompts; `evaluated`, those of them that were
not in the prompt cache, which are what takes time; `written`; `judged`, the evaluated tokens of
the questions to judge. A token has at most six letters here.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.ollama_models import agreeing, shortening_writer
from tests.ollama_runner import Call
from tests.ollama_server import OllamaServer
from tests.quality.sections import model_settings
from tests.quality.site.captured import captured_house

_MODEL = "qwen3:4b-instruct"
_JUDGE = "[analysis.judge]\nthreshold = 0.5\n"  # no calibration, which is no story's cost


def measured(
    capture: Path, number: int, feeds: int | None = None, in_brief: int = 0
) -> dict[str, Any]:
    """The tokens that the most important stories of a capture cost in depth, so many or all (0), or
    so many in brief; of so many feeds or all (None).
    """
    with (
        tempfile.TemporaryDirectory() as scratch,
        OllamaServer(agreeing(shortening_writer), name=_MODEL) as server,
    ):
        settings = model_settings(server.url, _MODEL, number, in_brief) + _JUDGE
        captured = captured_house(capture, Path(scratch) / "house", settings, feeds)
        twins = captured.house.stories()
        calls = server.calls
    by_model = sum(twin["provenance"]["engine"] == "ollama" for twin in twins)
    return {
        "stories": by_model,
        **counted(calls, by_model),
        "report": captured.report["tokens"],
    }


def asks_to_write(schema: object) -> bool:
    """Whether an answer of this shape has room for a text: a string that is no choice."""
    match schema:
        case {"enum": _} | {"const": _}:
            return False
        case {"type": "string"}:
            return True
        case dict():
            return any(map(asks_to_write, schema.values()))
        case list():
            return any(map(asks_to_write, schema))
        case _:
            return False


def counted(calls: Sequence[Call], number: int) -> dict[str, Any]:
    """How many calls there were, and their tokens as a whole and per story."""
    writing = [call for call in calls if asks_to_write(call.schema)]
    judging = [call for call in calls if not asks_to_write(call.schema)]
    tokens = {
        "read": sum(call.prompt_tokens for call in writing),
        "evaluated": sum(call.evaluated_tokens for call in writing),
        "written": sum(call.completion_tokens for call in writing),
        "judged": sum(call.evaluated_tokens for call in judging),
    }
    return {
        "calls": {"writing": len(writing), "judging": len(judging)},
        "tokens": tokens,
        "per_story": {
            name: round(count / number, 1) if number else None for name, count in tokens.items()
        },
    }


def main() -> int:
    """Prints what the stories of a captured web cost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="captured web")
    parser.add_argument(
        "--stories", type=int, default=0, help="so many for the model, best first; 0 for all"
    )
    parser.add_argument("--brief", type=int, default=0, help="so many in brief, none in depth")
    parser.add_argument(
        "--feeds", type=int, help="so many feeds only, those first that lead to most articles"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object, on one line")
    options = parser.parse_args()
    began_s = time.monotonic()
    found = measured(options.data, options.stories, options.feeds, options.brief)
    found["seconds"] = round(time.monotonic() - began_s, 1)
    print(json.dumps(found, indent=None if options.json else 1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
