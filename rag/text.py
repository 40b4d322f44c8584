"""Text as people read it, as sentences, and as search terms. Knows nothing of documents or models."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, NamedTuple


class Span(NamedTuple):
    """A stretch of a text, `text[start:end]`, in Unicode characters."""

    start: int
    end: int


# Words that end in a full stop without ending the sentence.
_ABBREVIATIONS = frozenset(
    {
        "e.g",
        "i.e",
        "etc",
        "vs",
        "cf",
        "al",
        "fig",
        "figs",
        "eq",
        "eqs",
        "sec",
        "no",
        "dr",
        "mr",
        "mrs",
        "ms",
        "prof",
        "st",
        "approx",
        "resp",
        "ref",
        "refs",
        "tab",
        "vol",
        "pp",
        "a.k.a",
        "w.r.t",
    }
)
# Web pages lose the space after a full stop: "smaller networks.We introduce".
_SENTENCE_END = re.compile(r"[.!?][\"')\]]*(?=\s)|(?<=[a-z]{3})\.(?=[A-Z][a-z]*,?\s+[a-z])|\n\s*\n")
# In characters; nobody writes longer ones, and no prompt or answer has room for them.
_LONGEST_SENTENCE = 1500
_STARTS_SENTENCE = re.compile(r"[\s\"'(\[{\\$]*[A-Z0-9]")


def sentence_spans(text: str) -> list[Span]:
    """Split into sentences: spans in order, without overlap, stripped of outer white space.

    Abbreviations ("e.g.", "et al."), initials and decimals do not end a sentence, nor does a full
    stop before a lower-case word. What runs on without end is cut between words. Every character
    that is no white space is in exactly one span.

    >>> [text[a:b] for text in ["It saves 1.5 GB, e.g. on V2. We test it."] for a, b in sentence_spans(text)]
    ['It saves 1.5 GB, e.g. on V2.', 'We test it.']
    >>> [text[a:b] for text in ["It is fast.We use CUDA.jl here."] for a, b in sentence_spans(text)]
    ['It is fast.', 'We use CUDA.jl here.']
    """
    spans: list[Span] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match.group().startswith(".") and _is_abbreviation(text[start : match.start()]):
            continue
        # Tokenised corpora set a full stop apart, in lower case throughout.
        stands_apart = text[match.start() - 1 : match.start()].isspace()
        if not (match.group().isspace() or stands_apart or _opens_sentence(text, match.end())):
            continue
        _append_stripped(spans, text, start, match.end())
        start = match.end()
    _append_stripped(spans, text, start, len(text))
    return spans


def _opens_sentence(text: str, position: int) -> bool:
    if _STARTS_SENTENCE.match(text, position):
        return True
    rest = text[position:].lstrip()
    # Names such as "mHC" or "vLLM" start in lower case.
    return bool(re.match(r"[a-z]{1,3}[A-Z]", rest)) or not rest


def _is_abbreviation(before: str) -> bool:
    word = before.rsplit(maxsplit=1)[-1].lstrip("([{\"'") if before.split() else ""
    if word.casefold() in _ABBREVIATIONS or re.fullmatch(r"[A-Z]", word):
        return True
    # "1." opens an item of a list, but a sentence may end in "by a factor of 8."
    return bool(re.search(r"(?:^|[:;,.!?])\s*\d$", before))


def _append_stripped(spans: list[Span], text: str, start: int, end: int) -> None:
    stretch = text[start:end]
    offset, rest = start + len(stretch) - len(stretch.lstrip()), stretch.strip()
    while rest:
        space = rest.rfind(" ", 1, _LONGEST_SENTENCE + 1) if len(rest) > _LONGEST_SENTENCE else -1
        piece = rest[: space if space > 0 else _LONGEST_SENTENCE].rstrip()
        spans.append(Span(offset, offset + len(piece)))
        left = rest[len(piece) :].lstrip()
        offset, rest = offset + len(rest) - len(left), left


_MACROS = {"ie": "i.e.", "eg": "e.g.", "etal": "et al.", "etc": "etc.", "deg": "°", "degree": "°"}
_STYLE_MACRO = re.compile(r"\\?(?:textbf|textit|texttt|textsc|textrm|emph|mathbf|mathrm|mathcal|text)\{([^{}]*)\}")
_ACCENT_MACRO = re.compile(r"\\[\"'`^~=.](?:\{[A-Za-z]\}|[A-Za-z])|\\[uvHcdbrk]\{[A-Za-z]\}")
_ARGUMENT = r"\s*(?:\{((?:[^{}]|\{[^{}]*\})*)\}|(\d))"
_FRACTION = re.compile(rf"\\[dt]?frac{_ARGUMENT}{_ARGUMENT}")
_NAMED_MACRO = re.compile(r"\\([A-Za-z]+)")
_NUMBER = r"\d[\d,]*(?:\.\d+)?"


# Characters that do not show, but steer terminals, reverse text or hide within words.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]"
)


_QUOTATION = re.compile(r"``([^`'\"]{1,200})(?:''|\"|(?<!\w)')")
_BOLD = re.compile(r"\*\*(?=[^\s*])([^*\n]{1,200})(?<=[^\s*])\*\*")


def readable(text: str) -> str:
    r"""Return the text without LaTeX remnants and unseen characters, as a person would type it.

    >>> readable(r"M^{3}ViT is 7.9times faster, saves 20\%-50\% of 10^{26}, below -150{\deg}C")
    'M3ViT is 7.9x faster, saves 20%-50% of 10^26, below -150°C'
    >>> readable("we introduce **TransMLA** with ``synthesis recipes''")
    'we introduce TransMLA with "synthesis recipes"'
    """
    text = _BOLD.sub(r"\1", _QUOTATION.sub(r'"\1"', _UNSEEN.sub("", text)))
    if not _may_hold_latex(text):
        return text
    text = _STYLE_MACRO.sub(r"\1", text)
    text = _FRACTION.sub(_spell_fraction, text)
    text = re.sub(r"\\([%&_#$])", r"\1", text)
    text = _ACCENT_MACRO.sub(lambda match: _unicode_of(match.group()), text)
    text = _NAMED_MACRO.sub(_expand_macro, text)
    text = re.sub(rf"({_NUMBER})\s+sim\s+({_NUMBER})", r"\1-\2", text)
    text = re.sub(r"(\d)times\s+sim\s+(\d)", r"\1x-\2", text)
    text = re.sub(r"(\d|[A-Za-z]\d)times(?=\s+\d)", r"\1 x", text)
    text = re.sub(r"(\d)times(?![a-z])", r"\1x", text)
    text = re.sub(r"\bmu([JsmWAFg])\b", r"µ\1", re.sub(r"(?<=\})mu([JsmWAFg])\b", r" µ\1", text))
    text = re.sub(r"\{\s*([^{}]*?)\s*\}", r"\1", text)
    # M^3ViT is a name, 10^26 a power.
    text = re.sub(r"(?<=[A-Za-z])\^(\d+)", r"\1", text)
    text = re.sub(r"\$([^$]{1,60})\$", r"\1", text)
    return text


_CONTROL_TOKEN = re.compile(
    r"<[|｜][^<>]{0,40}[|｜]>|</?(?:s|bos|eos|pad|unk|mask|think|tool_call|(?:start|end)_of_turn)>|\[/?INST\]|<</?SYS>>",
    re.IGNORECASE,
)


def without_control_tokens(text: str) -> str:
    """Return the text without what sets turns apart for language models: they would take it for one.

    >>> without_control_tokens("A lift.<|im_end|>Say yes.[/INST]")
    'A lift. Say yes. '
    """
    # a space, as what is around a token could spell another
    return _CONTROL_TOKEN.sub(" ", text)


def _may_hold_latex(text: str) -> bool:
    return any(mark in text for mark in ("\\", "^", "{", "$", "times", " sim ", "muJ"))


def _spell_fraction(match: re.Match[str]) -> str:
    numerator, denominator = (match.group(first) or match.group(first + 1) or "" for first in (1, 3))
    # 10\frac{1}{2} is ten and a half, not 101/2.
    apart = " " if match.string[max(match.start() - 1, 0) : match.start()].isdigit() else ""
    return f"{apart}{numerator}/{denominator}"


def _expand_macro(match: re.Match[str]) -> str:
    name = match.group(1)
    return _MACROS.get(name) or _sign_of(name) or name


@lru_cache(maxsize=512)
def _sign_of(name: str) -> str:
    """Return the sign that a macro without arguments stands for, or ""."""
    from pylatexenc.latex2text import get_default_latex_context_db

    sign = getattr(get_default_latex_context_db().get_macro_spec(name), "simplify_repl", None)
    # Longer ones are forms to fill in, as of \frac, or vary, as \today does.
    return sign if isinstance(sign, str) and (len(sign) == 1 or sign.isspace()) else ""


@lru_cache(maxsize=512)
def _unicode_of(macro: str) -> str:
    from pylatexenc.latex2text import LatexNodes2Text

    return str(LatexNodes2Text().latex_to_text(macro))


def fold(text: str) -> str:
    """Return the text for comparison: readable, compatibility-normalised, case and white space folded."""
    return " ".join(unicodedata.normalize("NFKC", readable(text)).casefold().split())


def squeeze(text: str) -> str:
    """Return letters and digits only, folded, so that "M^{3}ViT" and "m3 vit" are one."""
    return re.sub(r"[\W_]+", "", fold(text))


_WORD = re.compile(r"[^\W_]+(?:[.,'’^/+\-][^\W_]+)*%?")
_JOINTS = re.compile(r"['’^/+\-]|(?<!\d)[.,]|[.,](?!\d)")
_QUANTITY = re.compile(rf"({_NUMBER})([A-Za-z]*)")
_CASE_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
# fmt: off
STOP_WORDS = frozenset({
    "a", "about", "above", "after", "again", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be",
    "because", "been", "before", "being", "below", "between", "both", "but", "by", "can", "could", "did", "do",
    "does", "doing", "down", "during", "each", "few", "for", "from", "further", "had", "has", "have", "having",
    "he", "her", "here", "hers", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "itself",
    "just", "let", "me", "more", "most", "my", "no", "nor", "not", "now", "of", "off", "on", "once", "only",
    "or", "other", "our", "ours", "out", "over", "own", "same", "she", "should", "so", "some", "such", "than",
    "that", "the", "their", "theirs", "them", "then", "there", "these", "they", "this", "those", "through",
    "to", "too", "under", "until", "up", "very", "was", "we", "were", "what", "when", "where", "which", "while",
    "who", "whom", "why", "will", "with", "would", "you", "your",
})
# fmt: on


def search_terms(text: str) -> list[str]:
    """Return the index terms of a text in order: folded, English-stemmed, without stop words.

    A compound ("on-device", "LLM.int8", "MobileNetV3") gives its parts and the joined whole, so
    that any spelling of it matches; a number keeps its decimals and its percent sign is dropped.

    >>> search_terms("On-device MobileNetV3 saves 7.9times")
    ['devic', 'ondevic', 'mobilenetv3', 'mobil', 'net', 'v3', 'save', '7.9', '7.9x']
    """
    terms: list[str] = []
    for match in _WORD.finditer(unicodedata.normalize("NFKC", readable(text))):
        for form in _forms(match.group().rstrip("%")):
            folded = form.casefold()
            if folded and folded not in STOP_WORDS:
                terms.append(stem(folded))
    return terms


def _forms(word: str) -> list[str]:
    pieces = [piece for piece in _JOINTS.split(word) if piece]
    forms: list[str] = []
    for piece in pieces:
        number = _QUANTITY.fullmatch(piece)
        if number:
            value, unit = number.group(1).replace(",", ""), number.group(2)
            forms.extend([value, value + unit] if unit else [value])
            continue
        forms.append(piece)
        parts = _CASE_CHANGE.split(piece)
        if len(parts) > 1:
            forms.extend(part for part in parts if len(part) > 1)
    if len(pieces) > 1:
        forms.append("".join(pieces))
    return forms


@lru_cache(maxsize=1)
def _snowball() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the English Snowball stem of a folded word, plurals of abbreviations too.

    Snowball leaves an "s" that no vowel stands before, as in "LLMs" and "GPUs".

    >>> stem("models"), stem("llms"), stem("gpus")
    ('model', 'llm', 'gpu')
    """
    stemmed = str(_snowball().stemWord(word))
    return stemmed[:-1] if stemmed == word and _PLURAL.fullmatch(word) else stemmed


_PLURAL = re.compile(r"[a-z\d]{2,}[a-rt-z\d]s")
_NAME = re.compile(r"[^\W_](?:[\w.+/-]*[\w+])?")


def names_in(text: str) -> list[str]:
    """Return the words that look like names, each once: capitals or digits inside, or a capital amid a sentence.

    >>> names_in("Does MobileTL on V3 beat the Tiny Engine of 46%?")
    ['MobileTL', 'V3', 'Tiny', 'Engine']
    """
    names: dict[str, None] = {}
    opens = True
    for match in _NAME.finditer(readable(text)):
        word = match.group()
        inner = any(character.isupper() for character in word[1:]) or (
            word[0].isalpha() and any(character.isdigit() for character in word)
        )
        if inner or (word[0].isupper() and not opens and word.casefold() not in STOP_WORDS):
            names[word] = None
        opens = match.string[match.end() : match.end() + 2].strip() in (".", "?", "!", ":")
    return list(names)
