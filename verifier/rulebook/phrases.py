"""From the words of a pack for names and lists of names to the engine's table."""

from __future__ import annotations

from verifier.rulebook.schema import Entries, Lists
from verifier.rulebook.spellings import spellings, whole_answers
from verifier.types.phrases import PhraseTable


def phrases(entries: Entries, lists: Lists) -> PhraseTable:
    """The table; everything in lower case, but forms of whole answers that are written with capitals."""

    def folded(section: str) -> tuple[str, ...]:
        return tuple(word.lower() for word in lists.get(("text", section), ()))

    return PhraseTable(
        joins=frozenset(folded("list_joins")),
        either=frozenset(folded("list_either")),
        several=frozenset(folded("list_several")),
        samples=frozenset(folded("list_samples")),
        orders=frozenset(folded("list_orders")),
        parts=frozenset(folded("list_parts")),
        ends=frozenset(folded("list_ends")),
        loanwords=frozenset(folded("loanwords")),
        verbatim=folded("verbatim"),
        printed=folded("printed"),
        literals=frozenset(folded("literals")),
        spellings=spellings(entries),
        whole=whole_answers(entries),
        abbreviating=folded("abbreviating"),
    )
