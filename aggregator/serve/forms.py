"""Form bodies, read within bounds: at most 16 KB, 100 fields, 10 seconds; urlencoded, as the pages
here send them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from aggregator.domain.wording import N_

MOST_BYTES = 16_384
_MOST_FIELDS = 100
_READING_S = 10.0

Form = Mapping[str, tuple[str, ...]]


async def form_of(request: Request) -> Form:
    """The fields of a form, each with its values in order. Raises HTTPException 400, 408, 413 or
    415.
    """
    return fields(request.headers.get("content-type", ""), await body_of(request))


async def body_of(request: Request) -> bytes:
    """The body, whole. Raises HTTPException 408 where it does not come, 413 where it is too
    long.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(_READING_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise HTTPException(
                        413, N_("The form is longer than 16,384 bytes."), {"Connection": "close"}
                    )
    except TimeoutError:
        raise HTTPException(
            408, N_("The form did not arrive in time."), {"Connection": "close"}
        ) from None
    except ClientDisconnect:
        raise HTTPException(400, N_("The form arrived incomplete.")) from None
    return bytes(body)


def fields(content_type: str, body: bytes) -> Form:
    """The fields of a body of at most 16 KB. Raises HTTPException 400 for one that has too many,
    415 for another kind.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, N_("The form must be sent by a browser."))
    try:
        found = parse_qs(
            body.decode("ascii", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise HTTPException(400, N_("The form has more than 100 fields.")) from None
    return {name: tuple(values) for name, values in found.items()}
