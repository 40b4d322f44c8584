"""Whether one evidence sentence says one clause of a claim, with the help of what stands around it.

A sentence is read in several ways: clause by clause where it sets clauses against one another,
item by item where it pairs lists. Knows nothing of how a claim is cut into clauses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from rag.grounding.clauses import asserted, independent_parts, said_by_denial
from rag.grounding.disagreements import CHECKS
from rag.grounding.edits import opposite
from rag.grounding.forms import words
from rag.grounding.lexicon import DIRECTIONS, FUNCTION_WORDS, HEDGES, SUPERLATIVES
from rag.grounding.lists import variants
from rag.grounding.matching import Vocabulary, has, names_its_subject, own_names, refers_back, subject_names, vocabulary
from rag.grounding.rivals import is_year
from rag.grounding.tokens import Token, tokens_of
from rag.types import Evidence

Tokens = tuple[Token, ...]
# Of a clause's content words at most this share may come from around the sentence, and always one.
_FILLED_SHARE = 0.4
# No sentence of a paper is longer; what is, is read up to here.
_LONGEST_SENTENCE = 300
# With a larger share missing, nothing around a sentence can make it say the clause.
_HOPELESS = 0.6


@dataclass(frozen=True, slots=True)
class Finding:
    """How far a clause holds: share of its content found, by which sentences, and what disagrees."""

    coverage: float
    evidence: tuple[int, ...]
    reasons: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing of the clause is missing or contradicted."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a sentence, and what its neighbouring clauses say that may hold of it as well."""

    tokens: Tokens
    beside: Tokens


class EvidenceReader:
    """The evidence of one check, ready to be compared with one clause after the other."""

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        """Read the sentences; those of one document may come in any order."""
        self._evidence = evidence
        self._tokens = [tokens_of(item.text)[:_LONGEST_SENTENCE] for item in evidence]
        self._readings = [self._readings_of(index) for index in range(len(evidence))]
        self._found: dict[Tokens, Finding] = {}

    def best(self, claim: Tokens) -> Finding:
        """Return the finding of the evidence sentence that comes nearest to saying the clause."""
        if claim not in self._found:
            self._found[claim] = self._best(claim)
        return self._found[claim]

    def _best(self, claim: Tokens) -> Finding:
        findings = [
            self._compare(claim, index, reading)
            for index in range(len(self._evidence))
            for reading in self._readings[index]
        ]
        return max(findings, key=lambda finding: (finding.holds, finding.coverage - 0.1 * len(finding.reasons)))

    def documents(self, indices: Sequence[int]) -> set[str]:
        """Return the ids of the documents that the sentences are from."""
        return {self._evidence[index].document_id for index in indices}

    def _readings_of(self, index: int) -> list[_Reading]:
        tokens, before = self._tokens[index], self._before(index)
        parts = independent_parts(tokens)
        readings = []
        fronted = _fronted(tokens)
        for number, part in enumerate(parts):
            others = tuple(token for at, other in enumerate(parts) if at != number for token in _circumstances(other))
            years = tuple(token for token in others if token.quantity and is_year(token.quantity))
            readings += [
                _Reading(variant + years + (fronted if number else ()), others + _preface(tokens))
                for variant in variants(part, before)
            ]
        return readings

    def _before(self, index: int) -> Tokens:
        """Return the evidence sentence that comes before this one in the same document."""
        place = (self._evidence[index].start, index)
        earlier = [
            (item.start, at)
            for at, item in enumerate(self._evidence)
            if item.document_id == self._evidence[index].document_id and (item.start, at) < place
        ]
        return self._tokens[max(earlier)[1]] if earlier else ()

    def _compare(self, claim: Tokens, index: int, read: _Reading) -> Finding:
        own = own_names(self._evidence[index].title)
        claim, reading = _with_own(claim, own), _with_own(read.tokens, own)
        words, wanted = vocabulary(reading), _wanted(claim)
        absent = [token for token in wanted if not has(token, words)]
        if len(absent) > max(2, _HOPELESS * len(wanted)):
            return Finding(1 - len(absent) / len(wanted), (index,), tuple(_missing_reason(token) for token in absent))
        spelled_out = _spelled_out(claim, words)
        missing = [token for token in absent if token not in spelled_out and not said_by_denial(token, claim, reading)]
        filled, fillers = self._fill(claim, missing, index, read)
        if len(filled) > max(1, _FILLED_SHARE * len(wanted)) or _too_little(claim, wanted, missing, fillers):
            filled, fillers = [], ()
        still = [token for token in missing if token not in filled]
        disagreements = [reason for check in CHECKS for reason in check(claim, reading)]
        weight = len(wanted) + 2 * sum(token.kind == "number" for token in claim)
        lost = len(still) + 0.5 * len(filled) + sum(_about_number(reason) for reason in disagreements)
        reasons = dict.fromkeys([*disagreements, *(_missing_reason(token) for token in still)])
        return Finding(max(0.0, 1 - lost / max(1, weight)), (index, *fillers), tuple(reasons))

    def _fill(
        self, claim: Tokens, missing: Sequence[Token], index: int, read: _Reading
    ) -> tuple[list[Token], tuple[int, ...]]:
        """Look for missing words where the sentence may take them from; return them and the sentences used.

        A sentence whose subject is "we", "it" or "this method" may take its subject from the title
        or another sentence; a clause may take words, not names, from the circumstances of its neighbour.
        """
        item = self._evidence[index]
        title, own = vocabulary(tokens_of(item.title)), own_names(item.title)
        refers = refers_back(read.tokens)
        free = refers or not names_its_subject(_with_own(read.tokens, own))
        filled: list[Token] = []
        fillers: list[int] = []
        for token in missing:
            if token.kind == "word" and _displaces(token, claim, read.tokens):
                continue
            if any(opposite(token, other) for other in read.tokens):
                continue
            given = free and (token.key in own or has(token, title))
            if given or (token.kind == "word" and has(token, vocabulary(read.beside))):
                filled.append(token)
            elif refers and (other := self._elsewhere(token, index, claim)) is not None:
                filled.append(token)
                fillers.append(other)
        return filled, tuple(dict.fromkeys(fillers))

    def _elsewhere(self, token: Token, index: int, claim: Tokens) -> int | None:
        """Return another sentence of the document that has the token, a name only as subject of both."""
        document = self._evidence[index].document_id
        for at, item in enumerate(self._evidence):
            if item.document_id != document or at == index or not has(token, asserted(self._tokens[at])):
                continue
            if token.kind == "word" or (token.key in subject_names(self._tokens[at]) and token in claim[:4]):
                return at
        return None


