"""Metrics in the text format that Prometheus reads. [prometheus_client]"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from aggregator.domain.operation.health import Metric

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def exposition(readings: Iterable[Metric]) -> bytes:
    """The text of these metrics; those of one gauge stand together already."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Gauges(tuple(readings)))
    return generate_latest(registry)


class _Gauges(Collector):
    def __init__(self, readings: tuple[Metric, ...]) -> None:
        self._readings = readings

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Each gauge with its metrics."""
        for name, same in groupby(self._readings, key=lambda metric: metric.name):
            several = tuple(same)
            gauge = GaugeMetricFamily(
                name, several[0].help, labels=[label for label, _ in several[0].labels]
            )
            for metric in several:
                gauge.add_metric([value for _, value in metric.labels], metric.value)
            yield gauge
