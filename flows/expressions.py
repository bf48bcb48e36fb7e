"""The closed language of guards and values: parsed with `ast`, compiled to closures, never run as Python.

Names, constants, comparisons, and/or/not, `len(x)`, `x.field`, `in`, `+ -`, `x is set`, `x is not set`, and
`any|all|count(TEST for x in LIST)`. A comparison with something empty is false. A bare word that is no known name is
a word (`tool == breath`).
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec

Scope = Callable[[str], Any]
Run = Callable[[Scope], Any]

COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
GATHER: Mapping[str, Callable[[list[bool]], Any]] = {"any": any, "all": all, "count": sum}


class ExpressionError(Exception):
    """A guard or value steps outside the closed language; the message says where, for its author."""


class Guard(msgspec.Struct, frozen=True):
    """A compiled expression. `tested` are the names that are certainly set when it is true."""

    source: str
    run: Run
    names: frozenset[str]
    words: frozenset[str]
    fields: frozenset[tuple[str, str]]
    tested: frozenset[str]


def is_set(value: Any) -> bool:
    """Empty is None, empty text, an empty list: zero and `no` are answers."""
    return value is not None and value != "" and value != () and value != [] and value != {}


def field(value: Any, name: str) -> Any:
    """A field of a plain mapping; empty when there is none."""
    return value.get(name) if isinstance(value, Mapping) else None


def compile_guard(source: str, known: Collection[str] | None = None) -> Guard:
    """Compile `source`; names outside `known` (if given) are words; nothing is empty. Raises ExpressionError."""
    if not source.strip():
        return Guard(source, lambda scope: None, *(frozenset(),) * 4)
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise ExpressionError(f"{source!r} cannot be read") from error
    compiler = _Compiler(known)
    run = compiler.compile(tree)
    return Guard(
        source,
        run,
        frozenset(compiler.names),
        frozenset(compiler.words),
        frozenset(compiler.fields),
        frozenset(_tested(tree)),
    )


class _Compiler:
    """Turns each kind of `ast` node into a closure; what has no method here is not in the language."""

    def __init__(self, known: Collection[str] | None) -> None:
        self.known = known
        self.bound: list[str] = []
        self.names: set[str] = set()
        self.words: set[str] = set()
        self.fields: set[tuple[str, str]] = set()

    def compile(self, node: ast.AST) -> Run:
        method = getattr(self, "_" + type(node).__name__.lower(), None)
        if method is None:
            raise ExpressionError(f"{ast.unparse(node)!r} is not part of the expression language")
        run: Run = method(node)
        return run

    def _constant(self, node: ast.Constant) -> Run:
        value = node.value
        if not isinstance(value, (str, int)):
            raise ExpressionError(f"{value!r} is neither a whole number nor a word")
        return lambda scope: value

    def _name(self, node: ast.Name) -> Run:
        name = node.id
        if name not in self.bound and self.known is not None and name not in self.known:
            self.words.add(name)
            return lambda scope: name
        if name not in self.bound:
            self.names.add(name)
        return lambda scope: scope(name)

    def _attribute(self, node: ast.Attribute) -> Run:
        if node.attr.startswith("_"):
            raise ExpressionError(f"{node.attr!r} is no field")
        if isinstance(node.value, ast.Name):
            self.fields.add((node.value.id, node.attr))
        inner, name = self.compile(node.value), node.attr
        return lambda scope: field(inner(scope), name)

    def _boolop(self, node: ast.BoolOp) -> Run:
        parts = [self.compile(value) for value in node.values]
        gather = all if isinstance(node.op, ast.And) else any
        return lambda scope: gather(truth(part(scope)) for part in parts)

    def _unaryop(self, node: ast.UnaryOp) -> Run:
        inner = self.compile(node.operand)
        if isinstance(node.op, ast.Not):
            return lambda scope: not truth(inner(scope))
        if isinstance(node.op, ast.USub):
            return lambda scope: -inner(scope)
        raise ExpressionError(f"{ast.unparse(node)!r} is not part of the expression language")

    def _binop(self, node: ast.BinOp) -> Run:
        left, right = self.compile(node.left), self.compile(node.right)
        if isinstance(node.op, ast.Add):
            return lambda scope: _plus(left(scope), right(scope))
        if isinstance(node.op, ast.Sub):
            return lambda scope: _plus(left(scope), right(scope), -1)
        raise ExpressionError(f"{ast.unparse(node)!r}: only + and - can be used")

    def _compare(self, node: ast.Compare) -> Run:
        if len(node.ops) != 1:
            raise ExpressionError(f"{ast.unparse(node)!r}: one comparison at a time, joined with `and`")
        op, right = node.ops[0], node.comparators[0]
        if isinstance(op, (ast.Is, ast.IsNot)):
            return self._is_set(node.left, right, isinstance(op, ast.Is))
        left_run, right_run = self.compile(node.left), self.compile(right)
        return _comparison(op, left_run, right_run, node)

    def _is_set(self, left: ast.AST, right: ast.AST, wanted: bool) -> Run:
        if not (isinstance(right, ast.Name) and right.id == "set"):
            raise ExpressionError("`is` is only used as `is set` or `is not set`")
        inner = self.compile(left)
        return lambda scope: is_set(inner(scope)) is wanted

    def _call(self, node: ast.Call) -> Run:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if node.keywords or len(node.args) != 1:
            raise ExpressionError(f"{ast.unparse(node)!r} is not part of the expression language")
        if name == "len":
            inner = self.compile(node.args[0])
            return lambda scope: len(inner(scope) or ())
        if name in GATHER and isinstance(node.args[0], ast.GeneratorExp):
            return self._gather(GATHER[name], node.args[0])
        raise ExpressionError(f"{name or ast.unparse(node)!r} is not part of the expression language")

    def _gather(self, gather: Callable[[list[bool]], Any], node: ast.GeneratorExp) -> Run:
        loop = node.generators[0]
        if len(node.generators) != 1 or loop.ifs or not isinstance(loop.target, ast.Name):
            raise ExpressionError("a test over a list reads `any(TEST for x in LIST)`")
        name, source = loop.target.id, self.compile(loop.iter)
        self.bound.append(name)
        test = self.compile(node.elt)
        self.bound.pop()

        def holds(scope: Scope, element: Any) -> bool:
            return truth(test(lambda asked: element if asked == name else scope(asked)))

        return lambda scope: gather([holds(scope, element) for element in source(scope) or ()])


def truth(value: Any) -> bool:
    """A guard's value as yes or no: the words `no` and empty are no."""
    return is_set(value) and value is not False and value != "no" and value != 0


