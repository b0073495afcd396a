from __future__ import annotations

import pytest

from egov_infra import model
from egov_infra.manifest.load import EstateSource
from egov_infra.source.diagnostic import Diagnostic, InputError, Place


@pytest.fixture
def board() -> model.Institution:
    """A board that no manifest describes."""
    return model.Institution(
        institution=model.Identity(
            slug="dsb",
            name=model.BilingualName(en="Dam Safety Board", sw="Bodi ya Usalama wa Mabwawa"),
            kind="board",
            parent="mwtc",
            state="active",
            classification="internal",
            contacts=model.Contacts(technical="ict@dsb.go.tz", security="usalama@dsb.go.tz"),
        )
    )


def test_estate_takes_an_institution_written_in_python(
    source: EstateSource, board: model.Institution
) -> None:
    """It is read, placed and named among the slugs like any other; the opened estate stays as it was."""
    widened = source.with_written(board)
    assert widened.read("dsb").institution == board
    assert widened.place("dsb", ("domains", 0)) == Place("<python>:dsb/domains/0")
    assert [slug for slug in widened.slugs if slug not in source.slugs] == ["dsb"]
    assert [loaded.institution.slug for loaded in widened.institutions(["dsb", "erb"])] == ["dsb", "erb"]


def test_institution_stands_in_for_the_manifest_of_its_slug(source: EstateSource) -> None:
    """A manifest changed in Python is judged in place of the file."""
    erb = source.read("erb").institution
    services = erb.services.model_copy(update={"applications": ()})
    written = erb.model_copy(update={"tenancy": None, "services": services})
    widened = source.with_written(written)
    assert widened.slugs == source.slugs
    assert widened.read("erb").institution.tenancy is None
    assert source.read("erb").institution.tenancy is not None


def test_what_is_written_is_checked_like_a_manifest(source: EstateSource, board: model.Institution) -> None:
    """Types, references and consistency of every institution, in one run; `model_copy` checks nothing by itself."""
    helpdesk = model.Services(helpdesk=model.Helpdesk(since="2031/2032", sla="standard"))
    wrong = (
        board.model_copy(update={"domains": "dsb.go.tz"}),
        source.read("erb").institution.model_copy(update={"services": helpdesk}),
    )
    with pytest.raises(InputError) as error:
        source.with_written(*wrong)
    since = "<python>:erb/services/helpdesk/since"
    assert error.value.diagnostics == (
        Diagnostic(
            Place("<python>:dsb/domains"), "value-type", "domains: text 'dsb.go.tz' where a list belongs"
        ),
        Diagnostic(Place(since), "reference-unknown", "no period '2031/2032'", "2019/2020"),
    )
