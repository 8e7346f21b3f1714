"""Sentences that drawn posts are put together from; `{}` is filled with a word of `WORDS`, so that few posts are alike."""

from __future__ import annotations

from typing import Final

WORDS: Final = (
    "river", "bread", "garden", "market", "winter", "train", "letter", "window", "bicycle", "library", "soup", "concert",
    "harbour", "kitchen", "orchard", "museum", "coffee", "football", "puzzle", "novel",
)  # fmt: skip

ENGLISH: Final = (
    "Good morning everyone, hope you have a wonderful day.",
    "Does anybody know a good recipe with {} and a bit of patience?",
    "I spent the whole weekend in the {} and have nothing to show for it.",
    "Thank you all for the birthday wishes!",
    "The new {} near the station is worth a visit.",
    "Today I learned that my grandmother once worked at the {} downtown.",
    "Looking for recommendations: something about the {} that is fun to read.",
    "We finally have heating again.",
    "The sunset over the {} was unreal tonight.",
    "My daughter asked me why the {} is closed on Mondays and I had no answer.",
    "Slowly getting better after a week of flu.",
    "Great game last night, the second half was incredible.",
    "Reminder: the {} moves to Thursday this week.",
    "Photo from this morning's walk.",
    "If you lost a blue scarf near the {}, I have it.",
    "Our choir is looking for two more tenors.",
)  # fmt: skip
FRENCH: Final = (
    "Bonjour à toutes et à tous, belle journée !",
    "Quelqu'un connaît une bonne recette de soupe pour ce soir ?",
    "Nous avons passé le dimanche au bord de la mer.",
    "Merci pour vos messages, cela m'a fait très plaisir.",
    "Le marché est déplacé à jeudi cette semaine.",
    "Ma fille a enfin appris à faire du vélo.",
    "Je cherche un livre sur l'histoire du quartier.",
    "Le concert d'hier soir était magnifique.",
)  # fmt: skip
HEATED: Final = (
    "The mayor lied to us about the budget and should resign.",
    "Vote them out, every single one of them!",
    "This bill is a disgrace and the senator knows it.",
    "They destroyed our schools and now they want applause.",
    "I am so tired of politicians who never answer a question.",
    "She got murdered in that debate, it was painful to watch.",
    "Ce ministre se moque de nous depuis trois ans.",
    "C'est une honte, il doit démissionner.",
    "Lock them up if the court says so, not before.",
    "The press will never tell you what happened in that meeting.",
)  # fmt: skip
THREATS: Final = (
    "Somebody should hang the mayor in front of the {}.",
    "I will shoot that senator tomorrow and I mean it.",
    "We k1ll every judge who signs this.",
    "Il faut pendre ce ministre devant tout le monde.",
)  # fmt: skip
