"""Dates: precision, ISO weeks, plausibility, and the date expressions that sentences carry."""

from __future__ import annotations

from enum import StrEnum


class Precision(StrEnum):
    """How far a date reaches."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
