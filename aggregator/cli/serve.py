"""`serve`: the web app."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.context import Invocation, as_started, pass_invocation
from aggregator.cli.progress import set_up_log
from aggregator.errors import AggregatorError

if TYPE_CHECKING:
    from aggregator.domain.publishing.subscriber import Subscriber
    from aggregator.domain.settings import Settings
    from aggregator.ports import Letter


@click.command()
@click.option("--host", help="Address to listen on, instead of serve.host.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    help="Port to listen on, instead of serve.port; 0 picks a free one.",
)
@pass_invocation
def serve(invocation: Invocation, host: str | None, port: int | None) -> None:
    """Serve the site and the subscription pages."""
    from aggregator.adapters.clock import SystemClock
    from aggregator.bootstrap import open_database, open_mailer, topic_names
    from aggregator.digest.mail.letters import confirmation_letter
    from aggregator.digest.mail.tokens import credentials_folder, token_key
    from aggregator.serve.app import Handlers, app
    from aggregator.serve.server import web_server
    from aggregator.site.head import public_url

    settings, clock = invocation.settings(), SystemClock()
    set_up_log(service=True)
    database = open_database(settings.database)
    database.upgrade(clock.now())
    key = token_key(credentials_folder(settings.email.credentials))

    def write(to: Subscriber, token: str) -> Letter:
        return confirmation_letter(to, token, settings, clock.now())

    desk = Handlers(
        settings, database, open_mailer(settings), clock, key, write, topic_names(settings)
    )
    listening = listening_at(
        settings.serve.host if host is None else host,
        settings.serve.port if port is None else port,
        remedy="set serve.host and serve.port",
    )
    address = served_at(listening)
    invocation.result(
        {
            "address": address,
            "public_url": public_url(settings),
            "mail": bool(settings.email.from_),
        },
        f"Serving at {address} (subscribe: {address}subscribe); stop with Ctrl-C.",
    )
    for notice in _notices(settings, invocation.config_file):
        click.echo(as_started(notice), err=True)
    server = web_server(app(desk), settings.serve.trusted_proxies)
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()
        database.close()
    if not server.started:
        raise AggregatorError(
            "the web app did not start; run it with --verbose before `serve` to see why"
        )


def _notices(settings: Settings, config_file: Path) -> Iterator[str]:
    """What a person who starts the web app may miss there."""
    if not Path(settings.site.output, "index.html").exists():
        yield "There is no site yet: `aggregator refresh` builds it."
    if not settings.email.from_:
        yield f"No email is sent: set email.from and the mail server in {config_file}."


def listening_at(host: str, port: int, *, remedy: str) -> socket.socket:
    """A socket that listens. Raises AggregatorError with the remedy where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise AggregatorError(f"cannot listen on {host}:{port}: {reason}; {remedy}") from error


def served_at(listening: socket.socket) -> str:
    """The address of what is served on a socket."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
