"""A command goes by what the office has set, as the pages do."""

from pathlib import Path

import pytest

from petitions import db
from petitions.app import create_app
from petitions.cli.frame import Desk
from petitions.settings import Settings

SET = (
    db.hearing_notice_days, db.mediation_term, db.reviewers, db.retention_years, db.mediation_retention_years, db.files_dir,
)  # fmt: skip
"""What an act may ask for that the office has set."""


def test_a_command_goes_by_what_the_office_has_set_as_the_pages_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {
        "PETITIONS_DATA_DIR": str(tmp_path), "PETITIONS_SECRET_KEY": "of this test only", "PETITIONS_HEARING_NOTICE_DAYS": "10",
        "PETITIONS_MEDIATION_TERM": "M2", "PETITIONS_REVIEW_BODIES": '{"": "青禾县人民政府"}',
        "PETITIONS_RETENTION_YEARS": '{"none": 5}', "PETITIONS_MEDIATION_RETENTION_YEARS": '{"short": 6}',
    }  # fmt: skip
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    command, pages = Desk("", as_json=True, yes=True).database, create_app(Settings()).database
    with command.work(write=False):
        here = [read() for read in SET]
    with pages.work(write=False):
        assert here == [read() for read in SET]
    assert here == [10, "M2", {"": "青禾县人民政府"}, {"none": 5}, {"short": 6}, tmp_path / "files"]
    for opened in (command, pages):
        opened.dispose()
