from __future__ import annotations

import datetime
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.manifest.load import EstateSource
from egov_infra.model.estate import EnvironmentClass, Network, Reserved
from egov_infra.plan.addresses import (
    LOCK_FILE,
    Lock,
    PoolFullError,
    Wanted,
    add_written,
    assign,
    check_lock,
    free_addresses,
    read_lock,
    release,
    wanted_by,
    wanted_by_platform,
    write_lock,
)
from egov_infra.source.diagnostic import InputError

TODAY = datetime.date(2020, 6, 30)
NETWORK = Network(
    classes={
        "prod": EnvironmentClass(supernets=("10.40.0.0/18", "10.41.0.0/20"), key_deletion_days=30),
        "test": EnvironmentClass(supernets=("10.48.0.0/19",), key_deletion_days=7),
    },
    reserved=(Reserved(range="10.40.3.0/24", holder="platform"),),
    quarantine_days=180,
)
WIDE = Network(
    classes={
        "prod": EnvironmentClass(supernets=("10.40.0.0/20", "10.41.0.0/16"), key_deletion_days=30),
        "test": EnvironmentClass(supernets=("10.48.0.0/16",), key_deletion_days=7),
    },
    reserved=(Reserved(range="10.40.3.0/24", holder="platform"),),
    quarantine_days=180,
)
"""Room for whatever a property test wants."""
WANTED = st.dictionaries(
    st.from_regex(r"[a-z]{2,4}/(prod|test)", fullmatch=True),
    st.integers(22, 27),
    max_size=20,
).map(lambda sizes: {key: Wanted(key.partition("/")[2], size) for key, size in sizes.items()})


@given(WANTED, WANTED, st.randoms())
def test_ranges_keep_apart_stay_inside_and_never_move(
    first: dict[str, Wanted], second: dict[str, Wanted], random: object
) -> None:
    """Whatever is wanted in whatever order: no overlap, inside the class's supernets, and what was given stays."""
    before = assign(first, Lock({}), WIDE, TODAY)
    keys = list(first)
    random.shuffle(keys)  # type: ignore[attr-defined]
    assert assign({key: first[key] for key in keys}, Lock({}), WIDE, TODAY) == before
    wanted = {**second, **first}
    after = assign(wanted, before, WIDE, TODAY)
    assert {key: after.ranges[key] for key in before.ranges} == before.ranges
    held = [IPv4Network(item) for item in (*after.ranges.values(), *(item.range for item in WIDE.reserved))]
    assert not any(one.overlaps(other) for number, one in enumerate(held) for other in held[:number])
    for key, given_range in after.ranges.items():
        found = IPv4Network(given_range)
        assert found.prefixlen == wanted[key].prefix_length
        supernets = WIDE.classes[wanted[key].environment_class].supernets
        assert any(found.subnet_of(IPv4Network(item)) for item in supernets)
    assert assign(wanted, after, WIDE, TODAY) == after


@given(WANTED)
def test_lock_reads_back(wanted: dict[str, Wanted]) -> None:
    """The file says what the lock holds, a line an entry."""
    lock = assign(wanted, Lock({}), WIDE, TODAY)
    for key in list(lock.ranges)[:2]:
        lock = release(lock, key, TODAY)
    content = write_lock(lock)
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        (Path(name) / LOCK_FILE).write_bytes(content)
        found = read_lock(Path(name))
    assert (dict(found.ranges), set(found.released)) == (dict(lock.ranges), set(lock.released))
    assert sum(b"/prod" in line or b"/test" in line for line in content.splitlines()) == len(
        lock.ranges
    ) + len(lock.released)


def test_released_range_waits_in_quarantine() -> None:
    """It is not given again until its time has passed."""
    wanted = {"abc/prod": Wanted("prod", 24)}
    lock = assign(wanted, Lock({}), NETWORK, TODAY)
    gone = assign({}, lock, NETWORK, TODAY)
    assert (gone.ranges, [item.range for item in gone.released]) == ({}, ["10.40.0.0/24"])
    other = {"xyz/prod": Wanted("prod", 24)}
    soon = assign(other, gone, NETWORK, TODAY + datetime.timedelta(days=179))
    later = assign(other, gone, NETWORK, TODAY + datetime.timedelta(days=180))
    assert (soon.ranges["xyz/prod"], later.ranges["xyz/prod"]) == ("10.40.1.0/24", "10.40.0.0/24")


