"""The deep tests know somebody to whom every route opens, or what they send there would try nothing."""

from tests.deep.asking import listen
from tests.deep.conftest import Installation, on_sqlite  # noqa: F401 - a fixture
from tests.deep.desktop import sat_down
from tests.deep.doors import doors, furnish
from tests.provider import running


def test_every_route_opens_to_somebody(on_sqlite: Installation) -> None:  # noqa: F811
    with running("http://localhost/login/provider/answer") as provider:
        desktop = sat_down(on_sqlite, provider.issuer)
        listen(desktop.app)
        furnish(desktop)
        pages = [door for door in doors(desktop) if not door.action]
        assert len(pages) > 150
        shut = [door.title for door in pages if not door.open()]
    assert shut == [], "a permission of nobody in PEOPLE, or a number without a row in ROWS"
    desktop.alarms.pop("/healthz: status 503", None)  # it says so itself: nobody has made a backup of this installation
    assert desktop.alarms == {}
