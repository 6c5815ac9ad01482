"""Holds variables against the JSON Schemas in `inventories/schema/`, and says what is wrong in plain sentences."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from anwei.estate.problems import listed
from anwei.home import ROOT
from anwei.texts import text

FOLDER = ROOT / "inventories" / "schema"
Path = tuple[str | int, ...]
Violation = tuple[Path, str]


def violations(name: str, instance: Mapping[str, Any], folder: FilePath = FOLDER) -> Iterator[Violation]:
    """Where and how `instance` breaks the schema `name`; an empty path means that a whole variable is missing."""
    for error in validator(name, folder).iter_errors(instance):
        path = tuple(error.absolute_path)
        yield from ((path, message) for message in TELLERS.get(error.validator, _wrong)(error))


@cache
def validator(name: str, folder: FilePath = FOLDER) -> Draft202012Validator:
    """The schema `<name>.json`, ready to use; by default one of `inventories/schema/`."""
    return Draft202012Validator(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))


def _missing(error: ValidationError) -> Iterator[str]:
    """The key that a mapping lacks (the validator reports one error for each)."""
    key = next(key for key in _words(error, "required") if error.message.startswith(repr(key)))
    yield _at(error, "missing", missing=key)


def _unknown(error: ValidationError) -> Iterator[str]:
    """Each key that a strict mapping does not know, with those that it does."""
    known = _words(error, "properties")
    unknown = [key for key in error.instance if key not in known] if isinstance(error.instance, Mapping) else []
    for key in unknown:
        yield _at(error, "key_unknown", unknown=key, known=listed(known))


def _not_one_of(error: ValidationError) -> Iterator[str]:
    """A value outside a list of words."""
    yield _at(error, "not_one_of", value=error.instance, allowed=listed(_words(error, "enum")))


def _wrong_type(error: ValidationError) -> Iterator[str]:
    """A value of another type than the schema wants."""
    yield _at(error, "wrong_type", value=error.instance, wanted=text(f"estate.type.{_schema(error)['type']}"))


def _wrong(error: ValidationError) -> Iterator[str]:
    """Anything else: the value, and the schema's own description of what belongs there."""
    yield _at(error, "wrong_value", value=error.instance, wanted=_schema(error).get("description", error.message))


TELLERS: dict[object, Callable[[ValidationError], Iterator[str]]] = {
    "required": _missing,
    "additionalProperties": _unknown,
    "enum": _not_one_of,
    "type": _wrong_type,
}


def _schema(error: ValidationError) -> Mapping[str, Any]:
    """The part of the schema that was broken."""
    return error.schema if isinstance(error.schema, Mapping) else {}


def _words(error: ValidationError, name: str) -> list[str]:
    """The entries of a list or mapping in the part of the schema that was broken."""
    return [str(word) for word in _schema(error).get(name, ())]


def _at(error: ValidationError, problem: str, **values: object) -> str:
    """The sentence about `problem`, with the path to the value in front."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path).lstrip(".")
    return text(f"estate.problem.{problem}", None, at=f"{path}: " if path else "", **values)
