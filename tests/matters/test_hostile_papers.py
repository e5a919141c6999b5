"""S14: a paper says letter by letter what was typed, whatever that is, and so do its print and the printed list."""

from html5lib import parse
from sqlalchemy.orm import Session

from petitions.cases import checks
from petitions.cases.perform import perform
from tests.deep.hostile import CORPUS, is_clean
from tests.deep.reading import alarming
from tests.factories import OPINION, World, matter_in, per_claim
from tests.matters.issuing import paper
from tests.pages import Browse

KINDS = ("formulas", "templates", "markup", "headers", "chinese", "invisible")
PAYLOADS = [
    word for kind in KINDS for word in CORPUS[kind][::2] if len(word) < 200 and checks.tidy(word)
] + ["&lt;w:p&gt;", "</w:t></w:r>", "&xxe;", '<!ENTITY x SYSTEM "file:///etc/passwd">', "{{ matter }}", "{% include 'opinion.txt' %}"]  # fmt: skip

HTML = "{http://www.w3.org/1999/xhtml}"


def _lines(page: str) -> list[str]:
    """The paragraphs of the papers on a page, as its reader sees them."""
    return [
        "".join(line.itertext())
        for article in parse(page).iter(f"{HTML}article")
        for line in article.iter()
        if line.tag in (f"{HTML}p", f"{HTML}h3")
    ]


def test_a_paper_says_what_was_typed_and_nothing_of_it_comes_alive(
    world: World, session: Session, browser_of: Browse
) -> None:
    assert len(PAYLOADS) >= 300
    name, title = "{{7*7}}<script>田</script>=1+1𠮷", '=HYPERLINK("x")</title><script>{% raw %}&amp;'
    matter = matter_in(world, "accepted", name=name, title=title, text="\n".join(PAYLOADS))
    quarter = -(-len(PAYLOADS) // 4)
    said = dict(
        zip(OPINION, ("\n".join(PAYLOADS[n : n + quarter]) for n in range(0, len(PAYLOADS), quarter)), strict=True)
    )
    perform(matter, "submit_opinion", {**said, "outcomes": per_claim(matter, "S")}, world.handler)
    perform(matter, "approve_opinion", {}, world.head)
    opinion = paper(matter, "opinion")
    wanted = [line.rstrip() for words in said.values() for line in checks.tidy(words).split("\n") if line]
    assert is_clean(opinion.text)
    assert [line for line in wanted if line not in opinion.text.split("\n")] == []
    assert f"信访人：{name}" in opinion.text

    officer = browser_of(world.officer).client  # unchecked: the parser of the check takes no unassigned character
    for address, told in (
        (f"/documents/{opinion.id}", wanted),
        (f"/cases/{matter.id}/documents", wanted),
        (f"/petitions/{matter.first.id}/receipt", []),
        (f"/cases/{matter.id}", []),
    ):
        answer = officer.get(address)
        assert answer.status_code == 200
        assert alarming(answer, [name, title, *PAYLOADS]) == [], address
        lines = _lines(answer.get_data(as_text=True))
        assert [line for line in told if line not in lines] == [], address
    printed = officer.post("/cases/print", data={"case": str(matter.id)})
    assert printed.status_code == 200
    assert alarming(printed, [name, title]) == []
    assert title in {"".join(cell.itertext()) for cell in parse(printed.get_data(as_text=True)).iter(f"{HTML}td")}
