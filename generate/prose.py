"""Jinja for what people read: Markdown."""

from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined


def render_template(name: str, /, **values: Any) -> str:
    """Render a template of `generate/templates`; a value that it names and does not get is an error."""
    return _templates.get_template(name).render(**values)


def _source(name: str) -> str:
    return files("generate").joinpath("templates", name).read_text(encoding="utf-8")


# It renders Markdown, which no browser runs.
_templates = Environment(  # noqa: S701
    loader=FunctionLoader(_source),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
