"""Finds, reads, validates and digests rule packs, and builds the tables that the engine uses.

A pack is a folder with ``pack.toml`` and TOML files in folders by subject (``units/``, ``text/``, ``extract/``,
``demand/``, ``choices/``, ``dates/``, ``profiles/``). Packs stack: a later pack's entry replaces the earlier entry of
the same name, and its word lists add to the earlier ones; within a pack a name stands once. Whatever is wrong is a
``RulesError`` that names the file, the line, the entry and the field, and all that is wrong with the entries by
themselves is told at once.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import tomllib
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from verifier.rulebook.checks import problems, several
from verifier.rulebook.entry import Entry
from verifier.rulebook.places import Places
from verifier.rulebook.schema import ENTRIES, LISTS, Entries, Lists, Pack, WordList
from verifier.rulebook.tables import build_rules
from verifier.types.errors import RulesError
from verifier.types.rules import Rules
from verifier.types.spelling import nearest

_Model = TypeVar("_Model", bound=BaseModel)


def builtin_pack() -> Traversable:
    """The folder of the built-in pack: inside the installed package, else beside it in a checkout.

    Raises ``RulesError``.
    """
    package = importlib.resources.files("verifier")
    packed = package.joinpath("_rules")
    if packed.joinpath("pack.toml").is_file():
        return packed
    checkout = Path(__file__).resolve().parent.parent.parent / "rules"
    if (checkout / "pack.toml").is_file():
        return checkout
    raise RulesError("pack.toml", None, None, "the built-in rules are missing: install the package again")


def builtin_rules() -> Rules:
    """The rules of the built-in pack alone."""
    return load_rules()


def load_rules(*packs: Path | str) -> Rules:
    """The built-in rules with the given packs laid over them, in order. Raises ``RulesError``."""
    folders: list[tuple[str, Traversable]] = [("", builtin_pack())]
    for pack in map(Path, packs):
        if not (pack / "pack.toml").is_file():
            raise RulesError(str(pack), None, None, "no pack.toml there: a rule pack is a folder that holds one")
        folders.append((f"{pack.as_posix()}/", pack))
    found = _Found()
    digest = hashlib.sha256()
    versions: list[str] = []
    for place, folder in folders:
        found.begin()
        for path, source in _files(folder):
            shown = place + path  # errors say whose file it is; the digest does not know where a pack lies
            content = source.read_bytes()
            digest.update(f"{path}\0{len(content)}\0".encode())
            digest.update(content)
            if path == "pack.toml":
                pack_file = _validated(Pack, _parsed(content, shown), shown, None)
                _check_engine(pack_file.engine, shown)
                versions.append(pack_file.version if not versions else f"{pack_file.id}-{pack_file.version}")
                found.judges.update(pack_file.judges)
            else:
                found.read(content, path, shown)
    wrong = [*found.wrong, *problems(found.entries, frozenset(found.judges))]
    if wrong:
        raise RulesError.of(wrong)
    return build_rules(found.entries, found.lists, version="+".join([*versions, digest.hexdigest()[:8]]))


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    """All TOML files of a pack with their paths in it, in a fixed order."""
    for child in sorted(folder.iterdir(), key=lambda item: item.name):
        if child.name.startswith("."):
            continue
        if child.is_dir():
            yield from _files(child, f"{prefix}{child.name}/")
        elif child.name.endswith(".toml"):
            yield prefix + child.name, child


def _parsed(content: bytes, path: str) -> dict[str, object]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError(path, None, None, f"not readable as TOML: {error}") from error


def _check_engine(wanted: str, path: str) -> None:
    """Whether this engine is in the range that the pack needs, such as ``>=0.1,<0.2``."""
    from verifier import __version__

    own = _release(__version__)
    compare = {">=": own.__ge__, "<=": own.__le__, ">": own.__gt__, "<": own.__lt__, "==": own.__eq__, "!=": own.__ne__}
    for clause in wanted.replace(" ", "").split(","):
        operator = clause.rstrip("0123456789.")
        if operator not in compare or not clause[len(operator) :]:
            raise RulesError(path, None, "engine", f"'{clause}' is no bound: write something like '>=0.1,<0.2'")
        if not compare[operator](_release(clause[len(operator) :])):
            raise RulesError(path, None, "engine", f"these rules need engine {wanted}, and this is {__version__}")


def _release(version: str) -> tuple[int, int, int]:
    parts = [int(part) for part in version.split(".")[:3] if part.isdigit()]
    major, minor, patch = (*parts, 0, 0, 0)[:3]
    return major, minor, patch


class _Found:
    """What the packs hold so far, and what is wrong with it."""

    def __init__(self) -> None:
        self.entries: Entries = {}
        self.lists: Lists = {}
        self.judges: set[str] = set()
        self.wrong: list[RulesError] = []
        self._own: dict[tuple[tuple[str, str], str], str] = {}

    def begin(self) -> None:
        """The next pack: its entries may replace those before."""
        self._own = {}

    def read(self, content: bytes, place: str, path: str) -> None:
        """Add what a file holds. ``place`` is where it stands in its pack, ``path`` what errors call it."""
        folder = place.partition("/")[0] if "/" in place else ""
        try:
            sections = _parsed(content, path)
        except RulesError as error:
            self.wrong.append(error)
            return
        places = Places(path, content)
        for section, value in sections.items():
            key = (folder, section)
            if key in ENTRIES and isinstance(value, list):
                for index, raw in enumerate(value):
                    self._add(key, raw, places.of(section, index, len(value)), index)
                continue
            try:
                self._add_list(key, value, places.of(section))
            except RulesError as error:
                self.wrong.append(error)

    def _add_list(self, key: tuple[str, str], value: object, where: str) -> None:
        """Add the words of a list; raises ``RulesError`` for what is none."""
        folder, section = key
        if key in ENTRIES:
            raise RulesError(where, section, None, f"write it as [[{section}]]: a list of entries")
        if key not in LISTS:
            raise RulesError(where, section, None, _misplaced(folder, section))
        listed = _validated(WordList, {"words": value} if isinstance(value, list) else value, where, section)
        told = several(key, (*listed.words, *listed.phrases))
        if told:
            raise RulesError(where, section, None, f"'{told}' must be one word: they are looked up one by one")
        self.lists[key] = tuple(dict.fromkeys((*self.lists.get(key, ()), *listed.words, *listed.phrases)))

    def _add(self, key: tuple[str, str], raw: object, where: str, index: int) -> None:
        """Add an entry, in the place of the one of its name in an earlier pack."""
        section = key[1]
        name = str(raw["name"]) if isinstance(raw, dict) and "name" in raw else f"{section} number {index + 1}"
        try:
            entry = _validated(ENTRIES[key], raw, where, name)
        except RulesError as error:
            self.wrong.append(error)
            return
        if (key, name) in self._own:
            first = self._own[key, name]
            problem = f"the pack has a [[{section}]] of this name already, in {first}: give one of them another name"
            self.wrong.append(RulesError(where, name, "name", problem))
            return
        self._own[key, name] = where
        self._replace(key, where, entry)

    def _replace(self, key: tuple[str, str], where: str, entry: Entry) -> None:
        """A profile and a set of labels move behind those of earlier packs: the last that claims a text gets it."""
        named = self.entries.setdefault(key, {})
        if key in _LAST_GETS:
            named.pop(entry.name, None)
        named[entry.name] = (where, entry)


_LAST_GETS = frozenset({("profiles", "profile"), ("labels", "label_set")})


def _misplaced(folder: str, section: str) -> str:
    """Why a section cannot stand in a folder, and where it belongs."""
    places = sorted({*ENTRIES, *LISTS})
    folders = sorted({where for where, _ in places if where})
    if folder and folder not in folders:
        meant = _did_you_mean(folder, folders, "/")
        return f"unknown folder {folder}/{meant}; a pack has {', '.join(f'{name}/' for name in folders)}"
    known = [name for where, name in places if where == folder]
    homes = [f"{where}/" if where else "the top folder" for where, name in places if name == section]
    here = f"{folder}/" if folder else "the top folder"
    meant = f": it belongs into {' or '.join(homes)}" if homes else ""
    return f"unknown section{meant or _did_you_mean(section, known)}; {here} may hold: {', '.join(known)}"


_MOST_PROBLEMS = 10


def _validated(model: type[_Model], raw: object, path: str, entry: str | None) -> _Model:
    try:
        return model.model_validate(_tuples(raw))
    except ValidationError as error:
        found = error.errors(include_url=False)
        fields = [".".join(str(part) for part in one["loc"]) for one in found]
        known = [field.alias or name for name, field in model.model_fields.items()]
        problems = [
            f"there is no such field{_did_you_mean(field, known)}; there are: {', '.join(known)}"
            if one["type"] == "extra_forbidden"
            else _problem(one, model)
            for field, one in zip(fields, found, strict=True)
        ]
        others = [
            f"field '{field}': {problem}" if field else problem
            for field, problem in zip(fields[1:_MOST_PROBLEMS], problems[1:], strict=False)
        ]
        raise RulesError(path, entry, fields[0] or None, "; ".join([problems[0], *others])) from error


_EXPECTED = {
    "bool_type": "write true or false",
    "dict_type": "write a table",
    "int_type": "write a whole number",
    "missing": "field required",
    "string_type": "write a text",
    "tuple_type": "write a list",
}


def _problem(found: ErrorDetails, model: type[BaseModel]) -> str:
    """An error of pydantic's in the words of a rule pack; what a field must look like is told by its description."""
    kind, bounds, value = found["type"], found.get("ctx", {}), found["input"]
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    if kind == "string_too_short" or (kind == "too_short" and not bounds["actual_length"]):
        return "must not be empty"
    if kind in {"too_short", "too_long"} and len(value) == bounds["actual_length"]:
        wanted = (
            f"no fewer than {bounds['min_length']}" if kind == "too_short" else f"no more than {bounds['max_length']}"
        )
        return f"must hold {wanted}, and holds {len(value)}"
    if kind == "string_too_long":
        return f"must have no more than {bounds['max_length']} characters"
    told = _described(model, found["loc"])
    if kind == "string_pattern_mismatch":
        return f"'{value}' cannot be read as one{told}" if told else f"'{value}' must be like {bounds['pattern']}"
    return found["msg"][:1].lower() + found["msg"][1:] + told


def _described(model: type[BaseModel], place: tuple[int | str, ...]) -> str:
    """What a field is, in brackets."""
    fields = {field.alias or name: field.description or "" for name, field in model.model_fields.items()}
    told = fields.get(str(place[0]), "") if place else ""
    return f" ({told[:1].lower()}{told[1:].rstrip('.')})" if told else ""


def _did_you_mean(name: str, known: list[str], ending: str = "") -> str:
    meant = nearest(name, known, least=70)
    return "" if meant is None else f" (did you mean {meant}{ending}?)"


def _tuples(value: object) -> object:
    """TOML's lists as tuples, which frozen models hold."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return value
