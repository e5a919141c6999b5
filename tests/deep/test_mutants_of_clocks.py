"""R26: of the faults that can be planted in the arithmetic of terms at least 95 in 100 are caught by its ordinary tests."""

import subprocess
import sys
from pathlib import Path

import pytest

from petitions.cases import clocks
from tests.deep.mutants import Mutant, mutants

pytestmark = pytest.mark.deep

SUITE = ("tests/cases/test_clocks.py", "tests/cases/test_clock_sentences.py")

EQUIVALENT = {
    "first <= nominal → first < nominal": "A term never ends within a pause, so none begins on its last day: one that would has "
    "moved it by its whole length (_after_rests), and a working-day term ends on a counted day. test_pauses_are_the_set_of_their_days "
    "holds that.",
    "due_on > today → due_on >= today": "The last day itself has been answered two lines above.",
}
"""What no test can tell from the arithmetic, and why; by what was changed, whatever line it stands in."""

LEAST = 0.95
LONGEST = 120
"""Seconds after which a mutant that counts for ever is one that was caught."""

# The changed module is in place before anything asks for it. No database, no settings: the arithmetic knows neither.
RUN = """
import sys, types, pytest
import petitions.cases
module = types.ModuleType("petitions.cases.clocks")
module.__file__ = sys.argv[1]
sys.modules[module.__name__] = module
petitions.cases.clocks = module
try:
    exec(compile(open(sys.argv[1], encoding="utf-8").read(), sys.argv[1], "exec"), module.__dict__)
except Exception:
    sys.exit(1)
sys.exit(pytest.main(["-x", "-q", "--noconftest", "-p", "tests.cases.conftest", "-p", "no:cacheprovider",
                      "-p", "no:xdist", *sys.argv[2:]]))
"""


def _is_caught(mutant: Mutant, folder: Path) -> bool:
    changed = folder / "clocks.py"
    changed.write_text(mutant.source, encoding="utf-8")
    try:
        ended = subprocess.run(
            [sys.executable, "-c", RUN, str(changed), *SUITE], capture_output=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    assert ended.returncode in (0, 1, 2, 4), ended.stdout.decode()[-2000:]
    return ended.returncode != 0


def test_the_arithmetic_that_is_not_changed_passes(tmp_path: Path) -> None:
    assert not _is_caught(Mutant("none", Path(clocks.__file__).read_text(encoding="utf-8")), tmp_path)


def test_at_least_95_in_100_mutants_of_the_arithmetic_are_caught(tmp_path: Path) -> None:
    made = list(mutants(Path(clocks.__file__).read_text(encoding="utf-8")))
    escaped = [mutant.name for mutant in made if not _is_caught(mutant, tmp_path)]
    left = [name for name in escaped if name.partition(": ")[2] not in EQUIVALENT]
    told_apart = len(made) - len(escaped) + len(left)
    print(
        f"\nR26: {len(made)} mutants of clocks.py, {len(made) - told_apart} of them equivalent, {told_apart - len(left)} caught"
    )
    print(*(f"escaped: {name}" for name in left), sep="\n")
    assert len(escaped) - len(left) == len(EQUIVALENT), "a reason for a mutant that is caught, or is none any more"
    assert len(left) <= (1 - LEAST) * told_apart, left
