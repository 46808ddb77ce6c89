"""The table of stages: their order is written there, and nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import groupby

from aggregator.domain.operation.report import Step
from aggregator.pipeline import STAGES
from tests.architecture.tree import Module, modules

PIPELINE = "aggregator.pipeline"


def from_stages(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What is imported from the modules of stages, each with its module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def stage_functions() -> set[tuple[str, str]]:
    """The functions that the rows of the table call, each with its module."""
    (pipeline,) = (module for module in modules("aggregator") if module.name == PIPELINE)
    rows = {stage.run.__name__ for stage in STAGES}
    return {
        called
        for node in ast.walk(pipeline.tree)
        if isinstance(node, ast.AsyncFunctionDef) and node.name in rows
        for called in from_stages(node)
    }


def test_no_other_module_calls_stages_in_a_row() -> None:
    stages = stage_functions()

    def called(module: Module) -> set[tuple[str, str]]:
        return stages & set(from_stages(module.tree))

    others = [module for module in modules("aggregator") if module.name != PIPELINE]
    assert len(stages) >= len(STAGES)
    assert {other.name: called(other) for other in others if len(called(other)) > 1} == {}


def test_workers_take_the_steps_of_the_table_in_its_order() -> None:
    steps = [step for step, _ in groupby(stage.step for stage in STAGES if stage.step)]

    assert steps == list(Step)


def test_a_name_of_the_report_stands_for_stages_that_follow_each_other() -> None:
    named = [name for name, _ in groupby(stage.reported for stage in STAGES) if name]

    assert named == ["fetch", "read", "cluster", "analyse", "publish"]
    assert len({stage.name for stage in STAGES}) == len(STAGES)
