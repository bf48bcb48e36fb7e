"""What a clinic lays over the content: words and helplines replaced, rules added or made graver, nothing taken away."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from flows.library import Library, load_library
from flows.overlay import flow_words, words_hash
from flows.problems import Problem
from flows.safety import screen

ROOT = Path(__file__).resolve().parents[2]
SOUND = ROOT / "tests" / "broken" / "sound"
RULES = """\
language: en
sources: {own: made for the tests}
lists: {want: [want, wish]}
modifiers:
  - {id: negation, effect: none, reach: before, within: 2, reason: denied, phrases: [not]}
rules:
  - id: fall_off
    category: suicide
    tier: watch
    reason: made for the tests
    source: own
    phrases: ["{want} to fall off"]
    must_match: [I want to fall off, I wish to fall off, we want to fall off]
    must_not: [leaves fall off, I fell, do not want to fall off]
"""
MORE = """\
language: en
sources: {ward: what people of this ward say}
lists: {bridge: [bridge, viaduct]}
rules:
  - id: local.bridge
    category: suicide
    tier: urgent
    reason: the viaduct behind the station
    source: ward
    reviewer: a clinician
    phrases: ["off the {bridge}"]
    must_match: [I go off the bridge, off the viaduct tonight, straight off the bridge]
    must_not: [the bridge is closed, a photo of the viaduct, not off the bridge]
