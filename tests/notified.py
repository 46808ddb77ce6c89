"""Receivers of notifications on loopback, and news to notify them of.

with Hook() as hook: ...               # hook.port, hook.taken
main([config, now])                    # one round of notifying
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from aggregator.config.configuration import load
from aggregator.domain.claim import Claim, Draft
from aggregator.domain.frozen import frozen
from aggregator.plugins.notifications.notifications import notify
from aggregator.store.database import Database
from aggregator.store.writing import analyses
from tests import builders
from tests.integration import stored


@frozen
class Post:
    """A message as the server took it: `path` is /hook of a webhook, / of ntfy."""

    path: str
    title: str
    text: str


class Hook:
    """A server that takes what webhooks and ntfy are sent. `status` is its answer; before and after
    it, `before` and `after` are called. A `status` of 0 ends the connection instead.
    """

    def __init__(self) -> None:
        self.taken: list[Post] = []
        self.status = 200
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            """Records a message before it is answered."""

            def do_POST(self) -> None:
                """Takes a message."""
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                post = Post(path=self.path, title=body.get("title", ""), text=body["message"])
                if hook.status in (0, 200):
                    hook.taken.append(post)
                hook.before()
                if hook.status == 0:
                    self.close_connection = True
                    return
                try:
                    self.send_response(hook.status)
                    self.send_header("Content-Length", "2")
                    self.end_headers()
                    self.wfile.write(b"{}")
                except OSError:
                    return  # the client was killed
                hook.after()

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        return Handler


def store_news(database: Database, number: int, at: datetime, *more: Claim) -> str:
    """Stores a written story of this number, learnt at a moment; returns its id."""
    article = stored.article(f"Northwind opens model-{number}", "It is free, the lab said.")
    article = replace(
        article,
        first_seen=at,
        published=replace(article.published, at=at),
    )
    with database.writing() as connection:
        of = stored.placed(connection, article)
        hook = builders.claim(f"Northwind opened model-{number} to all.", article)
        draft = Draft(headline=builders.headline(article), hook=hook, what_changed=more)
        analyses.save_analyses(connection, [stored.analysis(of, draft)], "rules")
    return of.id


def main(arguments: Sequence[str]) -> None:
    """Notifies, by a configuration and at a moment."""
    config, now = arguments
    notify(load(Path(config), os.environ), datetime.fromisoformat(now))
