"""The files that an assessment can be written to. A form is loaded when it is asked for: office formats take time."""

from collections.abc import Collection, Iterator
from importlib import import_module
from pathlib import Path

from anwei.baseline.result import Assessment
from anwei.report.check_json import write_json
from anwei.report.earlier import Earlier

FILES = {
    "html": ("report.html", "html", "write_page"),
    "xlsx": ("report.xlsx", "check_xlsx", "write_workbook"),
    "docx": ("report.docx", "check_docx", "write_document"),
    "junit": ("report.junit.xml", "check_junit", "write_junit"),
}
JSON = "report.json"
COMPARED = ("html",)


def write(assessment: Assessment, out: Path, forms: Collection[str], earlier: Earlier | None) -> Iterator[Path]:
    """Write each form that is asked for, and the JSON always; give the paths."""
    for form, (name, module, function) in FILES.items():
        if form in forms:
            writer = getattr(import_module(f"anwei.report.{module}"), function)
            more = (earlier,) if form in COMPARED else ()
            yield writer(assessment, out / name, *more)
    yield write_json(assessment, out / JSON)
