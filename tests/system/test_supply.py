"""S23: what we run on is named with its version, down to the last part of a part."""

import re
from importlib.metadata import PackageNotFoundError, requires, version

from petitions import paths


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _needed(name: str, found: dict[str, str]) -> dict[str, str]:
    """The parts of a distribution that are installed here, with their versions."""
    for one in requires(name) or ():
        part = _plain(re.split(r"[^A-Za-z0-9._-]", one)[0])
        if part in found or ("extra ==" in one and name != "petitions"):
            continue
        try:
            found[part] = version(part)
        except PackageNotFoundError:  # of another system
            continue
        _needed(part, found)
    return found


def test_every_part_is_pinned_to_the_version_that_is_tested() -> None:
    lines = (paths.PACKAGE.parent / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {_plain(name): number for name, number in (line.split("==") for line in lines if "==" in line)}
    needed = _needed("petitions", {})
    assert len(needed) > 30
    assert {name: number for name, number in needed.items() if pinned.get(name) != number} == {}
