"""A run finishes the version it began, whatever the authors change in between."""

import shutil

import pytest

from flows import load_library
from tests.flows.talk import SMALL, Talk, small_library, to


@pytest.fixture
def changed(tmp_path):
    """Build a library from the small one with some text replaced, given what was stored of the old one."""

    def build(replacements, stored):
        shutil.rmtree(tmp_path / "content", ignore_errors=True)
        shutil.copytree(SMALL, tmp_path / "content", ignore=shutil.ignore_patterns("translations", "de.yaml"))
        for name, (old, new) in replacements.items():
            file = tmp_path / "content" / name
            text = file.read_text(encoding="utf-8")
            assert old in text
            file.write_text(text.replace(old, new), encoding="utf-8")
        library, problems = load_library(tmp_path / "content", stored)
        assert library is not None, [str(each) for each in problems]
        return library

    return build


def stored_of(library):
    return [document for _, _, document in library.stored()]


def test_a_version_is_the_hash_of_the_flow_and_of_the_parts_it_calls(changed):
    before = small_library().flows
    after = changed({"parts/kind.yaml": ("A friend", "A mate")}, ()).flows
    moved = {name for name in before if before[name].version != after[name].version}
    assert moved == {"kind", "first"}


def test_an_open_run_goes_on_in_the_words_it_began_with(changed):
    old = small_library()
    talk = to(Talk(old), "/start", "=Yes", "Ann")
    talk.library = changed({"onboarding/first.yaml": ("Which colours do you like?", "Pick colours.")}, stored_of(old))
    to(talk, "7")
    assert talk.said[-1] == "Which colours do you like?"


def test_a_new_run_begins_the_new_version(changed):
    old = small_library()
    talk = Talk(changed({"onboarding/first.yaml": ("May we begin?", "Shall we?")}, stored_of(old)))
    assert to(talk, "/start").said[-1] == "Shall we?"


def test_a_run_keeps_the_version_of_a_part_too(changed):
    old = small_library()
    talk = to(Talk(old), "/start", "=Yes", "Ann", "7", "=Done", "40")
    talk.library = changed({"parts/kind.yaml": ("A friend", "A mate")}, stored_of(old))
    to(talk, "Bo")
    assert "A friend" in [button.label for row in talk.turn.replies[-1].buttons for button in row]


def test_a_withdrawn_flow_lets_its_open_runs_go_with_a_kind_sentence(changed):
    old = small_library()
    talk = to(Talk(old), "/start", "=Yes", "Ann")
    line = "title: The first talk\n"
    talk.library = changed({"onboarding/first.yaml": (line, line + "withdrawn: it was replaced\n")}, stored_of(old))
    to(talk, "7")
    assert (talk.said[0], talk.turn.runs[0].status) == ("withdrawn The first talk", "withdrawn")


def test_a_version_that_is_nowhere_any_more_is_left_with_a_kind_sentence(changed):
    talk = to(Talk(small_library()), "/start", "=Yes", "Ann")
    talk.library = changed({"onboarding/first.yaml": ("Which colours do you like?", "Pick colours.")}, ())
    to(talk, "7")
    assert talk.said[0] == "withdrawn The first talk"


def test_a_stored_version_that_cannot_be_read_is_left_out(changed):
    assert changed({}, [b"{}", b"not json"]).flows["first"].version == small_library().flows["first"].version


def test_a_comment_or_a_blank_line_is_no_new_version(changed):
    before = small_library().flows["first"].version
    library = changed({"onboarding/first.yaml": ("nodes:\n", "\n# a comment\nnodes:\n")}, ())
    assert library.flows["first"].version == before


def test_the_hash_of_a_library_moves_with_every_word_of_its_content(changed):
    hashes = {
        changed(replacements, ()).hash
        for replacements in (
            {},
            {"phrases/en.yaml": ("resumed", "here we are")},
            {"parts/kind.yaml": ("A friend", "A mate")},
        )
    }
    assert len(hashes) == 3
