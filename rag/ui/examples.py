"""Questions to begin with, made of the titles that are in the library."""

from __future__ import annotations

import re
from itertools import islice

from rag.pipeline import Pipeline
from rag.ui.answer_markup import subject_of

_FORMS = ("What is {}?", "How does {} work?", "What results does {} report?", "What problem does {} address?")
# A title that opens with a name of its own: "MobileTL: …", "LLM.int8(): …".
_NAMED = re.compile(r"(?P<name>[\w.+\-()]*[A-Z][\w.+\-()]*): ")
_SOUGHT_IN = 200


def example_questions(pipeline: Pipeline) -> list[str]:
    """Return up to four questions about different papers, those whose title opens with a name first."""
    titles = [document.title for document in islice(pipeline.index.store.all_documents(), _SOUGHT_IN)]
    named = [title for title in titles if (match := _NAMED.match(title)) and len(match["name"]) > 2]
    chosen = named or titles
    step = max(len(chosen) // len(_FORMS), 1)
    return [form.format(subject_of(title)) for form, title in zip(_FORMS, chosen[::step], strict=False)]
