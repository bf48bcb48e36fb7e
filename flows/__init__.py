"""How a conversation moves. The shop window: the nouns, and the verbs.

A `Library` is all content, read and checked. A `Record` is all that is known of a participant. An `Utterance` is what
was typed or tapped; a `Turn` is one exchange. A `Signal` says that words suggest danger; a `Problem` is an author's
mistake.

    library, problems = load_library(path)
    record = begin(id, language, now)
    turn = respond(library, record, utterance, now, seed)
    signal = screen(text, language, library.signals)

An author writes a `Flow` of `Node`s; a node says and asks, and each `Choice` leads on (`flow.py`). A participant goes
through a flow in a run: its frames are the places in the flow and the parts it calls, their slots hold the answers
(`record.py`). What one exchange says and establishes is in `turn.py`: replies with their buttons, steps, answers, facts
of runs. An offer is a few buttons beside the open ask.

The way of an utterance: `engine.py` looks for danger, then takes it as what fell due (`triggers.py`), a tap or words
(`answers.py`, read by `reading.py`), a command (`commands.py`) or an offer taken (`offers.py`); `walk.py` goes on to
the next ask, `keeping.py` writes what is kept, `presenting.py` speaks, `back.py` remembers how to take it back.

Pure: no clock, no chance, no network, no database. Only `library.py` opens files.
"""

from flows.engine import apologise, begin, respond
from flows.flow import Choice, Flow, Node
from flows.library import Library, load_library
from flows.problems import Problem
from flows.record import Record
from flows.safety import Signal, screen
from flows.turn import Button, Reply, Turn, Utterance

__all__ = [
    "Button",
    "Choice",
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
