"""The text of a paper: a template under templates/papers/ filled with plain values.

The template is plain text, one paragraph a line. A value that is missing stops the paper instead of
leaving a hole in it, and templates run in a sandbox: an office will edit them one day.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from petitions import paths


def long_date(day: date) -> str:
    """2026年3月5日, as papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


_ENVIRONMENT = SandboxedEnvironment(
    loader=FileSystemLoader(paths.TEMPLATES / "papers"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,
)
_ENVIRONMENT.filters["long_date"] = long_date


def text_of(kind: str, values: Mapping[str, Any]) -> str:
    """The text of the paper `kind`; raises jinja2.UndefinedError when a value is missing."""
    text = _ENVIRONMENT.get_template(f"{kind}.txt").render(values)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
