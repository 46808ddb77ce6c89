"""The log: a mistake of ours is told with where it was made, for people and for programs."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from aggregator.log import log, set_up_log


@pytest.mark.parametrize("as_json", [True, False])
def test_a_mistake_is_told_with_its_traceback(
    capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    set_up_log(logging.INFO, as_json=as_json)
    try:
        raise ZeroDivisionError("nothing to share")
    except ZeroDivisionError:
        log().exception("sharing broke")
    finally:
        structlog.reset_defaults()
    told = capsys.readouterr().err

    assert "Traceback" in told
    assert not as_json or json.loads(told)["exception"].endswith(
        "ZeroDivisionError: nothing to share"
    )
