"""The assessment as JUnit XML, for continuous integration: an object is a suite, a check a case."""

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from anwei.baseline.result import Assessment, ObjectAssessment, Outcome, Result
from anwei.report import single_file
from anwei.report.office import cell
from anwei.report.sentences import excuse
from anwei.texts import text

LONGEST = 4000


def write_junit(assessment: Assessment, path: Path) -> Path:
    """Write the file to `path`."""
    return single_file.write(path, render(assessment))


def render(assessment: Assessment) -> bytes:
    """The whole file. What XML forbids is spelled out."""
    root = ElementTree.Element("testsuites", name=_safe(text("report.title", "zh")))
    for each in assessment.objects:
        root.append(_suite(each, assessment.taken_at.isoformat()))
    _count(root, root.iter("testcase"))
    ElementTree.indent(root)
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + ElementTree.tostring(root, encoding="unicode").encode()


def _suite(about: ObjectAssessment, taken_at: str) -> ElementTree.Element:
    """One object; one that was not reached has a single case, in error."""
    name = _safe(about.name)
    suite = ElementTree.Element("testsuite", name=name, timestamp=taken_at, time=f"{about.seconds:.3f}")
    properties = ElementTree.SubElement(suite, "properties")
    for key, value in (("type", about.type_name or about.type), ("transcript", about.transcript_digest)):
        ElementTree.SubElement(properties, "property", name=key, value=_safe(value))
    if about.unreachable:
        case = ElementTree.SubElement(suite, "testcase", classname=name, name=text("report.junit.reach", "zh"))
        ElementTree.SubElement(case, "error", message=_safe(about.unreachable))
    for result in about.results:
        suite.append(_case(name, result))
    _count(suite, suite.iter("testcase"))
    return suite


def _case(about: str, result: Result) -> ElementTree.Element:
    """One check. Only a finding fails; what is excused, not applicable or for a person is skipped, and says why."""
    check = result.check
    case = ElementTree.Element("testcase", classname=about, name=_safe(f"{check.id} {check.title} ({check.unit.id})"))
    seen = _safe(f"{result.outcome}：{result.observed}")
    if result.is_finding:
        late = f"；{excuse(result.waiver)}" if result.waiver else ""
        failure = ElementTree.SubElement(case, "failure", type=check.severity.value, message=seen + _safe(late))
        failure.text = _safe("\n".join([check.expected, *result.commands]))
    elif result.waiver and result.outcome is Outcome.NOT_MET:
        ElementTree.SubElement(case, "skipped", message=_safe(f"{excuse(result.waiver)}；{result.observed}"))
    elif result.outcome is not Outcome.MET:
        ElementTree.SubElement(case, "skipped", message=seen)
    return case


def _count(node: ElementTree.Element, cases: Iterable[ElementTree.Element]) -> None:
    """The counts that readers of such files look for."""
    kinds = [child.tag for case in [*cases] for child in [*case] or [case]]
    node.set("tests", str(len(kinds)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        node.set(name, str(kinds.count(tag)))


def _safe(value: str) -> str:
    """A text that XML takes, not too long for one line of a screen of a build server."""
    return cell(value, LONGEST)
