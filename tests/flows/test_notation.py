"""The notation of rule files, one small file for each thing that it can say, in the script that needs it."""

from __future__ import annotations

import pytest

from flows.attached import cut_at_apostrophe
from flows.hits import trace
from flows.letters import forms_of
from flows.manuscript import read_manuscript
from flows.notation import words_in
from flows.rulebook import read_rules
from flows.signals import Hit, Signals
from flows.slips import one_slip
from flows.tokens import words_of

FILE = """
language: xx
sources: {own: ours}
SETTINGS
rules:
  - id: xx.rule
    category: suicide
    tier: urgent
    reason: an example
    source: own
    phrases: PHRASES
    must_match: [a, b, c]
    must_not: [a, b, c]
"""


def rules(phrases: str, settings: str = "") -> Signals:
    content, problems = read_manuscript(FILE.replace("SETTINGS", settings).replace("PHRASES", phrases), "f")
    signals, found = read_rules([("f", content)])
    assert [*problems, *found] == []
    return signals


def hits(text: str, signals: Signals) -> list[Hit]:
    return trace(text, signals)


def met(signals: Signals, *texts: str) -> list[str]:
    return [text for text in texts if hits(text, signals)]


PREFIXED = """
beginnings: {"و": "", "ف": "", "ال": "", "ب": "", "ل": "", "س": "", "ما": "ما"}
endings: {"ني": "ني"}
lists: {want: [بدي, اريد, "اريد ان"]}
"""


@pytest.mark.parametrize(
    "text",
    [
        "بدي أموت",
        "أُريدُ أنْ أموتَ",
        "وبدّي اموووت",
        "اريد ان امـــوت",
        "سأنتحر",
        "والانتحار",
        "مابدي أعيش",
        "ما بدي اعيش",
        "قتلني",
    ],
)
def test_arabic_marks_stretching_and_attached_words_are_read_through(text: str) -> None:
    assert hits(text, rules('["{want} اموت", "انتحر|انتحار", "ما بدي اعيش", "قتل ني"]', PREFIXED))


def test_arabic_words_are_cut_only_to_words_of_the_rules() -> None:
    assert not met(rules('["{want} اموت", "انتحر|انتحار"]', PREFIXED), "بدي اموال", "والبيت", "ما بدي")


@pytest.mark.parametrize("text", ["ज़िंदगी से तंग", "जिन्दगी से तंग", "ज़िन्दगी से तंग", "जिंदगी से तंग"])
def test_devanagari_nukta_and_nasals_may_be_written_either_way(text: str) -> None:
    assert hits(text, rules('["ज़िंदगी से तंग"]'))


def test_devanagari_vowel_signs_are_kept_apart() -> None:
    assert not hits("मे", rules('["मैं"]'))


@pytest.mark.parametrize(
    "text", ["хочу умереть", "xочy yмepeть", "ХОЧУ УМЕРЕЕЕТЬ", "я убью себя", "хочу\nумереть", "у6ью себя"]
)
def test_latin_letters_and_digits_inside_cyrillic_words_are_read_through(text: str) -> None:
    assert hits(text, rules('["хочу умереть", "убь* себя"]'))


def test_yo_is_ye_in_cyrillic() -> None:
    assert met(rules('["всё кончено"]'), "все кончено", "всё кончено") == ["все кончено", "всё кончено"]


@pytest.mark.parametrize("text", ["вб’ю себе", "вбю себе", "вб'ю себе"])
def test_an_apostrophe_within_a_word_may_be_missing(text: str) -> None:
    assert hits(text, rules('["вб\'ю себе"]'))


@pytest.mark.parametrize(
    "text", ["mich töten", "mich toeten", "mich toten", "Ich schaffe es nicht größer", "groesser", "grösser"]
)
def test_german_umlauts_and_sharp_s_have_three_spellings(text: str) -> None:
    assert hits(text, rules("[mich töten, größer]"))


ELISIONS = """beginnings: {"j'": je, "d'": de, "qu'": que, "m'": me, "n'": ne}"""


@pytest.mark.parametrize(
    "text", ["j'ai envie d'en finir", "J’AI envie d’en finir", "jai envie den finir", "qu'on me tue", "quon me tue"]
)
def test_french_elisions_are_cut_with_and_without_the_apostrophe(text: str) -> None:
    assert hits(text, rules('["j\'ai envie d\'en finir", "qu\'on me tue"]', ELISIONS))


