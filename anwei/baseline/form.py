"""A page of data held against its schema, so that slips are named before anything is asked of a host."""

from pathlib import Path

import jsonschema
import yaml

SCHEMAS = Path(__file__).parent / "schemas"


def slips_of_form(page: object, name: str) -> list[str]:
    """Where the page differs from the schema of that name, each with its place."""
    schema = yaml.safe_load((SCHEMAS / f"{name}.yml").read_text(encoding="utf-8"))
    found = jsonschema.Draft202012Validator(schema).iter_errors(_with_text_keys(page))
    return [f"{error.json_path}: {error.message}" for error in found]


def _with_text_keys(page: object) -> object:
    """The page as JSON would hold it: the levels are numbers in YAML."""
    if isinstance(page, dict):
        return {str(key): _with_text_keys(value) for key, value in page.items()}
    return [_with_text_keys(value) for value in page] if isinstance(page, list) else page
