"""The `DnsLookup` port over the resolver of this machine. [dnspython]"""

from __future__ import annotations

import dns.asyncresolver
import dns.exception
import dns.rdatatype
import dns.resolver

from aggregator.errors import DnsError

_TIMEOUT_S = 3.0  # for one name, all servers and retries together


class DnsResolver:
    """Asks the name servers of this machine, or those at the addresses given."""

    def __init__(
        self, servers: tuple[str, ...] = (), *, port: int = 53, timeout_s: float = _TIMEOUT_S
    ) -> None:
        self._servers, self._port, self._timeout_s = servers, port, timeout_s

    async def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of a name, the parts of each joined (RFC 7208 §3.3). Raises
        `DnsError`.
        """
        try:
            resolver = dns.asyncresolver.Resolver(configure=not self._servers)
            if self._servers:
                resolver.nameservers, resolver.port = list(self._servers), self._port
            answer = await resolver.resolve(name, dns.rdatatype.TXT, lifetime=self._timeout_s)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise DnsError(f"the DNS query failed for {name}: {type(error).__name__}") from error
        return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in answer)
