"""What somebody may answer, at random: taps on what is shown, and words that most questions can read."""

import hypothesis.strategies as st

from flows import Utterance


def utterance_for(step, record, buttons, now):
    kind, what = step
    if kind == "tap" and buttons:
        return Utterance(now, press=buttons[what % len(buttons)])
    return Utterance(now, text=what if kind == "say" else "7")


ANSWERS = st.one_of(
    st.integers(0, 12).map(lambda index: ("tap", index)),
    st.sampled_from(["7", "2", "1", "Ann, Bo", "8:30", "skip", "/skip", "menu", "help", "a plain day", "ok"]).map(
        lambda text: ("say", text)
    ),
)
