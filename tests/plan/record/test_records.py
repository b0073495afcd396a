from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.plan.record import dkim, dmarc, mta_sts, spf, tls_rpt
from egov_infra.plan.record.text import MAX_OCTETS, quote, unquote

POLICY = st.sampled_from(dmarc.POLICIES)
HOST = st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8}){1,3}", fullmatch=True)
MAILBOX = st.builds("{}@{}".format, st.from_regex(r"[a-z]{1,8}", fullmatch=True), HOST)


@given(st.text())
def test_txt_value_joins_back_to_its_text(text: str) -> None:
    """Splitting at 255 octets and escaping lose nothing, whatever the text."""
    assert unquote(quote(text)) == text


def test_txt_value_splits_inside_one_value() -> None:
    """No character-string is longer than 255 octets."""
    chunks = quote("k" * 600).split('""')
    assert [len(chunk) for chunk in chunks] == [MAX_OCTETS, MAX_OCTETS, 90]


@given(POLICY, POLICY, POLICY, st.booleans(), st.lists(MAILBOX, max_size=2))
def test_dmarc_reads_back_what_was_written(
    policy: str, subdomains: str, nonexistent: str, is_testing: bool, mailboxes: list[str]
) -> None:
    """A written record parses without a fault to the same values, and never has a removed tag."""
    text = dmarc.render(policy, subdomains, nonexistent, is_testing=is_testing, report_to=tuple(mailboxes))
    found = dmarc.parse(text)
    assert (found.policy, found.subdomains, found.nonexistent) == (policy, subdomains, nonexistent)
    assert found.is_testing == is_testing
    assert found.report_uris == tuple(f"mailto:{mailbox}" for mailbox in mailboxes)
    assert (found.faults, found.removed_tags) == ((), ())


@pytest.mark.parametrize(
    ("text", "effective"),
    [
        ("v=DMARC1; p=reject", "reject"),
        ("v=DMARC1; p=reject; t=y", "quarantine"),
        ("v=DMARC1; p=quarantine; t=y", "none"),
        ("v=DMARC1; p=none; t=y", "none"),
        ("v=DMARC1; p=bogus", "none"),
        ("v=dmarc1; p=reject", "none"),
        ("p=reject; v=DMARC1", "none"),
        ("v=DMARC1; sp=reject", "none"),
        ("v=DMARC1; p=REJECT", "reject"),
    ],
)
def test_effective_dmarc_policy_is_what_receivers_do(text: str, effective: str) -> None:
    """Testing lowers the policy by one level, a faulty record is no policy (RFC 9989, section 4.7)."""
    assert dmarc.parse(text).effective_policy == effective


@pytest.mark.parametrize(
    ("text", "lookups"),
    [
        ("v=spf1 " + " ".join(f"a:{c}.tz" for c in "abcdefghijk"), 11),
        ("v=spf1 " + " ".join(["?include:x.tz"] * 15) + " -all", 15),
        ("V=SPF1 " + " ".join(["INCLUDE:x.tz"] * 15), 15),
        ("v=spf1 -all " + " ".join(["include:x.tz"] * 12), 0),
        ("v=spf1 " + " ".join(["mx:x.tz"] * 11) + " -all", 11),
        ("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 exp=e.tz redirect=r.tz", 1),
    ],
)
def test_spf_counts_terms_that_cost_a_lookup(text: str, lookups: int) -> None:
    """Qualified and upper-case terms count, what follows `all` does not (RFC 7208, section 4.6.4)."""
    assert (spf.parse(text).lookups, spf.parse(text).faults) == (lookups, ())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("v=spf10 -all", "column 1: does not begin with v=spf1 (section 4.5)"),
        ("v=spf1 inclde:x.tz", "column 8: unknown mechanism 'inclde' (section 4.6)"),
        ("v=spf1 ip4:1.2.3.4.5", "column 8: '1.2.3.4.5' is no ip4 network (section 5.6)"),
        ("v=spf1 ip4:2001:db8::", "column 8: '2001:db8::' is no ip4 network (section 5.6)"),
        ("v=spf1 all:x", "column 8: all takes no argument (section 5.1)"),
        ("v=spf1 redirect=a.tz redirect=b.tz", "column 22: redirect= stands twice (section 6)"),
        ("v=spf1 include: -all", "column 8: include needs an argument (section 5)"),
        ("v=spf1 +exp=x", "column 8: modifier 'exp' has a qualifier (section 4.6.1)"),
        ("v=spf1  a:x.tz/33", "column 9: /33 is longer than an IPv4 address (section 5.6)"),
        ("v=spf1 mx//129", "column 8: /129 is longer than an IPv6 address (section 5.6)"),
        ("v=spf1 a/x", "column 8: '/x' is no prefix length (section 5.6)"),
        (
            "v=spf1 ip4:192.0.2.0/255.255.255.0",
            "column 8: '192.0.2.0/255.255.255.0' is no ip4 network (section 5.6)",
        ),
        ("v=spf1 ip4:192.0.2.0/024", "column 8: '192.0.2.0/024' is no ip4 network (section 5.6)"),
        ("v=spf1 exists:%{x}.tz", "column 8: '%{x}.tz' is no macro-string (section 7.1)"),
        (
            "v=spf1 exists:%{c}.x.tz",
            "column 8: '%{c}.x.tz' has a macro that stands in explanations only (section 7.2)",
        ),
        ("v=spf1 include:x.123", "column 8: 'x.123' ends in no top label (section 7.1)"),
        ("v=spf1 a:\tx.tz", "column 8: 'a:\\tx.tz' is no term (section 4.6.1)"),
        ("v=spf1 unknown=%", "column 8: '%' is no macro-string (section 7.1)"),
    ],
)
def test_spf_fault_names_clause_and_column(text: str, fault: str) -> None:
    """What makes a record a permanent error is said with its place."""
    assert spf.parse(text).faults == (fault,)


