"""Metrics in the text format that Prometheus reads. [prometheus_client]"""

from __future__ import annotations

from collections.abc import Iterable

import prometheus_client
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from aggregator.domain.operation.health import Gauge

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def exposition(gauges: Iterable[Gauge]) -> bytes:
    """The text of these gauges."""
    registry = prometheus_client.CollectorRegistry()
    for gauge in gauges:
        labels = [gauge.label] if gauge.label else []
        shown = prometheus_client.Gauge(gauge.name, gauge.help, labels, registry=registry)
        for key, value in gauge.values.items():
            (shown.labels(key) if labels else shown).set(value)
    return generate_latest(registry)
