"""A sentence as words, names, numbers and marks, each in a form in which spellings of the same thing agree."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Literal

from rag.grounding.forms import (
    DENYING_PREFIXES,
    IRREGULAR,
    MAGNITUDE_WORDS,
    MAGNITUDES,
    NUMBER_WORDS,
    PHRASES,
    RATIO_WORDS,
    UNITS,
    words,
)
from rag.grounding.lexicon import DIRECTIONS, FUNCTION_WORDS, HEAVY_ENDINGS, LIGHT_ADVERBS, LIGHT_STEMS
from rag.text import readable, stem

Kind = Literal["word", "name", "number", "mark"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in base units: "1.6 ms" is 0.0016 of "time", "46%" is 46 of "%", "13 people" is 13 of "".

    `scale` is what the number as written was multiplied by.
    """

    value: float
    unit: str = ""
    scale: float = field(default=1.0, compare=False)


# eq=False: tokens are told apart by place, and analyses are cached by their tuples.
@dataclass(frozen=True, eq=False)
class Token:
    """One word, name, number or mark. `norm` is folded; `key` is what agrees between spellings and inflections.

    `denies` marks a word that is the denial of its key, as "unavailable" is of "available".
    """

    text: str
    norm: str
    key: str
    kind: Kind
    quantity: Quantity | None = None
    denies: bool = False

    @cached_property
    def heavy(self) -> bool:
        """Whether the token carries content: a name, or a word that is neither function word nor light."""
        if self.kind == "name":
            return True
        if self.kind != "word" or self.norm in FUNCTION_WORDS or self.norm in LIGHT_ADVERBS:
            return False
        return self.key not in LIGHT_STEMS or self.norm.endswith(HEAVY_ENDINGS)


_TOKEN = re.compile(
    r"(?P<number>[~≈<>≤≥$€]?(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?:\^\d+)?)"
    r"(?P<suffix>wt%|%|°[CF]|[x×](?![A-Za-z0-9])|[A-Za-zµμ]+\d*(?:[-/][A-Za-z0-9]+(?:\.\d+)?)*|(?:-[A-Za-z]+)+)?"
    r"|(?P<word>[^\W\d_](?:[\w]|[-'./+^&](?=\w))*\+*)"
    r"|(?P<mark>[,;:()?!—%×°]|\.(?=\s|$)|[-–~](?=\s*\d)|\S)"
)


def directions_of(token: Token) -> tuple[tuple[str, int], ...]:
    """Return the axis and sign of a word of change; "triples" is one as a verb only."""
    if token.norm in RATIO_WORDS and token.kind != "number":
        return ()
    return DIRECTIONS.get(token.norm, ())


_PHRASE = re.compile(r"\b(?:" + "|".join(sorted(PHRASES, key=len, reverse=True)) + r")\b", re.IGNORECASE)
_DASHES = str.maketrans("‐‑‒–−", "-----")
_QUOTES = str.maketrans("‘’ʼ", "'''")
_MIXED_CASE = re.compile(r"[a-z][A-Z]|[A-Z].*[A-Z]|\d")


