"""HOME/clinic.yaml: read and checked at the start, and a sample to copy beside it, which is never read.

Without the file nobody is linked, and no alert ever leaves.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.clinic_sample import SAMPLE
from bot.refusals import Refusal
from bot.settings import Settings

if TYPE_CHECKING:
    from flows.clinic import Clinic

NAME = "clinic.yaml"
SAMPLE_NAME = "clinic.sample.yaml"


def clinic_path(settings: Settings) -> Path:
    """Where the file is looked for."""
    return settings.home / NAME


def read_clinic_yaml(settings: Settings) -> Clinic | None:
    """The clinic; None without the file. Raises Refusal with the first mistake, its line and its cure."""
    from flows.clinic_file import read_clinic

    path = clinic_path(settings)
    if not path.exists():
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{path} cannot be read ({type(error).__name__}). Give this account the right to.") from None
    clinic, problems = read_clinic(text, str(path))
    if problems:
        more = f" There are {len(problems) - 1} more: willow check --clinic {path}" if len(problems) > 1 else ""
        raise Refusal(f"{problems[0]}{more}")
    return clinic


def write_sample(settings: Settings) -> None:
    """The sample, where there is none yet. Not being able to write it stops nothing."""
    path = settings.home / SAMPLE_NAME
    if not path.exists():
        try:
            path.write_text(SAMPLE, encoding="utf-8")
        except OSError:
            return
