"""All that is looked at, in the order of the way of the data."""

from __future__ import annotations

from datetime import datetime

from aggregator.domain.settings import Settings
from aggregator.ops.doctor.configuration import alike_by, program_findings, settings_findings
from aggregator.ops.doctor.database import database_findings
from aggregator.ops.doctor.finding import Environment, Finding
from aggregator.ops.doctor.mail import mail_findings, offline_mail_findings
from aggregator.ops.doctor.models import judge_findings, model_findings
from aggregator.ops.doctor.plugins import plugin_findings
from aggregator.ops.doctor.site import site_findings


def findings(
    settings: Settings, now: datetime, environment: Environment | None = None
) -> tuple[Finding, ...]:
    """All findings. Nothing is changed, no source is asked; model, mail server and DNS are asked
    what a run would need.
    """
    environment = environment or Environment()
    return (
        *program_findings(now),
        *settings_findings(settings),
        *alike_by(settings),
        *model_findings(settings),
        *judge_findings(settings),
        *database_findings(settings, now, environment),
        *site_findings(settings, environment),
        *mail_findings(settings, environment),
        *plugin_findings(settings, now),
    )


def quick_findings(settings: Settings, now: datetime) -> tuple[Finding, ...]:
    """What shows without the network and without reading every page: for health checks that come by
    the minute.
    """
    environment = Environment()
    return (
        *program_findings(now),
        *settings_findings(settings),
        *database_findings(settings, now, environment, quick=True),
        *site_findings(settings, environment, quick=True),
        *offline_mail_findings(settings),
        *plugin_findings(settings, now, quick=True),
    )
