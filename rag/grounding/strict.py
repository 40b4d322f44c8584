"""The strict judge of citations, for evaluation: every number and name of a sentence stands in what it cites.

Deliberately independent of the support check, so that the one can be measured with the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.text import readable

_NUMBER = re.compile(
    r"(?<![\w.])(\d+(?:,\d{3})*(?:\.\d+)?)(?:[\s-]?(percent|per cent|times|fold|billion|million|thousand|trillion)\b"
    r"|[\s-]?(%|°C|[kKMGT]i?B|ms|µs|ns|[kMG]Hz|[kKMBTxs])(?![A-Za-z0-9])|[\s-]?(bits?|hours?|days?|minutes?|seconds?)\b)?"
)
_NAME = re.compile(r"[A-Za-z]\w*(?:[-+./]\w+)*")
_WORDS_FOR_NUMBERS = "two three four five six seven eight nine ten eleven twelve"
_DIGITS = {word: str(number) for number, word in enumerate(_WORDS_FOR_NUMBERS.split(), 2)}
_UNIT_OF = {
    **dict.fromkeys(["percent", "per cent", "%"], "%"),
    **dict.fromkeys(["times", "fold", "x"], "x"),
    **dict.fromkeys(["billion", "B"], "e9"),
    **dict.fromkeys(["million", "M"], "e6"),
    **dict.fromkeys(["thousand", "k", "K"], "e3"),
    **dict.fromkeys(["trillion", "T"], "e12"),
    **dict.fromkeys(["s", "second", "seconds"], "second"),
}


def strict_support(sentence: str, quotes: Sequence[str]) -> bool:
    """Tell whether all numbers, with their units, and all names of a sentence stand in the quotes.

    A name is a word with a capital letter that does not merely begin the sentence, or with
    capitals or digits inside it. Nothing else is asked: a sentence without numbers and names
    passes, given at least one quote.

    Args:
        sentence: A sentence of an answer, without citation markers.
        quotes: The cited sentences, and the titles of their documents as further entries.
    """
    if not any(quote.strip() for quote in quotes):
        return False
    cited = " \n ".join(_plain(quote) for quote in quotes)
    claimed = _plain(sentence)
    words = _words(cited)
    return _numbers(claimed) <= _numbers(cited) and all(_stands_among(name, words) for name in _names(claimed))


def _plain(text: str) -> str:
    text = re.sub(r"[‐‑‒–−]", "-", readable(text)).replace("’", "'")
    return re.sub(r"[A-Za-z]+", lambda match: _DIGITS.get(match.group().casefold(), match.group()), text)


def _numbers(text: str) -> set[tuple[float, str]]:
    found: set[tuple[float, str]] = set()
    for match in _NUMBER.finditer(text):
        written = next((group for group in match.groups()[1:] if group), "")
        value = float(match[1].replace(",", ""))
        unit = _UNIT_OF.get(written, written.removesuffix("s") if len(written) > 2 else written)
        if unit.startswith("e"):
            value, unit = value * float(f"1{unit}"), ""
        found.add((round(value, 9), unit))
    return found


def _names(text: str) -> list[str]:
    names = []
    for match in _NAME.finditer(text):
        before = text[: match.start()]
        initial = not before.strip(" \"'([") or bool(re.search(r"[.!?:]\s*$", before))
        names += [part for part in _parts(match.group()) if _is_name(part, initial=initial)]
    return names


def _parts(word: str) -> list[str]:
    """Return the parts of "BERT-based", and "MobileNet-V3" whole: an ordinary word is no part of a name."""
    pieces = re.split(r"[-/]", word)
    return pieces if any(len(piece) > 1 and piece.islower() for piece in pieces) else [word]


def _is_name(word: str, *, initial: bool) -> bool:
    if re.search(r"[A-Z0-9]", word[1:]):
        return True
    return word[:1].isupper() and len(word) > 1 and not initial


def _words(cited: str) -> set[str]:
    return {
        _squeezed(part)
        for match in _NAME.finditer(cited)
        for part in (match.group(), *re.split(r"[-/+]", match.group()))
    }


def _stands_among(name: str, words: set[str]) -> bool:
    bare = _squeezed(name)
    singular = bare[:-1] if name.endswith("s") and name[-2:-1].isupper() else bare
    return bool({bare, singular, singular + "s"} & words)


def _squeezed(name: str) -> str:
    return re.sub(r"[^\w]", "", name).casefold()