@lru_cache(maxsize=8192)
def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the tokens of a sentence in order; a compound of ordinary words gives its parts."""
    text = unicodedata.normalize("NFKC", readable(text)).translate(_DASHES).translate(_QUOTES)
    text = re.sub(r"(?<=\d) (?=°)", "", re.sub(r"\s+", " ", text.replace("<!", "<")))
    text = _PHRASE.sub(lambda match: PHRASES[match.group().casefold()], text)
    # "4-, 8- and 16-bit" are three numbers of bits.
    text = re.sub(r"(?<=\d)-(?=,| and | or )", "", text)
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        if match["number"]:
            tokens.extend(_number_tokens(match["number"], match["suffix"] or ""))
        elif match["word"]:
            tokens.extend(_word_tokens(match["word"], initial=not tokens or tokens[-1].text in ".:?!"))
        else:
            tokens.append(_mark(match["mark"]))
    return tuple(_inherit_units(_join_units(_join_name_numbers(_plain_nouns(_count_ones(tokens))))))


def _stands_beside_number(tokens: list[Token], index: int) -> bool:
    joined = index > 0 and tokens[index - 1].norm in ("and", "or", "versus")
    following = tokens[index + 1].norm if index + 1 < len(tokens) else ""
    return joined and following in ("on", "in", "with", "for", "at", "from") and any(t.quantity for t in tokens[:index])


_NOUN_OR_VERB = frozenset(["triple", "triples", "halves"])


def _plain_nouns(tokens: list[Token]) -> list[Token]:
    """Take "triples" for a noun where nothing follows that it could triple."""
    nouns = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        has_object = following is not None and (following.heavy or following.norm in ("the", "its", "their", "our"))
        noun = token.norm in _NOUN_OR_VERB and token.kind == "number" and not has_object
        nouns.append(_word(token.text) if noun else token)
    return nouns


def _count_ones(tokens: list[Token]) -> list[Token]:
    """Take "one" for a number where it stands beside another: "four on aspirin and one on placebo"."""
    return [
        replace(token, kind="number", key="1", quantity=Quantity(1.0))
        if token.norm == "one" and _stands_beside_number(tokens, index)
        else token
        for index, token in enumerate(tokens)
    ]


def _mark(text: str) -> Token:
    return Token(text, text, text, "mark")


def _word(text: str) -> Token:
    folded = text.casefold()
    base = _denied_base(folded)
    return Token(text, folded, word_key(base or folded), "word", denies=base is not None)


def _denied_base(folded: str) -> str | None:
    """Return what a word denies: "available" for "unavailable", "doped" for "undoped"."""
    base = DENYING_PREFIXES.get(folded) or DENYING_PREFIXES.get(folded.removesuffix("ly"))
    if base is None and re.fullmatch(r"un(?!der|ifi|it)\w{2,}(?:ed|lit|seen|known)", folded):
        return folded[2:]
    if base is None and folded.endswith("less") and len(folded) > 7 and folded not in _NOT_WITHOUT:
        return folded[:-4]
    return base


_NOT_WITHOUT = frozenset(words("regardless nevertheless nonetheless wireless doubtless seamless relentless"))


def word_key(folded: str) -> str:
    """Return the stem of a folded word; of an irregular form that of its base: "ran" and "run" agree."""
    return stem(IRREGULAR.get(folded, folded))


def name_key(text: str) -> str:
    """Return the form of a name in which case, hyphens and the plural do not count: "GPUs", "MobileNet-V3"."""
    folded = re.sub(r"[^\w.+/]", "", text.casefold())
    return folded[:-1] if len(folded) > 3 and text.endswith("s") and text[-2].isupper() else folded


def _name(text: str) -> Token:
    return Token(text, text.casefold(), name_key(text), "name")


def _number_tokens(number: str, suffix: str) -> list[Token]:
    before = [_mark(number[0])] if number[0] in "~≈<>≤≥$€" else []
    digits = number.lstrip("~≈<>≤≥$€")
    value = _value_of(digits)
    head, *rest = re.split(r"(?<=[A-Za-z%])-|^-", suffix) if suffix else [""]
    if suffix.startswith("-"):
        head, rest = "", suffix.lstrip("-").split("-")
    if head in MAGNITUDES:
        quantity = Quantity(value * MAGNITUDES[head])
    elif not head or (head.casefold() in UNITS and head not in ("m", "l")):
        dimension, scale = UNITS[head.casefold()] if head else ("", 1.0)
        quantity = Quantity(value * scale, dimension, scale)
    else:
        return [*before, _name(digits + suffix)]
    if number[0] in "$€":
        quantity = Quantity(quantity.value, UNITS[number[0]][0])
    if rest and any(re.search(r"[A-Z0-9]", part) for part in rest) and head:
        return [*before, _name(digits + suffix)]
    token = Token(digits + head, digits + head, digits, "number", quantity)
    return [*before, token, *(part for word in rest for part in _word_tokens(word, initial=False))]


def _value_of(digits: str) -> float:
    base, _, exponent = digits.replace(",", "").partition("^")
    if not exponent:
        return float(base)
    # A larger power is no quantity of any paper, and would overflow.
    return float(base) ** min(int(exponent[:4]), 60) if float(base) <= 1000 else float(base)


def _word_tokens(text: str, *, initial: bool) -> list[Token]:
    text = re.sub(r"'s?$", "", text)
    folded = text.casefold()
    number = _written_number(text, folded)
    if number is not None:
        return [number]
    if folded in ("state-of-the-art", "e.g", "i.e"):
        return [_word(text)]
    parts = [part for part in re.split(r"[-/]", text) if part]
    listed = re.fullmatch(r"[A-Za-z]{3,}\w*(?:/[A-Za-z]{3,}\w*)+", text)
    if listed or (len(parts) > 1 and any(part.isalpha() and part.islower() and len(part) > 1 for part in parts)):
        return _part_tokens(text, initial=initial)
    if _MIXED_CASE.search(text) or (text[:1].isupper() and not initial and folded not in FUNCTION_WORDS):
        return [_name(text)]
    return _part_tokens(text, initial=initial) if len(parts) > 1 else [_word(text)]


def _written_number(text: str, folded: str) -> Token | None:
    """Return "seven", "million", "twofold" or "x4" as the number it is."""
    if folded in NUMBER_WORDS:
        return Token(text, folded, folded, "number", Quantity(NUMBER_WORDS[folded]))
    if folded in MAGNITUDE_WORDS:
        return Token(text, folded, folded, "number", Quantity(MAGNITUDE_WORDS[folded]))
    if folded in RATIO_WORDS:
        return Token(text, folded, stem(folded), "number", Quantity(*RATIO_WORDS[folded]))
    if re.fullmatch(r"[x×]\d+(?:\.\d+)?", folded):
        return Token(text, folded, folded[1:], "number", Quantity(float(folded[1:]), "x"))
    return None


def _part_tokens(text: str, *, initial: bool) -> list[Token]:
    tokens: list[Token] = []
    for part in re.split(r"-|(/)", text):
        if part == "free" and tokens:
            # "battery-free" denies the battery.
            tokens[-1] = replace(tokens[-1], denies=True)
        elif part:
            tokens.extend([_mark("/")] if part == "/" else _word_tokens(part, initial=initial))
    return tokens


def _join_name_numbers(tokens: list[Token]) -> list[Token]:
    """Make the number of "iPhone 12" or "Llama 3.1 405B" part of the name."""
    joined: list[Token] = []
    for token in tokens:
        previous = joined[-1] if joined else None
        bare = token.quantity is not None and not token.quantity.unit and token.text[0].isdigit()
        if bare and previous is not None and previous.kind == "name" and previous.text[0].isalnum():
            joined.append(Token(token.text, token.norm, name_key(token.text), "name"))
        else:
            joined.append(token)
    return joined


def _join_units(tokens: list[Token]) -> list[Token]:
    """Take "percent", "million", "GB" and "factor of" into the quantity they belong to."""
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        money = last is not None and last.quantity is not None and last.quantity.unit in ("dollars", "euros")
        if last is None or last.quantity is None or (last.quantity.unit and not money):
            joined.append(token)
        elif token.norm in MAGNITUDE_WORDS:
            value = last.quantity.value * MAGNITUDE_WORDS[token.norm]
            joined[-1] = replace(last, quantity=Quantity(value, last.quantity.unit))
        elif (token.norm in UNITS and (len(token.norm) > 1 or token.norm in "x%")) or (
            token.text in ("s", "m", "g", "W", "J") and last.text[0].isdigit()
        ):
            dimension, scale = UNITS[token.norm]
            joined[-1] = replace(last, quantity=Quantity(last.quantity.value * scale, dimension, scale))
        else:
            joined.append(token)
    return [_with_factor(joined, index) for index in range(len(joined))]


def _with_factor(tokens: list[Token], index: int) -> Token:
    token = tokens[index]
    words = [earlier.norm for earlier in tokens[max(0, index - 2) : index]]
    if token.quantity and not token.quantity.unit and words == ["factor", "of"]:
        return replace(token, quantity=Quantity(token.quantity.value, "x"))
    return token


_JOINS_NUMBERS = frozenset(words("and or to - ~ , sim vs versus /"))


def _inherit_units(tokens: list[Token]) -> list[Token]:
    """Give "15" of "15-30%" and "4.2" of "from 4.2 to 1.9 W" the unit of the number that follows."""
    for index in range(len(tokens) - 3, -1, -1):
        first, second = tokens[index], tokens[index + 2]
        if not (first.quantity and second.quantity) or first.quantity.unit or not second.quantity.unit:
            continue
        if tokens[index + 1].norm not in _JOINS_NUMBERS or first.text.isalpha():
            continue
        scale = second.quantity.scale
        quantity = Quantity(first.quantity.value * scale, second.quantity.unit, scale)
        tokens[index] = replace(first, quantity=quantity)
    return tokens
