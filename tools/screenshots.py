"""Takes the pictures of the documents from built sites. Needs Chromium and Playwright.

    python -m tools.screenshots SITE front edition
    python -m tools.screenshots OTHER_SITE story

They show what is on the site: the front page, the newest edition, the story with most independent
origins, one of its passages opened.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

DOCS = Path(__file__).parents[1] / "docs"
_WIDTH, _HEIGHT = 1120, 1000  # pixels: what a README shows without being scrolled
_SHORTEST = 80  # characters of a passage that shows what a passage is
# The area of text that an open passage lies on, in square pixels; nothing where it is cut off.
_HIDDEN = """passage => {
  const box = passage.getBoundingClientRect();
  if (box.top < 0 || box.bottom > innerHeight) return null;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let hidden = 0;
  while (texts.nextNode()) {
    const node = texts.currentNode;
    if (node.parentElement.closest("[popover]") || !node.data.trim()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const line of range.getClientRects()) {
      const width = Math.min(box.right, line.right) - Math.max(box.left, line.left);
      const height = Math.min(box.bottom, line.bottom) - Math.max(box.top, line.top);
      if (width > 0 && height > 0) hidden += width * height;
    }
  }
  return hidden;
}"""
_CHROMIUM = "/usr/bin/chromium"
_ALONE = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")


def main(site: Path, names: Sequence[str]) -> None:
    """Writes a picture of each page that is named into `docs/`."""
    with _served(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(_ALONE))
        page = browser.new_page(viewport={"width": _WIDTH, "height": _HEIGHT}, color_scheme="light")
        for name, path in _pages(site):
            if name not in names:
                continue
            page.goto(f"{address}/{path}", wait_until="networkidle")
            if name == "story":
                _open_passage(page)
            page.screenshot(path=DOCS / f"{name}.png")
            sys.stdout.write(f"docs/{name}.png: {path or 'front page'}\n")
        browser.close()


def _open_passage(page: Page) -> None:
    """Opens, of the passages cited on the first screen, the one that hides least of its text."""
    hidden: dict[int, float] = {}
    buttons = page.locator("main [popovertarget]").all()
    boxes = [button.bounding_box() for button in buttons]  # before a click scrolls the page
    for number, (button, box) in enumerate(zip(buttons, boxes, strict=True)):
        if box is None or box["y"] + box["height"] > _HEIGHT:
            continue
        passage = page.locator(f"#{button.get_attribute('popovertarget')}")
        button.click()
        area = passage.evaluate(_HIDDEN)
        if area is not None and len(passage.text_content() or "") >= _SHORTEST:
            hidden[number] = area
        page.keyboard.press("Escape")
    buttons[min(hidden, key=lambda number: hidden[number])].click()


def _pages(site: Path) -> Iterator[tuple[str, str]]:
    yield "front", ""
    yield "story", f"story/{_best_story(site)}/"
    weeks = sorted(path.name for path in (site / "edition").glob("*-W*"))
    if weeks:
        yield "edition", f"week/{weeks[-1]}/"


def _best_story(site: Path) -> str:
    """The folder of the story that most origins tell, of these the one with most to tell."""

    def weight(path: Path) -> tuple[int, int, str]:
        return (
            json.loads(path.read_text("utf-8"))["independent_origins"],
            path.stat().st_size,
            path.parent.name,
        )

    return max(site.glob("story/*/index.json"), key=weight).parent.name


@contextmanager
def _served(site: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *values: object) -> None:
        """Says nothing."""


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
