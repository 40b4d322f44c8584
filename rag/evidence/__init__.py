"""Pick, from retrieved documents, the few sentences that answer a question."""

from rag.evidence.choosing import Chosen, choose
from rag.evidence.finder import Candidate, EvidenceFinder

__all__ = ["Candidate", "Chosen", "EvidenceFinder", "choose"]
