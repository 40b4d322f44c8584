"""Which sentences of a draft the evidence supports. Knows nothing of language models."""

from rag.grounding.claims import Label, Similarity, Verdict
from rag.grounding.repair import repair_sentence
from rag.grounding.strict import strict_support
from rag.grounding.support import check_sentence
from rag.types import Evidence

__all__ = ["Evidence", "Label", "Similarity", "Verdict", "check_sentence", "repair_sentence", "strict_support"]
