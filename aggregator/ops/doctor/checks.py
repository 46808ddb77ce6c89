"""All that is looked at, in the order of the way of the data."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from aggregator.domain.settings import Settings
from aggregator.ops.doctor.configuration import alike_by, program_findings, settings_findings
from aggregator.ops.doctor.database import database_findings
from aggregator.ops.doctor.finding import Environment, Finding
from aggregator.ops.doctor.mail import mail_findings
from aggregator.ops.doctor.models import judge_findings, model_findings
from aggregator.ops.doctor.plugins import plugin_findings
from aggregator.ops.doctor.site import site_findings


def findings(
    settings: Settings,
    now: datetime,
    environment: Environment | None = None,
    *,
    quick: bool = False,
) -> tuple[Finding, ...]:
    """All findings. Nothing is changed, no source is asked; model, mail server and DNS are asked
    what a run would need. With `quick`, for health checks that come by the minute, what shows
    without the network and without reading every page.
    """
    environment = environment or Environment()
    models = () if quick else (alike_by, model_findings, judge_findings)
    return (
        *program_findings(now),
        *settings_findings(settings),
        *(finding for found in models for finding in found(settings)),
        *database_findings(settings, now, environment, quick=quick),
        *site_findings(settings, environment, quick=quick),
        *mail_findings(settings, environment, quick=quick),
        *plugin_findings(settings, now, quick=quick),
    )


quick_findings = partial(findings, quick=True)
