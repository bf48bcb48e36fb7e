"""`restore` undoes what `difference` found, whatever the two values are."""

import hypothesis.strategies as st
from hypothesis import given

from flows.journal import difference, restore

scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values, values)
def test_restoring_gives_back_what_was_there_before(before, after):
    assert restore(after, difference(before, after)) == before


@given(st.lists(st.integers(), min_size=1, max_size=30), st.integers())
def test_an_element_appended_costs_no_copy_of_the_list(before, new):
    assert difference(before, [*before, new]) == {"list": [[], len(before)]}


@given(values)
def test_nothing_changed_is_no_patch(value):
    assert difference(value, value) is None