@pytest.mark.parametrize(
    "text",
    [
        "v=spf1",
        "v=spf1 ",
        "v=spf1 a mx ptr",
        "v=spf1 a/24 mx/24//64 a//64",
        "v=spf1 a:x.tz/0//128 mx:x.tz. -all",
        "v=spf1 exists:%{ir}.%{l1r-}.%{d2}._spf.%{o} ?all",
        "v=spf1 include:%{d4r.+,/_=}",
        "v=spf1 ip6:::1/128 ip6:2001:db8:: ip4:192.0.2.1",
        "v=spf1 ptr:a_b.x-y.tz redirect=%%%_%-.tz exp=e.%{d} other=%{s}",
    ],
)
def test_spf_takes_the_whole_grammar(text: str) -> None:
    """Prefix lengths, macros and unknown modifiers are no faults (RFC 7208, section 12)."""
    assert spf.parse(text).faults == ()


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("v=DKIM1; p=; t=y:s; h=sha1 : sha256; s=*; n=a=3Db", ()),
        ("v=DKIM1; p=; t=y:-", ("column 18: t='-' is no hyphenated word (section 3.6.1)",)),
        ("v=DKIM1; n=a=3; p=", ("column 13: n is not quoted-printable (section 3.6.1)",)),
        ("v=DKIM1; p=\x07", ("column 12: '\\x07' may not stand in a record", "has no p tag (section 3.6.1)")),
        ("v=DKIM1;\r\n p=", ()),
        ("v=DKIM1; p=ééé", ("column 12: 'é' may not stand in a record", "has no p tag (section 3.6.1)")),
        ("p=; v=DKIM1", ("v=DKIM1 must stand first (section 3.6.1)",)),
    ],
)
def test_dkim_fault_names_clause_and_column(text: str, faults: tuple[str, ...]) -> None:
    """Lists of words, notes, folding and characters follow the grammar of RFC 6376."""
    assert dkim.parse(text).faults == faults


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        ("v=DMARC1; p=reject; adkim=x", ("column 27: adkim=x is not one of r s (section 4.7)",)),
        ("v=DMARC1; p=reject; fo=1:q", ("column 26: fo=q is not one of 0 1 d s (section 4.7)",)),
        ("v=DMARC1; p=reject; psd=maybe", ("column 25: psd=maybe is not one of y n u (section 4.7)",)),
        (
            "v=DMARC1; p=reject; rua=mailto:a@x.tz, https://x.tz",
            ("column 40: rua: 'https://x.tz' is not a mailto URI (section 4.7)",),
        ),
        ("v=DMARC1;p=reject;fo=1:d:s;psd=n;adkim=S;rua=mailto:a+b%2c@x.tz", ()),
    ],
)
def test_dmarc_value_that_receivers_pass_over_is_named(text: str, ignored: tuple[str, ...]) -> None:
    """It takes its default; the policy holds all the same (RFC 9989, section 4.7)."""
    found = dmarc.parse(text)
    assert (found.ignored, found.faults, found.effective_policy) == (ignored, (), "reject")


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("version: STSv1\nmode: enforce\nmx: *.x.tz\nmax_age: 1", ()),
        ("version: STSv1\r\nmode: none\r\nmax_age: 1\r\nmode: what\r\nsome.thing: else\r\n", ()),
        (
            "version: STSv1\nmode: none\nmax_age: 1\nmx: a..b",
            ("line 4, column 5: 'a..b' is no mx pattern (section 3.2)",),
        ),
        (
            "version: STSv1\n\nmode: none\nmax_age: 1",
            ("line 2, column 1: '' is not key: value (section 3.2)",),
        ),
        (
            "version: STSv1\nmode: none\x0bmax_age: 1",
            (
                "line 2, column 1: 'mode: none\\x0bmax_age: 1' is not key: value (section 3.2)",
                "mode '' is not enforce, testing or none (section 3.2)",
                "names no mx (section 3.2)",
                "max_age '' is not 0 to 31557600 (section 3.2)",
            ),
        ),
    ],
)
def test_mta_sts_policy_fault_names_line_and_column(text: str, faults: tuple[str, ...]) -> None:
    """Lines end in LF or CRLF and nothing else; of a field that stands twice the first counts (RFC 8461)."""
    assert mta_sts.parse_policy(text).faults == faults


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("v=TLSRPTv1; rua=mailto:a@x.tz,https://r.x.tz:443/v1?a=b", ()),
        ("v=TLSRPTv1; rua=ftp://x.tz", ("column 17: 'ftp://x.tz' is neither mailto nor https (section 3)",)),
        (
            "v=TLSRPTv1; rua=mailto:a@x.tz,mailto:b",
            ("column 31: 'mailto:b' is neither mailto nor https (section 3)",),
        ),
        ("v=TLSRPTv1; rua=", ("names no rua (section 3)",)),
    ],
)
def test_tls_rpt_fault_names_clause_and_column(text: str, faults: tuple[str, ...]) -> None:
    """Each address of reports is looked at (RFC 8460)."""
    assert tls_rpt.parse(text).faults == faults


