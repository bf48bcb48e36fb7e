"""All content, read and checked: immutable, with its hash. The only file of this package that opens files.

`load_library(path)` reads everything, reports every mistake at once and never raises for what an author wrote. A flow
or language with a `stop` or `hold` problem is not offered. Versions stored earlier can be handed in, so that a run
finishes the version it began.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import msgspec
from transitions import Machine

from flows.authoring import Author, read_flow
from flows.clinic import Clinic
from flows.compiled import Compiled, StoredFlow, compile_versions, key_of, offered_languages, sound_flows, stored_flows
from flows.flow import Flow
from flows.helplines import Country, Helplines, laid_over, read_countries, read_helplines
from flows.lengths import session_lengths
from flows.local_rules import with_local_rules
from flows.local_words import proved, read_local_words
from flows.machine import Place, Spoken, state_name
from flows.manuscript import Mapping as Manuscript
from flows.manuscript import read_manuscript
from flows.ngrams import read_model
from flows.overlay import Overlay, overlay_problems, read_overlay
from flows.phrases import Phrases, read_phrases
from flows.problems import Problem, problem
from flows.programme import Programme, read_programme
from flows.proof import prove
from flows.proof.overlays import value_problems
from flows.rulebook import with_lacking
from flows.safety import Signals, read_signals
from flows.skeleton import compose
from flows.uncollected import uncollected
from flows.versions import settled

BASE = "en"
FOLDERS = ("parts", "onboarding", "check-ins", "maintenance", "safety", "screens")
SKELETON = "session"
RULES = "safety/signals.*.yaml"
HELPLINES = "safety/helplines/*.yaml"
LOCAL_HELPLINES = "safety/helplines/??.yaml"  # an overlay has no words of the core
TRANSLATIONS = "translations/*/**/*.yaml"
FLOWS = (*(f"{folder}/*.yaml" for folder in FOLDERS), "modules/*/*.yaml")
LOCAL = "overlay/"  # how the names of a clinic's own files begin


class Library(msgspec.Struct, frozen=True):
    """Everything an engine may say and do. `flows` are the newest versions by name; `compiled` holds all versions."""

    flows: dict[str, Flow]
    compiled: Compiled
    programme: Programme
    phrases: dict[str, Phrases]
    signals: Signals
    helplines: Helplines
    countries: dict[str, Country]
    languages: tuple[str, ...]
    lengths: dict[str, dict[str, Any]]
    hash: str
    clinic: Clinic | None = None

    def __repr__(self) -> str:
        return f"<Library {self.hash} with {len(self.flows)} flows>"

    def stored(self) -> Iterable[tuple[str, str, bytes]]:
        """(name, version, document) of every flow: what the database keeps at start."""
        return [
            (name, version, msgspec.json.encode(stored)) for (name, version), stored in self.compiled.versions.items()
        ]

    @property
    def places(self) -> dict[str, Place]:
        return self.compiled.places

    @property
    def machine(self) -> Machine:
        return self.compiled.machine

    def labels(self, key: tuple[str, str], slot: str) -> dict[str, Spoken]:
        """The labels of a choice slot's answers: choice name -> words."""
        return self.compiled.labels[key].get(slot, {})

    def start_of(self, name: str) -> str:
        flow = self.flows[name]
        return state_name(flow, flow.start)

    def session_facts(self, name: str) -> dict[str, Any]:
        """Title, code and computed length of a flow (formula in `lengths.py`)."""
        flow = self.flows[name]
        return {"title": flow.title, "code": flow.code, **self.lengths.get(name, {})}

    def language_name(self, language: str) -> str:
        return self.phrases_in(language).name

    def phrases_in(self, language: str) -> Phrases:
        return self.phrases.get(language) or self.phrases[BASE]


def with_clinic(library: Library, clinic: Clinic | None) -> Library:
    """The same content in the hands of this clinic. Its hash is another one: what is said can differ."""
    if clinic is None:
        return library
    together = library.hash.encode() + msgspec.json.encode(clinic)
    digest = hashlib.blake2b(together, digest_size=8).hexdigest()
    return msgspec.structs.replace(library, clinic=clinic, hash=digest)


