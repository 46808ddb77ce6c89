"""The compiled templates: in memory, and beside the templates where Python keeps compiled modules.

Compiling those of a site takes a third of a second, more than a build with little news needs
otherwise. A stored code is used only by the program and for the text that it was made from; where
the folder cannot be written, or Python was told to write no bytecode, each process compiles.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache, Environment, __version__
from jinja2.bccache import Bucket

from aggregator.domain.ids import digest_of
from aggregator.resources import TEMPLATES
from aggregator.templating.translation import Translations

_STAMP = 64  # characters before the code: the digest of what it was made from


class TemplateCache(BytecodeCache):
    """The codes of the templates of a language, which stands in them; `made_by` is the program,
    `on_disk` says whether they are kept.
    """

    def __init__(self, language: str, made_by: str, *, on_disk: bool) -> None:
        self._language, self._made_by, self._on_disk = language, made_by, on_disk
        self._codes: dict[str, CodeType] = {}
        self._files: dict[str, Path] = {}

    def get_bucket(
        self, environment: Environment, name: str, filename: str | None, source: str
    ) -> Bucket:
        """The bucket of a template, filled if this text of it was compiled before."""
        if filename:
            key = self.get_cache_key(name, filename)
            place = cache_from_source(f"{filename}.{self._language}.py")
            self._files[key] = Path(place)
        return super().get_bucket(environment, name, filename, source)

    def load_bytecode(self, bucket: Bucket) -> None:
        """The code of a template, if it is known."""
        stamp = self._stamp(bucket)
        if stamp not in self._codes and (file := self._files.get(bucket.key)):
            with suppress(OSError, EOFError, ValueError, TypeError):
                kept = file.read_bytes()
                if kept[:_STAMP] == stamp.encode():
                    self._codes[stamp] = marshal.loads(kept[_STAMP:])
        bucket.code = self._codes.get(stamp)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps the code of a template."""
        if bucket.code is None:
            return
        stamp = self._stamp(bucket)
        self._codes[stamp] = bucket.code
        file = self._files.get(bucket.key)
        if file and self._on_disk:
            part = file.with_name(f"{file.name}.{os.getpid()}")
            with suppress(OSError):
                file.parent.mkdir(exist_ok=True)
                part.write_bytes(stamp.encode() + marshal.dumps(bucket.code))
                part.replace(file)

    def _stamp(self, bucket: Bucket) -> str:
        return digest_of(self._made_by, bucket.key, bucket.checksum)


@lru_cache
def template_cache(words: Translations, added: Sequence[Path] = ()) -> TemplateCache:
    """The compiled templates of a language, with the messages of the catalogues that plugins added.
    Zones are applied on rendering.
    """
    program = (
        *sorted(Path(__file__).parent.glob("*.py")),
        *sorted((TEMPLATES / "words").glob("*.po")),
        *added,
    )
    made_by = digest_of(__version__, *(path.read_text("utf-8") for path in program))
    return TemplateCache(words.language, made_by, on_disk=not sys.dont_write_bytecode)
