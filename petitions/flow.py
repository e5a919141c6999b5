"""The vocabulary of a workflow table: states, actions, a flow, the proof that it is sound, its picture.

A table written with these words is data. It is read by the door (`cases.perform`), the buttons, the forms,
the API, the portal's wording, the generated diagram and the tests; nothing else decides what may be done.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

NEW = "new"
"""The source of an action that opens a case: there is no case yet."""


def _names(words: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(words.split()) if isinstance(words, str) else tuple(words)


@dataclass(frozen=True)
class State:
    """One state a case can be in."""

    name: str
    label: str
    """Chinese."""
    plain: str
    """What the petitioner is told, in everyday Chinese."""
    final: bool = False
    closed: bool = False
    """Nobody owes an act any more, although the file may still move (to the archive)."""


@dataclass(frozen=True)
class Action:
    """One row: what may be done, from where, by whom, with what, and what follows. Lists are written as words."""

    name: str
    label: str
    """Chinese, verb and object: it is the button."""
    sources: str | tuple[str, ...]
    """States it starts from, or NEW."""
    target: str | None
    """The state it leads to; None when the act is recorded and the state stays."""
    permission: str
    requires: str | tuple[str, ...] = ()
    """Fields that must be filled."""
    accepts: str | tuple[str, ...] = ()
    """Fields that may be filled."""
    guards: str | tuple[str, ...] = ()
    """Names of functions that give a reason why not, or None."""
    effect: str = ""
    """Name of a function of the package that owns the table, for what columns cannot say."""
    starts: str | tuple[str, ...] = ()
    """Clocks that begin with this act."""
    stops: str | tuple[str, ...] = ()
    """Clocks that end with it."""
    stops_own: str | tuple[str, ...] = ()
    """Clocks of the unit that holds the case now that end with it, while those of upper tiers run on."""
    resumes: str | tuple[str, ...] = ()
    """Clocks that run on because what had ended them was undone."""
    undoes: str | tuple[str, ...] = ()
    """The acts whose ending of those clocks this one takes back."""
    answers: str | tuple[str, ...] = ()
    """The acts it is a second person's word on: what they ask for waits for it at the unit that holds the case."""
    closes: str | tuple[str, ...] = ()
    """The acts whose request ends with it although nobody answered."""
    extends: str | tuple[str, ...] = ()
    """Clocks whose term this act lengthens by the field `days`."""
    pauses: str | tuple[str, ...] = ()
    """Clocks that stand still from the day of this act on, that day included (第36条第二款)."""
    continues: str | tuple[str, ...] = ()
    """Clocks that run on after the day of this act, the last one that is not counted."""
    recounts: bool = False
    """Its open clocks are counted again, because what they are counted by has changed: a guard says which move, and how."""
    document: str = ""
    """Kinds of the papers it issues, their text frozen; usually one."""
    supplies: str | tuple[str, ...] = ()
    """What the file has with this act although no paper of its own says so: words the kind of case knows."""
    notices: str | tuple[str, ...] = ()
    """Who is told: names of groups the kind of case knows (`unit`, `sender`, `handler` …)."""
    dated_by: str = ""
    """The field that holds the day the act happened, when that is not the day it is recorded."""
    article: str = ""
    """The legal basis shown beside the button."""
    rank: int = 0
    """What comes next: of the acts somebody may do, the highest is the one primary button. 0: never."""
    leads_when: str | tuple[str, ...] = ()
    """Names of guards: while one gives a reason, the act is offered but is not what comes next."""
    quiet: bool = False
    """Not offered as a button: it is done from a page of its own."""
    panel: str = ""
    """The part of the page that offers it, instead of the buttons of the case; what comes next stands there too."""
    unseen: bool = False
    """Whoever holds the permission does it to sealed cases too, which they never see: it says nothing of what is in them."""

    def __post_init__(self) -> None:
        for name in (
            "sources",
            "requires",
            "accepts",
            "guards",
            "leads_when",
            "starts",
            "stops",
            "stops_own",
            "extends",
            "pauses",
            "continues",
            "resumes",
            "undoes",
            "answers",
            "closes",
            "supplies",
            "notices",
        ):
            object.__setattr__(self, name, _names(getattr(self, name)))

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field of the act, required ones first."""
        return (*self.requires, *self.accepts)

    @property
    def opens(self) -> bool:
        """Whether the act opens a case."""
        return NEW in self.sources


@dataclass(frozen=True)
class Flow:
    """A whole table: the states and actions of one kind of case."""

    name: str
    states: tuple[State, ...]
    actions: tuple[Action, ...]

    @cached_property
    def state(self) -> Mapping[str, State]:
        """States by name."""
        return {state.name: state for state in self.states}

    @cached_property
    def action(self) -> Mapping[str, Action]:
        """Actions by name."""
        return {action.name: action for action in self.actions}

    def open_to(self, state: str) -> tuple[Action, ...]:
        """The actions that start from `state`, in the order of the table."""
        return tuple(action for action in self.actions if state in action.sources)

    def before(self, *actions: str) -> frozenset[str]:
        """States from which one of the acts may be done: where a case lies that waits for it. Raises KeyError for no act."""
        return frozenset(state for name in actions for state in self.action[name].sources)

    def after(self, *actions: str) -> frozenset[str]:
        """States to which the acts lead. Raises KeyError for no act."""
        return frozenset(target for name in actions if (target := self.action[name].target))

    def closed_states(self) -> frozenset[str]:
        """States in which nobody owes an act."""
        return frozenset(state.name for state in self.states if state.closed or state.final)

    def flaws(self) -> list[str]:
        """Everything wrong with the table as a table; an empty list means sound."""
        return [*self._misnamed(), *self._unreachable(), *self._dead_ends(), *self._clocks()]

    def _misnamed(self) -> list[str]:
        found = []
        for kind, names in (("state", [s.name for s in self.states]), ("action", [a.name for a in self.actions])):
            found += [f"{kind} {name} stands twice" for name in sorted({n for n in names if names.count(n) > 1})]
        for action in self.actions:
            for name in (*action.sources, *([action.target] if action.target else [])):
                if name not in self.state and name != NEW:
                    found.append(f"{action.name} names an unknown state {name}")
            if action.opens and action.target is None:
                found.append(f"{action.name} opens a case without a state")
            found += [
                f"{action.name} undoes an unknown act {name}" for name in action.undoes if name not in self.action
            ]
            for name in (*action.answers, *action.closes):
                if name not in self.action:
                    found.append(f"{action.name} answers an unknown act {name}")
                elif name in action.answers and self.action[name].permission == action.permission:
                    found.append(f"{action.name} is no second word: whoever may {name} may do it")
            if bool(action.resumes) != bool(action.undoes):
                found.append(f"{action.name} must name both the clocks it resumes and the acts it undoes")
            twice = sorted({f for f in action.fields if action.fields.count(f) > 1})
            found += [f"{action.name} names field {name} twice" for name in twice]
        return found

    def _unreachable(self) -> list[str]:
        reached = {a.target for a in self.actions if a.opens and a.target}
        while True:
            more = {a.target for a in self.actions if a.target and reached.intersection(a.sources)} - reached
            if not more:
                break
            reached |= more
        return [f"{state.name} is never reached" for state in self.states if state.name not in reached]

    def _dead_ends(self) -> list[str]:
        found = []
        for state in self.states:
            exits = [a for a in self.open_to(state.name) if a.target and a.target != state.name]
            if state.final and exits:
                found += [f"{action.name} leads out of the final state {state.name}" for action in exits]
            if not state.final and not exits:
                found.append(f"{state.name} is a dead end")
        ends = {state.name for state in self.states if state.final}
        while True:
            more = {s for a in self.actions if a.target in ends for s in a.sources} - ends
            if not more:
                break
            ends |= more
        return found + [f"no way from {s.name} to a final state" for s in self.states if s.name not in ends]

    def _clocks(self) -> list[str]:
        started = {code for a in self.actions for code in (*a.starts, *a.resumes)}
        stopped = {code for a in self.actions for code in (*a.stops, *a.stops_own)}
        found = [f"clock {code} is started but never stopped" for code in sorted(started - stopped)]
        found += [f"clock {code} is stopped but never started" for code in sorted(stopped - started)]
        extended = {code for a in self.actions for code in a.extends}
        found += [f"clock {code} is extended but never started" for code in sorted(extended - started)]
        paused = {code for a in self.actions for code in a.pauses}
        continued = {code for a in self.actions for code in a.continues}
        found += [f"clock {code} is paused but never started" for code in sorted(paused - started)]
        found += [f"clock {code} is paused but never continued" for code in sorted(paused - continued)]
        found += [f"clock {code} is continued but never paused" for code in sorted(continued - paused)]
        for code in sorted(started & stopped):
            found += self._left_running(code)
        return found

    def _left_running(self, code: str) -> list[str]:
        """Walk every path from where the clock starts: it must not still run in a state where nobody owes an act."""
        running = {(a.target or s) for a in self.actions if code in (*a.starts, *a.resumes) for s in a.sources}
        while True:
            more = {
                a.target for a in self.actions if a.target and code not in a.stops and running.intersection(a.sources)
            } - running
            if not more:
                break
            running |= more
        late = sorted(running & self.closed_states())
        return [f"clock {code} may still run in {name}" for name in late]

    def mermaid(self) -> str:
        """The table as a state diagram."""
        lines = ["stateDiagram-v2"]
        lines += [f"    {state.name}: {state.label}" for state in self.states]
        for action in self.actions:
            if action.target:
                lines += [
                    f"    {'[*]' if source == NEW else source} --> {action.target}: {action.label}"
                    for source in action.sources
                    if source != action.target
                ]
        lines += [f"    {state.name} --> [*]" for state in self.states if state.final]
        return "\n".join(lines) + "\n"
