"""The chain: one spelling, a digest of what stands there, and every alteration named by its line."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.errors import Refused
from anwei.record import chain
from tests.sample_records import SAMPLES, done, text_of

PROJECT = Path(__file__).resolve().parents[3]
# Also what hosts print and no UTF-8 holds: half a character.
words = st.text(st.characters(codec=None, categories=None), max_size=12)
keys = words | st.integers(0, 20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


def lines_of(entries: list[chain.Entry]) -> list[bytes]:
    return chain.split(text_of(entries))[0]


def found(lines: list[bytes]) -> list[tuple[int, str]]:
    return [(problem.line, problem.kind) for problem in chain.verify(lines)]


def chained(*data: dict[str, Any], algorithm: str = "sha256") -> list[chain.Entry]:
    entries: list[chain.Entry] = []
    for number, each in enumerate(data):
        before = entries[-1] if entries else None
        entries.append(chain.entry(before, f"2026-11-21T14:03:{number:02d}Z", "opened", each, algorithm))
    return entries


@given(st.dictionaries(words, values, max_size=4))
def test_what_is_written_is_read_back_and_spelled_the_same(data: dict[str, Any]) -> None:
    plain = chain.plain(data)
    assert chain.canonical(plain) == chain.canonical(chain.plain(plain))
    (entry,) = chained(data)
    line = chain.canonical(entry)
    assert b"\n" not in line
    assert chain.read(line) == entry
    assert found([line]) == []


def test_keys_that_are_numbers_are_sorted_as_they_will_be_read() -> None:
    assert chain.canonical(chain.plain({2: "b", 10: "a"})) == b'{"10":"a","2":"b"}'


def test_an_entry_has_this_very_form() -> None:
    (entry,) = chained({"change": "变更", "algorithm": "sha256"})
    line = chain.canonical(entry).decode()
    assert line.startswith('{"at":"2026-11-21T14:03:00Z","data":{"algorithm":"sha256","change":"变更"},"digest":"')
    assert line.endswith('","event":"opened","n":0,"prev":""}')
    # Anybody can do it by hand: sha256sum over the line without its digest.
    bare = line.replace(f'"digest":"{entry["digest"]}",', "").encode()
    assert chain.digest(bare, "sha256") == entry["digest"]


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_records_as_they_are_written_verify(name: str, algorithm: str) -> None:
    entries = done(algorithm) if name == "done" else SAMPLES[name]()
    assert found(lines_of(entries)) == []


def test_sm3_is_the_published_one() -> None:
    assert chain.digest(b"abc", "sm3") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@given(st.data())
@settings(max_examples=300)
def test_any_byte_that_is_altered_is_found_at_its_line(data: st.DataObject) -> None:
    lines = lines_of(SAMPLES["failing"]())
    number = data.draw(st.integers(0, len(lines) - 1))
    place = data.draw(st.integers(0, len(lines[number]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one not in (lines[number][place], 10)))
    lines[number] = lines[number][:place] + bytes([byte]) + lines[number][place + 1 :]
    assert found(lines) in ([(number + 1, "altered")], [(number + 1, "unreadable")])


@given(first=st.integers(0, 24), count=st.integers(1, 24))
def test_whatever_is_missing_before_the_end_is_named(first: int, count: int) -> None:
    lines = lines_of(done())
    assert len(lines) == 25
    left = lines[:first] + lines[first + count :]
    if first + count >= len(lines):
        assert found(left) == []  # the end was cut off: that is the heads' matter
        return
    (problem,) = chain.verify(left)
    assert (problem.kind, problem.line) == ("missing", first + 1)
    assert problem.values == {"first": first, "last": first + count - 1}


@given(st.permutations(range(12)))
def test_another_order_is_found(order: list[int]) -> None:
    lines = lines_of(done())[:12]
    kinds = {kind for _, kind in found([lines[number] for number in order])}
    assert kinds == (set() if order == list(range(12)) else {"order"})


@given(copied=st.integers(0, 23), to=st.integers(0, 24))
def test_an_entry_that_stands_there_twice_is_found(copied: int, to: int) -> None:
    lines = lines_of(done())
    lines.insert(max(to, copied + 1), lines[copied])
    assert "order" in {kind for _, kind in found(lines)}


def test_an_entry_replaced_by_another_that_is_sound_in_itself_is_found() -> None:
    entries = done()
    entries[5] = chain.entry(entries[4], entries[5]["at"], entries[5]["event"], {"wave": 9}, "sha256")
    assert found(lines_of(entries)) == [(7, "replaced")]


def test_a_line_cut_in_the_middle_is_found_and_the_rest_is_not_blamed() -> None:
    lines = lines_of(done())
    lines[6] = lines[6][:100]
    assert found(lines) == [(7, "unreadable")]
    lines.insert(3, b"a note by hand")
    assert found(lines) == [(4, "unreadable"), (8, "unreadable")]


def test_another_spelling_of_the_same_value_is_an_alteration() -> None:
    lines = lines_of(done())
    lines[4] = lines[4].replace(b'"wave":1', b'"wave": 1')
    lines[5] = lines[5].replace(b'{"at":', b'{"at":"x","at":')
    assert found(lines) == [(5, "altered"), (6, "altered")]


ODD = {
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "not-an-object": b"[1,2]",
    "no-number": b'{"n":NaN,"at":"","event":"","data":{},"prev":"","digest":""}',
    "too-large": b'{"n":0,"at":"","event":"","data":{"x":1e999},"prev":"","digest":""}',
    "no-text": b'{"n":0,"at":"\xff","event":"","data":{},"prev":"","digest":""}',
    "n-is-true": b'{"n":true,"at":"","event":"","data":{},"prev":"","digest":""}',
    "data-is-none": b'{"n":0,"at":"","event":"","data":null,"prev":"","digest":""}',
    "n-is-huge": b'{"n":' + b"9" * 4000 + b',"at":"","event":"","data":{},"prev":"","digest":""}',
    "n-is-negative": b'{"n":-3,"at":"","event":"","data":{},"prev":"","digest":""}',
    "algorithm-is-a-list": b'{"n":0,"at":"","event":"","data":{"algorithm":[1]},"prev":"","digest":""}',
    "empty": b"",
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("place", [0, 3, 25])
def test_what_is_no_entry_of_ours_is_named_and_breaks_nothing(name: str, place: int) -> None:
    lines = lines_of(done())
    lines.insert(place, ODD[name])
    assert place + 1 in {line for line, _ in found(lines)}
    assert found([ODD[name]])


def test_a_number_that_only_equals_one_is_none() -> None:
    entries = done()
    entries[1] = chain.sealed({**entries[1], "n": True}, "sha256")
    assert (2, "unreadable") in found(lines_of(entries))


def test_an_algorithm_that_was_altered_blames_its_line_alone() -> None:
    lines = lines_of(done())
    for wrong in (b'"sm3"', b'"md5"', b"7"):
        altered = [lines[0].replace(b'"algorithm":"sha256"', b'"algorithm":' + wrong), *lines[1:]]
        assert found(altered) == [(1, "altered")]


@pytest.mark.parametrize("name", ["md5", "", "SHA256"])
def test_a_digest_that_is_none_of_ours_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        chain.digest(b"", name)
    assert refused.value.code == "AW-record-algorithm"


def test_a_machine_without_sm3_refuses_it_and_still_verifies_the_other(tmp_path: Path) -> None:
    strict = tmp_path / "openssl.cnf"
    strict.write_text("openssl_conf=a\n[a]\nalg_section=b\n[b]\ndefault_properties=fips=yes\n")
    program = """if True:
        import sys
        from anwei.errors import Refused
        from anwei.record import chain
        lines = chain.split(open(sys.argv[1], "rb").read())[0]
        lines[3] = lines[3].replace(b"1", b"2")
        print([problem.line for problem in chain.verify(lines)])
        try:
            chain.digest(b"", "sm3")
        except Refused as refused:
            print(refused.code)
    """
    record = tmp_path / "record"
    record.write_bytes(text_of(done()))
    shown = subprocess.run(
        [sys.executable, "-c", program, record],
        env={**os.environ, "OPENSSL_CONF": str(strict)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert shown.stdout.splitlines() == ["[4]", "AW-record-algorithm"], shown.stderr


def test_five_thousand_entries_verify_within_a_second() -> None:
    data = SAMPLES["failing"]()[6]["data"]
    entries: list[chain.Entry] = []
    for _ in range(5000):
        entries.append(chain.entry(entries[-1] if entries else None, "2026-11-21T14:03:11Z", "applied", data, "sha256"))
    lines = lines_of(entries)
    started = time.process_time()
    assert chain.verify(lines) == []
    assert time.process_time() - started < 1
