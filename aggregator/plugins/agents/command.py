"""`mcp`: the archive for AI agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aggregator.cli.context import Invocation, awaited, flag, not_installed, pass_invocation
from aggregator.cli.progress import set_up_log
from aggregator.cli.serve import listening_at, served_at
from aggregator.domain.web.urls import is_loopback

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

_EVERY_ADDRESS = "--allow-remote"


@click.command()
@click.option(
    "--http",
    metavar="HOST:PORT",
    help="Serve over HTTP at this address, instead of standard input and output.",
)
@flag(
    _EVERY_ADDRESS,
    help="Let --http listen on an address that other machines can reach; there is no login.",
)
@pass_invocation
def mcp(invocation: Invocation, http: str | None, *, allow_remote: bool) -> None:
    """Serve the archive to AI agents, read-only.

    Speaks the Model Context Protocol over standard input and output, or with --http at
    http://HOST:PORT/mcp.
    """
    place = _place(http, allow_remote=allow_remote) if http else None
    set_up_log(service=True)
    awaited(_serve(invocation, place))


async def _serve(invocation: Invocation, place: tuple[str, int] | None) -> None:
    from importlib.metadata import version

    from aggregator.bootstrap import open_services

    try:
        from aggregator.plugins.agents.server import agent_server
    except ModuleNotFoundError as error:
        raise not_installed(error, "mcp") from error
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
    from aggregator.plugins.agents.server import http_app
    from aggregator.serve.server import web_server

    app = http_app(server, is_local=is_loopback(place[0]))
    with listening_at(*place, remedy="choose another with --http") as listening:
        address = f"{served_at(listening)}mcp"
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