def test_full_pool_is_said() -> None:
    """No room is an error that names who wants what."""
    with pytest.raises(PoolFullError, match=r"abc/test: no free /18 in the supernets of class test"):
        assign({"abc/test": Wanted("test", 18)}, Lock({}), NETWORK, TODAY)


def test_what_is_left_is_counted() -> None:
    """Reserved and given addresses are no longer there."""
    lock = assign({"abc/prod": Wanted("prod", 24)}, Lock({}), NETWORK, TODAY)
    assert free_addresses(lock, NETWORK) == {"prod": 16384 + 4096 - 512, "test": 8192}


def test_two_branches_with_one_range_fail_with_both_places(tmp_path: Path) -> None:
    """After a merge both lines are there, and both are named."""
    path = tmp_path / LOCK_FILE
    path.write_text(
        '{"version": 1,\n "ranges": {\n  "abc/prod": "10.40.0.0/24",\n  "xyz/prod": "10.40.0.0/25"\n },\n "released": []}\n'
    )
    with pytest.raises(InputError) as caught:
        read_lock(tmp_path)
    assert [str(item) for item in caught.value.diagnostics] == [
        f"{path}:4:3 range-overlap xyz/prod has 10.40.0.0/25, which overlaps 10.40.0.0/24 of abc/prod at {path}:3:3"
    ]


def test_every_overlap_of_a_lock_is_named(tmp_path: Path) -> None:
    """A large range over several small ones, and a range that is still in quarantine."""
    path = tmp_path / LOCK_FILE
    path.write_text(
        '{"version": 1,\n "ranges": {\n  "a/prod": "10.40.0.0/22",\n  "b/prod": "10.40.0.0/24",\n'
        '  "c/prod": "10.40.2.0/24",\n  "d/prod": "10.40.9.0/24"\n },\n "released": [\n'
        '  {"range": "10.40.9.0/25", "held_by": "e/prod", "released_on": "2020-06-01"}\n ]}\n'
    )
    with pytest.raises(InputError) as caught:
        read_lock(tmp_path)
    assert [(item.place.line, item.message) for item in caught.value.diagnostics] == [
        (4, f"b/prod has 10.40.0.0/24, which overlaps 10.40.0.0/22 of a/prod at {path}:3:3"),
        (5, f"c/prod has 10.40.2.0/24, which overlaps 10.40.0.0/22 of a/prod at {path}:3:3"),
        (9, f"e/prod in quarantine has 10.40.9.0/25, which overlaps 10.40.9.0/24 of d/prod at {path}:6:3"),
    ]


@pytest.mark.parametrize(
    ("content", "line", "code"),
    [
        (
            '{"version": 1,\n "ranges": {"a/prod": "10.40.0.0/22",\n "a/prod": "10.41.0.0/22"}}',
            3,
            "yaml-duplicate-key",
        ),
        ('{"version": 2,\n "ranges": {}}', 1, "value-wrong"),
        ('{"version": 1,\n "ranges": {\n "a/prod": "10.40.0.1/22"}}', 3, "value-wrong"),
        ('{"version": 1,\n "rangs": {}}', 2, "key-unknown"),
    ],
)
def test_lock_that_cannot_be_read_is_named_by_line(
    tmp_path: Path, content: str, line: int, code: str
) -> None:
    """Twice the same key, another version, an address that is no range, a misspelt key."""
    (tmp_path / LOCK_FILE).write_text(content)
    with pytest.raises(InputError) as caught:
        read_lock(tmp_path)
    assert (line, code) in {(item.place.line, item.code) for item in caught.value.diagnostics}


def test_former_holder_gets_its_range_back_from_quarantine() -> None:
    """An environment that vanished by mistake does not move; of another size it gets another range."""
    wanted = {"abc/prod": Wanted("prod", 24)}
    gone = assign({}, assign(wanted, Lock({}), NETWORK, TODAY), NETWORK, TODAY)
    assert assign(wanted, gone, NETWORK, TODAY) == Lock({"abc/prod": "10.40.0.0/24"})
    larger = assign({"abc/prod": Wanted("prod", 23)}, gone, NETWORK, TODAY)
    assert (larger.ranges, larger.released) == ({"abc/prod": "10.40.4.0/23"}, gone.released)


