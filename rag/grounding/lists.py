"""Parallel lists of a sentence, paired: "46% and 53% for V2 and V3" says 46% of V2 and 53% of V3."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.grounding.lexicon import DIRECTIONS, FUNCTION_WORDS, LIGHT_STEMS
from rag.grounding.tokens import Token, name_key

Tokens = tuple[Token, ...]
_PAIRING = frozenset(["respectively", "correspondingly"])
_SEPARATORS = frozenset([",", "and", "/", "or", "&"])


@dataclass(frozen=True, slots=True)
class _Items:
    """The items of one list, each a range of token indices; `shared` belongs to every item."""

    items: tuple[range, ...]

    def __len__(self) -> int:
        return len(self.items)

    @property
    def start(self) -> int:
        return self.items[0].start

    @property
    def stop(self) -> int:
        return self.items[-1].stop


@lru_cache(maxsize=4096)
def variants(tokens: Tokens, previous: Tokens = ()) -> tuple[Tokens, ...]:
    """Return the sentence once per item of its paired lists, each with only the items that go together.

    Args:
        tokens: The sentence.
        previous: The sentence before it, which may hold the list that the numbers belong to.

    Returns:
        The sentence itself alone when it has no list of numbers.
    """
    number_lists = _number_lists(tokens)
    if not number_lists:
        return (tokens,)
    size = max(len(items) for items in number_lists)
    number_lists = [items for items in number_lists if len(items) == size]
    partner = _partner(tokens, number_lists, size)
    borrowed: tuple[Tokens, ...] = ()
    paired = any(token.norm in _PAIRING for token in tokens)
    if partner is None and paired:
        borrowed = _borrowed_items(previous, size)
    if partner is None and not borrowed and paired and len(number_lists) < 2:
        return (tokens,)
    lists = [*number_lists, *([partner] if partner else [])]
    return tuple(_variant(tokens, lists, item) + (borrowed[item] if borrowed else ()) for item in range(size))


def _variant(tokens: Tokens, lists: Sequence[_Items], chosen: int) -> Tokens:
    dropped: set[int] = {index for index, token in enumerate(tokens) if token.norm in _PAIRING}
    for items in lists:
        kept = set(items.items[chosen])
        dropped |= {index for index in range(items.start, items.stop) if index not in kept}
    return tuple(_in_full(token, tokens, dropped) for index, token in enumerate(tokens) if index not in dropped)


def _in_full(token: Token, tokens: Tokens, dropped: set[int]) -> Token:
    """Give a shortened name its dropped beginning: the "V3" of "MobileNetV2 and V3" is "MobileNetV3"."""
    version = re.fullmatch(r"[A-Za-z]?\d+(?:\.\d+)?[A-Za-z]?", token.text)
    if token.kind != "name" or not version:
        return token
    for index in sorted(dropped):
        whole = re.fullmatch(r"(.*[a-z]-?)[A-Za-z]?\d+(?:\.\d+)?[A-Za-z]?", tokens[index].text)
        if tokens[index].kind == "name" and whole:
            text = whole[1] + token.text
            return Token(text, text.casefold(), name_key(text), "name")
    return token


def _number_lists(tokens: Tokens) -> list[_Items]:
    """Return the lists of numbers of one unit, each item with its bound and what stands in brackets after it."""
    lists: list[_Items] = []
    run: list[range] = []
    last: Token | None = None
    for index, token in enumerate(tokens):
        if token.kind != "number" or (run and index < run[-1].stop):
            continue
        item = _with_brackets(tokens, index)
        joined = run and last and _only_separators(tokens, run[-1].stop, item.start) and _same_unit(last, token)
        last = token
        if not joined:
            _keep(lists, run)
            run = []
        # "between 1996 and 2015" is a span, not a list.
        if not run and any(before.norm in ("between", "from") for before in tokens[max(0, index - 2) : index]):
            continue
        run.append(item)
    _keep(lists, run)
    return lists


def _same_unit(one: Token, other: Token) -> bool:
    return one.quantity is not None and other.quantity is not None and one.quantity.unit == other.quantity.unit


_BOUNDS = frozenset(["over", "under", "above", "below", "about"])


def _with_brackets(tokens: Tokens, index: int) -> range:
    """Return the number at `index` with its bound before it and a bracket after it: "over 60", "1.9x (up to 3.4x)"."""
    start, end = index, index + 1
    if start and tokens[start - 1].norm in _BOUNDS:
        start -= 1
    if end < len(tokens) and tokens[end].norm == "(":
        close = next((at for at in range(end, min(len(tokens), end + 8)) if tokens[at].norm == ")"), None)
        end = close + 1 if close is not None else end
    return range(start, end)


def _keep(lists: list[_Items], run: Sequence[range]) -> None:
    if len(run) > 1:
        lists.append(_Items(tuple(run)))


def _only_separators(tokens: Tokens, start: int, end: int) -> bool:
    between = [token.norm for token in tokens[start:end]]
    return any(norm in _SEPARATORS for norm in between) and all(norm in _SEPARATORS | _ARTICLES for norm in between)


_ARTICLES = frozenset(["a", "an", "the"])


def _partner(tokens: Tokens, number_lists: Sequence[_Items], size: int) -> _Items | None:
    candidates = [items for items in _phrase_lists(tokens) if len(items) == size]
    last = number_lists[-1].stop
    after = [items for items in candidates if items.start >= last]
    if after:
        return after[-1]
    before = [items for items in candidates if items.stop <= number_lists[0].start]
    return before[-1] if before else None


def _borrowed_items(previous: Tokens, size: int) -> tuple[Tokens, ...]:
    for items in _phrase_lists(previous):
        if len(items) == size:
            return tuple(tuple(previous[item.start : item.stop]) for item in items.items)
    return ()


def _phrase_lists(tokens: Tokens) -> list[_Items]:
    """Return the lists of words and names: "X and Y", "X, Y, and Z", "X/Y"."""
    lists: list[_Items] = []
    for index, token in enumerate(tokens):
        if token.norm not in ("and", "/", "&"):
            continue
        last = _run_after(tokens, index + 1)
        items = [last]
        position = index
        while position > 0:
            end = position - 1 if tokens[position - 1].norm == "," else position
            item = _run_before(tokens, end)
            if not item:
                break
            items.insert(0, item)
            position = item.start
            if position == 0 or tokens[position - 1].norm not in (",", "/"):
                break
            position -= 1
            if tokens[position].norm == ",":
                position += 1
        if len(items) > 1 and last:
            lists.append(_Items((*_trimmed(tokens, items[0], items[1]), *items[1:])))
    return [_without_shared_head(tokens, items) for items in lists]


def _belongs(token: Token) -> bool:
    if token.kind == "name":
        return True
    if token.kind != "word" or token.norm in FUNCTION_WORDS or token.norm in DIRECTIONS:
        return False
    return token.key not in LIGHT_STEMS


def _run_after(tokens: Tokens, start: int) -> range:
    # "in simulation and on real robots"
    end = start + (start < len(tokens) and tokens[start].norm in ("on", "in", "for", "with", "under", "by"))
    while end < len(tokens) and end - start < 4 and _belongs(tokens[end]):
        end += 1
    return range(start, end)


def _run_before(tokens: Tokens, end: int) -> range:
    start = end
    while start > 0 and end - start < 4 and _belongs(tokens[start - 1]):
        start -= 1
    return range(start, end)


def _trimmed(tokens: Tokens, first: range, second: range) -> tuple[range]:
    """Leave to all items what stands before the first one: "accelerators" in "accelerators ANT and OliVe"."""
    if not second or tokens[second.start].kind != "name" or tokens[first.stop - 1].kind != "name":
        return (first,)
    start = first.stop - 1
    while start > first.start and tokens[start].text[0].isdigit():
        start -= 1
    return (range(start, first.stop),)


def _without_shared_head(tokens: Tokens, items: _Items) -> _Items:
    """Leave to all items the noun they share: "IRBs" in "V2 and V3 IRBs"."""
    first, last = items.items[0], items.items[-1]
    if tokens[last.start - 1].norm == "/" and len(last) > len(first):
        return _Items((*items.items[:-1], range(last.start, last.start + len(first))))
    head = tokens[last.stop - 1].text if last else ""
    plural = head.endswith("s") and not head.endswith("ss") and not tokens[first.stop - 1].text.endswith("s")
    both_names = tokens[first.stop - 1].kind == "name" and tokens[last.start].kind == "name"
    if len(last) < 2 or tokens[last.start].norm in FUNCTION_WORDS or not (plural or both_names):
        return items
    end = last.start + 1
    while end < last.stop - 1 and tokens[end].kind == "name" and tokens[end].text[0].isdigit():
        end += 1
    return _Items((*items.items[:-1], range(last.start, end)))
