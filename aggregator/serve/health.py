"""How the program fares, for whoever watches it: `/healthz` and `/metrics`."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from aggregator.adapters.metrics_text import CONTENT_TYPE, exposition
from aggregator.domain.operation.health import SystemHealth, is_silent, metrics
from aggregator.domain.operation.report import Reach
from aggregator.domain.settings import Settings
from aggregator.errors import DatabaseError
from aggregator.ops.health import system_health
from aggregator.ports import Clock
from aggregator.serve.limits import is_among
from aggregator.serve.sign_up_queue import Outbox
from aggregator.store.database import Database

NO_STORE = {"Cache-Control": "no-store"}


class HealthPages:
    """The handlers of both."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, outbox: Outbox
    ) -> None:
        self._settings, self._database, self._clock = settings, database, clock
        self._outbox = outbox

    async def health(self, request: Request) -> Response:
        """Whether the database can be read, refreshes come to their end and read some source, and
        mails are being written: 200, or 503.
        """
        health = await asyncio.to_thread(self._health)
        is_late = health is not None and is_silent(health, self._settings.alerts)
        reach = health.reach if health else Reach.OK
        is_fetching = not is_late and reach is not Reach.FAILED
        is_well = health is not None and is_fetching and self._outbox.is_working
        answer = {
            "status": "ok" if is_well else "failing",
            "database": "failing" if health is None else "ok",
            "refresh": "late" if is_late else reach.value,
            "mail": "off"
            if not self._settings.email.from_
            else "ok"
            if self._outbox.is_working
            else "failing",
            "waiting": health.wishes if health else 0,
        }
        return JSONResponse(answer, status_code=200 if is_well else 503, headers=NO_STORE)

    async def metrics(self, request: Request) -> Response:
        """The metrics, where they are switched on, for who asks from a network of ours and through
        no proxy. Raises `HTTPException`: 404 for all others, 503 without a database.
        """
        asked = self._settings.metrics
        is_direct = not {"forwarded", "x-forwarded-for", "via"} & set(request.headers.keys())
        if not (
            asked.endpoint
            and is_direct
            and is_among(request.client.host if request.client else "", asked.networks)
        ):
            raise HTTPException(404)
        health = await asyncio.to_thread(self._health)
        if health is None:
            raise HTTPException(503, "The database cannot be read.")
        body = await asyncio.to_thread(lambda: exposition(metrics(health)))
        return Response(body, media_type=CONTENT_TYPE, headers=NO_STORE)

    def _health(self) -> SystemHealth | None:
        """The health of the system; None if the database cannot be read."""
        try:
            return system_health(self._database, self._settings, self._clock.now())
        except DatabaseError:
            return None
