from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from egov_infra.cli.import_ import command
from egov_infra.manifest.figures import SYSTEMS, Figures, count
from egov_infra.manifest.load import EstateSource, open_estate
from egov_infra.manifest.register import manifests
from egov_infra.source.diagnostic import InputError

PERIOD = "2019/2020"


def _figures(source: EstateSource) -> Figures:
    return count((loaded.institution for loaded in source.institutions()), PERIOD)


@pytest.fixture(scope="module")
def figures(source: EstateSource) -> Figures:
    """The sample estate's figures."""
    return _figures(source)


def test_sample_estate_counts_what_was_reported(figures: Figures) -> None:
    """The figures of the budget speech of 2019/2020 come out of the manifests."""
    found = {
        system: (len(figures.systems[system].added), len(figures.systems[system].institutions))
        for system in SYSTEMS
    }
    assert figures.institutions == 581
    assert found == {
        "data_centre": (13, 43),
        "gms": (39, 398),
        "e_office": (15, 48),
        "gmp": (24, 146),
        "training": (98, 98),
        "advice": (23, 23),
        "helpdesk": (0, 252),
    }


def test_sample_estate_is_what_import_writes(estate_folder: Path) -> None:
    """Every manifest but the hand-written one is reproduced to the byte from register and enrolments."""
    written = dict(manifests(estate_folder / "register.csv", estate_folder / "enrolment.csv"))
    differing = [
        slug
        for slug, text in written.items()
        if (estate_folder / "institutions" / f"{slug}.yaml").read_text(encoding="utf-8") != text
    ]
    assert (len(written), differing) == (581, ["erb"])


@pytest.mark.parametrize(
    ("row", "lowered"),
    [
        ("ikulu,gms,", "gms"),
        ("psptb,advice,", "advice"),
        ("mscl,gmp,", "gmp"),
        ("utumishi,e_office,", "e_office"),
        ("utumishi,helpdesk,", "helpdesk"),
    ],
)
def test_removing_one_enrolment_lowers_one_figure(
    row: str, lowered: str, figures: Figures, estate_folder: Path, tmp_path: Path
) -> None:
    """Figures are counted, nowhere written: without a row its system has one institution less, and no other changes."""
    lines = (estate_folder / "enrolment.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(row)]
    assert len(kept) == len(lines) - 1
    folder = tmp_path / "estate"
    (folder / "institutions").mkdir(parents=True)
    shutil.copy(estate_folder / "estate.yaml", folder)
    (tmp_path / "enrolment.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    for slug, text in manifests(estate_folder / "register.csv", tmp_path / "enrolment.csv"):
        (folder / "institutions" / f"{slug}.yaml").write_text(text, encoding="utf-8")
    found = _figures(open_estate(folder))
    changed = {
        system: len(figures.systems[system].institutions) - len(found.systems[system].institutions)
        for system in SYSTEMS
        if found.systems[system].institutions != figures.systems[system].institutions
    }
    assert changed == {lowered: 1}


def test_wrong_rows_are_all_named_and_nothing_is_written(tmp_path: Path) -> None:
    """A message for each wrong row, with its line."""
    (tmp_path / "r.csv").write_text(
        "slug,name_en,name_sw,kind,region,domain,parent\nabc,An A,Un A,board,,abc.go.tz,\nBAD,An B,Un B,bord,,,\n"
    )
    (tmp_path / "e.csv").write_text(
        "slug,system,since,detail\nabc,gsm,2014/2015,\nabc,helpdesk,2014/2015,sls=standard\n"
    )
    with pytest.raises(InputError) as caught:
        list(manifests(tmp_path / "r.csv", tmp_path / "e.csv"))
    assert [str(item).removeprefix(f"{tmp_path}/") for item in caught.value.diagnostics] == [
        "e.csv:2:1 system-unknown no system 'gsm'; did you mean 'gms'?",
        "e.csv:3:1 detail-wrong helpdesk takes sla in detail; wrong: sla, sls",
    ]
    (tmp_path / "e.csv").write_text("slug,system,since,detail\nxyz,helpdesk,2014/2015,sla=standard\n")
    with pytest.raises(InputError) as caught:
        list(manifests(tmp_path / "r.csv", tmp_path / "e.csv"))
    codes = [item.code for item in caught.value.diagnostics]
    assert codes == ["institution-unknown", "value-unknown", "value-wrong"]


def test_application_without_a_tenancy_is_named(tmp_path: Path) -> None:
    """It has no environment in which it could run."""
    (tmp_path / "r.csv").write_text(
        "slug,name_en,name_sw,kind,region,domain,parent\nabc,An A,Un A,board,,abc.go.tz,\n"
    )
    image = f"registry.example.go.tz/abc/register@sha256:{'0' * 64}"
    detail = f"name=register;blueprint=professional-register;image={image}"
    (tmp_path / "e.csv").write_text(f"slug,system,since,detail\nabc,application,2019/2020,{detail}\n")
    with pytest.raises(InputError) as caught:
        list(manifests(tmp_path / "r.csv", tmp_path / "e.csv"))
    assert [str(item).removeprefix(f"{tmp_path}/") for item in caught.value.diagnostics] == [
        "r.csv:2:1 detail-wrong abc: an application needs a data_centre row above it"
    ]


def test_edited_manifest_is_left_alone(tmp_path: Path) -> None:
    """Import writes new and untouched manifests, and never loses what a person wrote."""
    (tmp_path / "r.csv").write_text(
        "slug,name_en,name_sw,kind,region,domain,parent\nabc,An A,Un A,board,,abc.go.tz,\ndef,An D,Un D,board,,def.go.tz,\n"
    )
    (tmp_path / "e.csv").write_text("slug,system,since,detail\n")
    arguments = [
        str(tmp_path / "r.csv"),
        "--enrolment",
        str(tmp_path / "e.csv"),
        "--estate",
        str(tmp_path / "estate"),
    ]
    run = CliRunner().invoke
    assert run(command, arguments).output == "abc: new\ndef: new\n2 new, 0 changed, 0 same, 0 edited\n"
    path = tmp_path / "estate" / "institutions" / "abc.yaml"
    path.write_text(path.read_text().replace("active", "frozen"))
    (tmp_path / "r.csv").write_text((tmp_path / "r.csv").read_text().replace("An ", "The "))
    assert (
        run(command, arguments).output
        == "abc: edited by hand, left alone\ndef: changed\n0 new, 1 changed, 0 same, 1 edited\n"
    )
    assert "frozen" in path.read_text()
    assert "abc: changed" in run(command, [*arguments, "--overwrite"]).output
    assert "frozen" not in path.read_text()
