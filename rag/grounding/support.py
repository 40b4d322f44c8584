"""Which evidence supports a sentence: the sentence as a whole, or clause by clause.

Approximate textual entailment for short claims: a clause holds when one evidence sentence has all
its numbers, names and content words, in any spelling, and says nothing of them otherwise. A claim
of several clauses may take each from another sentence, of one document a clause.

Sources: checking a text by its smallest claims follows Min et al., FActScore, EMNLP 2023,
arXiv:2305.14251; aligning words first and then looking for signs of contradiction follows
MacCartney et al., "Learning to recognize features of valid textual entailments", NAACL 2006.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.grounding.claims import Label, Similarity, Verdict
from rag.grounding.clauses import CONTRASTS
from rag.grounding.lexicon import DIRECTIONS, FUNCTION_WORDS, LIGHT_STEMS
from rag.grounding.lists import variants
from rag.grounding.readings import EvidenceReader, Finding
from rag.grounding.tokens import Token, tokens_of
from rag.text import fold
from rag.types import Evidence

Tokens = tuple[Token, ...]
_MAX_CLAUSES = 4
_LONGEST_CLAIM = 300
# Below this share of its content found, a sentence is not worth mending.
_PARTLY = 0.5


def check_sentence(
    sentence: str, evidence: Sequence[Evidence], *, similarity: Similarity | None = None, question: str = ""
) -> Verdict:
    """Decide whether evidence sentences support a sentence, and which of them are needed for it.

    Args:
        sentence: One sentence of an answer, without citation markers.
        evidence: Sentences of one or more documents, in any order.
        similarity: Cosine of sentence embeddings. It names the nearest evidence of a sentence that
            is not supported; it never decides support, as a wrong number hardly moves it.
        question: What was asked. A sentence that only makes sense after it ("46%.") is read with it.

    Returns:
        The verdict; "unsupported" for a sentence without content or when there is no evidence.
    """
    quoted = _quoted(sentence, evidence)
    if quoted is not None:
        return Verdict("quoted", 1.0, (quoted,))
    claim = tokens_of(sentence)
    if not any(token.heavy or token.kind == "number" for token in claim):
        return Verdict("unsupported", 0.0, (), ("nothing in it to check",))
    if not evidence or len(claim) > _LONGEST_CLAIM:
        return Verdict("unsupported", 0.0, (), ("too long to check" if evidence else "no evidence",))
    reader = EvidenceReader(evidence)
    finding = (
        _check_short(reader, claim, question)
        if _is_short(claim) and question
        else _check_clauses(reader, claim, _MAX_CLAUSES)
    )
    if finding.holds:
        return Verdict("supported", round(0.6 + 0.39 * finding.coverage, 4), finding.evidence)
    label: Label = "partly" if finding.coverage >= _PARTLY else "unsupported"
    nearest = finding.evidence
    if similarity is not None and label == "unsupported":
        nearest = (max(range(len(evidence)), key=lambda index: similarity(sentence, evidence[index].text)),)
    return Verdict(label, round(0.5 * finding.coverage, 4), nearest, finding.reasons)


def _quoted(sentence: str, evidence: Sequence[Evidence]) -> int | None:
    """Return the evidence sentence whose very words the sentence has, case and outer marks aside."""
    wanted = _bare(sentence)
    return next((index for index, item in enumerate(evidence) if wanted and _bare(item.text) == wanted), None)


def _bare(text: str) -> str:
    folded = fold(text)
    return folded.strip(" .,;:!?\"'`") or folded


def _check_clause(reader: EvidenceReader, clause: Tokens) -> Finding:
    """Return the finding for one clause, each of its paired items checked on its own."""
    findings = [reader.best(reading) for reading in variants(clause)]
    reasons = tuple(dict.fromkeys(reason for finding in findings for reason in finding.reasons))
    return Finding(min(finding.coverage for finding in findings), _union(findings), reasons)


def _is_short(claim: Tokens) -> bool:
    return sum(token.heavy for token in claim) < 2


def _check_short(reader: EvidenceReader, claim: Tokens, question: str) -> Finding:
    """Read a short answer after its question, some words of which the evidence may lack."""
    asked = tuple(token for token in tokens_of(question) if token.text != "?")
    finding = reader.best((*asked, *claim))
    own = {token.text for token in claim}
    reasons = tuple(
        reason for reason in finding.reasons if not reason.startswith("word ") or reason.split('"')[1] in own
    )
    return Finding(finding.coverage, finding.evidence, reasons if finding.coverage >= _PARTLY else finding.reasons)


def _check_clauses(reader: EvidenceReader, claim: Tokens, clauses_left: int) -> Finding:
    """Return the finding for the claim whole, or for the first cut of it whose parts both hold."""
    whole = _check_clause(reader, claim)
    if whole.holds or clauses_left < 2:
        return whole
    for left, right in _splits(claim):
        first = _check_clause(reader, left)
        if not first.holds:
            continue
        rest = _check_clauses(reader, right, clauses_left - 1)
        if rest.holds and _may_join(reader, first, rest, right):
            return Finding(min(first.coverage, rest.coverage), _union([first, rest]), ())
    return whole


def _union(findings: Sequence[Finding]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(index for finding in findings for index in finding.evidence))


def _splits(claim: Tokens) -> Iterator[tuple[Tokens, Tokens]]:
    """Yield the ways to cut a claim in two clauses, each with content."""
    if claim[0].norm in ("although", "though", "while", "whereas"):
        comma = next((index for index, token in enumerate(claim) if token.norm == ","), len(claim))
        yield claim[1:comma], claim[comma + 1 :]
    for index, token in enumerate(claim):
        left, right = claim[:index], claim[index + 1 :]
        if _cuts(token, right) and _has_content(left) and _has_content(right):
            yield left, right


def _cuts(token: Token, right: Tokens) -> bool:
    following = right[0].norm if right else ""
    if token.norm == "compared":
        return following in ("to", "with") and any(other.kind == "number" for other in right)
    if token.norm == ",":
        # "It prunes tokens, needs no retraining and …"
        return bool(right) and following.endswith("s") and (right[0].key in LIGHT_STEMS or following in DIRECTIONS)
    if token.norm not in CONTRASTS and token.norm not in ("and", "which", "yet"):
        return False
    # "while using less memory" is no clause of its own but a condition of the first.
    return token.norm == "and" or not following.endswith("ing")


def _has_content(part: Tokens) -> bool:
    """Whether a part can be a clause: two words of content or numbers, or one that a verb goes with."""
    content = [token for token in part if token.kind != "mark" and token.norm not in FUNCTION_WORDS]
    told = sum(token.heavy or token.kind == "number" for token in content)
    return told >= 2 or (told == 1 and len(content) > 1 and (not content[0].heavy or content[0].norm in DIRECTIONS))


def _may_join(reader: EvidenceReader, first: Finding, rest: Finding, right: Tokens) -> bool:
    """Whether two clauses may come from different sentences.

    A clause without a name of its own speaks of the first clause's document, and a bare second
    number ("… and 20% lower cost") of what the first clause's sentence measured.
    """
    if len(reader.documents((*first.evidence, *rest.evidence))) > 1:
        return any(token.kind == "name" or token.text[:1].isupper() for token in right)
    return bool(set(first.evidence) & set(rest.evidence)) or _stands_alone(right)


_PLACING = frozenset(["on", "for", "in", "when", "during", "under", "with", "of", "by"])


def _stands_alone(right: Tokens) -> bool:
    content = [token for token in right if token.norm not in FUNCTION_WORDS and token.kind != "mark"]
    if not content or content[0].kind != "number":
        return bool(content)
    return any(token.norm in _PLACING for token in right) or sum(token.heavy for token in content) > 2