def test_weak_and_strong_dkim_keys_are_told_apart() -> None:
    """The modulus of an RSA key is measured, an Ed25519 key has 32 octets."""
    weak = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ=="
    assert dkim.parse(f"v=DKIM1; k=rsa; p={weak}").bits == 512
    edwards = base64.b64encode(bytes(32)).decode()
    assert dkim.parse(f"v=DKIM1; k=ed25519; p={edwards}").bits == 256
    assert dkim.parse("v=DKIM1; p=").is_revoked
    assert dkim.parse("v=DKIM1; k=rsa; p=AAAA").faults == (
        "column 19: p: not a SubjectPublicKeyInfo with an RSA key (RFC 8017, A.1.1)",
    )


@given(
    st.sampled_from(["enforce", "testing"]),
    st.lists(HOST, min_size=1, max_size=3),
    st.integers(0, mta_sts.MAX_AGE_LIMIT_SECONDS),
)
def test_mta_sts_policy_reads_back(mode: str, hosts: list[str], age: int) -> None:
    """A written policy parses without a fault, and its record carries its id."""
    text = mta_sts.render_policy(mode, tuple(hosts), age)
    assert mta_sts.parse_policy(text) == mta_sts.Policy(mode, tuple(hosts), age, ())
    assert mta_sts.parse_record(mta_sts.render_record(text)) == mta_sts.Record(mta_sts.policy_id(text), ())


def test_mta_sts_wildcard_covers_one_label() -> None:
    """`*.` stands for exactly one label (RFC 8461, section 4.1)."""
    covered = [mta_sts.covers("*.x.tz", host) for host in ("mx.x.tz", "a.mx.x.tz", "x.tz")]
    assert covered == [True, False, False]


PIECES = st.sampled_from(
    [
        "v=spf1 ",
        "v=DMARC1",
        "v=DKIM1",
        "v=STSv1",
        "v=TLSRPTv1",
        ";",
        " ",
        "=",
        ":",
        "/",
        "//",
        "%",
        "{",
        "}",
        "%{d}",
        "include",
        "ip4",
        "ip6",
        "redirect",
        "p",
        "rua",
        "mailto:",
        "@",
        "x.tz",
        "1.2.3.4",
        "::1",
        "33",
        "none",
        "reject",
        "\r\n",
        "\t",
        "é",
        "\x00",
        "version: STSv1",
        "mx",
        "max_age",
        "*",
    ]
)
ANYTHING = (
    st.text() | st.binary().map(lambda octets: octets.decode("latin-1")) | st.lists(PIECES).map("".join)
)


@given(ANYTHING)
def test_parsers_survive_anything(text: str) -> None:
    """Whatever the text, a parser gives a value, never an exception."""
    parsed = [
        parser(text).faults
        for parser in (
            spf.parse,
            dmarc.parse,
            dkim.parse,
            mta_sts.parse_record,
            mta_sts.parse_policy,
            tls_rpt.parse,
        )
    ]
    assert all(isinstance(faults, tuple) for faults in parsed)
