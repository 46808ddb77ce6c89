"""What is installed with the project: its requirements, theirs, and so on."""

from __future__ import annotations

from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.tree import project


def closure(*extras: str) -> dict[str, Distribution]:
    """The distributions that the base install and these extras need here, by normal name.

    Raises PackageNotFoundError where a direct requirement is not installed.
    """
    wanted = [
        *project()["dependencies"],
        *(each for extra in extras for each in project()["optional-dependencies"][extra]),
    ]
    seen: dict[str, Distribution] = {}
    reached: set[tuple[str, str]] = set()
    for text in wanted:
        _walk(Requirement(text), seen, reached)
    own = canonicalize_name(
        project()["name"]
    )  # an extra may be made of others: "ai-news-aggregator[mail]"
    return dict(sorted((name, found) for name, found in seen.items() if name != own))


def _walk(
    requirement: Requirement, seen: dict[str, Distribution], reached: set[tuple[str, str]]
) -> None:
    """Adds a requirement and what it needs; each distribution is looked at once for each of its
    extras.
    """
    name = canonicalize_name(requirement.name)
    if name not in seen:
        seen[name] = distribution(name)
    for extra in {"", *requirement.extras}:
        if (name, extra) in reached:
            continue
        reached.add((name, extra))
        for text in seen[name].requires or ():
            inner = Requirement(text)
            if inner.marker is None or inner.marker.evaluate({"extra": extra}):
                try:
                    _walk(inner, seen, reached)
                except PackageNotFoundError:
                    continue  # pip lets an extra pass that the distribution itself does not provide
