"""The dataset card of a merge: ``README.md`` with the front matter that the Hub and ``datasets`` read.

It holds nothing that depends on when, where or in which order the merge ran.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import msgspec

_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
_LARGEST = "10M<n<100M"
UNNAMED = "unknown"
"""The version of rows that name none."""

_PREFERENCES = {"tokens": "the fewest tokens", "cost": "the lowest cost", "energy": "the least energy"}

_RULES = {
    "deduped": "`success` is true, one row per `sample_id` across all sources",
    "all": "the above{selected}",
    "duplicates": "correct rows that another row stands for; `kept_row` and `kept_line` say which",
    "rejected": "rows that are in neither, and the reason",
}


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What a card tells.

    ``files``, ``digests``, ``columns`` and ``counts`` go by data set; ``teachers`` and ``categories`` are
    (name, rows of the deduplicated set, rows of all).
    """

    name: str
    license: str
    files: Mapping[str, str]
    digests: Mapping[str, str]
    columns: Mapping[str, Sequence[str]]
    counts: Mapping[str, int]
    keep_all: Sequence[str]
    prefer: Sequence[str]
    teachers: Sequence[tuple[str | None, int, int]]
    categories: Sequence[tuple[str | None, int, int]]
    versions: Mapping[str, Sequence[str]]
    tool: str


def render(card: Card) -> str:
    """The whole ``README.md``."""
    return f"---\n{_front_matter(card)}---\n\n{_body(card)}"


def _front_matter(card: Card) -> str:
    # JSON is YAML, and quotes what YAML would read otherwise.
    filled = [dataset for dataset in card.files if card.counts[dataset]]
    fields: dict[str, object] = {
        "license": card.license,
        "pretty_name": card.name,
        "language": ["en"],
        "task_categories": ["text-generation", "question-answering"],
        "size_categories": [_size(card.counts["all"])],
        "tags": ["verified", "trajectories", "tool-use", "supervised-fine-tuning"],
    }
    lines = [f"{name}: {_json(value)}" for name, value in fields.items()]
    if filled:
        lines.append("configs:")
    for position, dataset in enumerate(filled):
        lines.append(f"- config_name: {_json(dataset)}")
        if position == 0:
            lines.append("  default: true")
        # `datasets` knows its cached copy of a config by the folder's last name and by this text, not by what the file
        # holds: without the digest, a second merge would load as the first.
        lines.append(f"  description: {_json(f'SHA-256 {card.digests[dataset]}')}")
        lines += ["  data_files:", "  - split: train", f"    path: {_json(card.files[dataset])}"]
    return "\n".join(lines) + "\n"


def _body(card: Card) -> str:
    counts = card.counts
    patterns = ", or ".join(f"`{_code(item)}`" for item in card.keep_all)
    selected = f", and every row with {patterns}, whatever `success` says" if patterns else ""
    rows = [
        f"| `{dataset}` | `{file}` | {counts[dataset]:,} | {_RULES[dataset].format(selected=selected)} |"
        for dataset, file in card.files.items()
    ]
    order = ", then ".join(_PREFERENCES[name] for name in card.prefer)
    parts = [
        f"# {_line(card.name)}",
        "Tool-use trajectories whose final answers were verified against their ground truths.",
        "| config | file | rows | rule |\n|---|---|---:|---|\n" + "\n".join(rows),
        f"Of several correct rows of one sample, the one with {order} is kept (0 and null are unknown, and last).",
        _loading(card),
        "## Fields\n\n" + ", ".join(f"`{column}`" for column in card.columns["deduped"]),
        f"`duplicates` and `rejected` have the same fields, and {_added(card)}.",
        _table("Teachers", "teacher_model", card.teachers),
        _table("Categories", "category", card.categories),
        "## How it was made",
        f"{counts['rows']:,} graded rows were merged by `verifier merge` {card.tool}: {_standings(counts)}.",
        _graded_with(card.versions),
        "`manifest.json` names the inputs with their SHA-256, and every count.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _loading(card: Card) -> str:
    empty = [file for dataset, file in card.files.items() if not card.counts[dataset]]
    loading = (
        "```python\nfrom datasets import load_dataset\n\n"
        'load_dataset("path/to/this/folder", "deduped", split="train")\n'
        f'load_dataset("path/to/this/folder", split="train", data_files="{card.files["deduped"]}")\n```'
    )
    if empty:
        loading += f"\n\nWithout rows, and so without a config: {', '.join(f'`{file}`' for file in empty)}."
    return loading


def _added(card: Card) -> str:
    base = set(card.columns["deduped"])
    columns = dict.fromkeys(
        column for dataset in ("duplicates", "rejected") for column in card.columns[dataset] if column not in base
    )
    return ", ".join(f"`{column}`" for column in columns)


def _standings(counts: Mapping[str, int]) -> str:
    names = {
        "correct": "correct",
        "incorrect": "incorrect",
        "undecided": "undecided",
        "not_graded": "not graded",
        "error": "in error",
    }
    return ", ".join(f"{counts[name]:,} {words}" for name, words in names.items())


def _table(title: str, field: str, rows: Sequence[tuple[str | None, int, int]]) -> str:
    if not rows:
        return ""
    lines = [
        f"| {'(none)' if name is None else _cell(name)} | {deduped:,} | {total:,} |" for name, deduped, total in rows
    ]
    return f"## {title}\n\n| {field} | deduped | all |\n|---|---:|---:|\n" + "\n".join(lines)


def _size(rows: int) -> str:
    return next((name for limit, name in _SIZES if rows < limit), _LARGEST)


def _graded_with(versions: Mapping[str, Sequence[str]]) -> str:
    """The versions that graded the rows; those in error may name none."""
    engines, rules = versions["engine"], versions["rules"]
    named = f"Graded by engine {_listed(engines)} with rules {_listed(rules)}"
    unnamed = UNNAMED in (*engines, *rules) and any(one != UNNAMED for one in (*engines, *rules))
    return f"{named}; rows in error, and rows that were not graded by it, name no version." if unnamed else f"{named}."


def _listed(versions: Sequence[str]) -> str:
    return ", ".join(_line(version) for version in versions if version != UNNAMED) or "unknown"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _line(text).replace("\\", "\\\\").replace("|", "\\|")[:100]


def _code(text: str) -> str:
    return _line(text).replace("`", "'").replace("|", "\\|")
