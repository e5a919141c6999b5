"""Write the inventory of what the service runs on as a CycloneDX document: `make parts` -> dist/petitions.cdx.json.

Read from what is installed, so that it says what runs and not what was meant to; `tests/system/test_supply.py` holds it
against constraints.txt. A writer of our own: the fields asked for are a dozen, and a library would be one part more.
"""

import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from itertools import chain
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "dist" / "petitions.cdx.json"
VENDORED = ROOT / "petitions" / "static" / "vendor" / "VENDORED.md"

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
"""Not the metadata of the installed package, which may be older than what it was installed from."""

OURS = "petitions"


@dataclass(frozen=True)
class Part:
    """Something we did not write and run on."""

    name: str
    version: str
    licence: str
    needs: tuple[str, ...] = ()
    kind: str = "pypi"

    @property
    def purl(self) -> str:
        """The name by which advisories know it."""
        return f"pkg:{self.kind}/{self.name}@{self.version}"


def plain(name: str) -> str:
    """A name as packages compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of(one: Distribution) -> str:
    """What a distribution says its licence is; empty when it says nothing."""
    # The short forms first: in the old field some keep the whole text, and some the name of whoever wrote it.
    said = str(one.metadata.get("License-Expression") or one.metadata.get("License") or "")
    if said and "\n" not in said and not said.startswith("Copyright"):
        return said
    classified = [
        line.split(" :: ")[-1] for line in one.metadata.get_all("Classifier") or () if line.startswith("License")
    ]
    return " AND ".join(classified)


def _named(requirements: Iterable[str]) -> list[str]:
    """The names in requirements; psycopg-binary is the one part that an extra of a part brings."""
    names = [plain(re.split(r"[^A-Za-z0-9._-]", line)[0]) for line in requirements]
    return names + ["psycopg-binary"] * ("psycopg" in names)


def asked_for(*, tests: bool = False) -> list[str]:
    """What pyproject.toml asks for, by name: for the service and its extras, or with `tests` for building it too."""
    extras = [lines for name, lines in PROJECT["optional-dependencies"].items() if tests or name != "test"]
    return _named([*PROJECT["dependencies"], *chain.from_iterable(extras)])


def installed(*, tests: bool = False) -> dict[str, Part]:
    """The Python parts of this environment that are asked for, with the parts of these, by name."""
    found: dict[str, Part] = {}
    waiting = asked_for(tests=tests)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            one = distribution(name)
        except PackageNotFoundError:  # of another system
            continue
        needs = _named(line for line in one.requires or () if "extra ==" not in line)
        found[name] = Part(name, one.version, licence_of(one), tuple(needs))
        waiting += needs
    return dict(sorted(found.items()))


def vendored() -> list[Part]:
    """What the browser is given and we did not write, from the table beside the files."""
    rows = re.findall(r"^\| ([\w.-]+) \| ([\d.]+) \| ([\w-]+), ", VENDORED.read_text(encoding="utf-8"), re.MULTILINE)
    return [Part(name, version, licence, kind="npm") for name, version, licence in rows]


def inventory() -> dict[str, Any]:
    """The document, CycloneDX 1.6. It carries no time and no number of its own: the same parts are the same bytes."""
    parts, version = installed(), PROJECT["version"]
    top = f"pkg:pypi/{OURS}@{version}"
    everything = [*parts.values(), *vendored()]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": top, "name": OURS, "version": version, "purl": top}},
        "components": [
            {
                "type": "library", "bom-ref": part.purl, "name": part.name, "version": part.version, "purl": part.purl,
                "licenses": [{"license": {"name": part.licence}}],
            }
            for part in everything
        ],
        "dependencies": [
            {"ref": top, "dependsOn": sorted([parts[name].purl for name in set(asked_for())] + [one.purl for one in vendored()])},
            *(
                {"ref": part.purl, "dependsOn": sorted(parts[name].purl for name in set(part.needs) if name in parts)}
                for part in everything
            ),
        ],
    }  # fmt: skip


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(inventory(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for part in (*installed().values(), *vendored()):
        print(f"{part.name} {part.version}: {part.licence}")
    print(f"wrote {TARGET.relative_to(ROOT)}")
