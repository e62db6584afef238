"""From the labels of a pack to the engine's table."""

from __future__ import annotations

import re
from collections.abc import Iterable

from verifier.rulebook.schema import Entries, LabelSetEntry, Lists
from verifier.types.choices import LabelTable
from verifier.types.scripts import MARKS

_QUOTE = "[\"'“”„‘’«»`*]{0,2}"
_MORE = rf"[\w{MARKS}/+&-]"
_END = r"[\s.:?!;,。？：“\"„«)(]|$"
_STOP = r"[.,:?!;\n。？：)(]|$"


def _item(denials: str, more: str, behind: str) -> str:
    """A label in a list, of as few words as it takes to reach what stands ``behind`` it.

    A denial in front belongs to it: "spam or not spam".
    """
    return rf"{_QUOTE}(?:(?:{denials}) )?[^\W_]{_MORE}{{0,40}}{more}{_QUOTE}(?={behind})"


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


def _word(lead: str) -> str:
    """A lead as a pattern that begins and ends where words do."""
    before, after = (r"(?<!\w)" if lead[0].isalnum() else ""), (r"(?!\w)" if lead[-1].isalnum() else "")
    return f"{before}{re.escape(lead)}{after}"


def labels(entries: Entries, lists: Lists) -> LabelTable:
    """The table; its pattern finds a lead with a list of two and more behind it, as its one group."""
    leads = sorted((phrase.lower() for phrase in lists.get(("labels", "leads"), ())), key=len, reverse=True)
    joiners = frozenset(word.lower() for word in lists.get(("labels", "joiners"), ()))
    lead = "|".join(_word(one) for one in leads) or "(?!)"
    joint = _either(joiners)
    between = rf"(?:(?: ?[,、;|] ?)(?:(?:{joint}) )?| (?:{joint}) |或)"
    denials = frozenset(word.lower() for word in lists.get(("labels", "denials"), ()))
    fillers = frozenset(
        word.lower() for section in ("fillers", "articles") for word in lists.get(("text", section), ())
    )
    apart = _either(fillers | joiners)
    denied, more = _either(denials), rf"(?: (?!(?:{apart})(?![\w{MARKS}]))\(?{_MORE}{{1,40}}\)?){{0,2}}?"
    within, last = _item(denied, more, between), f"(?:{_item(denied, more, _STOP)}|{_item(denied, '', _END)})"
    return LabelTable(
        leads=tuple(leads),
        listed=re.compile(rf"(?:{lead}) ?(?=({within}(?:{between}{within}){{0,40}}{between}{last}))"),
        joiners=joiners,
        denials=denials,
        carriers=frozenset(word.lower() for word in lists.get(("labels", "carriers"), ())),
        orders=frozenset(word.lower() for word in lists.get(("labels", "orders"), ())),
        assigned=frozenset(word.lower() for word in lists.get(("labels", "assigned"), ())),
        sets=tuple(
            (frozenset(word.lower() for word in entry.topics), tuple(label.lower() for label in entry.labels))
            for _, entry in entries.get(("labels", "label_set"), {}).values()
            if isinstance(entry, LabelSetEntry)
        ),
    )
