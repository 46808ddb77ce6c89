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
    name = "PERIOD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """An ISO week such as 2026-W47, or a day such as 2026-11-18."""
        from aggregator.domain.publishing.period import period_days

        try:
            period_days(value)
        except ValueError:
            self.fail(
                f"{value!r} is neither an ISO week such as 2026-W47 nor a day such as 2026-11-18",
                param,
                ctx,
            )
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


PERIOD = _Period()
ADDRESS = _Address()
NEW_FILE = _NewFile(dir_okay=False)
OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NOW = click.option("--now", type=_Moment(), help='Use this time as "now" for the whole run.')
