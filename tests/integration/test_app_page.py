"""The page and the files of the app, as the server gives them out."""

from __future__ import annotations

import gzip
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from holdfast.platform.config import Settings
from tests.support.browser import Town, open_town

pytestmark = pytest.mark.integration


@pytest.fixture
async def town(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    folder = tmp_path / "app_files"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>{{site}}</title><div id=app></div>")
    (folder / "sw.js").write_text("self.addEventListener('fetch', () => {});")
    (folder / "assets" / "app-1.js").write_text("console.log('x');" * 200)
    monkeypatch.setattr(sys.modules["holdfast.edge.public.app"], "_FOLDER", folder)
    async with open_town(settings, title="Kelp & <Co>", media_url="https://files.example") as opened:
        yield opened


async def test_the_page_is_one_for_all_addresses_and_allows_no_script_but_ours(town: Town) -> None:
    client = town.client()
    pages = [await client.get(path) for path in ("/app/home", "/app/@ada/1", "/app/@ada/followers/list")]
    assert {page.status_code for page in pages} == {200}
    assert len({page.text for page in pages}) == 1
    assert "<title>Kelp &amp; &lt;Co&gt;</title>" in pages[0].text
    policy = pages[0].headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert "https://files.example" in rules["img-src"]
    assert "unsafe" not in policy
    assert "*" not in policy
    assert pages[0].headers["cache-control"] == "no-cache"


async def test_the_app_may_ask_the_places_that_know_where_this_server_went(
    settings: Settings, town: Town
) -> None:
    assert "mirror.example" not in (await town.client().get("/app/home")).headers["content-security-policy"]
    places = ("https://mirror.example/a/relaunch.json", "https://rock.example:8443/relaunch.json")
    async with open_town(settings, relaunch_addresses=places) as opened:
        policy = (await opened.client().get("/app/home")).headers["content-security-policy"]
        told = (await opened.client().get("/api/v2/instance")).json()["holdfast"]
    connect = next(one for one in policy.split("; ") if one.startswith("connect-src")).split()
    assert {"https://mirror.example", "https://rock.example:8443"} <= set(connect)
    assert policy.count("mirror.example") == 1
    assert told["relaunch"] == {"addresses": list(places)}


async def test_files_are_kept_for_good_the_worker_is_not(town: Town) -> None:
    client = town.client()
    script = await client.get("/app/assets/app-1.js", headers={"accept-encoding": "gzip"})
    assert script.headers["content-encoding"] == "gzip"
    assert script.text.startswith("console.log")
    assert int(script.headers["content-length"]) < len(gzip.compress(script.content)) + 50
    assert "immutable" in script.headers["cache-control"]
    plain = await client.get("/app/assets/app-1.js", headers={"accept-encoding": "identity"})
    assert plain.text == script.text
    assert "content-encoding" not in plain.headers
    worker = await client.get("/app/sw.js")
    assert worker.headers["cache-control"] == "no-cache"
    assert worker.headers["content-type"].startswith("text/javascript")
    assert (await client.get("/app/assets/..%2findex.html")).status_code == 404
    assert (await client.get("/app/assets/missing.js")).status_code == 404


async def test_the_manifest_bears_the_name_of_the_place(town: Town) -> None:
    manifest = (await town.client().get("/app/manifest.webmanifest")).json()
    assert manifest["name"] == "Kelp & <Co>"
    assert manifest["share_target"]["action"].startswith(manifest["scope"])
    assert all(one["url"].startswith(manifest["scope"]) for one in manifest["shortcuts"])


async def test_a_server_without_the_app_says_how_to_get_it(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["holdfast.edge.public.app"], "_FOLDER", tmp_path / "nothing")
    answer = await town.client().get("/app/home")
    assert answer.status_code == 404
    assert "make app" in answer.text
    assert "Open the app" not in (await town.client().get("/")).text
