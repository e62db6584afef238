"""Rule packs for tests: made of texts, or of what a page shows."""

from __future__ import annotations

import re
from pathlib import Path

PACK = 'id = "mine"\nversion = "3"\nengine = ">=0.1"\n'
_SHOWN = re.compile(r"`my-rules/([\w/.-]+\.toml)`(?:(?!```).)*?```toml\n(.*?)```", re.DOTALL)


def pack(folder: Path, files: dict[str, str], *, pack_toml: str = PACK) -> Path:
    """A rule pack with these files."""
    for name, content in {"pack.toml": pack_toml, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def shown(page: str) -> dict[str, str]:
    """The files of a pack that a page shows, each behind its path in back quotes: `my-rules/units/mine.toml`."""
    return dict(_SHOWN.findall(page))
