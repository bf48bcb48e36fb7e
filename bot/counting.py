"""How often each rule was met, asked about and answered: by month, rule and language. Small numbers are masked.

Counted from the audit, where rule ids are sealed: whoever counts needs the master key, and sees nobody. A number from
1 to 4 is shown as `<5`, so that a month with few people tells nothing of one of them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from bot.refusals import Refusal
from bot.store import audit
from bot.store.store import Connection
from bot.store.vault import Vault
from flows.lately import ANSWERS

SMALL = 5  # from here on a number is shown; working rule: README, Figures
Cell = int | str
Row = tuple[str, str, str]  # month, rule, language


class RuleCount(msgspec.Struct, frozen=True):
    """One rule in one month. `asked`: turns that took a step; answers by button; `false_alarms`: "something else"."""

    month: str
    rule: str
    language: str
    hits: Cell
    taken_back: Cell
    asked: Cell
    answers: dict[str, Cell]
    false_alarms: Cell


class Counts(msgspec.Struct, frozen=True):
    """`texts`: (month, language hint, texts screened)."""

    rules: tuple[RuleCount, ...]
    texts: tuple[tuple[str, str, Cell], ...]


def span(month: str) -> tuple[dt.datetime, dt.datetime]:
    """From the first moment of a month (2026-11) to that of the next; of all time for nothing. Raises Refusal."""
    if not month:
        return dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(9000, 1, 1, tzinfo=dt.UTC)
    try:
        first = dt.datetime.strptime(month, "%Y-%m").replace(tzinfo=dt.UTC)
    except ValueError:
        raise Refusal("--counts takes a month like 2026-11, or nothing for all of them.") from None
    return first, (first + dt.timedelta(days=32)).replace(day=1)


def counted(connection: Connection, vault: Vault, since: dt.datetime, until: dt.datetime) -> Counts:
    """Everything of this time, masked."""
    tally: dict[Row, Counter[str]] = defaultdict(Counter)
    rows_of: dict[tuple[str, int], list[Row]] = {}
    for decision in audit.decisions(connection, vault, since, until):
        rows_of[decision.participant, decision.turn] = list(_tally(tally, decision))
    for answered in audit.answers(connection, vault, since, until):
        _answers(tally, answered, rows_of.get((answered.participant, answered.about), []))
    texts: Counter[tuple[str, str]] = Counter()
    for day, language, count in audit.texts(connection, since.date(), until.date()):
        texts[f"{day:%Y-%m}", language] += count
    return Counts(
        tuple(_masked(row, tally[row]) for row in sorted(tally)),
        tuple((month, language, masked(count)) for (month, language), count in sorted(texts.items())),
    )


def _tally(tally: dict[Row, Counter[str]], decision: audit.Decision) -> Iterator[Row]:
    """Count one decision; the rows that its answers belong to."""
    month = f"{decision.at:%Y-%m}"
    for hit in decision.signal.taken_back:
        tally[month, hit.rule, hit.language]["taken_back"] += 1
    for hit in decision.signal.hits:
        row = month, hit.rule, hit.language
        tally[row]["hits"] += 1
        tally[row]["asked"] += bool(decision.step)
        yield row


def _answers(tally: dict[Row, Counter[str]], answered: audit.Answered, rows: Iterable[Row]) -> None:
    rows = list(rows)
    for button in answered.pressed.buttons:
        for row in rows:
            tally[row][button] += 1
    languages = {rule: language for _, rule, language in rows}
    for rule in answered.pressed.false_alarm:
        tally[f"{answered.at:%Y-%m}", rule, languages.get(rule, "")]["false_alarms"] += 1


def _masked(row: Row, tally: Counter[str]) -> RuleCount:
    month, rule, language = row
    return RuleCount(
        month=month,
        rule=rule,
        language=language,
        hits=masked(tally["hits"]),
        taken_back=masked(tally["taken_back"]),
        asked=masked(tally["asked"]),
        answers={button: masked(tally[button]) for button in ANSWERS},
        false_alarms=masked(tally["false_alarms"]),
    )


def masked(count: int) -> Cell:
    """The number, unless it is so small that it could tell of one person."""
    return count if count == 0 or count >= SMALL else f"<{SMALL}"


def count_lines(found: Counts) -> Iterator[str]:
    """A table for people, and how many texts were screened."""
    heads = ("month", "rule", "language", "hits", "taken back", "asked", *ANSWERS, "false alarms")
    rows = [
        (each.month, each.rule, each.language or "-", each.hits, each.taken_back, each.asked, *each.answers.values(),
         each.false_alarms)
        for each in found.rules
    ]  # fmt: skip
    yield from _table(heads, rows) if rows else ["No rule was met in this time."]
    yield ""
    yield from _table(("month", "language hint", "texts screened"), [(m, hint or "-", n) for m, hint, n in found.texts])


def _table(heads: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> Iterator[str]:
    lines = [tuple(map(str, row)) for row in (heads, *rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    for line in lines:
        yield "  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip()
