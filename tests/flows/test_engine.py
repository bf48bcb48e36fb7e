"""The turn, on a small library with one node of every kind. Each record goes through JSON on the way."""

import datetime as dt

import msgspec
import pytest

from flows import Utterance, apologise, respond
from tests.flows.talk import Talk, to

UP_TO_STORY = ("/start", "=Yes", "Ann", "7", "=Red", "=Done", "40", "Bo, Cy", "=A friend", "=Family")


@pytest.fixture
def talk(library):
    return Talk(library)


def at_story(talk):
    return to(talk, *UP_TO_STORY)


def test_one_conversation_passes_every_kind_of_ask(talk):
    to(at_story(talk), "A long day.", "half past 7", "=Enough")
    assert [card.body for card in talk.record.cards] == ["A long day."]


def test_each_runs_a_part_for_every_element_and_keeps_what_it_gives(talk):
    at_story(talk)
    people = talk.record.runs[-1].frames[0].slots["people"]
    assert [(each["text"], each["kind"]) for each in people] == [("Bo", "friend"), ("Cy", "family")]


@pytest.mark.parametrize("answer", ["=Yes", "yes", "1", "YEP", "Yes."])
def test_a_tap_a_label_a_number_and_a_synonym_lead_the_same_way(talk, answer):
    assert to(talk, "/start", answer).place == "first:name"


def test_the_same_record_utterance_time_and_seed_give_the_same_bytes(library, talk):
    at_story(talk)
    utterance = Utterance(talk.now, text="again")
    turns = [msgspec.json.encode(respond(library, talk.record, utterance, talk.now, 5)) for _ in range(2)]
    assert turns[0] == turns[1]


def test_a_skipped_ask_leaves_its_slot_empty_or_takes_the_value_it_names(talk):
    to(talk, "/start", "=Yes", "skip")
    talk.say("/skip")
    slots = talk.record.runs[-1].frames[0].slots
    assert (talk.record.profile.name, slots["mood"]) == ("", 5)


def test_consent_cannot_be_skipped_and_says_why(talk):
    to(talk, "/start", "skip")
    assert (talk.place, "nothing is kept before you agree" in talk.said[0]) == ("first:hello", True)


def test_a_press_acts_once_and_a_second_one_is_only_acknowledged(talk):
    to(talk, "/start")
    press = talk.buttons[-2][1]
    talk.press(press)
    before = talk.record.runs
    talk.press(press)
    assert (talk.record.runs, [each.kind for each in talk.turn.replies]) == (before, ["acknowledge"])


@pytest.mark.parametrize("press", ["1.9", "99.0", "1.x", "", "🙂", "0.0", "1.done", "1.skip", "-1.0"])
def test_a_forged_or_stale_press_changes_nothing_and_is_answered(talk, press):
    to(talk, "/start", "=Yes")
    place = talk.place
    talk.press(press)
    assert (talk.place, talk.turn.replies[0].kind) == (place, "acknowledge")


def test_marks_of_a_choices_ask_keep_the_number_and_only_done_answers(talk):
    to(talk, "/start", "=Yes", "Ann", "7", "=Red", "=Green", "=Red")
    edits = [each for each in talk.turn.replies if each.kind == "edit"]
    to(talk, "=Done")
    assert (edits[0].buttons[1][0].label, talk.record.runs[-1].frames[0].slots["colours"]) == ("✓ Green", ["green"])


def test_choices_can_be_typed_by_number(talk):
    to(talk, "/start", "=Yes", "Ann", "7", "1, 3")
    assert talk.record.runs[-1].frames[0].slots["colours"] == ["red", "green"]


def test_back_takes_back_one_answer_after_the_other_through_parts(talk):
    to(at_story(talk), "/back", "/back")
    assert talk.place == "kind:ask_kind"


def test_back_restores_exactly_what_was_there(talk):
    to(talk, "/start", "=Yes", "Ann", "7")
    before = talk.record.runs[-1].frames
    kept = talk.record.kept
    to(talk, "=Red", "=Done", "/back")
    assert (talk.record.runs[-1].frames, talk.record.kept) == (before, kept)


def test_back_never_goes_behind_a_consent(talk):
    to(talk, "/start", "=Yes", "/back")
    assert (talk.place, talk.record.consents["processing"].given) == ("first:name", True)


