"""Addresses and versions: another one is another answer (POLICY 50)."""

from __future__ import annotations

import re
from typing import Final

from verifier.engine.kinds.kind import Context, Stage, evidence
from verifier.engine.kinds.phrase import Phrase
from verifier.types.verdict import Code, Finding, passes, refutes

OTHER = refutes("address.other", "Both sides are an address, or both a version, and they differ.")
NO_ADDRESSES = passes("address.none", "The sides are no two addresses that differ.", specific=1)
CODES: tuple[Code, ...] = (OTHER, NO_ADDRESSES)

_LONGEST: Final = 500
_URL: Final = re.compile(
    r"(?:https?://|ftp://)?(?:www\.)?([\w.-]{1,250})(:\d{1,5})?(/[^\s?#]*)?(\?[^\s#]*)?(#\S*)?", re.IGNORECASE
)
_URL_SIGN: Final = re.compile(r"(?:https?://|ftp://|www\.)", re.IGNORECASE)
_MAIL: Final = re.compile(r"(?:mailto:)?([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})", re.IGNORECASE)
_DOTTED: Final = re.compile(r"(?:v|version )? ?(\d{1,9}(?:\.\d{1,9}){1,5})(/\d{1,2}|:\d{1,5})?", re.IGNORECASE)
_VERSION_PARTS: Final = 3  # two may be a decimal number


def compare_addresses(gold: Phrase, candidate: Phrase, ctx: Context) -> Finding:
    """Two URLs with another host or path, two mail addresses, two IP addresses, two versions.

    A scheme, ``www.``, a last slash, a query, case, and a version given to fewer places tell nothing.
    """
    shown = evidence(gold=gold.text[:200], candidate=candidate.text[:200])
    if len(gold.text) <= _LONGEST and len(candidate.text) <= _LONGEST:
        ctx.meter.spend(4 * (len(gold.text) + len(candidate.text)))
        for read in (_url, _mail):
            first, second = read(gold.text), read(candidate.text)
            if first and second and first != second:
                return OTHER.finding(**shown)
        if _versions_differ(gold.text, candidate.text, ctx):
            return OTHER.finding(**shown)
    return NO_ADDRESSES.finding(**shown)


def _url(text: str) -> tuple[str, ...]:
    """Host, port and path; nothing where the text is no address, or writes characters as ``%20``."""
    bare = text.strip("<>")
    if not _URL_SIGN.match(bare) or "%" in bare:
        return ()
    found = _URL.fullmatch(bare)
    if found is None:
        return ()
    return found[1].casefold(), found[2] or "", (found[3] or "").rstrip("/").casefold()


def _mail(text: str) -> tuple[str, ...]:
    found = _MAIL.fullmatch(text.strip("<>"))
    return () if found is None else (found[1].casefold(),)


def _versions_differ(gold: str, candidate: str, ctx: Context) -> bool:
    first, second = _DOTTED.fullmatch(gold), _DOTTED.fullmatch(candidate)
    if first is None or second is None or bool(first[2]) != bool(second[2]):
        return False
    wanted, given = ([int(part) for part in found[1].split(".")] for found in (first, second))
    common = min(len(wanted), len(given))
    if common < _VERSION_PARTS and "version" not in ctx.demand.words:
        return False
    if wanted[:common] != given[:common]:
        return True
    return len(wanted) == len(given) and first[2] != second[2]


STAGE: Final = Stage("address", ((Phrase, Phrase),), compare_addresses)
