"""The documentation site, as it is built and as a reader's browser shows it."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from batchsdk import __version__
from tests.batchsdk.browser import Browser
from tests.conftest import PROJECT

pytestmark = [pytest.mark.browser, pytest.mark.distribution]

PHONE = 390
TROUBLES = {"Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"}
LOOK = """({
  links: [...document.querySelectorAll("a[href]")].map(each => each.href),
  loaded: [...document.querySelectorAll("img")].every(each => each.complete && each.naturalWidth),
  ids: [...document.querySelectorAll("[id]")].map(each => each.id),
  twice: [...document.querySelectorAll("article [id]")].map(each => each.id)
    .filter((each, place, all) => all.indexOf(each) !== place),
  wide: document.documentElement.scrollWidth - innerWidth,
})"""


class Handler(SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    def log_message(self, *arguments: object) -> None:
        """Leave the test's output alone."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make site` builds it, which fails at the first warning."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "0.1.0").mkdir()
    (folder / "0.1.0" / "objects.inv").touch()  # an earlier version
    done = subprocess.run(
        ["make", "--no-print-directory", "site", f"SITE_ARGS=--folder {folder}"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def root(site: Path) -> Iterator[str]:
    """The address of a server of the site on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser with the window of a phone."""
    running = Browser(tmp_path_factory.mktemp("profile"))
    window = {"height": 800, "deviceScaleFactor": 1, "mobile": True}
    running.call("Emulation.setDeviceMetricsOverride", width=PHONE, **window)
    yield running
    running.close()


def troubles(browser: Browser, root: str) -> list[dict[str, Any]]:
    """Return what a page wrote to the console, and what it asked of other hosts."""
    asked = [e for e in browser.events if e["method"] == "Network.requestWillBeSent"]
    abroad = [
        each for each in asked if not each["params"]["request"]["url"].startswith((root, "data:"))
    ]
    return abroad + [each for each in browser.events if each["method"] in TROUBLES]


@pytest.fixture(scope="module")
def seen(site: Path, root: str, browser: Browser) -> dict[str, dict[str, Any]]:
    """What the browser saw of each page, by the page's address."""
    pages = [each.relative_to(site).as_posix() for each in site.rglob("*.html")]
    found = {}
    for page in sorted(pages):
        if page.endswith("index.html") and not page.endswith("docs/index.html"):
            continue  # these lead on to another at once
        browser.open(root + page)
        found[root + page] = browser.evaluate(LOOK) | {"troubles": troubles(browser, root)}
    return found


def test_every_page_of_docs_is_on_the_site(seen, root):
    pages = {each.relative_to(PROJECT).with_suffix("") for each in PROJECT.glob("docs/**/*.md")}
    wanted = {f"{root}{__version__}/{each}.html" for each in pages if each.name != "pypi"}
    assert wanted - set(seen) == set()


def test_no_page_asks_another_host_or_logs_an_error(seen):
    assert {page: each["troubles"] for page, each in seen.items() if each["troubles"]} == {}
    assert [page for page, each in seen.items() if not each["loaded"]] == []


def test_no_link_is_dead(seen, site, root):
    dead = []
    for page, each in seen.items():
        for link in each["links"]:
            address, anchor = urldefrag(link)
            if not address.startswith(root):
                assert urlsplit(link).scheme == "https", (page, link)
            elif address in seen:
                if anchor and unquote(anchor) not in seen[address]["ids"]:
                    dead.append((page, link))
            elif not (site / unquote(address.removeprefix(root))).is_file():
                dead.append((page, link))
    assert dead == []


def test_every_page_is_in_the_sidebar(seen, root):
    (home,) = [each for page, each in seen.items() if page.endswith("docs/index.html")]
    listed = {urldefrag(link)[0] for link in home["links"]}
    assert {page for page in seen if not page.endswith("search.html")} - listed == set()


def test_anchors_are_unique(seen):
    assert {page: each["twice"] for page, each in seen.items() if each["twice"]} == {}


def test_no_page_is_wider_than_a_phone(seen):
    assert {page: each["wide"] for page, each in seen.items() if each["wide"] > 0} == {}


def until(browser: Browser, condition: str) -> Any:
    """Wait in the page until a JavaScript expression holds; return its value."""
    return browser.evaluate(
        f"new Promise(done => {{ const look = () => {{ const value = {condition};"
        " value ? done(value) : setTimeout(look, 20) }; look() })"
    )


def test_search_finds_keys_names_and_commands(browser, root):
    for words, page in (
        ("maxVcpus", "docs/reference.html"),
        ("diagnose", "docs/api.html"),
        ("deployer-policy", "docs/commands/batch-platform.html"),
    ):
        browser.open(f"{root}{__version__}/search.html?q={words}")
        links = "[...document.querySelectorAll('ul.search li a')].map(each => each.href)"
        until(browser, "document.querySelector('p.search-summary')?.textContent.includes('found')")
        assert any(page in link for link in browser.evaluate(links)), words


def test_the_choice_of_version_leads_to_another(browser, site, root):
    assert f"0; url={__version__}/docs/index.html" in (site / "index.html").read_text()
    browser.open(f"{root}{__version__}/docs/commands/localaws.html")
    options = "[...document.querySelectorAll('.versions option')].map(each => each.value)"
    assert browser.evaluate(options) == [__version__, "0.1.0"]
    assert browser.evaluate("document.querySelector('.versions select').value") == __version__
    browser.events.clear()
    browser.evaluate(
        "(() => { const choice = document.querySelector('.versions select');"
        " choice.value = '0.1.0'; choice.dispatchEvent(new Event('change')) })()"
    )
    browser.wait_for_load()
    assert browser.evaluate("location.pathname") == "/0.1.0/index.html"


def test_help_of_every_command_is_on_its_page(site):
    for program, verbs in (
        ("batchsdk", ["submit", "resume", "top"]),
        ("batch-platform", ["init", "plan", "recover"]),
        ("localaws", ["deploy", "faults add"]),
    ):
        page = (site / __version__ / "docs" / "commands" / f"{program}.html").read_text()
        headings = re.findall(r"<h2>(.*?)<", page)
        assert {program, *(f"{program} {verb}" for verb in verbs)} <= set(headings)
        assert page.count("--help") >= len(headings)