def test_back_in_the_first_ask_of_a_digression_closes_it(talk):
    to(talk, "/start", "=Yes", "Ann", "help", "back")
    assert talk.place == "first:mood_ask"


def test_a_closed_digression_is_one_entry_of_what_waited_below(talk):
    to(talk, "/start", "=Yes", "Ann", "menu", "=Tone", "=Brief")
    tone = talk.record.profile.tone
    to(talk, "back")
    assert (tone, talk.record.profile.tone, talk.place) == ("brief", "warm", "first:mood_ask")


def test_a_digression_comes_back_to_the_same_ask_with_the_same_number(talk):
    to(talk, "/start", "=Yes", "Ann")
    number = talk.record.runs[-1].asked.number
    to(talk, "help", "=Close")
    assert (talk.place, talk.record.runs[-1].asked.number) == ("first:mood_ask", number)


def test_an_open_node_goes_on_behind_itself_when_what_it_opened_is_done(talk):
    to(at_story(talk), "A day", "7:30", "=Enough", "menu", "=Cards", "=Close")
    assert talk.record.runs == ()


def test_a_command_typed_into_a_text_is_asked_about(talk):
    to(at_story(talk), "menu")
    assert [button.label for row in talk.turn.replies[-1].buttons for button in row] == [
        "command label",
        "answer label",
    ]


def test_it_was_my_answer_keeps_the_word(talk):
    to(at_story(talk), "menu", "=answer label")
    assert talk.record.kept["first.story"][-1].value == "menu"


def test_it_was_a_command_opens_the_menu(talk):
    to(at_story(talk), "menu", "=command label")
    assert talk.place == "home:home"


@pytest.mark.parametrize("word", ["sos", "SOS!", "emergency now", "/sos", "hello\nsos"])
def test_sos_works_in_a_text_and_on_a_line_of_its_own(talk, word):
    to(at_story(talk), word)
    assert talk.place == "sos:numbers"


@pytest.mark.parametrize("word", ["sos", "help"])
def test_help_works_before_the_first_word_of_a_new_person(talk, word):
    to(talk, word)
    assert talk.place.partition(":")[0] == word


def test_what_was_typed_before_the_question_was_seen_does_not_answer_it(talk):
    to(talk, "/start", "=Yes", "Ann")
    number = talk.record.runs[-1].asked.number
    talk.say("7", seen=False)
    assert (talk.place, talk.record.runs[-1].asked.number, talk.turn.reading) == ("first:mood_ask", number, "early")


def test_of_several_lines_the_first_that_can_be_read_answers(talk):
    to(talk, "/start", "=Yes", "Ann", "well\nhm, it is\n7\n3")
    assert talk.record.ratings[-1].value == 7


def test_a_text_ask_takes_all_lines(talk):
    to(at_story(talk), "one\ntwo")
    assert talk.record.kept["first.story"][-1].value == "one\ntwo"


def test_not_understood_is_said_once_and_then_taken_as_it_is_with_help_beside_it(talk):
    to(talk, "/start", "=Yes", "Ann", "blue whale", "green whale")
    labels = [button.label for row in talk.turn.replies[-1].buttons for button in row]
    assert ("unclear again" in talk.said[0], "sos label" in labels, talk.place) == (True, True, "first:mood_ask")


@pytest.mark.parametrize("media", ["photo", "voice", "sticker", "dice"])
def test_every_media_kind_is_answered_and_leads_back_to_the_question(talk, media):
    to(talk, "/start", "=Yes", "Ann")
    talk.take(Utterance(talk.now, media=media))
    assert (media in talk.said[0], talk.turn.replies[-1].kind) == (True, "ask")


def test_an_edited_last_answer_is_offered_and_used_only_by_choice(talk):
    to(talk, "/start", "=Yes", "Ann")
    talk.say("Anna", edits="last")
    name = talk.record.profile.name
    talk.tap("edited use")
    assert (name, talk.record.profile.name, talk.place) == ("Ann", "Anna", "first:mood_ask")


def test_an_edit_kept_as_it_was_changes_nothing(talk):
    to(talk, "/start", "=Yes", "Ann")
    talk.say("Anna", edits="last")
    talk.tap("edited keep")
    assert (talk.record.profile.name, talk.place) == ("Ann", "first:mood_ask")


def test_a_timed_list_is_said_with_its_offsets_and_the_ask_behind_it(talk):
    to(at_story(talk), "A day", "7:30")
    assert [each.after for each in talk.turn.replies if each.kind in ("say", "ask")] == [0.0, 4.0, 6.0]


