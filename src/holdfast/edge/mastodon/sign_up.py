"""Sign-up through an app: `POST /api/v1/accounts`."""

from __future__ import annotations

import msgspec

from ...platform.passwords import hash_password
from ...pure.errors import Invalid, NotAllowed
from ...social.accounts import NewAccount, RegistrationsClosed, create_account
from ...social.credentials import PasswordLimits, password_problem
from ...social.tokens import issue_token
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, Limit, RouteTable
from .oauth import token_entity

routes = RouteTable()

_REASON_CHARACTERS = 2000
_TITLES = {"email": "E-mail", "agreement": "Agreement", "password": "Password", "username": "Username"}

Problems = dict[str, list[tuple[str, str]]]


class SignUp(msgspec.Struct):
    """What an app sends for its new member."""

    username: str = ""
    email: str = ""
    password: str = ""
    agreement: bool = False
    locale: str = "en"
    reason: str = ""


@routes.post("/api/v1/accounts", Access.app("write:accounts"), limit=Limit.SIGN_UP)
async def sign_up(call: Call) -> Answer:
    """A new account and a token for it; where sign-ups need approval, the token works once that is given."""
    token, settings = call.token, call.services.settings
    if token is None or token.account_id is not None:
        raise NotAllowed("This method requires a token of the app itself, from the grant client_credentials.")
    if settings.registrations == "closed":
        raise RegistrationsClosed
    asked = await call.params(SignUp)
    problems = _problems(
        asked, PasswordLimits(settings.password_min_characters, settings.password_max_characters)
    )
    password_hash = None if problems else await hash_password(asked.password)
    new = NewAccount(
        username=asked.username.strip(), email=asked.email, password_hash=password_hash,
        locale=asked.locale[:10] or "en", reason=asked.reason[:_REASON_CHARACTERS] or None, app_id=token.app_id,
        ip=call.client_ip,
    )  # fmt: skip
    async with call.services.database.transaction() as tx:
        try:
            account_id = await create_account(tx, new, registrations=settings.registrations, now=call.now)
        except Invalid as error:
            raise _all_at_once({**error.details, **problems}) from error
        if problems:
            raise _all_at_once(problems)
        issued = await issue_token(tx, token.app_id, account_id, tuple(sorted(token.scopes)), now=call.now)
    return json_answer(token_entity(issued), headers=[(b"cache-control", b"no-store")])


@routes.post("/api/v1/emails/confirmations", Access.app(), limit=Limit.SIGN_IN)
async def confirm_email(_call: Call) -> Answer:
    """This server sends no mail, so no address waits to be confirmed."""
    raise NotAllowed(
        "This method is only available while an e-mail address awaits confirmation; none does here."
    )


def _problems(asked: SignUp, limits: PasswordLimits) -> Problems:
    """What can be said without asking the database."""
    problems: Problems = {}
    problem = password_problem(asked.password, limits, username=asked.username, email=asked.email)
    if problem:
        problems["password"] = [problem]
    if not asked.username.strip():
        problems["username"] = [("ERR_BLANK", "can't be blank")]
    if not asked.email.strip():
        problems["email"] = [("ERR_BLANK", "can't be blank")]
    if not asked.agreement:
        problems["agreement"] = [("ERR_ACCEPTED", "must be accepted")]
    return problems


def _all_at_once(problems: Problems) -> Invalid:
    sentences = [f"{_title(field)} {sentence}" for field, parts in problems.items() for _, sentence in parts]
    return Invalid(f"Validation failed: {', '.join(sentences)}", details=problems)


def _title(field: str) -> str:
    return _TITLES.get(field, field.capitalize())
