"""Kinds of arguments that several commands take. What is not of its form is refused before anything
is done.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click


class _Moment(click.ParamType[datetime]):
    name = "ISO"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """An ISO 8601 moment; one without a zone is UTC."""
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not an ISO 8601 time such as 2026-07-06T06:00Z", param, ctx)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class _Period(click.ParamType[str]):
    def __init__(self, name: str, refusal: str) -> None:
        self.name, self._refusal = name, refusal

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """An ISO week such as 2026-W47, a day such as 2026-11-18, or either of them, as its name
        says.
        """
        from aggregator.domain.publishing.period import period_days, period_kind

        try:
            period_days(value)
            is_wanted = self.name in {"PERIOD", period_kind(value).name}
        except ValueError:
            is_wanted = False
        if not is_wanted:
            self.fail(f"{value!r} is {self._refusal}", param, ctx)
        return str(value)


class _Address(click.ParamType[str]):
    name = "ADDRESS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """A mail address as it is kept."""
        from aggregator.digest.subscribers.addresses import checked_address
        from aggregator.errors import MailError

        try:
            return checked_address(value)
        except MailError as error:
            self.fail(error.reason, param, ctx)


class _NewFile(click.Path):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """A file to write, in a folder that is there."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(
                f"no such folder: {path.parent}; create it: mkdir -p {path.parent}", param, ctx
            )
        return path


WEEK = _Period("WEEK", "not an ISO week such as 2026-W47")
DAY = _Period("DAY", "not a day such as 2026-11-18")
PERIOD = _Period("PERIOD", "neither an ISO week such as 2026-W47 nor a day such as 2026-11-18")
ADDRESS = _Address()
NEW_FILE = _NewFile(dir_okay=False)
OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NOW = click.option("--now", type=_Moment(), help='Use this time as "now" for the whole run.')
