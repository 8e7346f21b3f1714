"""The words of answers, in every language that there are words for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..notices import ItemOutcome
from .model import Ground

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "subject": "Your notice {reference}",
        "item": "{n}. {address}",
        "seen": "First looked at by a person: {at}.",
        "acted": "Done: {at}.",
        "policy": "Under our policy: {title} ({reference}).",
        "law": "Ground: against the law. {ground}.",
        "terms": "Ground: against our terms. {ground}.",
        "same_as": "It repeats {what}, and the outcome there is the outcome here.",
        "reason": "Why: {reason}",
        "not": "A person decided this.",
        "partially": "A person decided about the same content, and a program applied that decision here.",
        "fully": "A program decided this without a person.",
        "detected": "A program had found it before your notice.",
        "some_fully": "Some of these decisions were made by a program without a person; each item says so.",
        "some_partially": "Where the same content stood in several places, a program applied a person's decision; each item says so.",
        "none_automated": "People made all of these decisions. No program decided about your notice.",
        "nothing_named": "The notice names no address.",
        "complaint": "You can complain to us about this answer, free of charge, within six months: {page}. Somebody who did not decide about it looks at it, never a program alone.",
        "complaint_reply": "You can complain to us about this answer, free of charge, within six months: reply to this message and name {reference}. Somebody who did not decide about it looks at it, never a program alone.",
        "settlement": "In the European Union you can turn to an out-of-court dispute settlement body that is certified under Article 21 of the Digital Services Act.",
        "court": "You can go to court at any time.",
        "count_none": "no address",
        "count_one": "one item",
        "count_many": "{count} items",
        "more": "and {count} more items, which the status page lists with their outcomes",
        "sum": "{outcome}: {count}",
        "open": "we are still looking at it",
    },
    "fr": {
        "subject": "Votre notification {reference}",
        "item": "{n}. {address}",
        "seen": "Examiné pour la première fois par une personne : {at}.",
        "acted": "Fait : {at}.",
        "policy": "Selon notre règle : {title} ({reference}).",
        "law": "Motif : contraire à la loi. {ground}.",
        "terms": "Motif : contraire à nos conditions. {ground}.",
        "same_as": "Ceci répète {what} ; l'issue y est la même.",
        "reason": "Pourquoi : {reason}",
        "not": "Une personne en a décidé.",
        "partially": "Une personne a décidé du même contenu, et un programme a appliqué cette décision ici.",
        "fully": "Un programme en a décidé sans intervention humaine.",
        "detected": "Un programme l'avait repéré avant votre notification.",
        "some_fully": "Certaines de ces décisions ont été prises par un programme sans intervention humaine ; c'est indiqué pour chaque élément.",
        "some_partially": "Là où le même contenu figurait à plusieurs endroits, un programme a appliqué la décision d'une personne ; c'est indiqué pour chaque élément.",
        "none_automated": "Toutes ces décisions ont été prises par des personnes. Aucun programme n'a statué sur votre notification.",
        "nothing_named": "La notification ne désigne aucune adresse.",
        "complaint": "Vous pouvez introduire auprès de nous une réclamation contre cette réponse, gratuitement, dans les six mois : {page}. Une personne qui n'a pas pris la décision l'examine, jamais un programme seul.",
        "complaint_reply": "Vous pouvez introduire auprès de nous une réclamation contre cette réponse, gratuitement, dans les six mois : répondez à ce message en citant {reference}. Une personne qui n'a pas pris la décision l'examine, jamais un programme seul.",
        "settlement": "Dans l'Union européenne, vous pouvez saisir un organe de règlement extrajudiciaire certifié au titre de l'article 21 du règlement sur les services numériques.",
        "court": "Vous pouvez saisir un tribunal à tout moment.",
        "count_none": "aucune adresse",
        "count_one": "un élément",
        "count_many": "{count} éléments",
        "more": "et {count} autres éléments, que la page de suivi énumère avec leur issue",
        "sum": "{outcome} : {count}",
        "open": "encore à l'examen",
    },
}

OUTCOMES: Final[Mapping[str, Mapping[ItemOutcome, str]]] = {
    "en": {
        ItemOutcome.ACTIONED: "we acted on it",
        ItemOutcome.REFUSED: "we left it as it is",
        ItemOutcome.INVALID: "we could not find what is meant",
        ItemOutcome.DUPLICATE: "named before",
        ItemOutcome.OUT_OF_SCOPE: "not ours to decide",
    },
    "fr": {
        ItemOutcome.ACTIONED: "nous avons agi",
        ItemOutcome.REFUSED: "nous n'y avons rien changé",
        ItemOutcome.INVALID: "nous n'avons pas trouvé de quoi il s'agit",
        ItemOutcome.DUPLICATE: "déjà désigné",
        ItemOutcome.OUT_OF_SCOPE: "ne relève pas de nous",
    },
}

MEASURES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "hide": "It is hidden from everybody but its author.",
        "withdraw": "It was taken away; only its author can see it.",
        "label": "It carries a label.",
        "mark_sensitive": "It is covered, and shown only to those who ask for it.",
        "limit_reach": "It reaches fewer people: no public timeline, search or trend shows it.",
        "restrict_replies": "Replies to it are closed.",
        "freeze": "The account can read and nothing else.",
        "limit": "Only followers of the account come across what it posts.",
        "sensitize": "Everything that the account posts is covered.",
        "disable": "The account cannot be used any more.",
        "suspend": "The account is suspended, and what it posted is hidden.",
        "warn": "The author was warned.",
        "restore": "What had been taken away is restored.",
        "block_link": "The address cannot be posted here any more.",
        "block_image": "The file cannot be posted here any more.",
    },
    "fr": {
        "hide": "Il est masqué pour tous, sauf pour son auteur.",
        "withdraw": "Il a été retiré ; seul son auteur peut le voir.",
        "label": "Il porte une mention.",
        "mark_sensitive": "Il est masqué, et montré seulement sur demande.",
        "limit_reach": "Il touche moins de monde : il n'est dans aucun fil public, recherche ou tendance.",
        "restrict_replies": "Les réponses y sont fermées.",
        "freeze": "Le compte ne peut plus que lire.",
        "limit": "Seules les personnes qui suivent le compte voient ce qu'il publie.",
        "sensitize": "Tout ce que publie le compte est masqué.",
        "disable": "Le compte ne peut plus être utilisé.",
        "suspend": "Le compte est suspendu, et ce qu'il a publié est masqué.",
        "warn": "L'auteur a été averti.",
        "restore": "Ce qui avait été retiré est rétabli.",
        "block_link": "Cette adresse ne peut plus être publiée ici.",
        "block_image": "Ce fichier ne peut plus être publié ici.",
    },
}

GROUNDS: Final[Mapping[str, Mapping[Ground, str]]] = {
    "en": {
        Ground.IMPOSSIBLE: "force majeure, or it cannot be done for reasons that are not ours (Art. 3(7))",
        Ground.ERRORS: "the order holds manifest errors (Art. 3(8))",
        Ground.INFORMATION: "the order does not say enough to be carried out (Art. 3(8))",
    },
    "fr": {
        Ground.IMPOSSIBLE: "force majeure, ou impossibilité de fait qui ne nous est pas imputable (art. 3, paragraphe 7)",
        Ground.ERRORS: "l'injonction contient des erreurs manifestes (art. 3, paragraphe 8)",
        Ground.INFORMATION: "l'injonction ne contient pas assez d'informations pour être exécutée (art. 3, paragraphe 8)",
    },
}
