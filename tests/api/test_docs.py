"""The pages about the service name every setting, address, field and problem there is."""

from __future__ import annotations

from pathlib import Path

from verifier.settings import KEY, PREFIX, Settings
from verifier_api.problems import KINDS
from verifier_api.routes import router
from verifier_api.schemas import KNOWN_FIELDS

DOCS = Path(__file__).parents[2] / "docs"


def test_every_setting_stands_in_the_how_to() -> None:
    page = (DOCS / "how-to" / "serve.md").read_text()
    rows = {line.split("`")[1] for line in page.splitlines() if line.startswith(("| `VERIFIER_", f"| `{KEY}`"))}
    named = {name.upper() for name in Settings.model_fields}
    assert rows == {name if name == KEY else f"{PREFIX}{name}" for name in named}


def test_every_address_field_and_problem_stands_in_the_reference() -> None:
    page = (DOCS / "reference" / "http.md").read_text()
    for route in router.routes:
        assert route.path == "/" or f" {route.path}`" in page  # type: ignore[attr-defined]
    for field in KNOWN_FIELDS:
        assert f"| `{field}` |" in page
    for kind in KINDS:
        assert f"`{kind.name}`" in page
