"""How a conversation moves. The shop window: the nouns, and the verbs.

A `Library` is all content, read and checked. A `Record` is all that is known of a participant. An `Utterance` is what
was typed or tapped; a `Turn` is one exchange. A `Signal` says that words suggest danger; a `Problem` is an author's
mistake.

    library, problems = load_library(path)
    record = begin(id, language, now)
    turn = respond(library, record, utterance, now, seed)
    signal = screen(text, language, library.signals)

Pure: no clock, no chance, no network, no database. Only `library.py` opens files.
"""

from flows.engine import apologise, begin, respond
from flows.flow import Flow, Node
from flows.library import Library, load_library
from flows.problems import Problem
from flows.record import Record
from flows.safety import Signal, screen
from flows.turn import Button, Reply, Turn, Utterance

__all__ = [
    "Button",
    "Flow",
    "Library",
    "Node",
    "Problem",
    "Record",
    "Reply",
    "Signal",
    "Turn",
    "Utterance",
    "apologise",
    "begin",
    "load_library",
    "respond",
    "screen",
]
