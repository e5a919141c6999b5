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
