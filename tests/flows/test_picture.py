"""A flow as a diagram: legal ids, escaped words, choices on the arrows, always the same."""

from __future__ import annotations

import re

import pytest

from flows.flow import Ask, Call, Choice, Edge, Flow, Node, Skip, Words
from flows.picture import draw, escape

HOSTILE = 'A "quote", <b>, a|pipe, `tick`, #hash & \\ ] ) }\nline'


def flow(*nodes: Node, title: str = "A flow") -> Flow:
    return Flow("a", "screen", "screens/a.yaml", title, {node.name: node for node in nodes}, nodes[0].name)


def asking(label: str, **more: object) -> Node:
    ask = Ask("choice", Words(("Ready?",)), choices=(Choice("go", label, to="bye"), Choice("wait", "Wait")), **more)
    return Node("ask", ask=ask, edges=(Edge("bye"),))


BYE = Node("bye", end="done")


def test_a_choice_that_leads_somewhere_stands_on_its_arrow():
    assert '  n0 -->|"Go on"| n1' in draw(flow(asking("Go on"), BYE)).splitlines()


def test_choices_without_a_target_stand_on_the_way_on():
    assert '  n0 -->|"Wait"| n1' in draw(flow(asking("Go on"), BYE)).splitlines()


def test_skipping_to_a_node_is_an_arrow_of_its_own():
    assert '  n0 -->|"skipped"| n1' in draw(flow(asking("Go", skip=Skip(to="bye")), BYE)).splitlines()


def test_guards_stand_on_arrows_and_the_last_is_else():
    node = Node("look", edges=(Edge("bye", when="days_away > 3"), Edge("bye")))
    lines = draw(flow(node, BYE)).splitlines()
    assert ('  n0 -->|"if days_away #gt; 3"| n1' in lines, '  n0 -->|"else"| n1' in lines) == (True, True)


def test_a_call_names_its_part_and_its_ends():
    node = Node("rate", call=Call("rating", ends={"stop": "bye"}), edges=(Edge("bye"),))
    picture = draw(flow(node, BYE))
    assert ("<br>rating" in picture, '-->|"stop"|' in picture) == (True, True)


@pytest.mark.parametrize("name", ["end", "graph", "subgraph", "click", "o", "x1"])
def test_names_that_mermaid_reserves_never_become_ids(name):
    ids = re.findall(r"^  (\w+)[\[({]", draw(flow(Node(name, edges=(Edge("bye"),)), BYE)), re.MULTILINE)
    assert ids == ["begin", "n0", "n1"]


def test_hostile_words_cannot_leave_their_box():
    boxed = [line for line in draw(flow(asking(HOSTILE), BYE, title=HOSTILE)).splitlines() if "quote" in line]
    assert [line.count('"') for line in boxed] == [2, 2]


def test_escaped_text_is_one_line_without_any_sign_of_the_diagram():
    assert re.search(r'["<>|`\\\n]|&|#(?!\w+;)', escape(HOSTILE)) is None


def test_a_way_to_a_node_that_is_not_there_is_left_out():
    assert "nowhere" not in draw(flow(Node("look", edges=(Edge("nowhere"),)), BYE))


def test_the_same_flow_is_drawn_the_same():
    assert draw(flow(asking("Go"), BYE)) == draw(flow(asking("Go"), BYE))


def test_an_edge_that_no_answer_follows_is_left_out():
    ask = Ask("choice", Words(("Ready?",)), choices=(Choice("go", "Go", to="bye"),), skip=Skip(to="bye"))
    node = Node("ask", ask=ask, edges=(Edge("more"),))
    assert "n0 --> n1" not in draw(flow(node, Node("more", edges=(Edge("bye"),)), BYE))
