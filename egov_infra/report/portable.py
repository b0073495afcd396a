"""Places that mean the same wherever the checkout lies: below the estate's folder, and of waivers below the policies'."""

from __future__ import annotations

import pathlib
import re
from dataclasses import replace

from egov_infra.manifest.load import ESTATE_FILE, INSTITUTIONS
from egov_infra.policy.finding import Finding
from egov_infra.policy.judge import Judgement
from egov_infra.source.diagnostic import Place


def portable(judgement: Judgement, estate: pathlib.Path) -> Judgement:
    """The judgement of the estate in a folder, with such places.

    A claim that two institutions make has places among its values and in its message too.
    """
    inside = re.compile(rf"(?<![\w./-]){re.escape(str(estate))}/(?={INSTITUTIONS}/|{re.escape(ESTATE_FILE)})")

    def moved(finding: Finding) -> Finding:
        return replace(
            finding,
            place=replace(finding.place, file=inside.sub("", finding.place.file)),
            message=inside.sub("", finding.message),
            values={key: inside.sub("", text) for key, text in finding.values.items()},
        )

    policies = f"{judgement.policies.folder}/"

    def below(place: Place) -> Place:
        return replace(place, file=place.file.removeprefix(policies))

    return replace(
        judgement,
        findings=tuple(map(moved, judgement.findings)),
        waiver_faults=tuple(replace(item, place=below(item.place)) for item in judgement.waiver_faults),
        ending_waivers=tuple(replace(item, place=below(item.place)) for item in judgement.ending_waivers),
    )
