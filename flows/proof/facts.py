"""What an expression or a text leans on: names that must be set, and names that are certainly set once it holds.

`x is set and x > 3` leans on nothing: its own first half tests what its second half uses.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from jinja2 import nodes

from flows.alternatives import tree_of
from flows.readability import template_of

Names = frozenset[str]
NONE: Names = frozenset()
ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def path_of(node: ast.AST) -> str:
    """`mood`, `profile.name`; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (inner := path_of(node.value)):
        return f"{inner}.{node.attr}"
    return ""


def is_path(source: str) -> bool:
    """The expression is nothing but one name (with fields)."""
    tree = tree_of(source) if source else None
    return tree is not None and bool(path_of(tree))


def is_there(path: str, have: Iterable[str]) -> bool:
    """`goal.text` is there when `goal` or `goal.text` is."""
    parts = path.split(".")
    return any(".".join(parts[: length + 1]) in have for length in range(len(parts)))


def facts(source: str, holds: bool) -> Names:
    """Names certainly set when the guard holds (or when it does not)."""
    tree = tree_of(source) if source else None
    return _facts(tree, holds) if tree is not None else NONE


def _facts(node: ast.AST, holds: bool) -> Names:
    if isinstance(node, ast.BoolOp):
        parts = [_facts(value, holds) for value in node.values]
        every = isinstance(node.op, ast.And) is holds
        return NONE.union(*parts) if every else parts[0].intersection(*parts[1:])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _facts(node.operand, not holds)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compared(node, holds)
    if isinstance(node, ast.Call) and holds and node.args and isinstance(node.args[0], ast.GeneratorExp):
        return NONE if getattr(node.func, "id", "") == "all" else _some(node.args[0].generators[0].iter)
    return _some(node) if holds else NONE


def _compared(node: ast.Compare, holds: bool) -> Names:
    op, left, right = node.ops[0], node.left, node.comparators[0]
    if isinstance(op, (ast.Is, ast.IsNot)):
        return _some(left) if isinstance(op, ast.Is) is holds else NONE
    if isinstance(left, ast.Call):
        return _counted(left, op, right, holds)
    if isinstance(op, ORDER):
        return _some(left) | _some(right) if holds else NONE
    if isinstance(op, (ast.Eq, ast.NotEq)):
        return _some(left) if isinstance(op, ast.Eq) is holds else NONE
    return _some(left) | _some(right) if isinstance(op, ast.In) is holds else NONE


def _counted(call: ast.Call, op: ast.cmpop, right: ast.AST, holds: bool) -> Names:
    """`len(x) > 0` says that x is set; so does the failure of `len(x) == 0`."""
    if getattr(call.func, "id", "") != "len" or not call.args or not isinstance(right, ast.Constant):
        return NONE
    number = right.value if isinstance(right.value, int) else 0
    if holds:
        enough = (isinstance(op, ast.Gt) and number >= 0) or (isinstance(op, (ast.GtE, ast.Eq)) and number >= 1)
    else:
        enough = (isinstance(op, (ast.Eq, ast.LtE)) and number == 0) or (isinstance(op, ast.Lt) and number >= 1)
    return _some(call.args[0]) if enough else NONE


def _some(node: ast.AST) -> Names:
    path = path_of(node)
    return frozenset({path}) if path else NONE


def leans_on(source: str, have: Names) -> Names:
    """Names that the expression uses without their being set or tested first."""
    tree = tree_of(source) if source else None
    return _leans(tree, have) if tree is not None else NONE


def _leans(node: ast.AST, have: Names) -> Names:
    path = path_of(node)
    if path:
        return NONE if is_there(path, have) else frozenset({path})
    if isinstance(node, ast.BoolOp):
        needed: Names = NONE
        for value in node.values:
            needed |= _leans(value, have)
            have |= _facts(value, isinstance(node.op, ast.And))
        return needed
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Is, ast.IsNot)):
        return NONE
    if isinstance(node, ast.Call):
        return _gathered(node, have)
    return NONE.union(*(_leans(child, have) for child in ast.iter_child_nodes(node)))


def _gathered(node: ast.Call, have: Names) -> Names:
    if not node.args or not isinstance(node.args[0], ast.GeneratorExp):
        return NONE  # len of something empty is nought
    loop = node.args[0].generators[0]
    return _leans(loop.iter, have) | _leans(node.args[0].elt, have | _some(loop.target))


def text_leans_on(source: str, have: Names) -> Names:
    """Values that a text says without their being set or tested first."""
    tree = template_of(source) if "{" in source else None
    return _text_leans(tree, have) if tree is not None else NONE


def _text_leans(node: nodes.Node, have: Names) -> Names:
    if isinstance(node, (nodes.Name, nodes.Getattr)) and (path := _text_path(node)):
        return NONE if is_there(path, have) else frozenset({path})
    if isinstance(node, nodes.If):
        yes, no = have | _text_facts(node.test, True), have | _text_facts(node.test, False)
        rest = [*((each, yes) for each in node.body), *((each, no) for each in [*node.elif_, *node.else_])]
        return NONE.union(*(_text_leans(each, there) for each, there in rest))
    if isinstance(node, nodes.CondExpr):
        first = _text_leans(node.expr1, have | _text_facts(node.test, True))
        return first | (_text_leans(node.expr2, have | _text_facts(node.test, False)) if node.expr2 else NONE)
    return NONE.union(*(_text_leans(child, have) for child in node.iter_child_nodes()))


def _text_facts(test: nodes.Node, holds: bool) -> Names:
    if isinstance(test, nodes.Not):
        return _text_facts(test.node, not holds)
    if isinstance(test, (nodes.And, nodes.Or)):
        left, right = _text_facts(test.left, holds), _text_facts(test.right, holds)
        return left | right if isinstance(test, nodes.And) is holds else left & right
    if isinstance(test, nodes.Compare) and holds:
        test = test.expr
    path = _text_path(test) if holds else ""
    return frozenset({path}) if path else NONE


def _text_path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr) and (inner := _text_path(node.node)):
        return f"{inner}.{node.attr}"
    return ""
