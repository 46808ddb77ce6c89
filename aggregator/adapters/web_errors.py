"""What aiohttp raises, in our words."""

from __future__ import annotations

import errno

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError

from aggregator.adapters.network import NotPublicError
from aggregator.errors import RefusedError, WebError

CONNECT_TIMEOUT_S = (
    10.0  # look-up, TCP and TLS; a host that needs longer is down, and 24 of them would stop a run
)
_SYSTEM_WORDS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ENETUNREACH: "network unreachable",
    errno.EHOSTUNREACH: "host unreachable",
}


def web_error(error: Exception) -> WebError:
    """One of aiohttp's errors in our words, most particular first."""
    match error:
        case aiohttp.ClientConnectionError():
            return _connection_error(error)
        case aiohttp.ClientPayloadError() if _is_encoding(error):
            return WebError("body cannot be decompressed")
        case aiohttp.ClientPayloadError():
            return WebError("body cut short", transient=True)
        case aiohttp.ClientHttpProxyError():
            return WebError(f"the proxy refused: http {error.status}")
        case aiohttp.ClientResponseError():
            return WebError(f"not a valid http answer: {_brief(error.message)}")
        case _:
            return WebError(f"the request failed: {_brief(str(error))}")


def _connection_error(error: aiohttp.ClientConnectionError) -> WebError:
    if not isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return WebError(
            "connection closed without an answer"
        )  # not transient: aiohttp has asked a second time by itself
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(
        error.os_error, NotPublicError
    ):
        return RefusedError(error.os_error.reason)
    return WebError(_no_connection(error), unreachable=True)


def _no_connection(error: aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError) -> str:
    match error:
        case aiohttp.ConnectionTimeoutError():
            return f"no connection within {CONNECT_TIMEOUT_S:g} s"
        case aiohttp.ClientConnectorDNSError():
            return "host name not found"
        case aiohttp.ClientProxyConnectionError():
            return "the proxy of fetch.proxy cannot be reached"
        case aiohttp.ClientConnectorCertificateError():
            return f"certificate not valid: {_brief(str(error.certificate_error))}"
        case aiohttp.ClientSSLError():
            return "no secure connection: no common TLS version or cipher"
        case _:
            return (
                _SYSTEM_WORDS.get(error.errno or 0)
                or f"no connection: {_brief(error.strerror or str(error))}"
            )


def _is_encoding(error: BaseException) -> bool:
    return any(
        isinstance(cause, ContentEncodingError)
        for cause in (error, error.__cause__, error.__context__)
    )


def _brief(text: str) -> str:
    return " ".join(text.split())[:120]
