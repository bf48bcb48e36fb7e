"""Words as people read them: length, grade, one question at a time, honest claims, valid markup. English rules."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jinja2 import UndefinedError

from flows.flow import Node
from flows.proof.case import Case
from flows.proof.sources import Said, text_of, texts
from flows.readability import grade, length, sentences, spelled, word_count
from flows.wording import Text, WordingError

HARD, READS_WELL = 400, 280  # characters; working rule: README, Figures
SENTENCE, SAFETY_SENTENCE = 20, 10  # words
HIGHEST_GRADE, AIM_GRADE = 7.0, 6.0
ENOUGH = 100  # words under which a grade says nothing
VARIANTS = 5
MESSAGES = ("say", "ask", "short", "given", "timed")
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’")
SAY_NEITHER = "Say what is so: `that sounds heavy`, `thank you for writing it`, `many people find`."
BANNED = {
    r"I(?: am|['’]m)? (?:really |so |truly )?(?:feel|care|understand|worry|proud|worried|sorry for you)": SAY_NEITHER,
    r"I know how (?:you feel|it feels|that feels)": SAY_NEITHER,
    r"(?:I(?: am|['’]m)|I(?: will|['’]ll) be) always (?:here|there)": "Name who can be reached, and when.",
    r"I remember": "Say `saved` with its date.",
    r"I promise": "Promise nothing.",
    r"(?:it|everything) (?:will|['’]ll) (?:all )?be (?:fine|all right|alright|ok|okay)": "Promise nothing.",
    r"you (?:must|should|have to)": "Offer it: `you could`.",
    r"commit(?:s|ted|ting)? suicide": "Write `ended their life`.",
    r"(?:successful|failed|unsuccessful) (?:suicide )?attempt": "Write `died by suicide` or `survived an attempt`.",
    r"think of your (?:family|children|parents|loved ones)": "Leave it out: it lays on guilt.",
    r"(?:our|this is a|this is our|keep (?:it|this) a) secret": "Say who can see what.",
}
CLAIMS = {re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE): instead for pattern, instead in BANNED.items()}


def prove_words(case: Case) -> None:
    for node in case.flow.nodes.values():
        for said in texts(case, node):
            _markup(case, node, said)
            if said.kind in MESSAGES:
                _message(case, node, said)
        _variants(case, node)
    for text in case.flow.words.values():
        if isinstance(text, str):
            _claims(case, None, text, case.flow.line)
    _grade(case)


def _message(case: Case, node: Node, said: Said) -> None:
    text = spelled(said.text, case.flow)
    count = length(text)
    if count > HARD:
        case.report("message_too_long", node, said.line, count=count, limit=HARD)
    elif count > READS_WELL:
        case.report("message_long", node, said.line, count=count, limit=READS_WELL)
    if QUOTED.sub("", text).count("?") > 1:
        case.report("two_questions", node, said.line)
    _sentences(case, node, text, said.line)
    _claims(case, node, spelled(said.text), said.line)


def _sentences(case: Case, node: Node, text: str, line: int) -> None:
    safety = case.flow.kind in ("safety", "calm")
    name, limit = ("long_safety_sentence", SAFETY_SENTENCE) if safety else ("long_sentence", SENTENCE)
    longest = max(map(word_count, sentences(text)), default=0)
    if longest > limit:
        case.report(name, node, line, count=longest, limit=limit)


def _claims(case: Case, node: Node | None, text: str, line: int) -> None:
    """Quoted words are the person's or an example, not a claim."""
    plain = QUOTED.sub("", text)
    for pattern, instead in CLAIMS.items():
        if found := pattern.search(plain):
            place = {"node": node.name if node else "words"}
            case.report("banned_claim", node, line, words=found[0], instead=instead, **place)


def _markup(case: Case, node: Node, said: Said) -> None:
    """Valid Telegram HTML, whatever the values are: tried with hostile ones."""
    try:
        text = text_of(said.text)
    except WordingError:
        return
    if any(not balanced(_rendered(text, value)) for value in (Hostile("<b>&\"'</i>{{ x }}"), 7)):
        case.report("bad_markup", node, said.line)


def _rendered(text: Text, value: object) -> str:
    try:
        return str(text.html(lambda _: value))
    except (TypeError, AttributeError, UndefinedError):  # a comparison or filter that takes no such value
        return ""


class Hostile(str):
    """A value that tries to be markup; every field of it does so too."""

    def get(self, name: str, default: object = None) -> str:
        return self

    def __getitem__(self, key: object) -> str:
        return self if isinstance(key, str) else str.__getitem__(self, key)  # type: ignore[index]


def balanced(html: str) -> bool:
    """Only <b> and <i>, properly nested and closed; no other bare angle bracket or ampersand."""
    open_tags: list[str] = []
    for tag in re.findall(r"<[^>]*>?|&(?!(?:amp|lt|gt|quot|#\d+);)", html):
        name = tag.strip("</>")
        if tag in ("<b>", "<i>"):
            open_tags.append(name)
        elif tag not in ("</b>", "</i>") or not open_tags or open_tags.pop() != name:
            return False
    return not open_tags


def _variants(case: Case, node: Node) -> None:
    greets = node.name == "greet" or node.name.startswith("greet_")
    if greets and node.say and case.flow.kind in ("session", "check_in"):
        count = len(node.say[0].variants)
        if count < VARIANTS:
            case.report("few_variants", node, node.say[0].line, count=count, limit=VARIANTS)


def _grade(case: Case) -> None:
    """The reading grade of a file's own words; only a session is held for it."""
    own = list(_own_texts(case))
    text = "\n".join(own)
    if word_count(text) < ENOUGH:
        return
    here = grade(text)
    hardest = max(own, key=lambda each: grade(each) if word_count(each) >= 6 else 0.0)
    if here > HIGHEST_GRADE and case.flow.kind == "session":
        case.report("hard_to_read", None, case.flow.line, grade=f"{here:.1f}", limit=HIGHEST_GRADE, hardest=hardest)
    elif here > AIM_GRADE:
        case.report("rather_hard", None, case.flow.line, grade=f"{here:.1f}", limit=AIM_GRADE, hardest=hardest)


def _own_texts(case: Case) -> Iterable[str]:
    """Messages of the flow's own file: a session's holes and words, not the skeleton's."""
    for node in case.flow.nodes.values():
        if not node.file:
            for said in texts(case, node):
                if said.kind in MESSAGES:
                    yield spelled(said.text, case.flow)
    for text in case.flow.words.values():
        if isinstance(text, str):
            yield spelled(text, case.flow)
