"""`serve`, and `mcp` (the archive for AI agents)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.context import Invocation, as_started, awaited, pass_invocation
from aggregator.domain.web.urls import is_loopback
from aggregator.errors import AggregatorError

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from aggregator.domain.publishing.subscriber import Subscriber
    from aggregator.domain.settings import Settings
    from aggregator.ports import Letter

_EVERY_ADDRESS = "--allow-remote"


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
    from aggregator.cli.progress import set_up_log
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
    listening = _listening_at(
        settings.serve.host if host is None else host,
        settings.serve.port if port is None else port,
        remedy="set serve.host and serve.port",
    )
    address = _served_at(listening)
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


def _listening_at(host: str, port: int, *, remedy: str) -> socket.socket:
    """A socket that listens. Raises AggregatorError with the remedy where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise AggregatorError(f"cannot listen on {host}:{port}: {reason}; {remedy}") from error


def _served_at(listening: socket.socket) -> str:
    """The address of what is served on a socket."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


@click.command()
@click.option(
    "--http",
    metavar="HOST:PORT",
    help="Serve over HTTP at this address, instead of standard input and output.",
)
@click.option(
    _EVERY_ADDRESS,
    is_flag=True,
    help="Let --http listen on an address that other machines can reach; there is no login.",
)
@pass_invocation
def mcp(invocation: Invocation, http: str | None, *, allow_remote: bool) -> None:
    """Serve the archive to AI agents, read-only.

    Speaks the Model Context Protocol over standard input and output, or with --http at
    http://HOST:PORT/mcp.
    """
    from aggregator.cli.progress import set_up_log

    place = _place(http, allow_remote=allow_remote) if http else None
    set_up_log(service=True)
    awaited(_serve(invocation, place))


async def _serve(invocation: Invocation, place: tuple[str, int] | None) -> None:
    from importlib.metadata import version

    from aggregator.bootstrap import open_services
    from aggregator.serve.agents.server import agent_server

    async with open_services(invocation.settings(), None) as services:
        services.database.demand_current()
        server = agent_server(services, version("ai-news-aggregator"))
        if place is None:
            await server.run_stdio_async()
        else:
            await _serve_http(invocation, server, place)


async def _serve_http(
    invocation: Invocation, server: MCPServer[None], place: tuple[str, int]
) -> None:
    from aggregator.serve.agents.server import http_app
    from aggregator.serve.server import web_server

    app = http_app(server, is_local=is_loopback(place[0]))
    with _listening_at(*place, remedy="choose another with --http") as listening:
        address = f"{_served_at(listening)}mcp"
        invocation.result({"address": address}, f"Serving agents at {address}; stop with Ctrl-C.")
        await web_server(app, ()).serve(sockets=[listening])


def _place(http: str, *, allow_remote: bool) -> tuple[str, int]:
    """The host and the port to listen on. Raises BadParameter where they are none, or where other
    machines would reach them unasked.
    """
    host, _, port = http.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdecimal() or int(port) > 65_535:
        what = f"{http!r} cannot be listened on; give HOST:PORT, such as 127.0.0.1:8450"
        raise click.BadParameter(what, param_hint="--http")
    if not (allow_remote or is_loopback(host)):
        what = (
            f"other machines can reach {host}, and there is no login:"
            f" to allow this, add {_EVERY_ADDRESS}"
        )
        raise click.BadParameter(what, param_hint="--http")
    return host, int(port)
