"""Explanations: what a reason to reject a claim is called, as the table of gates has it."""

from __future__ import annotations

from aggregator.domain.claim import Rejection
from aggregator.verify.gates import GATES

_GATES = {gate.reason: gate for gate in GATES}


def explanations() -> tuple[str, ...]:
    """What a model may be told of its claims: none may come back as a claim."""
    return tuple(gate.for_model for gate in _GATES.values())


def explained(reason: Rejection) -> str:
    """What was wrong with a claim in one short sentence, for the model that wrote it."""
    return _GATES[reason].for_model


def reason_name(reason: Rejection) -> str:
    """The reason as pages name it: a message of the catalogues."""
    return _GATES[reason].for_reader