"""
HELP = """\
country: {country}
emergency: {{numbers: ["{number}"], source: made for the tests, read_on: 2026-11-20}}
lines:
{lines}
"""
LINE = """\
  - id: ward-line
    name: {en: The ward}
    topics: [suicide, any_distress]
    languages: [en]
    contacts: [{kind: phone, dial: "5550100", show: 555 0100, hours: "24/7", tz: Europe/London, free: yes}]
    source: made for the tests
    read_on: 2026-11-20
    status: active"""


class Shelf:
    """A small content folder, and an overlay that files are put into."""

    def __init__(self, folder: Path) -> None:
        self.content, self.overlay = folder / "content", folder / "overlay"
        shutil.copytree(SOUND, self.content)
        (self.content / "safety" / "signals.en.yaml").write_text(RULES)
        self.overlay.mkdir()

    def put(self, place: str, text: str) -> None:
        (self.overlay / place).parent.mkdir(parents=True, exist_ok=True)
        (self.overlay / place).write_text(text)

    def load(self) -> tuple[Library, list[Problem]]:
        library, problems = load_library(self.content, overlay=self.overlay)
        assert library is not None, problems
        return library, problems

    def words(self, flow: str, node: str, text: str) -> None:
        """Write words of a node anew, for the words that stand there now."""
        library, _ = load_library(self.content)
        assert library is not None
        digest = words_hash(flow_words(library.flows[flow])[node])
        self.put(f"screens/{flow}.yaml", f"nodes:\n  {node}:\n    of: {digest}\n    {text}\n")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def codes(problems: list[Problem]) -> list[str]:
    return [each.code for each in problems]


def test_an_empty_overlay_changes_nothing_at_all(shelf: Shelf) -> None:
    assert shelf.load()[0].hash == load_library(shelf.content)[0].hash  # type: ignore[union-attr]


def test_words_of_a_node_are_said_as_the_clinic_wrote_them(shelf: Shelf) -> None:
    shelf.words("home", "ask", "say: Good to see you at our clinic.")
    library, problems = shelf.load()
    node = library.flows["home"].nodes["ask"]
    said = node.say[0].variants, node.ask.question.variants  # type: ignore[union-attr]
    assert said == (("Good to see you at our clinic.",), ("What would you like?",))
    assert [each for each in problems if each.file.startswith("overlay/")] == []


def test_words_written_anew_are_a_version_of_their_own(shelf: Shelf) -> None:
    before = shelf.load()[0].flows["home"].version
    shelf.words("home", "ask", "say: Good to see you at our clinic.")
    assert shelf.load()[0].flows["home"].version != before


def test_a_label_of_a_button_can_be_written_anew(shelf: Shelf) -> None:
    shelf.words("home", "ask", "choice: {rest: Not now}")
    assert [each.label for each in shelf.load()[0].flows["home"].nodes["ask"].ask.choices] == ["Not now"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("say: ''", "W964"),
        ("say: '{{ helplines }}'", "W967"),
        ("choice: {stay: Stay}", "W966"),
        ("say: 'Is this right? Or is that right?'", "W704"),
        ("say: 'This <b>is not closed.'", "W712"),
    ],
)
def test_words_that_break_a_rule_are_told_where_they_stand_and_the_shipped_ones_are_said(
    text: str, code: str, shelf: Shelf
) -> None:
    shelf.words("home", "ask", text)
    library, problems = shelf.load()
    assert code in codes([each for each in problems if (each.file, each.line) == ("overlay/screens/home.yaml", 2)])
    assert library.flows["home"].nodes["ask"].say[0].variants == ("Here is the menu.",)


def test_words_for_words_that_have_changed_since_are_left_and_nothing_else_is_held_back(shelf: Shelf) -> None:
    shelf.put("screens/home.yaml", "nodes:\n  ask:\n    of: 00000000\n    say: Old words.\n")
    library, problems = shelf.load()
    assert (codes(problems), problems[0].severity) == (["W965"], "hold")
    assert library.flows["home"].nodes["ask"].say[0].variants == ("Here is the menu.",)


def test_a_translation_of_words_written_anew_is_stale_until_the_clinic_brings_its_own(shelf: Shelf) -> None:
    shelf.words("home", "ask", "say: Good to see you at our clinic.")
    library, problems = shelf.load()
    stale = codes(problems)
    digest = words_hash(flow_words(library.flows["home"])["ask"])
    own = (shelf.content / "translations/xx/screens/home.yaml").read_text()
    shelf.put("translations/xx/screens/home.yaml", own.replace("b4434cbc", digest))
    assert (stale, codes(shelf.load()[1])) == (["W801"], [])


def test_a_rule_that_was_added_is_met_and_weighed_by_the_shipped_modifiers(shelf: Shelf) -> None:
    shelf.put("safety/signals.en.yaml", MORE)
    library, problems = shelf.load()
    tiers = [screen(text, "en", library.signals).tier for text in ("straight off the viaduct", "not off the bridge")]
    assert (tiers, problems) == (["urgent", "none"], [])


def test_an_added_rule_that_misses_its_own_sentence_is_told_in_its_own_file(shelf: Shelf) -> None:
    shelf.put("safety/signals.en.yaml", MORE.replace("I go off the bridge", "I jump"))
    [found] = shelf.load()[1]
    assert (found.file, found.line, found.code) == ("overlay/safety/signals.en.yaml", 5, "W150")


def test_a_rule_that_was_raised_is_graver_and_the_rule_set_has_another_name(shelf: Shelf) -> None:
    before = shelf.load()[0].signals
    shelf.put("safety/signals.en.yaml", "language: en\nraise: {fall_off: urgent}\n")
    after = shelf.load()[0].signals
    tiers = [screen("I want to fall off", "en", each).tier for each in (before, after)]
    assert (tiers, before.hash != after.hash) == (["watch", "urgent"], True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("raise: {fall_off: none}", "W963"),
        ("raise: {fall_off: acute}", "W963"),
        ("raise: {fall: urgent}", "W966"),
        ("raise: [fall_off]", "W109"),
        ("rules: fall_off", "W109"),
        ("lists: {want: []}", "W962"),
        ("sources: {own: mine}", "W962"),
        ("modifiers: []", "W107"),
        ("deny: [fall]", "W107"),
        ("rules: [{id: fall_off, tier: watch}]", "W962"),
    ],
)
def test_an_overlay_cannot_lower_or_take_away(text: str, code: str, shelf: Shelf) -> None:
    shelf.put("safety/signals.en.yaml", f"language: en\n{text}\n")
    library, problems = shelf.load()
    assert (codes(problems), {each.severity for each in problems}) == ([code], {"stop"})
    assert screen("I want to fall off", "en", library.signals).tier == "watch"


def test_a_file_of_another_language_is_told(shelf: Shelf) -> None:
    shelf.put("safety/signals.en.yaml", "language: de\n")
    assert codes(shelf.load()[1]) == ["W966"]


def test_a_language_that_willow_has_no_rules_for_is_added_whole(shelf: Shelf) -> None:
    shelf.put("safety/signals.nl.yaml", RULES.replace("language: en", "language: nl").replace("fall_off", "nl.val"))
    signals = shelf.load()[0].signals
    assert [each.code for each in signals.languages] == ["en", "nl"]


def test_helplines_of_a_country_are_replaced_and_a_country_is_added(shelf: Shelf) -> None:
    folder = shelf.content / "safety" / "helplines"
    folder.mkdir()
    (folder / "gb.yaml").write_text(HELP.format(country="GB", number="999", lines=LINE.replace("ward", "old")))
    for code, number in (("gb", "112"), ("ie", "999")):
        shelf.put(f"safety/helplines/{code}.yaml", HELP.format(country=code.upper(), number=number, lines=LINE))
    library, problems = shelf.load()
    found = {code: (each.emergency, each.lines[0].id) for code, each in library.helplines.countries.items()}
    assert (found, problems) == ({"GB": (("112",), "ward-line"), "IE": (("999",), "ward-line")}, [])


def test_a_country_is_never_left_without_a_line(shelf: Shelf) -> None:
    folder = shelf.content / "safety" / "helplines"
    folder.mkdir()
    (folder / "gb.yaml").write_text(HELP.format(country="GB", number="999", lines=LINE))
    shelf.put("safety/helplines/gb.yaml", HELP.format(country="GB", number="112", lines="  []"))
    library, problems = shelf.load()
    assert (codes(problems), library.helplines.countries["GB"].emergency) == (["W964"], ("999",))


def test_what_nothing_reads_is_told_and_a_page_for_people_is_not(shelf: Shelf) -> None:
    for place in ("README.md", "measures/who5.yaml", "safety/helplines/words.en.yaml", "phrases/en.yaml"):
        shelf.put(place, "a: b\n")
    found = [(each.file, each.code, each.severity) for each in shelf.load()[1]]
    assert found == [
        ("overlay/measures/who5.yaml", "W961", "warn"),
        ("overlay/phrases/en.yaml", "W961", "warn"),
        ("overlay/safety/helplines/words.en.yaml", "W961", "warn"),
    ]


def test_the_examples_for_operators_are_true(tmp_path: Path) -> None:
    text = (ROOT / "OPERATING.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```yaml\n# (overlay/\S+)\n(.*?)^```", text, re.M | re.S)
    for place, example in examples:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(example, encoding="utf-8")
    [stale] = [
        each for each in load_library(ROOT / "content", overlay=tmp_path / "overlay")[1] if "overlay" in each.file
    ]
    digest = stale.cure.partition("`of: ")[2][:8]
    pause = tmp_path / "overlay" / "screens" / "pause.yaml"
    pause.write_text(pause.read_text().replace("1a2b3c4d", digest))
    library, problems = load_library(ROOT / "content", overlay=tmp_path / "overlay")
    assert library is not None
    assert ([each for each in problems if "overlay" in each.file], len(examples)) == ([], 2)
    assert screen("straight off the viaduct", "en", library.signals).tier == "urgent"
    assert screen("I wish I was dead", "en", library.signals).tier == "urgent"


def test_words_of_the_shipped_safety_flows_can_be_written_anew_and_keep_their_values(tmp_path: Path) -> None:
    shipped, _ = load_library(ROOT / "content")
    assert shipped is not None
    digest = words_hash(flow_words(shipped.flows["emergency"])["together"])
    place = tmp_path / "overlay" / "safety" / "emergency.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(f"nodes:\n  together:\n    of: {digest}\n    ask: Please stay together.\n")
    library, problems = load_library(ROOT / "content", overlay=tmp_path / "overlay")
    assert library is not None
    assert [each.code for each in problems if each.file == "overlay/safety/emergency.yaml"] == ["W967"]
    assert library.flows["emergency"].version == shipped.flows["emergency"].version
