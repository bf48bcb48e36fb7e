"""The closed language of guards: what it computes, what it refuses."""

import pytest

from flows.expressions import ExpressionError, compile_guard

VALUES = {
    "mood": 3,
    "goal": None,
    "name": "",
    "tool": "breath",
    "tools": ["breath", "feet"],
    "flags": {"pain": True},
    "worries": [{"kind": "plan", "text": "rent"}, {"kind": "park", "text": "weather"}],
}


def value(source: str) -> object:
    return compile_guard(source, VALUES).run(VALUES.get)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("mood <= 3", True),
        ("mood < 3", False),
        ("mood + 2 == 5", True),
        ("mood - 1", 2),
        ("tool == breath", True),
        ("tool == 'feet'", False),
        ("feet in tools", True),
        ("'pain' in flags", True),
        ("flags.pain", True),
        ("not flags.seizures", True),
        ("goal is set", False),
        ("name is not set", True),
        ("mood is set and mood > 2", True),
        ("goal == 1 or mood == 3", True),
        ("len(worries)", 2),
        ("any(worry.kind == plan for worry in worries)", True),
        ("all(worry.kind == plan for worry in worries)", False),
        ("count(worry.kind == park for worry in worries)", 1),
    ],
)
def test_an_expression_has_the_value_an_author_expects(source, expected):
    assert value(source) == expected


@pytest.mark.parametrize("source", ["goal > 3", "goal <= 3", "goal < goal", "mood > 'high'"])
def test_a_comparison_with_something_empty_or_of_another_kind_is_false(source):
    assert value(source) is False


@pytest.mark.parametrize(
    "source",
    ["__import__('os')", "mood.__class__", "mood * 2", "[1, 2]", "lambda: 1", "mood if goal else 1", "1 < mood < 5",
     "open('x')", "mood :=", "f'{mood}'", "any(x for x in tools if x)", "tools[0]", "3.5 > mood", "mood is goal"],
)  # fmt: skip
def test_what_is_outside_the_language_is_refused(source):
    with pytest.raises(ExpressionError):
        compile_guard(source, VALUES)


def test_a_bare_word_that_is_no_name_is_a_word_and_is_listed_as_one():
    assert compile_guard("tool == breath", VALUES).words == {"breath"}


def test_a_loop_variable_is_not_a_name_that_must_be_set():
    assert compile_guard("any(worry.kind == plan for worry in worries)", VALUES).names == {"worries"}
