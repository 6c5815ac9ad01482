#!/usr/bin/env python3
"""Write what follows from each role's argument_specs.yml: its defaults/main.yml, and the table in its README.md.

`--check` writes nothing, names what is out of date and ends with 1.
"""

import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROLES = Path(__file__).resolve().parents[1] / "roles"
BEGIN, END = "<!-- parameters: made by scripts/role_docs.py -->", "<!-- end of parameters -->"
HEAD = "| 参数 Parameter | 类型 Type | 默认 Default | 说明 Meaning |\n|---|---|---|---|\n"
DEFAULTS_HEAD = (
    "# Made by scripts/role_docs.py from meta/argument_specs.yml. What is not set is left as the site has it.\n"
)

Options = Mapping[str, Mapping[str, Any]]


def main(words: list[str]) -> int:
    """Write, or with `--check` compare; 1 when something was out of date."""
    stale = []
    for role in sorted(path.parent.parent for path in ROLES.glob("*/meta/argument_specs.yml")):
        for page, content in pages(role).items():
            if not page.exists() or page.read_text(encoding="utf-8") != content:
                stale.append(page)
                if "--check" not in words:
                    page.write_text(content, encoding="utf-8")
    if "--check" not in words:
        return 0
    for page in stale:
        print(f"{page.relative_to(ROLES.parent)}: out of date, run scripts/role_docs.py", file=sys.stderr)
    return 1 if stale else 0


def pages(role: Path) -> dict[Path, str]:
    """The generated pages of a role, as they shall be."""
    specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options = specs["argument_specs"]["main"]["options"]
    readme = role / "README.md"
    return {role / "defaults" / "main.yml": defaults(options), readme: with_table(readme, table(options))}


def defaults(options: Options) -> str:
    """The role's defaults, each under its explanation."""
    parts = [
        "".join(f"# {line}\n" for line in _wrapped(option)) + f"{name}: {_yaml(option['default'])}\n"
        for name, option in options.items()
        if "default" in option
    ]
    return "\n".join([DEFAULTS_HEAD, *parts])


def table(options: Options) -> str:
    """One row per parameter, and per field of parameters that have fields."""
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _rows(options, ""))


def _rows(options: Options, above: str) -> Iterator[tuple[str, str, str, str]]:
    """The rows of parameters and, below each, of its fields."""
    for name, option in options.items():
        must = "必填 required" if option.get("required") else ""
        default = f"`{_yaml(option['default'])}`" if "default" in option else must
        choices = "".join(f" `{choice}`" for choice in option.get("choices", []))
        kind = str(option["type"]) + (f" / {option['elements']}" if "elements" in option else "")
        meaning = "<br>".join(sentences(option)).replace("|", "\\|")
        yield f"`{above}{name}`", kind + choices, default, meaning
        yield from _rows(option.get("options", {}), f"{above}{name}.")


def sentences(option: Mapping[str, Any]) -> list[str]:
    """An option's explanation, Chinese first."""
    said = option["description"]
    return [str(each) for each in said] if isinstance(said, list) else [str(said)]


def _wrapped(option: Mapping[str, Any]) -> list[str]:
    """The explanation in lines of a page's width."""
    return [line for sentence in sentences(option) for line in textwrap.wrap(sentence, 110, break_long_words=False)]


def with_table(readme: Path, rows: str) -> str:
    """The page with its table renewed; all that people wrote around it stays."""
    page = readme.read_text(encoding="utf-8")
    marked = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    if not marked.search(page):
        raise SystemExit(f"{readme}: the two markers of the table are missing")
    return marked.sub(lambda _: f"{BEGIN}\n{rows}{END}", page)


def _yaml(value: object) -> str:
    """A value in YAML on one line, with the quotes that our own pages have."""
    line = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10_000)
    return line.removesuffix("\n...\n").strip().replace("'", '"')


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
