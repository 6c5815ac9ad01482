"""The parameters of a change, held against the argument_specs of its roles before any host is asked."""

import textwrap
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from anwei.change.actions import Action
from anwei.texts import language, text

Option = Mapping[str, Any]
WIDTH = 110
# What argument_specs has besides what Ansible's validator takes.
TOLD = ("description", "version_added")


def problems(action: Action, given: Mapping[str, Any]) -> list[str]:
    """All that is wrong with the given parameters: names that no role knows, and values that do not fit."""
    options = action.options
    unknown = [_unknown(name, options) for name in given if name not in options]
    known = {name: value for name, value in given.items() if name in options and not _templated(value)}
    later = {name for name, value in given.items() if name in options and _templated(value)}
    wanted = {name: _bare(option) for name, option in options.items() if name not in later}
    result = ArgumentSpecValidator(wanted).validate(known)
    return [*unknown, *result.error_messages, *_disarmed(action, known, result.validated_parameters)]


def explained(action: Action) -> str:
    """Every parameter with its meaning and default, to be written into a new change file.

    What has a default is commented out, so that the inventory and later versions of a role still decide it.
    """
    return "\n".join("\n".join(_lines(name, option)) for name, option in action.options.items())


def _lines(name: str, option: Option) -> Iterator[str]:
    """One parameter."""
    for line in textwrap.wrap(_meaning(option), WIDTH):
        yield f"  # {line}"
    if option.get("choices"):
        for line in textwrap.wrap(text("change.choices", choices=_yaml(option["choices"])), WIDTH):
            yield f"  # {line}"
    required = bool(option.get("required"))
    sign = "" if required else "# "
    shown = _yaml(option["default"]) if "default" in option else text("change.to-fill") if required else ""
    yield f"  {sign}{name}: {shown}".rstrip()


def _meaning(option: Option) -> str:
    """What a parameter means, in the language of the reader: the specs have Chinese first, then English."""
    said = option.get("description", "")
    both = [said, said] if isinstance(said, str) else [*said, said[-1]]
    return str(both[1] if language() == "en" else both[0])


def _yaml(value: object) -> str:
    """A value as YAML in one line."""
    return (
        yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000).removesuffix("...\n").strip()
    )


def _bare(option: Option) -> dict[str, Any]:
    """An option as Ansible's validator takes it."""
    bare = {key: value for key, value in option.items() if key not in TOLD}
    if "options" in bare:
        bare["options"] = {name: _bare(inner) for name, inner in bare["options"].items()}
    return bare


def _templated(value: object) -> bool:
    """Whether Ansible will make the value only when it runs; it is validated by the role then."""
    if isinstance(value, Mapping):
        return any(_templated(inner) for inner in value.values())
    if isinstance(value, list):
        return any(_templated(inner) for inner in value)
    return isinstance(value, str) and ("{{" in value or "{%" in value)


def _unknown(name: str, options: Mapping[str, Option]) -> str:
    """The sentence on a name that no role knows, with what may have been meant."""
    near = get_close_matches(name, options, n=1)
    meant = text("change.meant", name=near[0]) if near else ""
    return text("change.parameter-unknown", name=name, meant=meant)


def _disarmed(action: Action, given: Mapping[str, Any], read: Mapping[str, Any]) -> Iterator[str]:
    """An approved change never goes without the dead-man where people could be locked out, however 0 is spelt."""
    for role in action.roles:
        if role.lock_out in given and not read[role.lock_out]:
            yield text("change.disarmed", name=role.lock_out)
