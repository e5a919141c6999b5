"""Mutants of a module: the same source with one comparison, sum, number or condition changed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
}  # fmt: skip
_SWAPPED = {"min": "max", "max": "min", "all": "any", "any": "all"}


@dataclass(frozen=True)
class Mutant:
    """One changed copy of a module."""

    name: str
    """Its line, what stood there and what stands there now."""
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of `source`, one change each. Texts are left as they are: they are translated, not reckoned with."""
    count = len(list(ast.walk(ast.parse(source))))
    for place in range(count):
        turn = 0
        while True:
            tree = ast.parse(source)
            node = list(ast.walk(tree))[place]
            changes = list(_changes(node))
            if turn == len(changes):
                break
            before = ast.unparse(node)
            change = changes[turn]
            change.on()
            yield Mutant(f"{getattr(node, 'lineno', 0)}: {before} → {ast.unparse(node)}", ast.unparse(tree))
            turn += 1


@dataclass(frozen=True)
class _Change:
    """Set `name` of `owner` (or the item `name` of a list) to `value`."""

    owner: object
    name: str | int
    value: object

    def on(self) -> None:
        if isinstance(self.owner, list):
            self.owner[self.name] = self.value  # type: ignore[call-overload]
        else:
            setattr(self.owner, str(self.name), self.value)


def _changes(node: ast.AST) -> Iterator[_Change]:
    match node:
        case ast.Compare(ops=ops):
            yield from (_Change(ops, at, _COMPARED[type(op)]()) for at, op in enumerate(ops) if type(op) in _COMPARED)
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in _RECKONED:
            yield _Change(node, "op", _RECKONED[type(op)]())
        case ast.BoolOp(op=op):
            yield _Change(node, "op", ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield _Change(node, "test", ast.UnaryOp(ast.Not(), test))
        case ast.Constant(value=bool() as value):
            yield _Change(node, "value", not value)
        case ast.Constant(value=int() as value):
            yield _Change(node, "value", value + 1)
        case ast.Call(func=ast.Name(id=name) as called) if name in _SWAPPED:
            yield _Change(called, "id", _SWAPPED[name])
        case ast.Return(value=ast.expr()):
            yield _Change(node, "value", ast.Constant(None))
