"""nginx and Caddy, if installed, accept the files of `deploy/` and serve a site with the headers of
its `_headers`.

What a unit publishes is served to everybody, and what it keeps private is readable by nobody else.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from aggregator.domain.publishing.page import Page, PageFile
from aggregator.domain.settings import SiteSettings
from aggregator.site.server_files import server_file
from tests.memory_site import publish
from tests.requirements import CADDY, NGINX, OPENSSL

DEPLOY = Path(__file__).parents[2] / "deploy"
SITE = SiteSettings(base_url="https://news.example.org")
TEXT = "A sentence that is told again and again. " * 200
FILES = (
    "index.html", "404.html", "story/one-abc/index.html", "story/one-abc/index.md",
    "story/one-abc/index.json", "feed.xml", "feed.json", "topic/law/feed.xml",
    "topic/law/feed.json", "sitemap.xml", "robots.txt", "llms.txt", "static/site.0123.css",
    ".well-known/security.txt", "search/volume/0123/t0.bin", "search/volume/0123/terms.json",
)  # fmt: skip
KINDS = {
    "html": "text/html",
    "css": "text/css",
    "json": "application/json",
    "xml": "",
}  # text/xml is as good


@dataclass(frozen=True)
class Answer:
    """What a web server answered."""

    status: int
    headers: dict[str, str]
    body: bytes


Ask = Callable[..., Answer]


class _App(BaseHTTPRequestHandler):
    """The web app, which says what it was asked."""

    def do_GET(self) -> None:
        told = f"app {self.path} for {self.headers['Host']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site folder with a file of each kind, and the `_headers` that a build writes."""
    folder = tmp_path / "site"
    page = Page(record=server_file(SITE), files=(PageFile(path="_headers", template="_headers"),))
    publish([page], folder, SITE, {})
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{name} {TEXT}", "utf-8")
    return folder


