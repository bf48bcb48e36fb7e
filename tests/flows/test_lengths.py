"""How long a flow is: counted by hand here, computed there."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.flow import Ask, Assignment, Call, Choice, Edge, Flow, Node, Skip, Words
from flows.lengths import Length, digresses, path_lengths, session_lengths, short_length
from flows.library import load_library

SOUND = Path(__file__).parent.parent / "broken" / "sound"
TEN = "One two three four five six seven eight nine ten."  # 3 seconds at 200 words a minute


def flow(*nodes: Node, kind: str = "screen", name: str = "a") -> Flow:
    return Flow(name, kind, f"{name}.yaml", name, {node.name: node for node in nodes}, nodes[0].name)  # type: ignore[arg-type]


def tap(name: str, to: str, **choices: str) -> Node:
    offered = tuple(Choice(label, label, to=target) for label, target in choices.items()) or (Choice("go", "Go"),)
    return Node(name, ask=Ask("choice", Words((TEN,)), choices=offered), edges=(Edge(to),))


def say(name: str, to: str, count: int = 1) -> Node:
    return Node(name, say=(Words((TEN,)),) * count, edges=(Edge(to),))


BYE = Node("bye", end="done")


def longest(*nodes: Node, flows: dict[str, Flow] | None = None) -> Length:
    return path_lengths(flow(*nodes), flows or {}).longest


def test_reading_and_a_tap_take_their_time():
    assert longest(tap("ask", "bye"), BYE) == Length(messages=1, seconds=3 + 4, taps=1)


def test_a_text_takes_twenty_seconds_and_is_an_open_question():
    node = Node("ask", ask=Ask("text", Words((TEN,))), edges=(Edge("bye"),))
    assert longest(node, BYE) == Length(messages=1, seconds=3 + 20, texts=1)


def test_a_timed_list_takes_its_own_length_and_is_one_message():
    ask = Ask("timed", Words((TEN,)), timed=(Words(("In.",)), Words(("Out.",), at=30)))
    assert longest(Node("ask", ask=ask, edges=(Edge("bye"),)), BYE) == Length(messages=1, seconds=3 + 30 + 4, taps=1)


def test_of_two_ways_the_longer_counts():
    assert longest(tap("ask", "bye", far="far"), say("far", "bye", 3), BYE).messages == 4


def test_the_median_is_that_of_walks_on_which_all_ways_are_equally_likely():
    fork = tap("ask", "bye", one="bye", two="bye", far="far")
    lengths = path_lengths(flow(fork, say("far", "bye", 3), BYE), {})
    assert (lengths.median.messages, lengths.longest.messages) == (1, 4)


def test_a_loop_is_walked_once():
    assert longest(tap("ask", "more"), tap("more", "bye", again="ask"), BYE).messages == 2


def test_a_part_counts_with_its_longest_way_and_an_each_three_times():
    part = flow(tap("rate", "bye"), BYE, kind="part", name="rate")
    once = Node("call", call=Call("rate"), edges=(Edge("bye"),))
    each = Node("call", call=Call("rate", each="things", element="thing"), edges=(Edge("bye"),))
    messages = [longest(node, BYE, flows={"rate": part}).messages for node in (once, each)]
    assert messages == [1, 3]


def test_a_digression_is_not_counted():
    comfort = Node(
        "comfort", assignments=(Assignment("safety.step", "N1"),), say=(Words((TEN,)),) * 9, edges=(Edge("bye"),)
    )
    assert longest(tap("ask", "bye", hard="comfort"), comfort, BYE).messages == 1


def test_a_part_that_always_takes_a_safety_step_is_a_digression():
    part = flow(Node("step", assignments=(Assignment("safety.step", "N1"),), edges=(Edge("bye"),)), BYE, name="p")
    assert digresses(Node("call", call=Call("p")), {"p": part})


def test_bubbles_that_exclude_each_other_count_once():
    node = Node("said", say=(Words((TEN,), when="a is set"), Words((TEN,), when="a is not set")), edges=(Edge("bye"),))
    assert longest(node, BYE).messages == 1


def test_a_skip_that_leads_elsewhere_is_a_way():
    ask = Ask("rating", Words((TEN,)), skip=Skip(to="far"))
    assert longest(Node("ask", ask=ask, edges=(Edge("bye"),)), say("far", "bye", 2), BYE).messages == 3


@pytest.fixture(scope="module")
def settle():
    library, problems = load_library(SOUND)
    assert library is not None, problems
    return library.flows["settle"], library.flows


def test_a_session_is_measured_without_its_short_form(settle):
    assert path_lengths(*settle).longest.messages == 10


def test_the_short_form_is_measured_from_the_first_message_to_the_last(settle):
    short = short_length(*settle)
    assert short is not None
    assert short.messages == 4


def test_what_a_session_says_of_itself_is_in_whole_minutes(settle):
    assert session_lengths(*settle) == {"minutes": 1, "short_minutes": 1, "messages": 10}
