"""Mend the spelling of a question by the words of the corpus. Knows nothing of indexes or models."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.naming import is_title_case, own_names
from rag.text import STOP_WORDS, fold, squeeze, stem
from rag.types import Document

_MAX_JOINED = 4
_SHORTEST_MENDED = 5
_SHORTEST_GUESSED_NAME = 8
# Parts of edit similarity, 1 for equal words: one wrong letter in seven, one in ten for a name.
_LEAST_SIMILAR = 0.85
_LEAST_SIMILAR_NAME = 0.9
# Words by their length and their place in order.
Lengths = dict[int, dict[int, str]]
_TOKEN = re.compile(r"\S+")


@dataclass(frozen=True)
class Spelling:
    """The words of a corpus, commonest first, and its names by their letters alone."""

    words: Sequence[str]
    names: Mapping[str, str]

    def mend(self, question: str, is_word: Callable[[str], bool]) -> str:
        """Return the question with names spelled as the papers do and misspelled words replaced.

        "mobile TL" becomes MobileTL, "accurcy" accuracy. A word that stands in the corpus, or that
        `is_word` knows, is left alone.
        """
        tokens = [match.group() for match in _TOKEN.finditer(question)]
        words = [squeeze(token) for token in tokens]
        mended: list[str] = []
        position = 0
        while position < len(tokens):
            here = slice(position, position + _MAX_JOINED)
            name, used = self._name_at(tokens[here], words[here], is_word)
            mended.append(name or self._mended_word(tokens[position], is_word))
            position += used
        return " ".join(mended)

    def _name_at(self, tokens: Sequence[str], words: Sequence[str], is_word: Callable[[str], bool]) -> tuple[str, int]:
        """Return the name that the first tokens spell together, and how many they are; words are their letters."""
        for count in range(len(tokens), 0, -1):
            joined = "".join(words[:count])
            odd = count > 1 or (tokens[0] == tokens[0].lower() and not self._is_known(words[0], is_word))
            name = self.names.get(joined) if odd else None
            if name is None and count > 1:
                name = self._guessed_name(words[:count], joined, is_word)
            if name is not None:
                return _with_edges(tokens[:count], name), count
        return "", 1

    def _guessed_name(self, words: Sequence[str], joined: str, is_word: Callable[[str], bool]) -> str | None:
        if len(joined) < _SHORTEST_GUESSED_NAME or all(self._is_known(word, is_word) for word in words):
            return None
        if any(word in STOP_WORDS for word in words):
            return None
        best = _closest(joined, self._names_by_length, _LEAST_SIMILAR_NAME)
        return self.names[best] if best else None

    def _mended_word(self, token: str, is_word: Callable[[str], bool]) -> str:
        word = token.strip(".,?!;:()\"'")
        if len(word) < _SHORTEST_MENDED or not word.isalpha() or word != word.lower():
            return token
        if self._is_known(word, is_word):
            return token
        best = _closest(word, self._words_by_letter.get(word[0], {}), _LEAST_SIMILAR)
        return token.replace(word, best) if best else token

    def _is_known(self, word: str, is_word: Callable[[str], bool]) -> bool:
        # An inflected form is known by its stem, a word cut short is not.
        inflected = stem(word) != word and stem(word) in self._stems
        return word in STOP_WORDS or word in self._known or inflected or is_word(word)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.words)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(map(stem, self.words))

    @cached_property
    def _words_by_letter(self) -> dict[str, Lengths]:
        grouped: dict[str, list[str]] = {}
        for word in self.words:
            if len(word) >= _SHORTEST_MENDED - 1:
                grouped.setdefault(word[0], []).append(word)
        return {letter: _by_length(words) for letter, words in grouped.items()}

    @cached_property
    def _names_by_length(self) -> Lengths:
        return _by_length(self.names)


def spelling_of(documents: Iterable[Document]) -> Spelling:
    """Return the words and names of documents."""
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    for document in documents:
        text = f"{document.title} {document.text}"
        counts.update(word for word in re.findall(r"[a-z]+", fold(text)) if len(word) > 2)
        for name in own_names(document.title, document.text):
            if " " not in name and not is_title_case(name):
                names.setdefault(squeeze(name), name)
    return Spelling([word for word, _ in counts.most_common()], names)


def _by_length(words: Iterable[str]) -> Lengths:
    grouped: Lengths = {}
    for place, word in enumerate(words):
        grouped.setdefault(len(word), {})[place] = word
    return grouped


def _closest(word: str, choices: Lengths, least: float) -> str | None:
    """Return the choice most like a word, the first of several; None when none is like enough."""
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    best: tuple[float, int, str] | None = None
    for length, words in choices.items():
        # A letter more or less is a difference.
        if abs(length - len(word)) > (1 - least) * max(length, len(word)) + 1e-9:
            continue
        found = process.extractOne(word, words, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=least)
        if found and (best is None or (-found[1], found[2]) < best[:2]):
            best = (-found[1], found[2], found[0])
    return best[2] if best else None


def _with_edges(part: Sequence[str], name: str) -> str:
    """Return a name between the punctuation that stood around the words it replaces."""
    opening = re.match(r"[(\"']*", part[0])
    closing = re.search(r"(?:'s)?[.,?!;:)\"']*$", part[-1])
    return f"{opening.group() if opening else ''}{name}{closing.group() if closing else ''}"
