"""Which names are a paper's own: of what it presents, not of what it merely mentions."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.text import fold, names_in, readable, squeeze

_INTRODUCES = (
    r"(?:present|propose|introduce|develop|describe|offer|release|design|build|create|call|name|dub|term)(?:s|ed|d)?"
    r"|namely|called|named|dubbed|termed"
)
# "present our tool X", but not "present a tool for X".
_BETWEEN = r"(?:(?!\b(?:for|on|with|using|in|of|over|from|to|than)\b)[^.;]){0,40}?"
# "we develop Lamina, …": a plain word as a name, right after the verb.
_PRESENTED = re.compile(
    r"\b[Ww]e (?:also |then |further )?(?:present|propose|introduce|develop|describe|release|build|design)\s+"
    r"([A-Z][a-z]+[\w-]*)(?=,| \(|, an? | - | -- |\.)"
)
# "Real-Time" is a title's way to write real-time.
_TITLE_CASE = re.compile(r"[A-Z][a-z]+(?:-[A-Za-z][a-z]*)+")
_SHORTEST_NAME = 3


@lru_cache(maxsize=4096)
def own_names(title: str, text: str) -> tuple[str, ...]:
    """Return the names of what a paper presents, each once: of its title, and those its text introduces.

    >>> own_names("MobileTL: Transfer Learning", "We propose a tool, dubbed TinyKit, for CIFAR10.")
    ('MobileTL', 'TinyKit')
    """
    names: dict[str, None] = {}
    head, colon, _ = readable(title).partition(":")
    if colon and len(head.split()) <= 3:
        names[head.strip()] = None
    for name in names_in(f"the {readable(title)}"):
        if _is_coined(name) and not name.isupper():
            names[name] = None
    plain = readable(text)
    for match in _PRESENTED.finditer(plain):
        names[match.group(1)] = None
    for name in dict.fromkeys(names_in(f"the {plain}")):
        introduced = rf"\b(?:{_INTRODUCES})\b{_BETWEEN}\b{re.escape(name)}(?![\w-])"
        if _is_coined(name) and name not in names and re.search(introduced, plain, re.IGNORECASE):
            names[name] = None
    return tuple(names)


def title_head(title: str) -> str:
    """Return what a paper is called: the part of its title before a colon, or all of it.

    >>> title_head("MobileTL: On-device Transfer Learning")
    'MobileTL'
    """
    whole = " ".join(readable(title).split())
    return (whole.partition(":")[0].strip() or whole).rstrip("?.! ")


def is_titled(question: str, title: str) -> bool:
    """Say whether a question has what a paper is called, letter for letter but for case and punctuation.

    >>> is_titled("What is proposed in “Small steps, big leaps”?", "Small Steps, Big Leaps: A Study")
    True
    """
    return has_name(question, title_head(title))


def has_name(text: str, name: str) -> bool:
    """Say whether a text has a name, as words of its own but for a version or plural, however spaced and hyphenated.

    >>> [has_name("We test mobile-TL, MobileNetV3 and ViTs.", name) for name in ("MobileTL", "MobileNet", "V3", "ViT")]
    [True, True, True, True]
    >>> has_name("It has an activity in storage.", "ViT"), has_name("It has an activity in storage.", "RAG")
    (False, False)
    """
    return bool(_spelt(squeeze(name)).search(fold(readable(text))))


@lru_cache(maxsize=4096)
def _spelt(squeezed: str) -> re.Pattern[str]:
    letters = r"[\W_]*".join(map(re.escape, squeezed))
    # "V3" stands in "MobileNetV3".
    start = "" if re.fullmatch(r"v?\d+", squeezed) else r"(?<![^\W_])"
    return re.compile(rf"{start}{letters}(?=e?s?(?![^\W_])|v?\d)")


def is_title_case(name: str) -> bool:
    """Say whether a name is ordinary words joined by hyphens, written as in a title."""
    return bool(_TITLE_CASE.fullmatch(name))


def _is_coined(name: str) -> bool:
    """Say whether a name looks made up: a capital or digit inside, or all capitals; "Transformer" does not."""
    inner = any(character.isupper() or character.isdigit() for character in name[1:])
    plain = is_title_case(name) or re.match(r"\d", name)
    return inner and len(name) >= _SHORTEST_NAME and not plain


_SUBJECT = re.compile(
    r"\b(?:does|do|did|is|are|was|were|can|has|have|will|would)\s+(?:the\s+)?([\w./+-]*[^\W_])|\b([\w./+-]*\w)['’]s\b"
)


def subject_name(question: str) -> str | None:
    """Return the name a question is about by its grammar, or None: what does something, or has it.

    >>> subject_name("What accuracy does MCUNet reach on ImageNet?"), subject_name("How fast is it?")
    ('MCUNet', None)
    """
    names = set(names_in(question))
    for match in _SUBJECT.finditer(readable(question)):
        does, has = match.groups()
        # "Europe's law" is no question about a work.
        if does in names or (has in names and _is_coined(has)):
            return does or has
    return None


def singular(name: str) -> str:
    """Return an abbreviation without the "s" of its plural.

    >>> singular("GPUs"), singular("InstructPix2Pixs")
    ('GPU', 'InstructPix2Pixs')
    """
    return name[:-1] if name[:-1].isupper() and name.endswith("s") else name


def is_own_name(name: str, title: str, text: str) -> bool:
    """Say whether a name is the paper's own: in its title, introduced by its text, or named again and again."""
    if has_name(title, name) or any(squeeze(own) == squeeze(name) for own in own_names(title, text)):
        return True
    return len(re.findall(rf"\b{re.escape(name)}", readable(text))) > 2