def _too_little(claim: Tokens, wanted: Sequence[Token], missing: Sequence[Token], fillers: Sequence[int]) -> bool:
    """Whether too little of the clause stands in the sentence itself for others to complete it."""
    own = len(wanted) - len(missing) + sum(token.kind == "number" or token.norm in DIRECTIONS for token in claim)
    return bool(fillers) and own < 2


@lru_cache(maxsize=8192)
def _with_own(tokens: Tokens, own: frozenset[str]) -> Tokens:
    """Fold the paper's name for its own work to "our", so that "we" and the name are one subject."""
    if not any(token.key in own for token in tokens):
        return tokens
    return tuple(replace(token, norm="our") if token.key in own else token for token in tokens)


@lru_cache(maxsize=8192)
def _wanted(claim: Tokens) -> tuple[Token, ...]:
    """Return the words of the claim that evidence must have; direction and hedges have checks of their own."""
    wanted = []
    for index, token in enumerate(claim):
        before = claim[index - 1].quantity if index else None
        # 175-billion-parameter is 175B.
        of_model_size = token.key == "paramet" and before is not None and before.value >= 1e6
        checked = token.norm in DIRECTIONS or token.norm in HEDGES or token.norm in SUPERLATIVES
        if token.heavy and not checked and not of_model_size:
            wanted.append(token)
    return tuple(wanted)


def _about_number(reason: str) -> bool:
    return reason.startswith(("number ", "bound: ", '"'))


def _missing_reason(token: Token) -> str:
    kind = "name" if token.kind == "name" else "word"
    return f'{kind} "{token.text}" not in the evidence'


def _spelled_out(claim: Tokens, words: Vocabulary) -> set[Token]:
    """Return the words of the claim that spell out an acronym of the evidence: "quality of result" for "QoR"."""
    content = [token for token in claim if token.kind in ("word", "name")]
    found: set[Token] = set()
    for size in range(3, 6):
        for start in range(len(content) - size + 1):
            run = content[start : start + size]
            if "".join(token.norm[0] for token in run) in words.names:
                found.update(run)
    return found


def _displaces(token: Token, claim: Tokens, reading: Tokens) -> bool:
    """Whether a word stands where the evidence has another: "bilingual group" for "monolingual group"."""
    place = claim.index(token)
    head = claim[place + 1] if place + 1 < len(claim) else None
    if head is None or head.kind != "word" or head.norm in FUNCTION_WORDS:
        return False
    words = vocabulary(claim)
    return any(before.heavy and not has(before, words) for before, noun in pairwise(reading) if noun.key == head.key)


_PLACING = frozenset(words("in on at during for between across under when from by"))


def _circumstances(part: Tokens) -> Tokens:
    """Return what a clause says of place, time and manner: from its first preposition on."""
    start = next((index for index, token in enumerate(part) if token.norm in _PLACING), len(part))
    return part[start:]


def _fronted(tokens: Tokens) -> Tokens:
    """Return the place or condition a sentence begins with, which holds of all its clauses: "On LongBench, …"."""
    if not tokens or tokens[0].norm not in _PLACING:
        return ()
    comma = next((index for index, token in enumerate(tokens[:12]) if token.norm == ","), 0)
    return tokens[:comma]


def _preface(tokens: Tokens) -> Tokens:
    """Return what a sentence says before its colon, which holds of all that follows."""
    colon = next((index for index, token in enumerate(tokens) if token.text == ":"), 0)
    return tokens[:colon]
