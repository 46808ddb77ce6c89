"""Where the files that are not code lie: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
DATA = _PACKAGE / "_data" if (_PACKAGE / "_data").is_dir() else _PACKAGE.parent
TEMPLATES = DATA / "templates"
FONTS = TEMPLATES / "cards"
MIGRATIONS = DATA / "migrations"
DEFAULT_CONFIG = DATA / "config.toml"
DEFAULT_REGISTRY = DATA / "registry.toml"
CALIBRATION = DATA / "calibration"
DEMO = DATA / "demo"
THEMES = DATA / "examples" / "themes"
