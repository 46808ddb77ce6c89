"""`demo`: an invented world, read, written and served on this machine alone."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import Invocation, aligned, awaited, flag, joined, pass_invocation
from aggregator.cli.progress import watcher
from aggregator.errors import AggregatorError

if TYPE_CHECKING:
    from aggregator.domain.publishing.edition import StoredEdition
    from aggregator.domain.settings import Settings
    from aggregator.plugins.demo.world import DemoServer

_PORT = 8400


@click.command()
@flag("--rules", "by_rules", help="Write the stories by rules, without a model.")
@flag("--once", help="Build only; do not serve.")
@click.option(
    "--into",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep config, database, site and emails in this folder. Default: a temporary one.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    default=_PORT,
    show_default=True,
    help="Port on 127.0.0.1 to listen on.",
)
@pass_invocation
def demo(
    invocation: Invocation, by_rules: bool, once: bool, folder: Path | None, port: int
) -> None:
    """Show a sample site of invented news, offline.

    The real pipeline reads four weeks of news about invented companies; scripted answers replace a
    model. The site is served until you stop it with Ctrl-C.
    """
    from aggregator.plugins.demo.build import build_demo, new_settings, write_mails

    if once and folder is None:
        raise click.UsageError("--once needs --into FOLDER, or nothing of the demo would be kept")
    with ExitStack() as opened:
        if folder is None:
            temporary = tempfile.TemporaryDirectory(prefix="aggregator-demo-")
            folder = Path(opened.enter_context(temporary))
        began_s = time.monotonic()
        settings = new_settings(folder.resolve(), port, by_rules=by_rules)
        server = opened.enter_context(_server(settings, 0 if once else port))
        Thread(target=server.serve_forever, daemon=True).start()
        opened.callback(server.shutdown)
        with watcher() as watch:
            editions = awaited(build_demo(settings, server, watch))
        mails = write_mails(settings, editions)
        seconds = round(time.monotonic() - began_s, 1)
        shown = {
            "site": settings.site.output,
            "editions": [stored.edition.period for stored in editions],
            "mails": [str(path) for path in mails],
            "seconds": seconds,
        } | ({} if once else {"url": server.url})
        invocation.result(shown, _text(settings, editions, mails, shown))
        with suppress(KeyboardInterrupt):  # the folder is removed, the server closed
            while not once:
                time.sleep(3600)


def _server(settings: Settings, port: int) -> DemoServer:
    from aggregator.plugins.demo.build import folder_of
    from aggregator.plugins.demo.world import DemoServer, load_world

    try:
        return DemoServer(port, load_world(settings.sources), folder_of(settings))
    except OSError as error:
        raise AggregatorError(
            f"cannot listen on 127.0.0.1:{port}: {error.strerror}; choose another with --port"
        ) from error


def _text(
    settings: Settings, editions: list[StoredEdition], mails: list[Path], shown: dict[str, Any]
) -> str:
    """Where to look, for a person: addresses where the site is served, else files."""
    url = shown.get("url", "")
    site = url or settings.site.output
    pages = [
        ("front page", f"{site}/"),
        ("edition", f"{site}/week/{editions[-1].edition.week}/"),
        ("predictions", f"{site}/scorecard/"),
        ("how it is made", f"{site}/about/"),
    ]
    pages += [("mail", f"{url}/mail/{path.name}" if url else str(path)) for path in mails[-1:]]
    is_by_rules = settings.analysis.engine == "extractive"
    by = "with sentences chosen by rules" if is_by_rules else "with sentences from a script"
    config = Path(settings.site.output).parent / "config.toml"
    to_run = f"To run commands on this site: aggregator --config {config} …"
    return joined(
        f"A site of invented news, {by}, in {shown['seconds']:g} s.",
        aligned(pages, 15),
        "Stop with Ctrl-C." if url else to_run,
        not mails and "No emails were built: pip install 'ai-news-aggregator[mail]'",
        between="\n\n",
    )
