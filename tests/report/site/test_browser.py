"""The site in a real browser, where Chromium is installed: what no reading of pages can tell."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from egov_infra.report.site.pages import build_site
from egov_infra.report.site.survey import Survey
from egov_infra.source.atomic_folder import write_folder
from tests.report.site.page import Page, parse

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
PROBE = """
{
  const told = document.documentElement.dataset;
  const field = document.getElementById("query");
  const press = (key, on) => on.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
  const aside = ".scroll *, .unseen, svg *, [hidden], details:not([open]) > :not(summary)";
  document.body.style.width = "340px";
  told.sticks = [...document.body.querySelectorAll("*")]
    .filter((item) => !item.closest(aside) && item.getBoundingClientRect().right > 340)
    .map((item) => item.outerHTML.slice(0, 60)).join(" ");
  document.body.style.width = "";
  told.fits = String(document.documentElement.scrollWidth <= innerWidth);
  told.ground = getComputedStyle(document.body).backgroundColor;
  press("/", document.body);
  told.slash = document.activeElement.id;
  field.value = "engineers";
  field.dispatchEvent(new Event("input"));
  press("ArrowDown", field);
  told.down = document.activeElement.getAttribute("href");
  press("ArrowUp", document.activeElement);
  told.up = document.activeElement.id;
  press("Escape", field);
  told.escape = String(field.value === "" && document.getElementById("found").hidden);
}
"""
"""Follows the site's own script in its file, since nothing else may run; what it finds stands at the root of the page."""

Browse = Callable[..., Page]


@pytest.fixture
def browse(tmp_path: Path) -> Browse:
    """Opens a page of a site from a folder, without any network, and gives what stands there in the end."""

    def opened(site: Mapping[str, bytes], path: str, *options: str, script: str = "") -> Page:
        folder = tmp_path / "site"
        extended = {**site, "search.js": site["search.js"] + script.encode()}
        write_folder(folder, extended.items(), ".mark")
        done = subprocess.run(
            [
                str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                f"--user-data-dir={tmp_path / 'profile'}", "--host-resolver-rules=MAP * ~NOTFOUND",
                "--enable-logging=stderr", *options, "--dump-dom", f"file://{folder}/{path}",
            ],
            capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        spoken = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        assert spoken == []  # a refusal by the security policy, or a fault of the script, is said here
        return parse(done.stdout.encode())

    return opened


def _told(page: Page) -> dict[str, str | None]:
    root = next(names for tag, names in page.tags if tag == "html")
    return {name.removeprefix("data-"): value for name, value in root.items() if name.startswith("data-")}


def test_search_finds_by_words_of_either_language(browse: Browse, site: Mapping[str, bytes]) -> None:
    """The script runs under the security policy, from a folder, without a server."""
    page = browse(site, "sw/rules/mail-spf-malformed.html?q=registration%20engin")
    assert "Bodi ya Usajili wa Wahandisi erb Zilizopatikana: 1" in page.text
    assert "../institutions/erb.html" in page.links
    assert "Hakuna kilichopatikana" in browse(site, "sw/index.html?q=xyzzy").text


@pytest.mark.parametrize(
    ("options", "ground"), [([], "rgb(251, 251, 249)"), (["--force-dark-mode"], "rgb(20, 23, 26)")]
)
@pytest.mark.parametrize("path", ["en/index.html", "sw/institutions/erb.html", "en/institutions.html"])
def test_page_fits_a_narrow_window_and_obeys_keys(
    path: str, options: list[str], ground: str, browse: Browse, site: Mapping[str, bytes]
) -> None:
    """Nothing sticks out on a phone, light or dark; / leads to the search, arrows through it, Escape out of it."""
    found = _told(browse(site, path, "--window-size=500,800", *options, script=PROBE))
    assert found == {
        "sticks": "",
        "fits": "true",
        "ground": ground,
        "slash": "query",
        "down": f"{'../' * (path.count('/') - 1)}institutions/erb.html",
        "up": "query",
        "escape": "true",
    }


def test_name_that_is_markup_runs_nothing(browse: Browse, surveyed: Survey) -> None:
    """Neither on the page nor among what the search finds."""
    attack = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    erb = surveyed.institutions["erb"]
    assert erb.institution is not None
    identity = erb.institution.institution
    names = identity.name.model_copy(update={"en": attack})
    named = erb.institution.model_copy(update={"institution": identity.model_copy(update={"name": names})})
    changed = {**surveyed.institutions, "erb": replace(erb, institution=named)}
    site = dict(build_site(replace(surveyed, institutions=changed)))
    page = browse(site, "en/institutions/erb.html?q=onerror")
    assert [tag for tag, _ in page.tags if tag in ("img", "script")] == ["script", "script"]
    assert page.text.count(attack) == 3  # title, heading, what was found
    assert not re.search("^owned", page.text)
