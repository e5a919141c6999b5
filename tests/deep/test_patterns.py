"""S16: no pattern of ours takes long over what somebody may send, however it is made."""

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import process_time

import pytest

import petitions

pytestmark = pytest.mark.deep

LONG = 100_000
"""Characters: the longest text that a form takes (cases/checks.py)."""

ATTACKS = tuple(
    (piece * (LONG // len(piece)))[:LONG] + end
    for piece in ("1", "a", " ", "一", "-", "1 ", "a.", "\n", "（1）", "“", "1,", "[[", "A1", "/", "\t ", "0-", "@a")
    for end in ("", "！")
)

ALLOWED = 0.2
"""Seconds of the processor for one text. A pattern that backtracks needs minutes, so a slow machine decides nothing."""


@dataclass(frozen=True)
class Use:
    """A pattern and the one way in which our code asks it."""

    where: str
    pattern: re.Pattern[str]
    way: str


def _uses() -> Iterator[Use]:
    """Every pattern of our code that is written at one place: named by a module, or given to a function of `re`."""
    root = Path(petitions.__file__).parent
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.py"))}
    sources = {path: source for path, source in sources.items() if path.parent.name != "cli"}  # asked of our own help
    for path, source in sources.items():
        module = ".".join(("petitions", *path.relative_to(root).with_suffix("").parts)).removesuffix(".__init__")
        names = vars(import_module(module))
        for name, value in names.items():
            ways = re.findall(rf"\b{name}\.({'|'.join(WAYS)})\(", source) or ["fullmatch"]
            yield from (Use(f"{module}.{name}", one, way) for one in _compiled(value) for way in sorted(set(ways)))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {f"re.{way}" for way in WAYS}:
                with suppress(NameError):  # made of what only its function knows
                    said = eval(compile(ast.Expression(node.args[0]), str(path), "eval"), dict(names))  # noqa: S307 - ours
                    yield Use(f"{module}:{node.lineno}", re.compile(said), ast.unparse(node.func)[3:])


WAYS = ("match", "fullmatch", "search", "sub", "split", "findall", "finditer")


def _compiled(value: object) -> list[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        return [value] if isinstance(value.pattern, str) else []
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    return [one for one in value if isinstance(one, re.Pattern)] if isinstance(value, list | tuple) else []


def test_no_pattern_backtracks() -> None:
    slow, asked, worst = [], 0, 0.0
    uses = list(_uses())
    for use in uses:
        for text in ATTACKS:
            start = process_time()
            if use.way in ("match", "fullmatch"):
                getattr(use.pattern, use.way)(text)
            else:
                use.pattern.sub("", text)
            took = process_time() - start
            asked, worst = asked + 1, max(worst, took)
            if took > ALLOWED:
                slow.append(f"{use.where} {use.pattern.pattern!r}: {took:.2f} s over {text[:6]!r}…{text[-1:]!r}")
                break
    print(f"\nS16: {len(uses)} uses of patterns, {asked} texts of {LONG} characters, the slowest {worst * 1000:.0f} ms")
    assert not slow, "\n".join(slow)
    assert len(uses) >= 30