def test_where_a_channel_cannot_push_the_list_is_said_at_once(talk):
    to(at_story(talk), "A day")
    talk.say("7:30", pushes=False)
    assert [each.after for each in talk.turn.replies if each.kind in ("say", "ask")] == [0.0, 0.0]


def test_what_is_typed_while_a_timed_list_plays_lets_it_play_on(talk):
    to(at_story(talk), "A day", "7:30")
    talk.now -= dt.timedelta(seconds=18)
    talk.say("this is calm")
    assert (talk.turn.replies, talk.turn.cancels, talk.place) == ((), False, "first:breathe")


def test_a_node_left_cancels_what_it_still_wanted_to_say(talk):
    assert to(talk, "/start", "=Yes").turn.cancels is True


def test_why_names_title_step_version_and_source(talk):
    to(talk, "/start", "=Yes", "Ann", "why")
    version = talk.library.flows["first"].version
    assert all(word in talk.said[0] for word in ("The first talk", "mood ask", version, "made for the tests"))


def test_shorter_leads_a_session_into_its_short_form(talk):
    to(at_story(talk), "A day", "7:30", "=Enough", "menu", "=Tiny", "shorter")
    assert talk.place == "tiny:act_short"


def test_a_session_is_done_when_it_reaches_its_plan(talk):
    to(at_story(talk), "A day", "7:30", "=Enough", "menu", "=Tiny", "=Start", "3", "=It fits", "=Tried", "2")
    assert (talk.record.done, [fact.end for fact in talk.turn.runs if fact.status == "ended"]) == (
        {"tiny": 1},
        ["done"],
    )


def test_a_session_that_a_flag_closes_is_not_offered(talk):
    to(at_story(talk), "A day", "7:30", "=Enough")
    talk.record = msgspec.structs.replace(talk.record, flags={"pain": True})
    to(talk, "menu")
    assert "Tiny" not in [button.label for row in talk.turn.replies[-1].buttons for button in row]


def test_repeat_says_the_words_and_the_ask_again_under_its_number(talk):
    to(talk, "/start", "=Yes", "Ann")
    number = talk.record.runs[-1].asked.number
    to(talk, "repeat")
    assert ([each.ask for each in talk.turn.replies if each.kind == "ask"], "Good to meet you" in talk.said[0]) == (
        [number],
        True,
    )


def test_start_of_a_known_person_goes_on_where_they_were(talk):
    to(talk, "/start", "=Yes", "Ann", "/start")
    assert (talk.place, talk.said[0]) == ("first:mood_ask", "resumed")


def test_after_three_days_a_person_is_welcomed_back_before_the_question(talk):
    to(talk, "/start", "=Yes", "Ann").later(days=3)
    assert to(talk, "7").place == "welcome_back:show"


def test_a_tap_on_the_open_question_counts_even_after_days(talk):
    to(talk, "/start", "=Yes", "Ann").later(days=5)
    assert to(talk, "=7").place == "first:colours_ask"


def test_a_check_in_that_falls_due_in_the_middle_is_an_offer_beside_the_ask(talk):
    to(talk, "/start", "=Yes", "Ann")
    talk.due("check_in", dt.timedelta(hours=1))
    to(talk, "7")
    assert talk.place == "first:colours_ask"


def test_the_check_in_can_be_taken_from_its_offer_and_then_the_session_waits(talk):
    to(talk, "/start", "=Yes", "Ann")
    talk.due("check_in", dt.timedelta(hours=1))
    to(talk, "=check in label", "4")
    assert talk.place == "first:mood_ask"


def test_a_run_without_an_answer_for_seven_days_is_left_and_kept_for_a_return(talk):
    to(talk, "/start", "=Yes", "Ann")
    talk.due("left", dt.timedelta(days=7))
    assert ([fact.status for fact in talk.turn.runs], talk.record.runs[-1].left) == (["left"], True)


def test_variants_do_not_come_again_until_all_were_used(library):
    said = set()
    talk = Talk(library)
    for _ in range(3):
        talk.record = msgspec.structs.replace(talk.record, runs=())
        to(talk, "/start")
        said.add(talk.said[0])
    assert said == {"Hello one.", "Hello two.", "Hello three."}


