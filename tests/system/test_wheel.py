"""A wheel carries templates, migrations, seed data and translations, and works from any folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """
import petitions, pathlib
from petitions import migrating, paths
from petitions.app import create_app
from petitions.db import Database
from petitions.settings import Settings
assert pathlib.Path(petitions.__file__).is_relative_to(TARGET), petitions.__file__
assert pathlib.Path(paths.TEMPLATES).is_relative_to(TARGET)
database = Database("sqlite:///" + DATA + "/wheel.sqlite3")
migrating.upgrade(database)
migrating.fill(database)
app = create_app(Settings(data_dir=DATA, secret_key="of the test"), database)
page = app.test_client().get("/login")
assert page.status_code == 200, page.status_code
assert "登录" in page.get_data(as_text=True)
assert app.test_client().get("/static/css/petitions.css").status_code == 200
print("fine")
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked beside the dependencies of this environment."""
    target = tmp_path_factory.mktemp("wheel")
    run = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--target",
        target,
        ROOT,
    ]
    subprocess.run(run, check=True, cwd="/", env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    return target


def test_the_wheel_migrates_an_empty_database_and_renders_a_page(installed: Path, tmp_path: Path) -> None:
    script = f"TARGET = {str(installed)!r}\nDATA = {str(tmp_path)!r}\n{SCRIPT}"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd="/", env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "fine", done.stderr


KINDS = {".py", ".html", ".css", ".js", ".svg", ".csv", ".toml", ".txt", ".po", ".mo", ".mako", ".md", "LICENSE"}
"""What the package is made of, and no key, database, log or file of settings."""


def test_the_wheel_holds_the_package_and_nothing_else(installed: Path) -> None:
    """ASVS 13.4.1 and 15.2.3: no version control, no tests, no data of the machine it was built on."""
    files = [path.relative_to(installed) for path in installed.rglob("*") if path.is_file()]
    files = [path for path in files if path.suffix != ".pyc"]
    assert len(files) > 300
    (described,) = installed.glob("petitions-*.dist-info")
    assert {path.parts[0] for path in files} == {"petitions", described.name, "bin"}
    package = [path for path in files if path.parts[0] == "petitions"]
    assert [path for path in package if (path.suffix or path.name) not in KINDS] == []
    foreign = {"tests", "tools", "docs", "benchmarks", "data", "petitions-data", "petitions-demo", "node_modules"}
    assert [path for path in files if foreign & set(path.parts) or any(one.startswith(".") for one in path.parts)] == []
    tracked = subprocess.run(
        ["git", "ls-files", "petitions", "templates", "migrations"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if tracked.returncode == 0:  # beside a checkout: not a file that somebody left lying in one of the folders
        ours = {line.removeprefix("petitions/") for line in tracked.stdout.splitlines()}
        assert [path for path in package if path.relative_to("petitions").as_posix() not in ours] == []
