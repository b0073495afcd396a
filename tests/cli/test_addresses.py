from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from egov_infra.cli.addresses import command
from egov_infra.cli.exit_code import ExitCode
from egov_infra.plan.addresses import LOCK_FILE, Lock, read_lock, write_lock
from egov_infra.source.diagnostic import InputError


def _run(estate: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, [*words, "--estate", str(estate)], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.return_value, done.output


def test_assign_gives_a_range_to_whoever_has_none(own_estate: Path) -> None:
    """The others keep theirs, and a second run writes nothing."""
    path = own_estate / LOCK_FILE
    whole = read_lock(own_estate)
    kept = {key: given for key, given in whole.ranges.items() if key != "erb/test"}
    path.write_bytes(write_lock(Lock(kept)))
    code, output = _run(own_estate, "assign")
    first, last = output.splitlines()
    assert (code, first) == (ExitCode.CLEAN, "erb/test: 10.48.0.0/26")
    assert last.startswith(f"1 given, {len(whole.ranges)} in all, 0 in quarantine; addresses left: prod ")
    assert read_lock(own_estate).ranges == {**kept, "erb/test": "10.48.0.0/26"}
    written = path.stat().st_mtime_ns
    assert _run(own_estate, "assign")[1].startswith("0 given")
    assert path.stat().st_mtime_ns == written


def test_range_of_another_size_is_released_first(own_estate: Path) -> None:
    """Assign moves nothing: it names the environment; after release there is a new range and a quarantine."""
    path = own_estate / "institutions" / "erb.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("prefix_length: 26", "prefix_length: 25"), "utf-8"
    )
    old = read_lock(own_estate).ranges["erb/test"]
    with pytest.raises(InputError) as caught:
        _run(own_estate, "assign")
    assert [item.code for item in caught.value.diagnostics] == ["range-size"]
    assert _run(own_estate, "release", "erb/test") == (ExitCode.CLEAN, f"erb/test: {old} is in quarantine\n")
    code, output = _run(own_estate, "assign")
    assert (code, output.splitlines()[0].endswith("/25")) == (ExitCode.CLEAN, True)
    assert [item.range for item in read_lock(own_estate).released] == [old]


def test_release_of_nothing_names_what_is_close(own_estate: Path) -> None:
    """A misspelt environment is a usage error with a suggestion."""
    done = CliRunner().invoke(command, ["release", "erb/tset", "--estate", str(own_estate)])
    assert done.exit_code == 2
    assert "'erb/tset' has no range; did you mean 'erb/test'?" in done.output
