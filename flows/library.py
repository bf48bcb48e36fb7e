"""All content, read and checked: immutable, with its hash. The only file of this package that opens files.

`load_library(path)` reads everything, reports every mistake at once and never raises for what an author wrote. A flow
or language with a `stop` or `hold` problem is not offered. Versions stored earlier can be handed in, so that a run
finishes the version it began.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from transitions import Machine

from flows.authoring import Author, read_flow
from flows.clinic import Clinic
from flows.compiled import Compiled, StoredFlow, called, compile_versions, key_of, offered_languages, sound_flows
from flows.flow import Flow, Node
from flows.helplines import Country, Helplines, read_countries, read_helplines
from flows.lengths import session_lengths
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
from flows.safety import Signals, read_signals
from flows.skeleton import compose

BASE = "en"
FOLDERS = ("parts", "onboarding", "check-ins", "maintenance", "safety", "screens")
SKELETON = "session"


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

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.flows: dict[str, Flow] = {}
        self.overlays: dict[str, dict[str, Overlay]] = {}  # flow -> language -> overlay
        self.hash = hashlib.blake2b(digest_size=8)  # over every file read, in the order of reading

    def open(self, file: Path) -> Manuscript:
        name = file.relative_to(self.path).as_posix()
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


def load_library(path: Path, stored: Iterable[bytes] = ()) -> tuple[Library | None, list[Problem]]:
    """(library, problems) of a content folder; the library is None only when nothing could be offered safely."""
    shelf = _Shelf(Path(path))
    _read_flows(shelf)
    skeleton = shelf.flows.get(SKELETON)
    if skeleton:
        _compose_sessions(shelf, skeleton)
    programme, found = read_programme(shelf.open(shelf.path / "programme.yaml"), "programme.yaml")
    shelf.problems.extend(found)
    phrases = _read_phrases(shelf)
    signals, helplines, countries = _read_safety(shelf)
    _settle(shelf)
    _read_overlays(shelf)
    shelf.problems.extend(prove(shelf.flows, programme, phrases[BASE]))
    return _compile(shelf, programme, phrases, signals, helplines, countries, stored), _ordered(shelf.problems)


def _ordered(problems: list[Problem]) -> list[Problem]:
    return sorted(set(problems))


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
    signals, rules = read_signals(shelf.documents("safety/signals.*.yaml"))
    signals, model = _with_model(shelf, signals)
    helplines, lines = read_helplines(shelf.documents("safety/helplines/*.yaml"))
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


def _settle(shelf: _Shelf) -> None:
    """Say of each call which of its arguments are words, and give each flow its version (parts first)."""
    for name, flow in shelf.flows.items():
        nodes = {key: _settle_node(node, shelf.flows) for key, node in flow.nodes.items()}
        shelf.flows[name] = msgspec.structs.replace(flow, nodes=nodes)
    versions: dict[str, str] = {}
    for name in shelf.flows:
        _version(name, shelf.flows, versions, ())
    for name, flow in shelf.flows.items():
        calls = {part: versions[part] for part in called(flow) if part in versions}
        shelf.flows[name] = msgspec.structs.replace(flow, version=versions[name], calls=calls)


def _settle_node(node: Node, flows: Mapping[str, Flow]) -> Node:
    part = flows.get(node.call.part) if node.call else None
    if not node.call or not part:
        return node
    spoken = tuple(name for name in node.call.given if (take := part.takes.get(name)) and take.type == "words")
    return msgspec.structs.replace(node, call=msgspec.structs.replace(node.call, spoken=spoken))


def _version(name: str, flows: Mapping[str, Flow], versions: dict[str, str], above: tuple[str, ...]) -> str:
    """Ten hex digits over the compiled form and the versions of the parts it calls; a circle of parts counts once."""
    if name in above or name not in flows:
        return ""
    if name not in versions:
        flow = flows[name]
        parts = [_version(part, flows, versions, (*above, name)) for part in called(flow)]
        text = msgspec.json.encode([_form(msgspec.to_builtins(flow)), parts])
        versions[name] = hashlib.blake2b(text, digest_size=5).hexdigest()
    return versions[name]


def _form(value: Any) -> Any:
    """A flow without the lines and files it stands on: a comment or a blank line is no new version."""
    if isinstance(value, dict):
        return {key: _form(each) for key, each in value.items() if key not in ("line", "file")}
    return [_form(each) for each in value] if isinstance(value, (list, tuple)) else value


def _read_overlays(shelf: _Shelf) -> None:
    for file in sorted(shelf.path.glob("translations/*/**/*.yaml")):
        language = file.relative_to(shelf.path).parts[1]
        author = Author(file.relative_to(shelf.path).as_posix())
        overlay = read_overlay(language, shelf.open(file), author)
        shelf.problems.extend(author.problems)
        flow = shelf.flows.get(file.stem)
        if flow is None:
            shelf.problems.append(problem("unknown_place", author.file, 1, name=file.stem, nearest="none"))
            continue
        found = [*overlay_problems(flow, overlay), *value_problems(flow, overlay)]
        shelf.problems.extend(found)
        if not found and not author.problems:
            shelf.overlays.setdefault(flow.name, {})[language] = overlay


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
    compiled = compile_versions({**_old(stored), **new}, BASE)
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


def _old(stored: Iterable[bytes]) -> dict[tuple[str, str], StoredFlow]:
    """Versions kept earlier; one that this release cannot read any more is left out, and its runs end kindly."""
    old: dict[tuple[str, str], StoredFlow] = {}
    for document in stored:
        try:
            kept = msgspec.json.decode(document, type=StoredFlow)
        except msgspec.DecodeError:
            continue
        old[key_of(kept.flow)] = kept
    return old
