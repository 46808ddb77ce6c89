"""A reader of a site folder that is being published: reads pages as a file server would and follows
their links.

    python -m tests.quality.site.reader FOLDER SEED

Reads until its standard input ends, then prints one JSON object: pages read, links tried, and what
went wrong.
"""

from __future__ import annotations

import json
import random
import re
import select
import sys
from pathlib import Path
from urllib.parse import urldefrag, urljoin

_LINK = re.compile(r'(?:href|src)="([^"]+)"')
_STEPS = 12  # pages from the front page on, then the reader begins again
_TOLD = 20
_HOME = "https://reader.example/"
_NEVER = "\x00"  # no address


class Reader:
    """One reader, and what it met."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder, self._chance = folder, random.Random(seed)
        self.pages = self.links = 0
        self.errors: list[str] = []
        self.empty: list[str] = []
        self.dangling: list[str] = []

    def walk(self) -> None:
        """Reads from the front page along links to pages, trying every link of each page as it
        goes.
        """
        address = ""
        for _ in range(_STEPS):
            html = self._read(address)
            inside = sorted(
                {
                    link
                    for each in _LINK.findall(html)
                    if (link := self._inside(address, each)) != _NEVER
                }
            )
            self.links += len(inside)
            self.dangling += [
                f"{address or 'front'} -> {each}"
                for each in inside
                if not self._file(each).is_file()
            ]
            onward = [each for each in inside if not each or each.endswith("/")]
            if not onward:
                return
            address = self._chance.choice(onward)

    def report(self) -> dict[str, object]:
        """What it met, as JSON."""
        counts = {"pages": self.pages, "links": self.links}
        wrong = {"errors": self.errors, "empty": self.empty, "dangling": self.dangling}
        told = [line for each in wrong.values() for line in each]
        return counts | {name: len(each) for name, each in wrong.items()} | {"told": told[:_TOLD]}

    def _read(self, address: str) -> str:
        self.pages += 1
        try:
            html = self._file(address).read_text("utf-8")
        except (OSError, UnicodeError) as error:
            self.errors.append(f"{address or 'front'}: {error}")
            return ""
        if not html.rstrip().endswith("</html>"):
            self.empty.append(f"{address or 'front'}: {len(html)} characters")
        return html

    def _inside(self, address: str, link: str) -> str:
        target = urldefrag(urljoin(_HOME + address, link)).url
        return target.removeprefix(_HOME) if target.startswith(_HOME) else _NEVER

    def _file(self, address: str) -> Path:
        return (
            self._folder / address / "index.html"
            if not address or address.endswith("/")
            else self._folder / address
        )


def main() -> None:
    """Walks until nobody holds the other end of standard input."""
    reader = Reader(Path(sys.argv[1]), int(sys.argv[2]))
    while not select.select([sys.stdin], [], [], 0)[0]:
        reader.walk()
    print(json.dumps(reader.report()))


if __name__ == "__main__":
    main()
