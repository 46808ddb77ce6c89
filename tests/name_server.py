"""A name server on loopback for tests: TXT records over UDP, and silence if that is asked for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class NameServer:
    """Answers in a thread of its own while the context lasts. Names of `records` are there, all
    others are not.
    """

    def __init__(self, records: Mapping[str, Sequence[str]], *, is_mute: bool = False) -> None:
        self._records, self._is_mute = records, is_mute
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            asked, client = self._socket.recvfrom(4096)
            if not asked:
                return
            if not self._is_mute:
                self._socket.sendto(self._answer(dns.message.from_wire(asked)), client)

    def _answer(self, question: dns.message.Message) -> bytes:
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        name = question.question[0].name
        texts = self._records.get(name.to_text(omit_final_dot=True))
        if texts is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif texts:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *map(_quoted, texts)))
        return answer.to_wire()


def _quoted(text: str) -> str:
    """A record in strings of at most 255 bytes (RFC 1035 §3.3.14)."""
    return " ".join(f'"{text[start : start + 250]}"' for start in range(0, len(text), 250))
