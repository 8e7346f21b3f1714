"""The words of a receipt by mail, in the languages that there are words for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

LANGUAGES: Final = ("en", "fr")


class ReceiptFacts(msgspec.Struct, frozen=True):
    """What a receipt says. proof: whether the proof is enclosed; cut: only the beginning of the mail was taken."""

    site: str
    reference: str
    title: str
    received_at: datetime
    items: int
    left_out: int
    files: int
    status_url: str
    receipt_url: str
    proof: bool
    cut: bool
    forms_url: str


_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "subject": "We have your notice {reference}",
        "arrived": "Your notice reached {site} on {at} UTC and is recorded. Its reference is {reference}; please quote it.",
        "kind": "We have taken it for: {title}. A person may change that.",
        "no_items": "We found no address in it that belongs to this server. If it is about something here, reply with its address.",
        "one_item": "We found 1 address in it.",
        "items": "We found {items} addresses in it.",
        "left_out": "{left_out} more addresses are beyond what one notice can hold. Please send those in another one.",
        "files": "Files that came with it are kept ({files}). Archives among them are not unpacked: if they matter, send what is in them as text.",
        "cut": "Your mail is larger than we take, so we have only its beginning. Please send the rest in smaller mails or at {forms_url}.",
        "status": "Where it stands, and what becomes of each address, you see at any time on this page. Keep its address to yourself:",
        "proof": "The enclosed file proves that your notice was recorded and cannot be made to vanish. It can be checked without us; how is told at:",
        "proof_later": "A proof that your notice was recorded and cannot be made to vanish is, within a minute, at:",
        "more": "To add something, reply to this message.",
        "who": "This message was sent by a program. People read your notice.",
    },
    "fr": {
        "subject": "Nous avons reçu votre notification {reference}",
        "arrived": "Votre notification est arrivée sur {site} le {at} UTC et elle est enregistrée. Sa référence est {reference} ; merci de la rappeler.",
        "kind": "Nous l'avons classée ainsi : {title}. Une personne peut en décider autrement.",
        "no_items": "Nous n'y avons trouvé aucune adresse de ce serveur. Si elle porte sur un contenu d'ici, répondez en indiquant son adresse.",
        "one_item": "Nous y avons trouvé 1 adresse.",
        "items": "Nous y avons trouvé {items} adresses.",
        "left_out": "{left_out} autres adresses dépassent ce qu'une notification peut contenir. Merci de les envoyer dans une autre.",
        "files": "Les fichiers joints sont conservés ({files}). Les archives ne sont pas ouvertes : si leur contenu importe, envoyez-le sous forme de texte.",
        "cut": "Votre message est plus grand que ce que nous acceptons : nous n'en avons que le début. Merci d'envoyer le reste en messages plus petits ou sur {forms_url}.",
        "status": "Cette page indique à tout moment où en est votre notification et ce qu'il advient de chaque adresse. Gardez son adresse pour vous :",
        "proof": "Le fichier joint prouve que votre notification a été enregistrée et ne peut pas disparaître. On peut le vérifier sans nous ; voici comment :",
        "proof_later": "Une preuve que votre notification a été enregistrée et ne peut pas disparaître se trouve, d'ici une minute, ici :",
        "more": "Pour ajouter quelque chose, répondez à ce message.",
        "who": "Ce message a été envoyé par un programme. Des personnes lisent votre notification.",
    },
}


def receipt_letter(facts: ReceiptFacts, language: str) -> tuple[str, str]:
    """Subject and text; in English where there are no words for the language."""
    words = _WORDS.get(language, _WORDS["en"])
    at = facts.received_at.strftime("%Y-%m-%d %H:%M:%S")
    given = {**msgspec.to_builtins(facts), "at": at}
    found = {0: "no_items", 1: "one_item"}.get(facts.items, "items")
    parts = [
        words["arrived"],
        words["kind"],
        words[found],
        words["left_out"] if facts.left_out else "",
        words["cut"] if facts.cut else "",
        words["files"] if facts.files else "",
        words["status"] + "\n{status_url}",
        words["proof" if facts.proof else "proof_later"] + "\n{receipt_url}",
        words["more"],
        words["who"],
    ]
    text = "\n\n".join(part.format_map(given) for part in parts if part) + "\n"
    return words["subject"].format_map(given), text
