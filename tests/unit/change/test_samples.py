"""The sample changes are what a pull-request pipeline lets pass, one for each action."""

import pytest

from anwei.change import actions, changefile, verifying

SAMPLES = sorted(page.parent.name for page in changefile.CHANGES.glob(f"sample-*/{changefile.PAGE}"))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_holds(name: str) -> None:
    assert {finding.name: finding.problems for finding in verifying.verify(name) if not finding.ok} == {}


def test_every_action_has_one() -> None:
    assert {changefile.load(name)["action"] for name in SAMPLES} == set(actions.actions())