def _plus(left: Any, right: Any, sign: int = 1) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        return left + sign * right
    if isinstance(left, list) and isinstance(right, str) and sign > 0:
        return [*left, {"id": str(len(left)), "text": right}]
    return None


def _comparison(op: ast.cmpop, left: Run, right: Run, node: ast.Compare) -> Run:
    if isinstance(op, ast.Eq):
        return lambda scope: left(scope) == right(scope)
    if isinstance(op, ast.NotEq):
        return lambda scope: left(scope) != right(scope)
    if isinstance(op, ast.In):
        return lambda scope: left(scope) in (right(scope) or ())
    if isinstance(op, ast.NotIn):
        return lambda scope: left(scope) not in (right(scope) or ())
    compare = COMPARE.get(type(op))
    if compare is None:
        raise ExpressionError(f"{ast.unparse(node)!r} is not part of the expression language")

    def run(scope: Scope) -> bool:
        a, b = left(scope), right(scope)
        return a is not None and b is not None and type(a) is type(b) and bool(compare(a, b))

    return run


def _tested(node: ast.AST) -> set[str]:
    """Names that are set whenever the expression holds: `x is set`, an order comparison, or either side of an `and`."""
    if isinstance(node, ast.BoolOp):
        parts = [_tested(value) for value in node.values]
        return set.union(*parts) if isinstance(node.op, ast.And) else set.intersection(*parts)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        op = node.ops[0]
        if isinstance(op, ast.Is):
            return {ast.unparse(node.left)}
        if isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
            return {
                ast.unparse(side) for side in (node.left, node.comparators[0]) if not isinstance(side, ast.Constant)
            }
        if isinstance(op, ast.Eq):
            return {ast.unparse(node.left)}
    return set()
