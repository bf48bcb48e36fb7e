"""How many of several guarded bubbles can be said in one visit: guards that exclude each other count once."""

from __future__ import annotations

import ast
from functools import lru_cache
from itertools import combinations

from flows.flow import Words


@lru_cache(maxsize=4096)
def tree_of(source: str) -> ast.expr | None:
    """The expression as a tree; None when it cannot be read (that is reported elsewhere)."""
    try:
        return ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None


def most_said(bubbles: tuple[Words, ...]) -> int:
    """The most of these bubbles that can be said in one visit: guards that exclude each other count once."""
    guarded = [words for words in bubbles if words.when]
    free = len(bubbles) - len(guarded)
    for count in range(len(guarded), 1, -1):
        for several in combinations(guarded, count):
            if not any(_exclude(a.when, b.when) for a, b in combinations(several, 2)):
                return free + count
    return free + min(len(guarded), 1)


def _exclude(first: str, second: str) -> bool:
    """Whether two guards cannot both hold, as far as their look tells."""
    mine, theirs = tree_of(first), tree_of(second)
    return mine is not None and theirs is not None and _clash(mine, theirs)


def _clash(a: ast.expr, b: ast.expr) -> bool:
    """An `or` clashes when each of its sides does, an `and` when one does; single tests when one denies the other."""
    for one, other in ((a, b), (b, a)):
        if isinstance(one, ast.BoolOp) and isinstance(one.op, ast.Or):
            return all(_clash(side, other) for side in one.values)
    for one, other in ((a, b), (b, a)):
        if isinstance(one, ast.BoolOp):
            return any(_clash(side, other) for side in one.values)
    return _denies(a, b) or _denies(b, a)


def _denies(a: ast.expr, b: ast.expr) -> bool:
    if isinstance(b, ast.UnaryOp) and isinstance(b.op, ast.Not) and ast.dump(b.operand) == ast.dump(a):
        return True
    if not (isinstance(a, ast.Compare) and isinstance(b, ast.Compare)) or ast.dump(a.left) != ast.dump(b.left):
        return False
    first, second, same = a.ops[0], b.ops[0], ast.dump(a.comparators[0]) == ast.dump(b.comparators[0])
    opposite = {ast.Is: ast.IsNot, ast.Eq: ast.NotEq, ast.In: ast.NotIn, ast.Lt: ast.GtE, ast.Gt: ast.LtE}
    if same and isinstance(second, opposite.get(type(first), ())):
        return True
    if isinstance(first, ast.Eq) and isinstance(second, ast.Eq):
        return not same
    return _apart(first, a.comparators[0], second, b.comparators[0])


def _apart(first: ast.cmpop, high: ast.expr, second: ast.cmpop, low: ast.expr) -> bool:
    """`x >= 7` and `x < 3`: the two ranges do not meet."""
    if not (isinstance(first, (ast.Gt, ast.GtE)) and isinstance(second, (ast.Lt, ast.LtE))):
        return False
    if not (isinstance(high, ast.Constant) and isinstance(low, ast.Constant)):
        return False
    if not (isinstance(high.value, int) and isinstance(low.value, int)):
        return False
    touching = isinstance(first, ast.GtE) and isinstance(second, ast.LtE)
    return high.value > low.value if touching else high.value >= low.value
