"""A new change file: every parameter of the action with its meaning and default, and what a change must say."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

from jinja2 import Environment, StrictUndefined, select_autoescape

from anwei.calendar import zone
from anwei.change.actions import named
from anwei.change.changefile import CHANGES, PAGE, demand_name
from anwei.change.parameters import explained
from anwei.errors import BadInput
from anwei.estate import load_estate
from anwei.texts import language

TEMPLATES = Path(__file__).parent / "templates"
BEGINS, ENDS = 22, 26  # maintenance is done at night


def new(action: str, estate: str, hosts: str, name: str = "", changes: Path = CHANGES) -> Path:
    """Write `changes/<id>/change.yml`; an action, estate or hosts that are none are refused first."""
    found, loaded = named(action), load_estate(estate)
    loaded.select(hosts)
    today = datetime.now(zone(loaded.settings)).date()
    page = changes / demand_name(name or _free(changes, f"{today}-{action.replace('_', '-')}")) / PAGE
    if page.exists():
        raise BadInput("AW-change-exists", where=str(page), change=page.parent.name)
    form = (TEMPLATES / f"change.{language()}.yml.j2").read_text(encoding="utf-8")
    template = Environment(
        autoescape=select_autoescape(default_for_string=False),  # it is YAML
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    ).from_string(form)
    owner = next(iter(loaded.settings["estate_owners"]))
    quoted = json.dumps(hosts, ensure_ascii=False)  # a pattern has signs that mean something in YAML
    values = {"action": found, "estate": estate, "hosts": quoted, "owner": owner, **_tonight(today)}
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(template.render(parameters=explained(found), **values), encoding="utf-8")
    return page


def _free(changes: Path, name: str) -> str:
    """A name that no change has yet."""
    names = (f"{name}-{number}" if number > 1 else name for number in range(1, 1000))
    return next(each for each in names if not (changes / each).exists())


def _tonight(today: date) -> dict[str, str]:
    """A window to begin with: tomorrow night."""
    midnight = datetime.combine(today + timedelta(days=1), datetime.min.time())
    begins, ends = (midnight + timedelta(hours=hours) for hours in (BEGINS, ENDS))
    return {"begins": begins.strftime("%Y-%m-%d %H:%M"), "ends": ends.strftime("%Y-%m-%d %H:%M")}