@pytest.mark.parametrize(
    "name", ["<b>&", "</b><script>", "{{ 7 * 7 }}", "{% if %}", "a\u202eb", "🙂" * 100, "&amp;lt;"]
)
def test_what_a_person_types_is_never_markup_and_never_template(talk, name):
    to(talk, "/start", "=Yes", name)
    assert not {"49", "<"} & {part for part in ("49", "<") if part in talk.said[0]}


def test_a_failure_says_sorry_with_help_and_keeps_the_place(library, talk):
    to(talk, "/start", "=Yes", "Ann")
    turn = apologise(library, talk.record, Utterance(talk.now, text="7"), talk.now, 1, "KeyError")
    buttons = [button.press for row in turn.replies[-1].buttons for button in row]
    assert (turn.record.runs, turn.failed, buttons) == (talk.record.runs, "KeyError", ["sos"])


def test_a_failure_of_something_that_nobody_wrote_says_nothing(library, talk):
    to(talk, "/start")
    turn = apologise(library, talk.record, Utterance(talk.now, trigger="blocked"), talk.now, 1, "KeyError")
    assert (turn.replies, turn.failed) == ((), "KeyError")


def test_ask_numbers_rise_for_ever(talk):
    to(talk, "/start", "=Yes", "Ann", "back", "Ann", "help", "back")
    numbers = [int(press.partition(".")[0]) for _, press in talk.buttons if press[0].isdigit()]
    assert numbers == sorted(numbers) or max(numbers) == talk.record.asks


def test_before_consent_nothing_but_the_place_is_kept(talk):
    to(talk, "/start", "I have a secret")
    assert "secret" not in msgspec.json.encode(talk.record).decode()


def test_words_of_danger_open_the_safety_flow_whatever_is_open(talk):
    to(at_story(talk), "I want to kill myself")
    assert (talk.place, talk.turn.safety_step, talk.record.kept.get("first.story")) == ("connect:numbers", "N3", None)


def test_what_waited_is_there_again_after_the_safety_flow(talk):
    to(at_story(talk), "I want to kill myself", "=Yes")
    assert talk.place == "first:story_ask"


def test_no_answer_is_put_forward_at_a_consent_a_rating_or_a_question_of_danger(talk):
    shown = []
    for step in ("/start", "=Yes", "Ann", "I want to kill myself"):
        to(talk, step)
        shown += [button for reply in talk.turn.replies for row in reply.buttons for button in row]
    assert [button.label for button in shown if button.main] == []


def test_in_danger_what_is_not_understood_meets_one_short_sentence_and_the_help_again(talk):
    to(at_story(talk), "I want to kill myself", "blue whale", "green whale")
    assert (talk.said[0], talk.place) == ("unclear safety", "connect:numbers")


def test_silence_at_a_safety_question_counts_as_its_choice(talk):
    to(at_story(talk), "I want to kill myself")
    talk.due("silence", dt.timedelta(minutes=16))
    assert (talk.turn.answers[0].value, talk.turn.reading) == ("not_sure", "due silence")


def test_the_same_danger_again_within_a_day_is_not_asked_twice_and_help_stays_in_sight(talk):
    to(at_story(talk), "I want to kill myself", "=No", "I want to kill myself")
    labels = [button.label for row in talk.turn.replies[-1].buttons for button in row]
    assert (talk.place, "sos label" in labels) == ("first:story_ask", True)


def test_the_words_that_raised_a_signal_are_not_in_the_record(talk):
    to(at_story(talk), "I want to kill myself")
    assert "kill" not in msgspec.json.encode(talk.record).decode()


def test_a_turn_that_takes_an_answer_back_names_the_turn_it_was_given_in(talk):
    to(talk, "/start", "=Yes", "Ann", "7")
    given = talk.record.turns
    assert to(talk, "/back").turn.taken_back == (given,)


def test_a_note_after_days_is_an_offer_beside_what_waits_and_never_takes_its_place(talk):
    to(talk, "/start", "=Yes", "Ann")
    talk.due("return", dt.timedelta(days=3))
    labels = [button.label for row in talk.turn.replies[-1].buttons for button in row]
    assert (talk.place, labels) == ("first:mood_ask", ["go on label", "check in label", "later label"])


def test_a_tap_on_what_waited_still_counts_after_the_note(talk):
    to(talk, "/start", "=Yes", "Ann")
    talk.due("return", dt.timedelta(days=3))
    assert to(talk, "=7").place == "first:colours_ask"
