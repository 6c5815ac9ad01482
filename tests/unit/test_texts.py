"""The two languages say the same things, the code uses no sentence that is not there, and every code has its page."""

import re
import string
from pathlib import Path

import pytest

from anwei.errors import BadInput
from anwei.texts import LANGUAGES, catalogue, language, text

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = ("anwei", "baselines", "lab", "action_plugins", "roles", "scripts")
SOURCES = [path for folder in FOLDERS for path in PROJECT.glob(f"{folder}/**/*.py")]
CODE = re.compile(r"\bAW-[a-z]+(?:-[a-z]+)*\b")
PAGES = {page.stem for page in (PROJECT / "docs" / "errors").glob("*.md")}


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def _codes_in_sources() -> set[str]:
    scripts = PROJECT.glob("scripts/*.sh")
    return {code for path in [*SOURCES, *scripts] for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_both_languages_have_the_same_keys() -> None:
    assert set(catalogue("zh")) == set(catalogue("en"))


@pytest.mark.parametrize("key", sorted(catalogue("zh")))
def test_both_languages_take_the_same_values(key: str) -> None:
    assert _placeholders(catalogue("zh")[key]) == _placeholders(catalogue("en")[key])


def test_chinese_is_chinese_and_english_is_english() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    without = {key for key, sentence in catalogue("zh").items() if not han.search(sentence)}
    assert {key for key in without if not re.fullmatch(r"[\W\w]*\{\w+\}[\W]*", catalogue("zh")[key])} == set()
    assert {key for key, sentence in catalogue("en").items() if han.search(sentence)} == set()


def test_every_code_has_three_sentences_and_a_page() -> None:
    codes = _codes_in_sources()
    assert codes, "no code found: the pattern is wrong"
    assert codes - PAGES == set(), "codes without a page"
    assert PAGES - codes == set(), "pages of codes that no longer exist"
    in_texts = {key.split(".")[0] for key in catalogue("en") if key.startswith("AW-")}
    assert in_texts <= codes
    for code in in_texts:
        assert {f"{code}.{part}" for part in ("what", "why", "remedy")} <= set(catalogue("en"))


def test_the_code_uses_no_sentence_that_is_not_there() -> None:
    used = {key for path in SOURCES for key in re.findall(r'\btext\(\s*"([\w.-]+)"', path.read_text(encoding="utf-8"))}
    assert used - set(catalogue("zh")) == set()


def test_verdicts_have_the_sentences_that_the_checks_say_and_no_others() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    in_texts = {key.removeprefix("verdict.") for key in catalogue("zh") if key.startswith("verdict.")}
    quoted = {each.removeprefix("verdict.") for each in re.findall(r'"([\w.-]+)"', sources)}
    assert in_texts - quoted == set(), "sentences that no check says"
    directly = set(re.findall(r'\b(?:met|not_met|not_applicable|manual)\)?\(\s*"([\w.-]+)"', sources))
    assert directly - in_texts == set(), "checks that say what is not there"


def test_an_error_says_what_where_why_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")
    error = BadInput("AW-lab-host-unknown", where="hosts.yml:3", details=["a detail"], names="x", known="web1")
    assert str(error).splitlines() == [
        "AW-lab-host-unknown: the lab has no host x",
        "  where: hosts.yml:3",
        "  - a detail",
        "  why: declared hosts: web1",
        "  do: use one of these, or add it to inventories/lab/hosts.yml",
        "  page: docs/errors/AW-lab-host-unknown.md",
    ]
    assert error.as_dict()["details"] == ["a detail"]


def test_the_reader_chooses_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")
    assert text("error.why") == "why"
    monkeypatch.setenv("ANWEI_LANG", "tlh")
    assert language() == LANGUAGES[0] == "zh"
