"""Inventory values with the host's variables filled in, by Ansible's own templating; lookup plugins are refused.

A lookup runs programs and reads files of the control node. What stands in a health check has no need of that.
"""

from collections.abc import Mapping
from typing import TypeVar, cast

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

try:  # ansible-core 2.19 fills in only what was declared trustworthy.
    from ansible.template import trust_as_template
except ImportError:

    def trust_as_template(value: str) -> str:
        """Older ones trust all."""
        return value


LOOKUPS = ("lookup", "query", "q")


Filled = TypeVar("Filled")


def filled(value: Filled, variables: Mapping[str, object]) -> Filled:
    """`value` with each `{{ … }}` filled in; whatever goes wrong there is raised as Ansible or Jinja raises it."""
    # A variable comes before a function of the same name, in what is templated and in all that it refers to.
    known = {**_trusted(variables), **dict.fromkeys(LOOKUPS, _refused)}
    result: Filled = Templar(loader=DataLoader(), variables=known).template(_trusted(value))
    return result


def _trusted(value: Filled) -> Filled:
    """A value whose words may be templates: the inventory is the site's own."""
    result: object = value
    if isinstance(value, str):
        result = trust_as_template(value)
    elif isinstance(value, Mapping):
        result = {key: _trusted(below) for key, below in value.items()}
    elif isinstance(value, list):
        result = [_trusted(below) for below in value]
    return cast("Filled", result)


def _refused(*_words: object, **_options: object) -> None:
    """Stands where the functions of lookup plugins would."""
    raise AnsibleError("lookup plugins are not available here")
