"""Compiled templates are found by the next process, and only by the program that made them."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from aggregator.templating.template_cache import TemplateCache

_TEXT = "{{ 1 + 1 }}"


def environment(folder: Path, made_by: str = "us", *, on_disk: bool = True) -> Environment:
    """What renders the templates of a folder in a process of its own."""
    codes = TemplateCache("en", made_by, on_disk=on_disk)
    return Environment(loader=FileSystemLoader(folder), autoescape=True, bytecode_cache=codes)


def is_known(folder: Path, text: str = _TEXT, made_by: str = "us") -> bool:
    """Whether a later process finds the code of the template."""
    later = environment(folder, made_by)
    assert isinstance(later.bytecode_cache, TemplateCache)
    name = str(folder / "page.html")
    return later.bytecode_cache.get_bucket(later, "page.html", name, text).code is not None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a template that was rendered once."""
    (tmp_path / "page.html").write_text(_TEXT)
    assert environment(tmp_path).get_template("page.html").render() == "2"
    return tmp_path


def test_a_later_process_does_not_compile_again(folder: Path) -> None:
    assert is_known(folder)
    assert environment(folder).get_template("page.html").render() == "2"


def test_another_text_is_compiled(folder: Path) -> None:
    assert not is_known(folder, text="{{ 1 + 2 }}")


def test_another_program_compiles_for_itself(folder: Path) -> None:
    assert not is_known(folder, made_by="others")


def test_a_broken_file_is_compiled_over(folder: Path) -> None:
    (kept,) = (folder / "__pycache__").iterdir()
    kept.write_bytes(kept.read_bytes()[:80])

    assert not is_known(folder)
    assert environment(folder).get_template("page.html").render() == "2"
    assert is_known(folder)


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(_TEXT)
    (tmp_path / "__pycache__").touch()

    assert environment(tmp_path).get_template("page.html").render() == "2"


def test_nothing_is_written_where_python_writes_no_bytecode(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(_TEXT)
    environment(tmp_path, on_disk=False).get_template("page.html")

    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
