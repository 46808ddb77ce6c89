"""`serve`: the web app."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.context import Invocation, as_started, moment, open_current, pass_invocation
from aggregator.cli.progress import set_up_log
from aggregator.errors import AggregatorError

if TYPE_CHECKING:
    from aggregator.domain.settings import Settings


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
    from aggregator.bootstrap import open_mailer, topic_names
    from aggregator.digest.mail.letters import confirmation_letter
    from aggregator.digest.mail.tokens import own_token_key
    from aggregator.serve.app import Handlers, app
    from aggregator.serve.server import web_server
    from aggregator.site.head import public_url

    settings = invocation.settings()
    set_up_log(service=True)
    at = (
        settings.serve.host if host is None else host,
        settings.serve.port if port is None else port,
    )
    with (
        open_current(settings, upgrade=True) as database,
        listening_at(*at, remedy="set serve.host and serve.port") as listening,
    ):
        desk = Handlers(
            settings,
            database,
            open_mailer(settings),
            SystemClock(),
            own_token_key(settings.email.credentials),
            lambda to, token: confirmation_letter(to, token, settings, moment()),
            topic_names(settings),
        )
        address = served_at(listening)
        as_object = {
            "address": address,
            "public_url": public_url(settings),
            "mail": bool(settings.email.from_),
        }
        text = f"Serving at {address} (subscribe: {address}subscribe); stop with Ctrl-C."
        invocation.result(as_object, text)
        for notice in _notices(settings, invocation.config_file):
            click.echo(as_started(notice), err=True)
        server = web_server(app(desk), settings.serve.trusted_proxies)
        server.run(sockets=[listening])
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
