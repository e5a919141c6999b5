"""The documents say what the code says."""

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from petitions.access.roles import Role
from petitions.cases.limits import LIMITS
from petitions.matters.kind import MATTER
from petitions.matters.papers import PAPERS
from petitions.mediation.kind import MEDIATION
from petitions.mediation.papers import PAPERS as OF_MEDIATIONS
from petitions.review.kind import REVIEW
from petitions.review.papers import PAPERS as OF_REVIEWS

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")


def _tool(name: str) -> ModuleType:
    spec = spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_workflow_document_is_current() -> None:
    assert (ROOT / "docs" / "workflow.md").read_text(encoding="utf-8") == _tool("workflow").page(
        (MATTER, REVIEW, MEDIATION)
    )


def _entries() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for code, label in re.findall(r"^\| *([\w. ]+?) *\| *([^|]+?) *\|", GLOSSARY, re.MULTILINE):
        found.setdefault(code, set()).add(label)
    return found


@pytest.mark.parametrize(
    ("code", "label"),
    [
        *((state.name, state.label) for kind in (MATTER, REVIEW, MEDIATION) for state in kind.flow.states),
        *((action.name, action.label) for kind in (MATTER, REVIEW, MEDIATION) for action in kind.flow.actions),
        *((role.value, str(role.label)) for role in Role),
        *((limit.code, limit.name) for limit in LIMITS.values()),
    ],
)
def test_the_glossary_knows_every_word_of_the_code(code: str, label: str) -> None:
    assert label in _entries().get(code, set()), f"docs/glossary.md: | {code} | {label} | … |"


@pytest.mark.parametrize("kind", sorted({**PAPERS, **OF_REVIEWS, **OF_MEDIATIONS}))
def test_the_glossary_knows_every_paper(kind: str) -> None:
    assert kind in _entries()


def test_the_permissions_document_is_current() -> None:
    assert (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8") == _tool("permissions").page()


def test_the_limits_document_is_current() -> None:
    assert (ROOT / "docs" / "limits.md").read_text(encoding="utf-8") == _tool("limits").page()


def test_the_settings_document_is_current() -> None:
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == _tool("settings").page()
