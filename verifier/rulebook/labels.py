"""From the labels of a pack to the engine's table."""

from __future__ import annotations

import re

from verifier.rulebook.schema import Entries, LabelSetEntry, Lists
from verifier.types.choices import LabelTable

_QUOTE = "[\"'“”„‘’«»`*]{0,2}"


def _item(denials: str) -> str:
    """A label in a list; a denial in front belongs to it: "spam or not spam"."""
    return rf"{_QUOTE}(?:(?:{denials}) )?[^\W_][\w/+&-]{{0,40}}(?: \(?[\w/+&-]{{1,40}}\)?){{0,2}}?{_QUOTE}"


def _word(lead: str) -> str:
    """A lead as a pattern that begins and ends where words do."""
    before, after = (r"(?<!\w)" if lead[0].isalnum() else ""), (r"(?!\w)" if lead[-1].isalnum() else "")
    return f"{before}{re.escape(lead)}{after}"


def labels(entries: Entries, lists: Lists) -> LabelTable:
    """The table; its pattern finds a lead with a list of two and more behind it, as its one group."""
    leads = sorted((phrase.lower() for phrase in lists.get(("labels", "leads"), ())), key=len, reverse=True)
    joiners = sorted((word.lower() for word in lists.get(("labels", "joiners"), ())), key=len, reverse=True)
    lead = "|".join(_word(one) for one in leads) or "(?!)"
    joint = "|".join(re.escape(one) for one in joiners) or "(?!)"
    between = rf"(?:(?: ?[,、;|] ?)(?:(?:{joint}) )?| (?:{joint}) |或)"
    denials = frozenset(word.lower() for word in lists.get(("labels", "denials"), ()))
    item = _item("|".join(re.escape(word) for word in sorted(denials, key=len, reverse=True)) or "(?!)")
    end = r"(?=[\s.:?!;,。？：“\"„«)(]|$)"
    return LabelTable(
        leads=tuple(leads),
        listed=re.compile(rf"(?:{lead}) ?(?=({item}(?:{between}{item}){{1,40}}){end})"),
        joiners=frozenset(joiners),
        denials=denials,
        carriers=frozenset(word.lower() for word in lists.get(("labels", "carriers"), ())),
        orders=frozenset(word.lower() for word in lists.get(("labels", "orders"), ())),
        assigned=frozenset(word.lower() for word in lists.get(("labels", "assigned"), ())),
        sets=tuple(
            (frozenset(word.lower() for word in entry.topics), tuple(label.lower() for label in entry.labels))
            for _, entry in reversed(entries.get(("labels", "label_set"), {}).values())  # a later pack's go first
            if isinstance(entry, LabelSetEntry)
        ),
    )
