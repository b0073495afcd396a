from __future__ import annotations

from tests.cli.repository import Repository

THRESHOLD = "policies/tenancy/backup-kept-briefly.yaml"


def _impact(repository: Repository) -> list[tuple[str, ...]]:
    words = ("--base", "HEAD", "--estate", str(repository.folder / "estate"))
    code, data = repository.run("policy", "impact", *words)
    assert code == 0
    assert data["summary"]["flips"] == len(data["flips"])
    return [
        tuple(flip[name] for name in ("before", "now", "institution", "rule", "subject", "cause"))
        for flip in data["flips"]
    ]


def test_an_edited_threshold_lists_exactly_the_flipped_subjects(repository: Repository) -> None:
    """And back again: what was wrong is clean. Nothing changed, nothing to list."""
    assert _impact(repository) == []
    repository.rewrite("default: 30\n", "default: 36\n", THRESHOLD)
    rule = ("tenancy-backup-kept-briefly", "tenancy/backup", "policies")
    assert _impact(repository) == [
        ("clean", "fail", "erb", *rule),
        ("clean", "fail", "mwtc", *rule),
    ]
    repository.commit()
    repository.rewrite("default: 36\n", "default: 30\n", THRESHOLD)
    assert [flip[:3] for flip in _impact(repository)] == [("fail", "clean", "erb"), ("fail", "clean", "mwtc")]


def test_manifests_are_told_from_policies_and_what_fails_stands_first(repository: Repository) -> None:
    """One institution mends what another breaks."""
    good, bad = "dmarc: {policy: reject, subdomains: reject", "dmarc: {policy: none, subdomains: reject"
    repository.rewrite(good, bad)
    repository.commit()
    repository.rewrite(bad, good)
    repository.rewrite(good, bad, "estate/institutions/mwtc.yaml")
    rule = "mail-dmarc-not-enforced"
    assert [(flip[0], flip[1], flip[2], flip[3], flip[5]) for flip in _impact(repository)] == [
        ("clean", "fail", "mwtc", rule, "manifests"),
        ("fail", "clean", "erb", rule, "manifests"),
    ]
