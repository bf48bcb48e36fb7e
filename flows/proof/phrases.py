"""Phrases that stand on buttons are as short as every other label."""

from __future__ import annotations

from collections.abc import Iterator

from flows.phrases import Phrases
from flows.problems import Problem, problem
from flows.proof.answers import LABEL
from flows.readability import length, spelled


def prove_phrases(phrases: Phrases) -> Iterator[Problem]:
    file = f"phrases/{phrases.language}.yaml"
    for key, phrase in phrases.phrases.items():
        for text in phrase.variants if key.endswith("_label") else ():
            count = length(spelled(text.source))
            if count > LABEL:
                yield problem("label_too_long", file, 1, label=text.source, count=count, limit=LABEL)
