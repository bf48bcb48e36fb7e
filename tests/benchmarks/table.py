"""The table: what was measured, beside what is aimed at, under the machine, the date and the commit."""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
from collections.abc import Iterable
from pathlib import Path

import msgspec

from tests.benchmarks.dialogue import ROOT


class Row(msgspec.Struct, frozen=True):
    """One line. `aim`: at most so much, in the same unit; 0 where none is set."""

    name: str
    values: tuple[float, ...]
    unit: str
    aim: float = 0.0
    digits: int = 0


def machine() -> Iterable[str]:
    """What the numbers belong to."""
    now = dt.datetime.now(dt.UTC)
    yield f"processor  {_line('/proc/cpuinfo', 'model name') or platform.processor() or platform.machine()}"
    yield f"cores      {os.cpu_count()}, load {os.getloadavg()[0]:.1f} at the start"
    yield f"memory     {int(_line('/proc/meminfo', 'MemTotal').split()[0] or 0) / 1024**2:.1f} GB"
    yield f"system     {platform.system()} {platform.release()}, Python {platform.python_version()}"
    yield f"date       {now:%Y-%m-%d %H:%M} UTC"
    yield f"commit     {_git('rev-parse', '--short', 'HEAD')}{' and changes' if _git('status', '--porcelain') else ''}"


def _line(file: str, name: str) -> str:
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return "0" if name == "MemTotal" else ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "0")


def _git(*words: str) -> str:
    try:
        answer = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return answer.stdout.strip()


def heading(title: str, *columns: str) -> str:
    return f"\n{title:<54}" + "".join(f"{column:>14}" for column in columns)


def line(row: Row) -> str:
    """The row as printed; beside its last value the aim, and whether that value keeps it."""
    values = "".join(f"{value:>14,.{row.digits}f}" for value in row.values)
    if not row.aim:
        return f"{row.name:<54}{values} {row.unit}".rstrip()
    kept = "kept" if row.values[-1] <= row.aim else "missed"
    return f"{row.name:<54}{values} {row.unit:<6} aim {row.aim:,g}: {kept}"
