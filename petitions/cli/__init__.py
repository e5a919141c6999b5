"""The `petitions` command: friendly at a terminal, and scriptable."""

from petitions.cli.auditing import audit
from petitions.cli.chinese import Commands
from petitions.cli.committees import committee
from petitions.cli.deadline import deadline
from petitions.cli.demo import demo
from petitions.cli.granting import grant
from petitions.cli.identity import identity
from petitions.cli.inspection import check
from petitions.cli.ledger import bring
from petitions.cli.outbox import outbox
from petitions.cli.people import user
from petitions.cli.places import unit
from petitions.cli.reorganising import ORDERS
from petitions.cli.retention import retention
from petitions.cli.schema import init, upgrade
from petitions.cli.searching import search
from petitions.cli.serving import serve, tick

for order in ORDERS:
    unit.add_command(order)

main = Commands(
    "petitions",
    help="信访办案系统。petitions demo 看演示；petitions init、petitions serve 建立并运行自己的系统。",
    commands={
        "demo": demo, "init": init, "serve": serve, "user": user, "unit": unit, "committee": committee, "import": bring, "check": check,
        "audit": audit, "tick": tick, "upgrade": upgrade, "search": search, "identity": identity,
        "retention": retention, "outbox": outbox, "grants": grant, "deadline": deadline,
    },
)  # fmt: skip
