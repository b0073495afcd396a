from __future__ import annotations

from tests.cli.waiver.conftest import RULE, Desk


def _found(desk: Desk) -> tuple[int, list[tuple[str, int, int]]]:
    data = desk.waiver("lint")
    places = [(item["code"], item["place"]["line"], item["place"]["column"]) for item in data["diagnostics"]]
    return data["summary"]["exit_code"], places


def test_good_waivers_are_clean(desk: Desk) -> None:
    """None, or one that holds."""
    assert _found(desk) == (0, [])
    desk.add()
    assert _found(desk) == (0, [])


def test_every_fault_of_every_waiver_is_named_at_its_place(desk: Desk) -> None:
    """An entry that cannot be read hides none of the others."""
    shown, _ = desk.add()
    unreadable = shown.replace("    author: Baraka Lema\n", "").replace("erb.go.tz", "erb.or.tz")
    wrong = (
        shown.replace(RULE, f"{RULE}x")
        .replace("Asha Mwinyi", "Neema Kessy")
        .replace("2020-08-15", "2020-06-01")
    )
    desk.file.write_text(f"waivers:\n{shown}{unreadable}{wrong}{shown}")
    assert _found(desk) == (
        1,
        [
            ("key-missing", 12, 5),
            ("waiver-rule", 21, 11),
            ("waiver-reversed", 29, 17),
            ("waiver-duplicate", 33, 14),
        ],
    )


def test_a_rule_that_passes_needs_no_waiver(desk: Desk) -> None:
    """Whatever takes a judgement is told, too."""
    shown, _ = desk.add()
    desk.file.write_text(f"waivers:\n{shown.replace(RULE, 'mail-zone-unsigned')}")
    assert _found(desk) == (1, [("waiver-unneeded", 2, 11)])


def test_lint_as_text(desk: Desk) -> None:
    """A line for each fault; what ends soon is said, and is no fault."""
    desk.add(expires_on="2020-07-01")
    assert desk.text("lint") == (
        f"waivers.yaml:21:17 waiver-ending the waiver of {RULE} for erb domains/erb.go.tz ends in 1 day, on 2020-07-01\n"
        "waivers: 1; faults: 0; ending soon: 1; as of 2020-06-30\n"
    )
