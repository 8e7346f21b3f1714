"""What happened elsewhere to limits, and to servers that were read or asked without end. Each test names its case."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest

from holdfast.platform.config import Settings
from holdfast.platform.ids import new_id
from holdfast.social.accounts import suspend_account
from holdfast.social.tokens import issue_token, register_app
from tests.support.browser import PASSWORD, Town, open_town
from tests.support.site import Site, open_site

_SPELLINGS = ("maren@gmail.com", "Maren+1@gmail.com", "m.a.r.e.n@gmail.com", "MAREN@GMAIL.COM", "maren+x.y@gmail.com",
              "ma.ren+2@gmail.com")  # fmt: skip


async def _app_token(town: Town) -> dict[str, str]:
    now = town.services.clock.now()
    async with town.services.database.transaction() as tx:
        new = await register_app(tx, "Ivory", redirect_uris=["ivory://"], scopes="read write", now=now)
        issued = await issue_token(tx, new.app.app_id, None, ("read", "write"), now=now)
    return {"authorization": f"Bearer {issued.secret}"}


def _form(number: int, email: str) -> dict[str, str]:
    return {
        "username": f"maren{number}",
        "email": email,
        "password": PASSWORD,
        "agreement": "true",
        "locale": "en",
    }


async def test_cve_2025_54879_every_spelling_of_a_mailbox_counts_as_one(settings: Settings) -> None:
    """Sign-ups by app and in the browser, from anywhere: dots, tags and capitals make no new mailbox."""
    async with open_town(settings, registrations="open", rate_mailbox=3, rate_signups=1000) as town:
        bearer, codes = await _app_token(town), []
        for number, email in enumerate(_SPELLINGS):
            client = town.client(f"203.0.{number}.5")
            answer = await client.post("/api/v1/accounts", headers=bearer, data=_form(number, email))
            codes.append(answer.status_code)
        assert codes == [200, 422, 422, 429, 429, 429]
        assert await town.services.database.fetchval("select count(*) from users") == 1
        browser = town.browser("198.51.100.77")
        await browser.open("/auth/sign_up")
        form = {**_form(9, "m.aren+9@gmail.com"), "agreement": "1"}
        answer = await browser.send("/auth/sign_up", **form)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        assert "That e-mail address was used many times" in answer.text
        assert (
            await town.client("203.0.99.5").post(
                "/api/v1/accounts", headers=bearer, data=_form(10, "other@gmail.com")
            )
        ).status_code == 200


async def test_cve_2025_27157_asking_for_a_confirmation_is_limited_by_address_and_by_mailbox(
    settings: Settings,
) -> None:
    """No mail is sent here; who asks for one without end is stopped all the same, before it is looked at."""
    async with open_town(settings, rate_mailbox=2, rate_signin_attempts=4) as town:
        bearer = await _app_token(town)

        async def asked(ip: str, email: str) -> int:
            answer = await town.client(ip).post(
                "/api/v1/emails/confirmations", headers=bearer, data={"email": email}
            )
            return answer.status_code

        assert [await asked(f"203.0.{n}.5", email) for n, email in enumerate(_SPELLINGS[:4])] == [
            403,
            403,
            429,
            429,
        ]
        assert [await asked("198.51.100.5", f"m{n}@example.org") for n in range(6)] == [403] * 4 + [429] * 2


async def test_ghsa_q5qv_every_name_of_an_account_has_one_count(settings: Settings) -> None:
    """A name, an address, and every spelling of both: the guesses at one account are counted together, from anywhere."""
    names = (
        "ann",
        "@ann",
        "ANN",
        " Ann ",
        "ann@example.org",
        "ANN+1@example.org",
        "ann+anything@Example.ORG",
    )
    async with open_town(settings, rate_signin_attempts=3, oauth_password_grant=True) as town:
        await town.member("ann")
        codes = [
            (await town.browser(f"203.0.{number}.5").sign_in(name, "wrong")).status_code
            for number, name in enumerate(names)
        ]
        assert [code == 429 for code in codes] == [False] * 3 + [True] * 4
        for name in names:
            assert (await town.browser("198.51.100.9").sign_in(name, PASSWORD)).status_code == 429, name
        app = {"client_name": "App", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read"}
        client = (await town.client().post("/api/v1/apps", data=app)).json()
        form = {
            **client,
            "grant_type": "password",
            "scope": "read",
            "username": "ann+2@example.org",
            "password": PASSWORD,
        }
        form = {name: value for name, value in form.items() if isinstance(value, str)}
        assert (await town.client("198.51.100.3").post("/oauth/token", data=form)).status_code == 429
        assert (await town.browser("198.51.100.8").sign_in("nobody", "wrong")).status_code == 422


async def test_ghsa_q5qv_a_network_cannot_guess_at_many_accounts(settings: Settings) -> None:
    async with open_town(settings, rate_signin_attempts=2, rate_network_factor=2) as town:
        codes = [
            (await town.browser(f"203.0.113.{number}").sign_in(f"user{number}", "wrong")).status_code
            for number in range(6)
        ]
        assert [code == 429 for code in codes] == [False] * 4 + [True] * 2


@pytest.mark.parametrize(
    "forged",
    [
        {"x-forwarded-for": "203.0.113.{n}"},
        {"forwarded": "for=203.0.113.{n};proto=https"},
        {"x-real-ip": "203.0.113.{n}", "client-ip": "203.0.113.{n}", "true-client-ip": "203.0.113.{n}"},
        {"x-forwarded-for": "127.0.0.1, 203.0.113.{n}"},
        {
            "cf-connecting-ip": "203.0.113.{n}",
            "x-client-ip": "203.0.113.{n}",
            "x-cluster-client-ip": "203.0.113.{n}",
        },
    ],
    ids=lambda forged: "-".join(forged),
)
async def test_ghsa_qp4r_forged_headers_give_no_new_address(
    settings: Settings, forged: dict[str, str]
) -> None:
    """Sign-in, sign-up, apps and reading, all counted by the peer when it is no trusted proxy."""
    async with open_town(
        settings, registrations="open", rate_signups=2, rate_signin_attempts=2, rate_apps=2, rate_mailbox=99,
        trusted_proxies=("198.51.100.1",),
    ) as town:  # fmt: skip
        bearer, numbers = await _app_token(town), itertools.count(1)
        browser = town.browser("192.0.2.7")
        await browser.open("/auth/sign_in")
        token = browser.page.split('name="form_token" value="')[1].partition('"')[0]

        async def code(path: str, form: dict[str, Any], extra: dict[str, str]) -> int:
            number = next(numbers)
            headers = {name: value.format(n=number) for name, value in forged.items()} | extra
            data = {name: value.format(n=number) for name, value in form.items()}
            return (await browser.client.post(path, data=data, headers=headers)).status_code

        sign_up = {
            "username": "maren{n}",
            "email": "m{n}@example.org",
            "password": PASSWORD,
            "agreement": "true",
        }
        assert [await code("/api/v1/accounts", sign_up, bearer) for _ in range(4)] == [200, 200, 429, 429]
        app = {"client_name": "App", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"}
        assert [await code("/api/v1/apps", app, {}) for _ in range(4)] == [200, 200, 429, 429]
        sign_in = {"login": "user{n}", "password": "wrong", "form_token": token}
        assert [await code("/auth/sign_in", sign_in, {}) for _ in range(4)] == [422, 422, 429, 429]
        known = await town.services.database.fetch("select distinct host(sign_up_ip) as ip from users")
        assert [row["ip"] for row in known] == ["192.0.2.7"]


async def test_parler_p2_counting_through_accounts_and_posts_finds_an_end(settings: Settings) -> None:
    """Who does know ids, and reads one after the other from many addresses of one network, is stopped and told why."""
    async with open_town(settings, visitor_reads=10, rate_network_factor=2, rate_requests=10_000) as town:
        site = Site(town.services, town.client(), town.app)
        ann = await site.member("ann")
        posts = [(await ann.say(f"number {number}"))["id"] for number in range(30)]
        answers = [
            await town.client(f"203.0.113.{number % 5}").get(f"/api/v1/statuses/{post}")
            for number, post in enumerate(posts)
        ]
        assert [answer.status_code for answer in answers] == [200] * 20 + [429] * 10
        assert "Without signing in, 20 different" in answers[-1].json()["error"]
        for path in (f"/api/v1/statuses/{posts[-1]}/context", f"/@ann/{posts[-1]}", "/@ann", "/@ann/feed.atom", "/",
                     f"/api/v1/accounts/{ann.id}/statuses", f"/api/oembed?url={town.services.base_url}/@ann/{posts[-1]}",
                     "/api/v1/timelines/public", f"/@ann/{posts[-1]}/embed"):  # fmt: skip
            refused = await town.client("203.0.113.77").get(path)
            assert refused.status_code == 429, path
            assert int(refused.headers["retry-after"]) > 0
        # Another network reads, and so does whoever signs in.
        assert (await town.client("203.0.114.1").get(f"/api/v1/statuses/{posts[-1]}")).status_code == 200
        bearer = {"authorization": f"Bearer {ann.token}"}
        answer = await town.client("203.0.113.1").get(f"/api/v1/statuses/{posts[-1]}", headers=bearer)
        assert answer.status_code == 200


async def test_lemmy_3165_a_ban_of_an_account_with_a_hundred_thousand_posts_takes_no_time(
    settings: Settings,
) -> None:
    async with open_site(settings) as site:
        ann, database = await site.member("ann"), site.services.database
        first = new_id(site.services.clock.now())
        async with database.transaction() as tx:
            await tx.execute(
                "insert into posts (id, account_id, thread_id, visibility, text, created_at)"
                " select $1::bigint + n, $2, $1::bigint + n, 0, 'spam ' || n, now() from generate_series(1, 100000) as n",
                first, ann.account_id,
            )  # fmt: skip
        began = time.perf_counter()
        async with database.transaction() as tx:
            await suspend_account(tx, ann.account_id, now=site.services.clock.now())
        assert time.perf_counter() - began < 1
        assert (await site.client.get("/api/v1/timelines/public")).json() == []
        assert (
            await site.client.get(f"/api/v1/statuses/{site.services.ids.encode(first + 50_000)}")
        ).status_code == 404