@given(WANTED, WANTED, st.integers(0, 400))
def test_whatever_leaves_stays_apart_until_its_quarantine_ends(
    first: dict[str, Wanted], second: dict[str, Wanted], days: int
) -> None:
    """Nobody gets a part of a range that another released less than the quarantine ago; none is lost or doubled."""
    before = assign(first, Lock({}), WIDE, TODAY)
    gone = assign({}, before, WIDE, TODAY)
    after = assign(second, gone, WIDE, TODAY + datetime.timedelta(days=days))
    waiting = [IPv4Network(item.range) for item in after.released]
    held = [IPv4Network(item) for item in after.ranges.values()]
    assert not any(one.overlaps(other) for one in waiting for other in held)
    if days < WIDE.quarantine_days:
        came_back = {key for key in before.ranges if after.ranges.get(key) == before.ranges[key]}
        assert {item.held_by for item in after.released} == before.ranges.keys() - came_back
    else:
        assert after.released == ()


def test_pool_is_counted_by_what_it_shares_with_others() -> None:
    """A reserved range may be larger than the supernet, and ranges of other pools take nothing."""
    network = NETWORK.model_copy(update={"reserved": (Reserved(range="10.41.0.0/16", holder="other"),)})
    lock = Lock({"abc/test": "10.48.0.0/24"})
    assert free_addresses(lock, network) == {"prod": 16384, "test": 8192 - 256}


def test_sample_estate_has_its_ranges(source: EstateSource) -> None:
    """Every environment and shared account that hosts has one, of the size that it wants, and nobody else has any."""
    shared = wanted_by_platform(source.estate)
    assert shared == dict.fromkeys(("platform/e-office", "platform/helpdesk"), Wanted("shared", 24))
    wanted = wanted_by(loaded.institution for loaded in source.institutions()) | shared
    assert len(wanted) == 88
    assert check_lock(wanted, read_lock(source.folder), LOCK_FILE) == ()


def test_lock_that_does_not_fit_is_named() -> None:
    """A missing, wrong-sized or unused range is a diagnostic with what to do."""
    wanted = {"abc/prod": Wanted("prod", 24), "abc/test": Wanted("test", 26)}
    found = check_lock(wanted, Lock({"abc/prod": "10.40.0.0/25", "xyz/prod": "10.40.1.0/24"}), LOCK_FILE)
    assert [item.code for item in found] == ["range-size", "range-missing", "range-unused"]


def test_range_written_in_python_stands_beside_those_of_the_lock() -> None:
    """Both are known, and neither moves."""
    ranges = add_written(Lock({"erb/prod": "10.40.0.0/24"}), {"dsb/prod": "10.40.3.0/25"})
    assert ranges == {"erb/prod": "10.40.0.0/24", "dsb/prod": "10.40.3.0/25"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            {"dsb/prod": "10.40.3.0/25", "dsb/test": "10.40.3.0/26"},
            ["range-overlap dsb/test has 10.40.3.0/26, which overlaps 10.40.3.0/25 of dsb/prod"],
        ),
        (
            {"erb/prod": "10.40.3.0/24"},
            ["range-given erb/prod has 10.40.0.0/24 in the lock: a range never moves"],
        ),
        (
            {"dsb/prod": "10.40.3.1/24"},
            ["value-wrong ranges.dsb/prod: '10.40.3.1/24': 10.40.3.1/24 has host bits set"],
        ),
    ],
)
def test_range_written_in_python_is_refused(written: dict[str, str], expected: list[str]) -> None:
    """One that meets another, would move, or is no range."""
    with pytest.raises(InputError) as error:
        add_written(Lock({"erb/prod": "10.40.0.0/24"}), written)
    assert [f"{item.code} {item.message}" for item in error.value.diagnostics] == expected
    assert {str(item.place) for item in error.value.diagnostics} == {"<python>:addresses"}
