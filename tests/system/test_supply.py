"""S23: what we run on is named with its version and its licence, down to the last part of a part."""

import json
import re
import sys
from importlib.metadata import distributions
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_spec = spec_from_file_location("parts", ROOT / "tools" / "parts.py")
assert _spec is not None
assert _spec.loader is not None
parts = module_from_spec(_spec)
sys.modules["parts"] = parts
_spec.loader.exec_module(parts)

PERMITTED = {
    "MIT", "MIT License", "MIT-0", "MIT-CMU", "0BSD", "BSD License", "BSD-2-Clause", "BSD 2-Clause License", "BSD-3-Clause",
    "Apache-2.0", "Apache 2.0", "Apache Software License", "PSF-2.0", "CNRI-Python", "ZPL 2.1",
    # Used as they are, as parts of their own: whoever passes the service on passes their source's address on.
    "MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)", "LGPL-3.0-only", "LGPL-2.1-only",
}  # fmt: skip
"""What may be in an office's house without asking anybody."""

FOR_TESTS_ONLY = {"djlint": "GPL-3.0-or-later"}
"""Run by `make check`, never installed with the service."""


def _pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {parts.plain(name): number for name, number in (line.split("==") for line in lines if "==" in line)}


def test_every_part_is_pinned_to_the_version_that_is_tested() -> None:
    pinned, needed = _pinned(), parts.installed(tests=True)
    assert len(needed) > 60
    assert {name: part.version for name, part in needed.items() if pinned.get(name) != part.version} == {}


def test_nothing_is_pinned_that_nothing_needs() -> None:
    here = {parts.plain(one.name) for one in distributions()}
    assert (set(_pinned()) & here) - set(parts.installed(tests=True)) == set()


def test_every_part_has_a_licence_that_is_permitted() -> None:
    told = {name: part.licence for name, part in parts.installed(tests=True).items()}
    told |= {part.name: part.licence for part in parts.vendored()}
    for name, licence in FOR_TESTS_ONLY.items():
        assert told.pop(name) == licence
        assert name not in parts.installed()
    choices = {name: [set(one.split(" AND ")) for one in licence.split(" OR ")] for name, licence in told.items()}
    assert {name: told[name] for name, any_of in choices.items() if not any(one <= PERMITTED for one in any_of)} == {}


def test_the_inventory_names_every_part_once_and_nothing_that_is_not_there() -> None:
    made = json.loads(json.dumps(parts.inventory()))
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    named = [one["bom-ref"] for one in made["components"]]
    needed = [part.purl for part in parts.installed().values()]
    assert named == [*needed, "pkg:npm/bootstrap@5.3.9", "pkg:npm/htmx.org@2.0.11"]
    assert len(named) == len(set(named)) > 40
    refs = {made["metadata"]["component"]["bom-ref"], *named}
    assert {one["ref"] for one in made["dependencies"]} == refs
    reached, waiting = set[str](), [made["metadata"]["component"]["bom-ref"]]
    below = {one["ref"]: one["dependsOn"] for one in made["dependencies"]}
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += below[one]
    assert reached == refs, "nothing stands there that nothing asks for"
    assert not re.search(r"/(?:opt|home|root|usr|work)/|file:|https?://", json.dumps(made))


def test_the_vendored_files_are_those_of_the_table() -> None:
    folder = ROOT / "petitions" / "static" / "vendor"
    said = set(re.findall(r"`(\w+/[\w.]+)`", (folder / "VENDORED.md").read_text(encoding="utf-8")))
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"VENDORED.md"}
    assert there == said
    for part in parts.vendored():
        assert part.version in next(folder.glob(f"{part.name.split('.')[0]}/*.js")).read_text(encoding="utf-8"), (
            part.name
        )
