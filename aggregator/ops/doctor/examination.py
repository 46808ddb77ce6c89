"""All that is looked at, in the order of the way of the data."""

from __future__ import annotations

from datetime import datetime

from aggregator.domain.settings import Settings
from aggregator.ops.doctor.configuration import alike_by, configured, programs
from aggregator.ops.doctor.finding import Finding
from aggregator.ops.doctor.mail import mailed, mailed_offline
from aggregator.ops.doctor.models import told_by
from aggregator.ops.doctor.site import published
from aggregator.ops.doctor.stored import stored
from aggregator.ops.doctor.surroundings import Surroundings


def findings(
    settings: Settings, now: datetime, around: Surroundings | None = None
) -> tuple[Finding, ...]:
    """All findings. Nothing is changed, no source is asked; model, mail server and DNS are asked
    what a run would need.
    """
    around = around or Surroundings()
    return (
        *programs(now),
        *configured(settings),
        *alike_by(settings),
        *told_by(settings.analysis),
        *stored(settings, now, around),
        *published(settings, around),
        *mailed(settings, around),
    )


def quick_findings(
    settings: Settings, now: datetime, around: Surroundings | None = None
) -> tuple[Finding, ...]:
    """What shows without the network and without reading every page: for health checks that come by
    the minute.
    """
    around = around or Surroundings()
    return (
        *programs(now),
        *configured(settings),
        *stored(settings, now, around, quick=True),
        *published(settings, around, quick=True),
        *mailed_offline(settings),
    )
