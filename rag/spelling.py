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
        mended: list[str] = []
        position = 0
        while position < len(tokens):
            name, used = self._name_at(tokens, position, is_word)
            mended.append(name or self._mended_word(tokens[position], is_word))
            position += used
        return " ".join(mended)

    def _name_at(self, tokens: Sequence[str], position: int, is_word: Callable[[str], bool]) -> tuple[str, int]:
        for count in range(min(_MAX_JOINED, len(tokens) - position), 0, -1):
            part = tokens[position : position + count]
            joined = squeeze("".join(part))
            name = self.names.get(joined) if count > 1 or self._is_odd(part[0], is_word) else None
            if name is None and count > 1:
                name = self._guessed_name(part, joined, is_word)
            if name is not None:
                return _with_edges(part, name), count
        return "", 1

    def _is_odd(self, token: str, is_word: Callable[[str], bool]) -> bool:
        """Say whether a single word may be a name spelled in another way: lower-case, and no word."""
        return token == token.lower() and not self._is_known(squeeze(token), is_word)

    def _guessed_name(self, part: Sequence[str], joined: str, is_word: Callable[[str], bool]) -> str | None:
        if len(joined) < _SHORTEST_GUESSED_NAME or all(self._is_known(squeeze(token), is_word) for token in part):
            return None
        if any(squeeze(token) in STOP_WORDS for token in part):
            return None
        best = _closest(joined, list(self.names), _LEAST_SIMILAR_NAME)
        return self.names[best] if best else None

    def _mended_word(self, token: str, is_word: Callable[[str], bool]) -> str:
        word = token.strip(".,?!;:()\"'")
        if len(word) < _SHORTEST_MENDED or not word.isalpha() or word != word.lower():
            return token
        if self._is_known(word, is_word):
            return token
        best = _closest(word, self._by_first_letter.get(word[0], []), _LEAST_SIMILAR)
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
    def _by_first_letter(self) -> dict[str, list[str]]:
        grouped: dict[str, list[str]] = {}
        for word in self.words:
            if len(word) >= _SHORTEST_MENDED - 1:
                grouped.setdefault(word[0], []).append(word)
        return grouped


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


def _closest(word: str, choices: Sequence[str], least: float) -> str | None:
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    found = process.extractOne(word, choices, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=least)
    return str(found[0]) if found else None


def _with_edges(part: Sequence[str], name: str) -> str:
    """Return a name between the punctuation that stood around the words it replaces."""
    opening = re.match(r"[(\"']*", part[0])
    closing = re.search(r"(?:'s)?[.,?!;:)\"']*$", part[-1])
    return f"{opening.group() if opening else ''}{name}{closing.group() if closing else ''}"
