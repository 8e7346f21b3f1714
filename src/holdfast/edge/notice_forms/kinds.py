"""The kinds of notices that people can send by form or API: what each asks for, as data. The words are in en.toml and fr.toml.

What is required is what the law or the clock needs to begin; a notice in which that is missing is not sent away by mail, but
here its sender can still be asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

Shape = Literal["line", "email", "phone", "text", "addresses", "choice", "tick", "moment", "country"]


class Field(msgspec.Struct, frozen=True):
    """One field. unless: a tick that, when set, makes it optional. element: its name among what the law asks for, "" for none.
    repeated: typed once more, to be sure that it was read."""

    name: str
    shape: Shape
    required: bool = True
    element: str = ""
    unless: str = ""
    most: int = 300


class Kind(msgspec.Struct, frozen=True):
    """A kind: its name in addresses, the presets it can be (the first unless another is chosen), its fields in order."""

    name: str
    presets: tuple[str, ...]
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """One by its name."""
        return next((one for one in self.fields if one.name == name), None)


_PRESET = Field("preset", "choice")
_ADDRESSES = Field("addresses", "addresses", element="urls")
_MAYBE_ADDRESSES = Field("addresses", "addresses", required=False)
_EXPLANATION = Field("explanation", "text", element="explanation")
_NAME, _EMAIL = Field("name", "line", element="name"), Field("email", "email", element="contact", most=254)
_ORGANISATION = Field("organisation", "line")
_COUNTRY = Field("country", "country", required=False, most=2)
_REFERENCE = Field("reference", "line", required=False, most=100)
_DEADLINE = Field("deadline", "moment", required=False, most=40)
_LAW = Field("legal_basis", "line", required=False, most=500)
_PHONE = Field("phone", "phone", required=False, most=40)
_GOOD_FAITH = Field("good_faith", "tick", element="good_faith")
_SIGNATURE = Field("signature", "line", element="signature")
_ON_BEHALF = Field("on_behalf_of", "line", required=False)
_GAG, _SEALED = Field("gag", "tick", required=False), Field("sealed", "tick", required=False)
_SEALED_UNTIL = Field("sealed_until", "moment", required=False, most=40)

_POSTAL = Field("address", "text", element="address", most=600)
_NEEDED_PHONE = Field("phone", "phone", element="phone", most=40)

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind(
                "content",
                ("eu.dsa.art16",),
                (
                    _ADDRESSES, _EXPLANATION, _LAW,
                    Field("about_children", "tick", required=False),
                    Field("name", "line", element="name", unless="about_children"),
                    Field("email", "email", element="contact", unless="about_children", most=254),
                    Field("trusted_flagger", "tick", required=False), _REFERENCE, _GOOD_FAITH,
                ),
            ),
            Kind(
                "intimate-images",
                ("us.tida",),
                (
                    _ADDRESSES,
                    Field("explanation", "text", element="location"),
                    _NAME, _EMAIL, _PHONE, _ON_BEHALF,
                    Field("no_consent", "tick", element="good_faith"), _SIGNATURE,
                ),
            ),
            Kind(
                "copyright",
                ("us.dmca.notice",),
                (
                    Field("work", "text", element="work", most=5000),
                    _ADDRESSES, Field("explanation", "text", required=False),
                    _NAME, _ON_BEHALF, _POSTAL, _NEEDED_PHONE, _EMAIL, _REFERENCE, _GOOD_FAITH,
                    Field("accuracy", "tick", element="accuracy"), _SIGNATURE,
                ),
            ),
            Kind(
                "counter-notice",
                ("us.dmca.counter",),
                (
                    _REFERENCE, _ADDRESSES, Field("explanation", "text", required=False),
                    _NAME, _POSTAL, _NEEDED_PHONE, _EMAIL,
                    Field("mistake", "tick", element="good_faith"),
                    Field("jurisdiction", "tick", element="consent_to_jurisdiction"), _SIGNATURE,
                ),
            ),
            Kind(
                "authority",
                ("eu.dsa.art9", "eu.tco.removal_order", "eu.dsa.art10", "us.2703f", "us.2702"),
                (
                    _PRESET, Field("organisation", "line", element="authority"), _COUNTRY,
                    Field("reference", "line", element="reference", most=100), _LAW,
                    Field("addresses", "addresses", element="urls"), Field("explanation", "text", element="reasons"),
                    _DEADLINE, _NAME, _EMAIL, _PHONE, _GAG, _SEALED, _SEALED_UNTIL, _SIGNATURE,
                ),
            ),
            Kind(
                "court",
                ("court.order", "court.subpoena", "court.gag"),
                (
                    _PRESET, Field("organisation", "line", element="court"), _COUNTRY,
                    Field("reference", "line", element="reference", most=100), _LAW,
                    _MAYBE_ADDRESSES, Field("explanation", "text", element="order"), _DEADLINE, _NAME, _EMAIL, _PHONE,
                    _GAG, _SEALED, _SEALED_UNTIL,
                ),
            ),
            Kind(
                "provider",
                (
                    "host.abuse", "host.breach", "store.apple", "store.google", "provider.registrar", "provider.cdn",
                    "provider.payment", "provider.upstream",
                ),
                (
                    _PRESET, _ORGANISATION, _NAME, _EMAIL, _PHONE, _REFERENCE, _MAYBE_ADDRESSES, _EXPLANATION,
                    Field("contract_clause", "line", required=False, most=300), _DEADLINE,
                ),
            ),
            Kind("privacy", ("gdpr.request",), (_NAME, _EMAIL, _MAYBE_ADDRESSES, _EXPLANATION, _COUNTRY)),
            Kind(
                "press",
                ("report.press", "report.ngo", "report.user"),
                (_PRESET, Field("organisation", "line", required=False), _NAME, _EMAIL, _MAYBE_ADDRESSES, _EXPLANATION, _DEADLINE),
            ),
        )
    }
)  # fmt: skip
"""By name, in the order of the page that leads to them."""
