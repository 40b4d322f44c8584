"""Pick, from retrieved documents, the few sentences that answer a question."""

from rag.evidence.choosing import Chosen, asks_list, choose
from rag.evidence.finder import Candidate, EvidenceFinder

__all__ = ["Candidate", "Chosen", "EvidenceFinder", "asks_list", "choose"]