class _Shelf:
    """What reading a content folder gathers."""

    def __init__(self, path: Path, overlay: Path | None = None) -> None:
        self.path, self.overlay = path, overlay
        self.problems: list[Problem] = []
        self.flows: dict[str, Flow] = {}
        self.overlays: dict[str, dict[str, Overlay]] = {}  # flow -> language -> translation
        self.hash = hashlib.blake2b(digest_size=8)  # over every file read, in the order of reading

    def open(self, file: Path) -> Manuscript:
        name = self.name_of(file)
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(problem("unreadable", name, 1, reason=type(error).__name__))
            text = "{}"
        self.hash.update(f"{name}\0{text}\0".encode())
        manuscript, problems = read_manuscript(text, name)
        self.problems.extend(problems)
        return manuscript

    def bytes(self, name: str) -> bytes:
        """A file as it is; nothing if it is not there."""
        file = self.path / name
        content = file.read_bytes() if file.is_file() else b""
        self.hash.update(f"{name}\0".encode() + content)
        return content

    def documents(self, pattern: str) -> list[tuple[str, Manuscript]]:
        files = sorted(self.path.glob(pattern))
        return [(file.relative_to(self.path).as_posix(), self.open(file)) for file in files]

    def local(self, *patterns: str) -> list[tuple[str, Manuscript]]:
        """The same of the overlay, if there is one; its names begin with `overlay/`."""
        files = sorted(file for each in patterns for file in (self.overlay.glob(each) if self.overlay else ()))
        return [(self.name_of(file), self.open(file)) for file in files]

    def name_of(self, file: Path) -> str:
        if self.overlay and file.is_relative_to(self.overlay):
            return f"{LOCAL}{file.relative_to(self.overlay).as_posix()}"
        return file.relative_to(self.path).as_posix()

    def strays(self, known: Collection[str]) -> list[Problem]:
        """Files of the overlay that nothing reads; a page for people may lie there too."""
        files = [file for file in sorted(self.overlay.rglob("*")) if file.is_file()] if self.overlay else []
        lost = [file for file in files if file.suffix != ".md" and not any(file.match(each) for each in known)]
        return [problem("overlay_stray", self.name_of(file), 1, known=", ".join(known)) for file in lost]

    def report(self, authors: Iterable[Author]) -> None:
        for author in authors:
            self.problems.extend(author.problems)


@uncollected
def load_library(
    path: Path, stored: Iterable[bytes] = (), overlay: Path | None = None
) -> tuple[Library | None, list[Problem]]:
    """(library, problems) of a content folder; the library is None only when nothing could be offered safely.

    `overlay` is a clinic's own folder: it mirrors the content, replaces words, and adds (README, "A clinic's overlay").
    """
    shelf = _Shelf(Path(path), overlay)
    _read_flows(shelf)
    skeleton = shelf.flows.get(SKELETON)
    if skeleton:
        _compose_sessions(shelf, skeleton)
    programme, found = read_programme(shelf.open(shelf.path / "programme.yaml"), "programme.yaml")
    shelf.problems.extend(found)
    phrases = _read_phrases(shelf)
    signals, helplines, countries = _read_safety(shelf)
    shelf.flows = settled(shelf.flows)
    words, unfit = read_local_words(shelf.flows, shelf.local(*FLOWS), BASE)
    shelf.flows, found = proved(shelf.flows, words, lambda flows: prove(flows, programme, phrases[BASE]))
    shelf.problems.extend([*unfit, *found, *shelf.strays((*FLOWS, RULES, LOCAL_HELPLINES, TRANSLATIONS))])
    _read_overlays(shelf)
    return _compile(shelf, programme, phrases, signals, helplines, countries, stored), sorted(set(shelf.problems))


def _read_flows(shelf: _Shelf) -> None:
    for folder in FOLDERS:
        for file in sorted((shelf.path / folder).glob("*.yaml")):
            if folder != "safety" or not file.stem.startswith("signals"):
                _read_one(shelf, file, folder, "")
    for file in sorted(shelf.path.glob("modules/*/*.yaml")):
        _read_one(shelf, file, "modules", file.parent.name)


def _read_one(shelf: _Shelf, file: Path, folder: str, module: str) -> None:
    manuscript = shelf.open(file)
    author = Author(file.relative_to(shelf.path).as_posix())
    if file.stem in shelf.flows:
        author.report("name_clash", 1, name=file.stem, where=shelf.flows[file.stem].file)
    shelf.flows[file.stem] = read_flow(file.stem, folder, manuscript, author, module)
    shelf.problems.extend(author.problems)


