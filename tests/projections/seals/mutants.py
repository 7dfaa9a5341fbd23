"""Mutants of our own code: a module with one small thing changed in one of its functions.

A test that does not notice a changed comparison would not notice a mistaken one. Messages are no
part of the promise: what stands in a `raise`, docstrings and annotations are left alone. A loop
that does not end is ended by counting its rounds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy
from types import CodeType, ModuleType
from typing import NamedTuple, TypeVar

MOST_ROUNDS = 1_000  # of the loops of one call; an honest one needs a few for each bit of a size
START, TICK = "__rounds.start()", "__rounds.tick()"

SWAPPED: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
    ast.BitAnd: (ast.BitOr, ast.BitXor),
    ast.BitOr: (ast.BitAnd, ast.BitXor),
}
RENAMED = {
    "all": "any",
    "any": "all",
    "endswith": "startswith",
    "fullmatch": "match",
    "partition": "rpartition",
    "removeprefix": "removesuffix",
    "rpartition": "partition",
    "startswith": "endswith",
}
Node = TypeVar("Node", bound=ast.AST)


class Runaway(Exception):  # noqa: N818
    """A loop of a mutant went round too often."""


class Mutant(NamedTuple):
    """`name` says what was changed where; `code` is the whole module with the change."""

    name: str
    code: CodeType

    def module(self, like: ModuleType) -> ModuleType:
        """The mutant in the place of a module of that name, executed. Raises whatever it does."""
        made = ModuleType(like.__name__)
        vars(made)["__rounds"] = Rounds()
        exec(self.code, vars(made))  # noqa: S102 - it is our own code
        return made


class Rounds:
    """Counts the rounds of the loops of one call."""

    def start(self) -> None:
        """A function with loops was called."""
        self.passed = 0

    def tick(self) -> None:
        """One more round. Raises Runaway."""
        self.passed += 1
        if self.passed > MOST_ROUNDS:
            raise Runaway


def mutants_of(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, its name unique within it."""
    tree = ast.parse(source)
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        loops = [node for node in ast.walk(function) if isinstance(node, ast.While)]
        for loop in loops:
            loop.body[:0] = ast.parse(TICK).body
        if loops:
            at = int(ast.get_docstring(function) is not None)
            function.body[at:at] = ast.parse(START).body
    seen: dict[str, int] = {}
    for place in _places(tree, ""):
        for changed, what in _changes(place.node):
            name = f"{place.function}: {what}"
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1:
                name += f" ({seen[name]})"
            yield Mutant(name, place.compiled(tree, changed))


class Place(NamedTuple):
    """A node that may be changed: where it hangs, and in which function."""

    parent: ast.AST
    field: str
    at: int | None
    node: ast.AST
    function: str

    def compiled(self, tree: ast.Module, changed: ast.AST) -> CodeType:
        """The tree with `changed` in this place; the tree itself stays as it was."""
        self._put(changed)
        try:
            return compile(ast.fix_missing_locations(tree), "mutant", "exec")
        finally:
            self._put(self.node)

    def _put(self, node: ast.AST) -> None:
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node


def _places(parent: ast.AST, function: str) -> Iterator[Place]:
    for field, value in ast.iter_fields(parent):
        if field in {"annotation", "returns", "decorator_list", "bases", "ctx"}:
            continue
        for at, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or _is_said(parent, field, at, node):
                continue
            within = function
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                within = f"{function}.{node.name}".removeprefix(".")
            yield Place(parent, field, at, node, within or "module")
            yield from _places(node, within)


def _is_said(parent: ast.AST, field: str, at: int | None, node: ast.AST) -> bool:
    """Messages, docstrings, imports, and the counting of rounds."""
    if isinstance(node, ast.Import | ast.ImportFrom) or isinstance(parent, ast.Raise):
        return True
    if isinstance(node, ast.Expr) and ast.unparse(node) in {START, TICK}:
        return True
    said = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return said and field == "body" and at == 0


def _changes(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Each change of a node, and how to call it."""
    for changed in _changed(node):
        before, after = _brief(node), _brief(changed)
        if before != after:
            yield changed, f"{before} → {after}"


def _brief(node: ast.AST) -> str:
    """The first line of the source of a node."""
    if isinstance(node, ast.If | ast.While):
        return f"{type(node).__name__.lower()} {ast.unparse(node.test)}"
    return ast.unparse(node).replace("\n", " ")


def _with(node: Node, **fields: object) -> Node:
    copy = deepcopy(node)
    for field, value in fields.items():
        setattr(copy, field, value)
    return copy


def _changed(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901, PLR0912 - a list of operators
    match node:
        case ast.Compare():
            for at, op in enumerate(node.ops):
                for other in SWAPPED[type(op)]:
                    yield _with(node, ops=[*node.ops[:at], other(), *node.ops[at + 1 :]])
        case ast.BoolOp():
            yield _with(node, op=SWAPPED[type(node.op)][0]())
            for at in range(len(node.values)):
                rest = node.values[:at] + node.values[at + 1 :]
                yield _with(node, values=rest) if len(rest) > 1 else rest[0]
        case ast.BinOp():
            for other in SWAPPED.get(type(node.op), ()):
                yield _with(node, op=other())
            yield node.left
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            if not isinstance(test, ast.Compare | ast.UnaryOp):  # those are negated themselves
                yield _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case ast.Constant(value=str(value)):
            yield ast.Constant(value + "x")
            yield ast.Constant(value[1:])
        case ast.Constant(value=bytes(value)):
            yield ast.Constant(value + b"x")
            yield ast.Constant(value[1:])
        case ast.Slice():
            yield _with(node, lower=None)
            yield _with(node, upper=None)
        case ast.Call():
            for at in range(len(node.args) - 1):
                first, second = node.args[at : at + 2]
                yield _with(node, args=[*node.args[:at], second, first, *node.args[at + 2 :]])
            if len(node.args) == 1:
                yield node.args[0]
            if any(isinstance(one, ast.Starred) for one in node.args):
                for at in range(len(node.args)):
                    yield _with(node, args=node.args[:at] + node.args[at + 1 :])
        case ast.Name(id=name, ctx=ast.Load()) if name in RENAMED:
            yield _with(node, id=RENAMED[name])
        case ast.Attribute(attr=name) if name in RENAMED:
            yield _with(node, attr=RENAMED[name])
        case ast.Return() | ast.Expr() | ast.Assign() | ast.Raise() | ast.AugAssign():
            yield ast.Pass()