@pytest.fixture
def app() -> Iterator[int]:
    """The port of a web app."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _App)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["nginx", "caddy"])
def ask(request: pytest.FixtureRequest, tmp_path: Path, site: Path, app: int) -> Iterator[Ask]:
    """Asks a web server that serves the site by its file in `deploy/`."""
    program = str((NGINX if request.param == "nginx" else CADDY).needed())
    port = _free_port()
    command = (_nginx if request.param == "nginx" else _caddy)(program, tmp_path, site, port, app)
    with _serving(command, tmp_path, port):
        yield lambda path, **headers: _asked(port, path, headers, secure=request.param == "nginx")


@contextmanager
def _serving(command: list[str], folder: Path, port: int) -> Iterator[None]:
    environ = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log)
        try:
            _wait_for(port, server, folder / "log")
            yield
        finally:
            server.terminate()
            server.wait(20)


def _nginx(
    program: str, folder: Path, site: Path, port: int, app: int, user: str = "root"
) -> list[str]:
    """With a certificate of its own, on a port of this test; only root can have it run as a
    user.
    """
    OPENSSL.needed()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=news.example.org",
    ]
    subprocess.run(
        [*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True
    )
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.M)
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace(
        "listen 80;", f"listen 127.0.0.1:{_free_port()};"
    )
    text = re.sub(r"ssl_certificate_key .*;", f"ssl_certificate_key {key};", text)
    text = re.sub(r"ssl_certificate  .*;", f"ssl_certificate {certificate};", text)
    text = text.replace("/var/cache/aggregator/site", str(site)).replace(
        "127.0.0.1:8080", f"127.0.0.1:{app}"
    )
    (folder / "news.conf").write_text(text, "utf-8")
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"pid {folder}/pid; events {{}} http {{ {temporary} access_log off; include"
        f" {folder}/news.conf; }}"
    )
    (folder / "nginx.conf").write_text(whole, "utf-8")
    as_user = f"user {user}; daemon off;" if os.geteuid() == 0 else "daemon off;"
    started = [
        program,
        "-p",
        str(folder),
        "-e",
        str(folder / "error.log"),
        "-c",
        str(folder / "nginx.conf"),
        "-g",
        as_user,
    ]
    tested = subprocess.run([*started, "-t"], capture_output=True, text=True, check=False)
    assert (tested.returncode, "warn" in tested.stderr) == (0, False), tested.stderr
    return started


def _caddy(program: str, folder: Path, site: Path, port: int, app: int) -> list[str]:
    """Without a certificate, on a port of this test."""
    text = (DEPLOY / "Caddyfile").read_text("utf-8")
    own = text.replace(
        "\nnews.example.org {", f"\n{{\n\tadmin off\n}}\nhttp://:{port} {{\n\tbind 127.0.0.1"
    )
    own = own.replace("/var/cache/aggregator/site", str(site)).replace(
        "127.0.0.1:8080", f"127.0.0.1:{app}"
    )
    (folder / "Caddyfile").write_text(own, "utf-8")
    for config in (DEPLOY / "Caddyfile", folder / "Caddyfile"):
        command = [program, "validate", "--adapter", "caddyfile", "--config", str(config)]
        tested = subprocess.run(
            command, capture_output=True, text=True, check=False, env={"HOME": str(folder)}
        )
        assert tested.returncode == 0, tested.stderr
    return [program, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until_s = time.monotonic() + 30
    while time.monotonic() < until_s:
        assert server.poll() is None, log.read_text("utf-8")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            Event().wait(0.05)
        else:
            return
    raise AssertionError(log.read_text("utf-8"))


def _asked(port: int, path: str, headers: dict[str, str], *, secure: bool) -> Answer:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    kind = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=trusting)
    connection = kind if secure else http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    sent = {"Host": "news.example.org"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    connection.request("GET", path, headers=sent)
    answer = connection.getresponse()
    found = Answer(
        status=answer.status,
        headers={name.lower(): value for name, value in answer.headers.items()},
        body=answer.read(),
    )
    connection.close()
    return found


def wanted(headers_file: str, path: str) -> dict[str, str]:
    """What `_headers` asks for a path: later rules win."""
    found: dict[str, str] = {}
    applies = False
    for line in headers_file.splitlines():
        if not line.startswith(" "):
            pattern = re.sub(r":\w+", "[^/]+", re.escape(line.strip()).replace(r"\*", ".*"))
            applies = bool(line.strip()) and re.fullmatch(pattern, path) is not None
        elif applies:
            name, _, value = line.strip().partition(": ")
            found[name.lower()] = value
    return found


def test_what_the_site_asks_of_a_server_is_what_it_gives(ask: Ask, site: Path) -> None:
    asked, missing = (site / "_headers").read_text("utf-8"), []
    for name in FILES:
        path = "/" + name.removesuffix("index.html")
        answer = ask(path)
        expected = wanted(asked, path)
        assert (answer.status, answer.body.decode()) == (200, f"{name} {TEXT}"), path
        assert "frame-ancestors 'none'" in answer.headers.get("content-security-policy", ""), path
        del expected["content-security-policy"]  # the rest of it stands in each page
        expected.setdefault("content-type", KINDS.get(name.rpartition(".")[2], ""))
        given = {each: answer.headers.get(each, "") for each in expected}
        missing += [
            (path, each, given[each])
            for each, value in expected.items()
            if not given[each].startswith(value)
        ]
        assert ("cache-control" in answer.headers) == ("cache-control" in expected), path

    assert missing == []


def test_what_is_missing_is_a_404_with_the_sites_page_and_is_kept_by_nobody(ask: Ask) -> None:
    for path in ("/story/none/", "/search/volume/none/t0.bin", "/topic/none/feed.xml"):
        answer = ask(path)

        assert (answer.status, answer.body[:8], answer.headers.get("cache-control", "")) == (
            404,
            b"404.html",
            "",
        ), path
        assert answer.headers.get("x-content-type-options") == "nosniff"


def test_pages_are_sent_compressed_and_again_only_if_they_changed(ask: Ask) -> None:
    whole, packed = ask("/story/one-abc/"), ask("/story/one-abc/", Accept_Encoding="gzip")
    again = ask("/story/one-abc/", If_Modified_Since=whole.headers["last-modified"])

    assert (packed.headers.get("content-encoding"), len(packed.body) < len(whole.body) / 5) == (
        "gzip",
        True,
    )
    assert again.status == 304


def test_what_only_the_app_has_is_asked_of_it(ask: Ask) -> None:
    paths = ("/subscribe", "/confirm/key", "/preferences/key", "/unsubscribe/key", "/healthz")

    assert [ask(path).body.decode() for path in paths] == [
        f"app {path} for news.example.org" for path in paths
    ]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="unit-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _setting(unit: str, name: str) -> str:
    (value,) = re.findall(rf"^{name}=(.+)$", unit, re.M)
    return str(value)


def test_what_a_unit_publishes_is_served_by_another_user_who_can_read_nothing_else(
    open_folder: Path,
) -> None:
    program = str(NGINX.needed())
    if os.geteuid() != 0:
        pytest.skip("only root can have nginx run as www-data")
    unit = (DEPLOY / "aggregator.service").read_text("utf-8")
    private, public = (
        open_folder / "lib" / _setting(unit, "StateDirectory"),
        open_folder / "cache" / _setting(unit, "CacheDirectory"),
    )
    for path, mode in (
        (private, _setting(unit, "StateDirectoryMode")),
        (public, _setting(unit, "CacheDirectoryMode")),
    ):
        path.mkdir(parents=True)
        path.chmod(int(mode, 8))
    settings = (DEPLOY / "config.local.toml").read_text("utf-8")
    (private / "config.toml").write_text(
        settings.replace("/var/cache", str(open_folder / "cache")), "utf-8"
    )
    for command in (["refresh"], ["keys", "init"]):
        started = [sys.executable, "-m", "aggregator", *command]
        subprocess.run(
            started,
            cwd=private,
            umask=int(_setting(unit, "UMask"), 8),
            check=True,
            capture_output=True,
            timeout=120,
        )

    port = _free_port()
    log = open_folder / "nginx"
    log.mkdir()
    with _serving(_nginx(program, log, public / "site", port, 1, user="www-data"), log, port):
        answers = [
            _asked(port, path, {}, secure=True).status
            for path in ("/", "/about/", "/feed.xml", "/robots.txt")
        ]
    hidden = [
        private / each
        for each in (
            "aggregator.db",
            "credentials/tokens.key",
            "credentials/dkim.pem",
            "config.toml",
        )
    ]
    opened = [_can_be_read(path, "www-data") for path in hidden]

    assert answers == [200, 200, 200, 200]
    assert [path.is_file() for path in hidden] == [True] * 4
    assert (_can_be_read(public / "site" / "index.html", "www-data"), opened) == (True, [False] * 4)


def _can_be_read(path: Path, user: str) -> bool:
    done = subprocess.run(
        ["/usr/bin/cat", path],
        user=user,
        group=user,
        extra_groups=[],
        capture_output=True,
        cwd="/",
        check=False,
    )
    return done.returncode == 0
