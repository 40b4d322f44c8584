"""Whether a word or name of a claim stands in an evidence sentence, in its own spelling or another.

Knows the words of one sentence at a time; what the sentence says with them is for `disagreements`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.grounding.forms import words
from rag.grounding.lexicon import ANAPHORA, ANAPHORIC_NOUNS, FUNCTION_WORDS, OWN_WORK
from rag.grounding.synonyms import SYNONYMS
from rag.grounding.tokens import Token, name_key, tokens_of, word_key

Tokens = tuple[Token, ...]


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(re.split(r"[|\n]", SYNONYMS.strip())):
        for word in line.split():
            groups[word_key(word)].add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


@lru_cache(maxsize=16384)
def groups_of(key: str) -> frozenset[int]:
    """Return the numbers of the synonym groups that hold a stem."""
    return _groups().get(key, frozenset())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the tokens of one sentence can be matched against."""

    keys: frozenset[str]
    openings: frozenset[str]
    groups: frozenset[int]
    names: frozenset[str]
    initials: frozenset[str]


@lru_cache(maxsize=4096)
def vocabulary(tokens: Tokens) -> Vocabulary:
    """Return what the tokens can be matched by: stems, synonym groups, names and their parts, initials."""
    content = [token for token in tokens if token.kind in ("word", "name")]
    keys = {denied_key(token) for token in content} | {
        word_key(token.norm) for token in content if token.kind == "name"
    }
    names = set()
    for token in content:
        names.add(denied_key(token))
        if token.kind == "name" and not token.denies:
            names.update(_name_parts(token))
    groups = frozenset(
        group
        for token in content
        if not token.denies
        for group in groups_of(token.key if token.kind == "word" else word_key(token.norm))
    )
    openings = frozenset(opening for key in keys for opening in _openings(key))
    return Vocabulary(frozenset(keys), openings, groups, frozenset(names), _initials(content))


def denied_key(token: Token) -> str:
    """Return the key of a token, told apart from that of its denial: "available" and "unavailable"."""
    return f"not {token.key}" if token.denies else token.key


def _name_parts(token: Token) -> set[str]:
    """Return the names that a longer name contains: "Nemotron-51B" in "Llama-3.1-Nemotron-51B-Instruct"."""
    pieces = [piece for piece in re.split(r"[-/+_]", token.text) if piece]
    found = set()
    for start in range(len(pieces)):
        for end in range(start + 1, len(pieces) + 1):
            part = name_key("".join(pieces[start:end]))
            if len(part) > 1 or start == 0:
                found.add(part)
    return found


def _initials(content: Sequence[Token]) -> frozenset[str]:
    """Return the initials of every run of three to six words, and of two, as an acronym would have them."""
    everything = [token.norm[0] for token in content]
    telling = [token.norm[0] for token in content if token.norm not in FUNCTION_WORDS or token.kind == "name"]
    return frozenset(
        "".join(letters[start : start + size])
        for letters in (everything, telling)
        for size in range(2, 7)
        for start in range(len(letters) - size + 1)
    )


def has_word(token: Token, words: Vocabulary) -> bool:
    """Whether the sentence has the word, an inflection or a synonym of it."""
    if token.denies or token.key in words.keys or token.norm in words.names:
        return denied_key(token) in words.keys or token.norm in words.names
    if groups_of(token.key) & words.groups:
        return True
    # One stem extends the other by a short ending: "reduc" and "reduct".
    return token.key in words.openings or any(opening in words.keys for opening in _openings(token.key))


@lru_cache(maxsize=16384)
def _openings(key: str) -> tuple[str, ...]:
    return tuple(key[:-cut] for cut in (1, 2, 3) if len(key) - cut >= 5)


def has_name(token: Token, words: Vocabulary) -> bool:
    """Whether the sentence has the name: its spelling aside, as part of a longer name, or as an acronym."""
    if denied_key(token) in words.names or (not token.denies and word_key(token.norm) in words.keys):
        return True
    if token.denies:
        return False
    if _is_acronym(token) and name_key(token.text).casefold() in words.initials:
        return True
    return _split_name_matches(token, words)


def _is_acronym(token: Token) -> bool:
    return len(token.key) >= 2 and token.text.rstrip("s").isupper() and token.text.rstrip("s").isalpha()


def _split_name_matches(token: Token, words: Vocabulary) -> bool:
    """Whether "V3" means "MobileNetV3" or is meant by it, and "ResNet-50" is one of "ResNet18/50"."""
    if re.fullmatch(r"v\d+", token.key):
        return any(name.endswith(token.key) for name in words.names)
    match = re.fullmatch(r"(.*?[a-z])(v?\d+)", token.key)
    if not match:
        return False
    stem_part, version = match.groups()
    return version in words.names and any(name.startswith(stem_part) and name != token.key for name in words.names)


def has(token: Token, words: Vocabulary) -> bool:
    """Whether a heavy token of a claim stands in the sentence."""
    return has_name(token, words) if token.kind == "name" else has_word(token, words)


@lru_cache(maxsize=1024)
def own_names(title: str) -> frozenset[str]:
    """Return what a title calls its system: the words before the colon, when there are at most four."""
    head, colon, _ = title.partition(":")
    tokens = [token for token in tokens_of(head) if token.kind != "mark"]
    if not colon or not 0 < len(tokens) <= 4:
        return frozenset()
    keys = {token.key for token in tokens if token.heavy}
    return frozenset(keys | {name_key("".join(token.text for token in tokens))})


def refers_back(tokens: Tokens) -> bool:
    """Whether a sentence takes its subject from elsewhere: "we", "our" anywhere, or "it", "this method" at its head."""
    if any(token.norm in OWN_WORK for token in tokens):
        return True
    # "Compared to X, it …": what comes before the comma is no subject.
    comma = next((index for index, token in enumerate(tokens[:10]) if token.norm == ","), -1)
    if comma > 0 and any(token.norm in ANAPHORA for token in tokens[comma + 1 : comma + 2]):
        return True
    for index, token in enumerate(tokens[:8]):
        if token.norm in ANAPHORA:
            return True
        if token.heavy or token.kind == "number":
            return False
        if token.norm == "the" and any(other.key in ANAPHORIC_NOUNS for other in tokens[index + 1 : index + 3]):
            return True
    return False


def names_its_subject(tokens: Tokens) -> bool:
    """Whether a sentence has a name at its head, which then is what it speaks of."""
    start = 0
    if tokens and tokens[0].norm in ("on", "in", "for", "at", "with", "under", "compared", "using", "when", "across"):
        start = next((index for index, token in enumerate(tokens[:10]) if token.norm == ","), 0)
    return any(token.kind == "name" and token.norm != "our" for token in tokens[start : start + 4])


def subject_names(tokens: Tokens) -> frozenset[str]:
    """Return the keys of the names at the head of a sentence, or presented in it: "we propose X", "called X"."""
    heads = [token for token in tokens if token.heavy][:2]
    presented = [
        token
        for index, token in enumerate(tokens)
        if any(before.key in _PRESENTING for before in tokens[max(0, index - 4) : index])
    ]
    return frozenset(token.key for token in (*heads, *presented) if token.kind == "name")


_PRESENTING = frozenset(word_key(word) for word in words("propose present introduce call name dub term develop build"))
