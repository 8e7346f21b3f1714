"""Sign-up through an app: `POST /api/v1/accounts`."""

from __future__ import annotations

import msgspec

from ...platform.passwords import hash_password
from ...pure.errors import Invalid, NotAllowed
from ...social.accounts import NewAccount, RegistrationsClosed, create_account
from ...social.tokens import issue_token
from ..answers import Answer, json_answer
from ..budgets import spend_mailbox
from ..call import Call
from ..routes import Access, Limit, RouteTable
from ..sign_ups import REASON_CHARACTERS, AskedSignUp, Problems, problems_of
from .oauth import token_entity

routes = RouteTable()

_TITLES = {"email": "E-mail", "date_of_birth": "Date of birth", "invite_code": "Invite code"}


class SignUp(msgspec.Struct):
    """What an app sends for its new member. A `time_zone` is not read: nothing here depends on one."""

    username: str = ""
    email: str = ""
    password: str = ""
    agreement: bool = False
    locale: str = "en"
    reason: str = ""
    date_of_birth: str = ""
    invite_code: str = ""


class Confirmation(msgspec.Struct):
    """Which address is to be confirmed."""

    email: str = ""


@routes.post("/api/v1/accounts", Access.app("write:accounts"), limit=Limit.SIGN_UP)
async def sign_up(call: Call) -> Answer:
    """A new account and a token for it; where sign-ups need approval, the token works once that is given."""
    token, settings = call.token, call.services.settings
    if token is None or token.account_id is not None:
        raise NotAllowed("This method requires a token of the app itself, from the grant client_credentials.")
    if settings.registrations == "closed":
        raise RegistrationsClosed
    asked = await call.params(SignUp)
    problems = _problems(call, asked)
    if not problems:
        spend_mailbox(call, asked.email)
    password_hash = None if problems else await hash_password(asked.password)
    new = NewAccount(
        username=asked.username.strip(), email=asked.email, password_hash=password_hash,
        locale=asked.locale[:10] or "en", reason=asked.reason[:REASON_CHARACTERS] or None, app_id=token.app_id,
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
async def confirm_email(call: Call) -> Answer:
    """This server sends no mail, so no address waits to be confirmed."""
    asked = await call.params(Confirmation)
    if asked.email:
        spend_mailbox(call, asked.email)
    raise NotAllowed(
        "This method is only available while an e-mail address awaits confirmation; none does here."
    )


def _problems(call: Call, asked: SignUp) -> Problems:
    """What can be said without asking the database."""
    answers = AskedSignUp(
        asked.username, asked.email, asked.password, asked.agreement, asked.reason, asked.date_of_birth
    )
    problems = problems_of(answers, call.services.settings, call.now)
    for field, value in (("username", asked.username), ("email", asked.email)):
        if not value.strip():
            problems[field] = [("ERR_BLANK", "can't be blank")]
    if asked.invite_code:
        problems["invite_code"] = [("ERR_INVALID", "is not known: this server has no invitations")]
    return problems


def _all_at_once(problems: Problems) -> Invalid:
    sentences = [f"{_title(field)} {sentence}" for field, parts in problems.items() for _, sentence in parts]
    return Invalid(f"Validation failed: {', '.join(sentences)}", details=problems)


def _title(field: str) -> str:
    return _TITLES.get(field, field.capitalize())