def test_a_clitic_meets_the_phrase_in_one_word_and_in_two() -> None:
    signals = rules("[quiero matar me, puedo matarme]", "endings: {me: me, se: se}")
    said = ("quiero matarme", "quiero matar me", "puedo matarme")
    assert met(signals, *said) == list(said)


def test_an_everyday_word_is_not_torn_apart() -> None:
    assert not met(rules("[matar me]", "endings: {me: me}"), "informe", "dame pan", "firme")


def test_a_stem_stands_for_all_words_that_begin_so_but_those_denied() -> None:
    signals = rules("[suicid*, poison* myself]", "deny: [suicidology]")
    assert met(signals, "suicidal", "suicide", "poisoning myself", "suicidology", "sui") == [
        "suicidal",
        "suicide",
        "poisoning myself",
    ]


def test_an_emoji_stands_for_its_word_and_others_only_end_a_clause() -> None:
    signals = rules("[kill myself, took pills]", "emoji: {🔪: kill, 💊: pills}")
    said = ("gonna 🔪 myself", "kill 😭 myself", "took 💊💊", "kill 💊 myself 🪦", "🔪 onions")
    assert met(signals, *said) == list(said[:3])


def test_an_emoji_that_is_a_word_elsewhere_is_passed_over() -> None:
    assert hits("kill 🔪 myself", rules("[kill myself]"))


GUARDED = "guarded: [suicide, overdose]\ndeny: [suicides]"


@pytest.mark.parametrize("text", ["suicde", "siucide", "suicidee", "suixide", "overdosse", "ovrdose"])
def test_one_slip_in_a_guarded_word_is_read_through(text: str) -> None:
    assert hits(text, rules("[suicide, overdose]", GUARDED))


def test_two_slips_a_slip_at_the_beginning_and_denied_words_are_not() -> None:
    assert not met(rules("[suicide, overdose]", GUARDED), "sucde", "duicide", "suicides", "outside", "overdressed")


def test_a_gap_ends_with_the_sentence_and_holds_as_many_words_as_it_says() -> None:
    signals = rules("[end ...5 life]")
    assert met(signals, "end a b c d e life", "end a b c d e f life", "end it. My life") == ["end a b c d e life"]


def test_short_forms_are_written_out_on_both_sides() -> None:
    signals = rules('["don\'t wanna live"]', 'endings: {"n\'t": not}\nspellings: {wanna: want to, dont: do not}')
    said = ("don't wanna live", "do not want to live", "dont want to live")
    assert met(signals, *said) == list(said)


def test_a_list_may_use_a_list_above_it() -> None:
    signals = rules('["{all} gone"]', "lists: {one: [mum, my dad], all: ['{one}', they]}")
    assert met(signals, "mum gone", "my dad gone", "they gone", "dad gone") == ["mum gone", "my dad gone", "they gone"]


@pytest.mark.parametrize("text", ["together", "devilish", "therapist"])
def test_letters_are_not_cut_into_scraps(text: str) -> None:
    assert not hits(text, rules("[to get her, the rapist i am, a devil i am ish]"))


def test_every_word_is_kept_by_folding_twice() -> None:
    said = "Größer naïve ёж أُريد ज़िन्दगी ＦＵＬＬ ４"
    assert words_of(" ".join(words_of(said))) == words_of(said)


@pytest.mark.parametrize(
    ("form", "words"),
    [("don't", ("do", "not")), ("j'ai", ("je", "ai")), ("qu'il", ("que", "il")), ("rock'n", None), ("'", None)],
)
def test_parts_with_an_apostrophe_are_cut_off(form: str, words: tuple[str, ...] | None) -> None:
    assert cut_at_apostrophe(form, {"j'": ("je",), "qu'": ("que",)}, {"n't": ("not",)}) == words


@pytest.mark.parametrize(
    ("form", "word", "one"),
    [
        ("abcd", "abcd", False),
        ("abd", "abcd", True),
        ("abccd", "abcd", True),
        ("abxd", "abcd", True),
        ("acbd", "abcd", True),
        ("axyd", "abcd", False),
        ("xbcd", "abcd", False),
        ("ab", "abcd", False),
    ],
)
def test_one_slip_is_one_letter_or_two_neighbours(form: str, word: str, one: bool) -> None:
    assert one_slip(form, word) is one


def test_a_word_in_one_alphabet_gets_no_further_forms() -> None:
    assert [forms_of(word) for word in ("kill", "смерть", "موت")] == [("kill",), ("смерть",), ("موت",)]


def test_words_of_phrases_keep_the_sign_of_a_stem() -> None:
    assert words_in(rules("[suicid* now]").languages[0].rules[0].phrases) == {"suicid*", "now"}
