"""`willow check` and `willow draw`: what is wrong with content, all at once, and what a flow looks like.

One line per problem, as `file:line code severity message cure`; the last line counts. Stop and hold fail the check,
warnings do not, unless it is a release: then a helpline that nobody has looked at for 180 days fails it too.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from bot.refusals import Refusal

if TYPE_CHECKING:
    from flows.clinic import Clinic
    from flows.library import Library
    from flows.problems import Problem


def check_content(
    folder: Path,
    *,
    write_core: bool = False,
    release: bool = False,
    today: str = "",
    clinic: Path | None = None,
    overlay: Path | None = None,
) -> bool:
    """Print every problem and the counts; True if the check failed. `clinic`, `overlay`: what a clinic brings."""
    from flows.library import load_library

    day = _day(today) if release or today else None
    if write_core and overlay:
        raise Refusal("The frozen core is made from the shipped content alone. Leave --overlay out.")
    library, problems = load_library(_existing(folder), overlay=_existing(overlay, "--overlay") if overlay else None)
    read, wrong = _read_clinic(clinic) if clinic else (None, [])
    if library is not None and release and day is not None:
        problems = sorted([*problems, *_release_problems(library, read, day)])
    problems += wrong
    for problem in problems:
        print(problem)
    print(f"{_counts(library)}: {len(problems)} problems")
    if library is None and not any(problem.severity != "warn" for problem in problems):
        raise Refusal("The content cannot be put together, and no rule says why. Please report this.")
    failed = library is None or any(problem.severity != "warn" for problem in problems)
    if write_core and failed:
        raise Refusal("The frozen core is left as it is, because the content has problems. Mend them first.")
    if write_core and library is not None:
        _write_core(library)
    return failed


def _release_problems(library: Library, clinic: Clinic | None, day: dt.date) -> list[Problem]:
    """Helplines that are too old, and what the countries lack in which Willow is offered."""
    from flows.helplines import LAUNCH, launch_gaps, old_lines

    countries = clinic.countries if clinic is not None and clinic.countries else LAUNCH
    return [*old_lines(library.helplines, day), *launch_gaps(library.helplines, countries)]


def _read_clinic(clinic: Path) -> tuple[Clinic | None, list[Problem]]:
    from flows.clinic_file import read_clinic

    try:
        text = clinic.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{clinic} cannot be read ({type(error).__name__}). Name the clinic.yaml to check.") from None
    return read_clinic(text, clinic.name)


def draw_flow(folder: Path, name: str) -> str:
    """The flow called `name` as Mermaid."""
    from flows.library import load_library
    from flows.picture import draw

    library, _ = load_library(_existing(folder))
    if library is None:
        raise Refusal(f"The content in {folder} cannot be used. Run: willow check")
    if name not in library.flows:
        raise Refusal(f"There is no flow called {name}.{_near(name, library)}")
    return draw(library.flows[name])


def _existing(folder: Path, option: str = "") -> Path:
    if not folder.is_dir():
        cure = (
            f"{option} takes an existing one." if option else "Name the folder of the content, or set WILLOW_CONTENT."
        )
        raise Refusal(f"There is no folder {folder}. {cure}")
    return folder


def _near(name: str, library: Library) -> str:
    import difflib

    near = difflib.get_close_matches(name, library.flows, n=1)
    return f" Did you mean {near[0]}?" if near else f" There are: {', '.join(sorted(library.flows))}."


def _day(today: str) -> dt.date:
    if not today:
        raise Refusal("--release needs the day to count from, for example --today 2026-03-02.")
    try:
        return dt.date.fromisoformat(today)
    except ValueError:
        raise Refusal("--today takes a date like 2026-03-02.") from None


def _counts(library: Library | None) -> str:
    from flows.ways import ways

    flows = list(library.flows.values()) if library else []
    nodes = [node for flow in flows for node in flow.nodes.values()]
    counts = {
        "flows": len(flows),
        "sessions": sum(flow.kind == "session" for flow in flows),
        "nodes": len(nodes),
        "edges": sum(1 for node in nodes for _ in ways(node)),
        "languages": len(library.languages) if library else 0,
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items())


def _write_core(library: Library) -> None:
    import flows
    from flows.core_source import core_source
    from flows.library import BASE

    text = core_source(library.signals, library.helplines, library.phrases[BASE], library.countries)
    path = Path(flows.__file__).parent / "core.py"
    path.write_text(text, encoding="utf-8")
    print(f"The frozen core is written: {path}")
