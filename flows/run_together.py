"""Letters without spaces, cut into words that are known: `killmyself`, or what `k i l l` comes to when joined.

Words are kept as a tree of letters, so that from each letter the walk ends where no known word goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

RUN = 3  # letters standing alone, from which on they may be one word
COMPOUND = 8  # letters from which on a word may be several, written without spaces
MEAN = 3  # letters that the words have at least, taken together
LONGEST_WORD = 16
UNKNOWN = 3  # the price of a letter that belongs to no word; a word costs 1
END = ""  # the key that says: a word may end here

Tree = dict[str, Any]


def tree_of(words: Iterable[str], mark: int = 1, tree: Tree | None = None) -> Tree:
    """The words as a tree, or put into one that is there; where a word ends, its marks stand as bits."""
    tree = {} if tree is None else tree
    for word in words:
        if len(word) <= LONGEST_WORD:
            at = tree
            for letter in word:
                at = at.setdefault(letter, {})
            at[END] = at.get(END, 0) | mark
    return tree


def words_in_tree(tree: Tree, before: str = "") -> Iterator[str]:
    for letter, rest in tree.items():
        if letter == END:
            yield before
        else:
            yield from words_in_tree(rest, before + letter)


def _ends(letters: str, start: int, tree: Tree) -> Iterator[tuple[int, int]]:
    """Where the known words end that begin at `start`, each with its marks."""
    at: Tree | None = tree
    for place in range(start, min(start + LONGEST_WORD, len(letters))):
        at = at.get(letters[place]) if at else None
        if at is None:
            return
        if END in at:
            yield place + 1, at[END]


def parts_of(letters: str, tree: Tree) -> list[tuple[int, int]]:
    """The cheapest way to cut letters into words: work grows with their number times LONGEST_WORD."""
    most = len(letters) * UNKNOWN + 1
    costs, cuts = [0, *[most] * len(letters)], [0] * (len(letters) + 1)
    for start in range(len(letters)):
        for end, price in ((start + 1, UNKNOWN), *((end, 1) for end, _ in _ends(letters, start, tree))):
            if costs[start] + price < costs[end]:
                costs[end], cuts[end] = costs[start] + price, start
    parts, end = [], len(letters)
    while end:
        parts.append((cuts[end], end))
        end = cuts[end]
    return parts[::-1]


def all_known(letters: str, tree: Tree) -> int:
    """The marks in whose words alone all letters can be cut, as bits; 0 if in none. Gives up where no word goes on."""
    reached, furthest = [-1, *[0] * len(letters)], 0
    for start in range(len(letters)):
        if reached[start]:
            for end, marks in _ends(letters, start, tree):
                reached[end] |= reached[start] & marks
                furthest = max(furthest, end)
        if furthest <= start:
            return 0
    return reached[-1]