def _compose_sessions(shelf: _Shelf, skeleton: Flow) -> None:
    del shelf.flows[SKELETON]
    for name, flow in list(shelf.flows.items()):
        if flow.kind == "session":
            shelf.flows[name], problems = compose(flow, skeleton)
            shelf.problems.extend(problems)


def _read_phrases(shelf: _Shelf) -> dict[str, Phrases]:
    phrases: dict[str, Phrases] = {}
    for file, manuscript in shelf.documents("phrases/*.yaml"):
        language = Path(file).stem
        phrases[language], problems = read_phrases(language, manuscript, file)
        shelf.problems.extend(problems)
    if BASE not in phrases:
        phrases[BASE], problems = read_phrases(BASE, Manuscript(), f"phrases/{BASE}.yaml")
        shelf.problems.extend(problems)
    return phrases


def _read_safety(shelf: _Shelf) -> tuple[Signals, Helplines, dict[str, Country]]:
    added = [(Author(file), content) for file, content in shelf.local(RULES)]
    signals, rules = read_signals(with_local_rules(shelf.documents(RULES), added))
    shelf.report(author for author, _ in added)
    signals, model = _with_model(shelf, signals)
    signals = with_lacking(signals, {each.file for each in (*rules, *model) if each.severity != "warn"})
    helplines, lines = laid_over(*read_helplines(shelf.documents(HELPLINES)), shelf.local(LOCAL_HELPLINES))
    countries, names = read_countries(shelf.documents("countries.yaml"))
    shelf.problems.extend([*rules, *model, *lines, *names])
    return signals, helplines, countries


def _with_model(shelf: _Shelf, signals: Signals) -> tuple[Signals, list[Problem]]:
    """The rules with the model beside them; without it, and a problem, if its two files do not belong together."""
    head, weights = shelf.bytes("safety/model.json"), shelf.bytes("safety/model.weights")
    if not head and not weights:
        return signals, []
    try:
        model = read_model(head, weights)
    except (ValueError, msgspec.MsgspecError) as error:
        return signals, [problem("unread_model", "safety/model.json", 1, reason=str(error))]
    return msgspec.structs.replace(signals, model=model, hash=f"{signals.hash}.{model.hash[:8]}"), []


def _read_overlays(shelf: _Shelf) -> None:
    """Translations; one in the overlay takes the place of the shipped one for its flow and language."""
    every = [*shelf.documents(TRANSLATIONS), *shelf.local(TRANSLATIONS)]
    for place, (file, content) in {each[0].removeprefix(LOCAL): each for each in every}.items():
        author = Author(file)
        overlay = read_overlay(Path(place).parts[1], content, author)
        shelf.problems.extend(author.problems)
        flow = shelf.flows.get(Path(place).stem)
        if flow is None:
            shelf.problems.append(problem("unknown_place", author.file, 1, name=Path(place).stem, nearest="none"))
            continue
        found = [*overlay_problems(flow, overlay), *value_problems(flow, overlay)]
        shelf.problems.extend(found)
        if not found and not author.problems:
            shelf.overlays.setdefault(flow.name, {})[overlay.language] = overlay


def _compile(
    shelf: _Shelf,
    programme: Programme,
    phrases: dict[str, Phrases],
    signals: Signals,
    helplines: Helplines,
    countries: dict[str, Country],
    stored: Iterable[bytes],
) -> Library | None:
    held = {each.file for each in shelf.problems if each.severity != "warn"}
    offered = sound_flows(shelf.flows, held)
    if any(name not in offered for name in (*programme.flows.values(), programme.flows.get("first", ""))):
        return None
    new = {
        key_of(flow): StoredFlow(flow, tuple(shelf.overlays.get(flow.name, {}).values())) for flow in offered.values()
    }
    compiled = compile_versions({**stored_flows(stored), **new}, BASE)
    return Library(
        flows=offered,
        compiled=compiled,
        programme=programme,
        phrases=phrases,
        signals=signals,
        helplines=helplines,
        countries=countries,
        languages=offered_languages(shelf.overlays, offered, phrases, BASE),
        lengths={name: session_lengths(flow, offered) for name, flow in offered.items() if flow.kind == "session"},
        hash=shelf.hash.hexdigest(),
    )
