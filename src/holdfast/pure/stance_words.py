"""Words that turn a sentence round: with one of them changed, two texts that look alike do not say the same.

Negations, quantities of people, modals, conditions, persons, words that make a quotation, a report, a question, a joke
or a story of what follows; folded, in the languages that the screening knows best. A text that differs from another
in one of these is never taken for its copy.
"""

from __future__ import annotations

from typing import Final

_ENGLISH = """
no not never none nobody noone nothing neither nor cannot cant dont doesnt didnt wont wouldnt shouldnt couldnt isnt arent
wasnt werent aint hasnt havent hadnt without stop against nobodys anybody anyone somebody someone everybody everyone all
some any few many most should must shall will would could can may might ought need needs have has had going gonna let lets
if unless when whether until though although but instead rather except only just even i me my mine we us our you your u ur
he him his she her they them their it who whom whoever said says say saying told tells claim claims claimed called wrote
writes quote quoted quoting reported reports allegedly accused denies denied threatened threatens threat threats condemn
condemns condemned condemning wrong illegal unacceptable disgusting vile terrible horrible awful sick joke joking kidding
satire parody sarcasm irony movie film game novel book story scene character song lyrics lol lmao haha pretend imagine
hypothetically why how what where please don't doesn't didn't won't wouldn't shouldn't couldn't isn't aren't wasn't weren't
can't ain't hasn't haven't hadn't legal lawful innocent guilty true false fake real like unlike yes
"""
_FRENCH = """
ne n pas point jamais personne rien aucun aucune nul nulle ni non sans contre quelqu'un quelqu'une quiconque tous tout toutes
toute chacun certains plusieurs peu beaucoup faut faudrait devrait devraient doit doivent devons dois dois-je peut peuvent
pourrait pourraient va vont vais allons allez sera seront serait si sauf quand lorsque bien que mais plutot seulement meme
je j moi mon ma mes nous notre nos tu toi ton ta tes vous votre vos il elle ils elles on lui leur leurs eux qui dit disent
disait declare affirme pretend ecrit cite menace menaces menacait condamne condamnent inacceptable honteux degueulasse
blague plaisante humour ironie satire film jeu roman livre histoire scene chanson pourquoi comment ou quoi innocent coupable
vrai faux comme oui
"""
_GERMAN = """
nicht kein keine keinen keiner keinem nie niemals niemand niemanden nichts weder noch ohne gegen jemand jemanden jeder jede
alle allen manche einige viele wenige soll sollte sollten muss mussen musste mussten wird werden wurde wurden kann konnen
konnte darf durfen wenn falls ob bis obwohl aber sondern nur sogar ich mich mir mein wir uns unser du dich dir dein ihr euch
er ihn ihm sein sie ihnen man wer wen sagt sagte sagen behauptet schrieb zitiert droht drohte bedroht verurteilt verurteile
falsch illegal widerlich witz scherz satire ironie spiel roman buch szene lied warum wieso wie was wo bitte unschuldig
schuldig wahr echt ja nein
"""
_SPANISH = """
nunca jamas nadie nada ninguno ninguna tampoco sin contra alguien alguno algunos todos todo todas cada muchos pocos debe deben
deberia deberian hay que tiene tienen puede pueden podria podrian voy va vamos van sera seran si cuando aunque pero sino solo
incluso yo me mi nosotros nos nuestro tu te ti usted ustedes el ella ellos ellas le les su sus quien quienes dijo dice dicen
afirma escribio cita amenaza amenazo condena condeno inaceptable asqueroso broma chiste satira ironia pelicula juego novela
libro historia escena cancion por porque como que donde inocente culpable verdad falso
"""
_OTHERS = """
nao nunca ninguem nada nenhum sem contra alguem todos todo deve devem deveria deveriam pode podem vou vai vamos eu nos voce
voces ele ela eles elas quem disse diz dizem ameaca ameacou condena piada filme jogo livro historia porque
non mai nessuno niente nulla senza contro qualcuno tutti tutto deve devono dovrebbe dovrebbero puo possono io noi tu voi lui
lei loro chi detto dice dicono minaccia condanna scherzo gioco libro storia perche se ma solo
niet geen nooit niemand niets zonder tegen iemand iedereen alle moet moeten zou zouden kan kunnen mag mogen als maar alleen
ik wij we jij jullie hij zij wie zei zegt zeggen dreigt veroordeelt grap spel boek verhaal waarom
nie nikt nic ktos wszyscy powinien musi moze jesli ale ja my ty wy on ona oni
"""

STANCE_WORDS: Final = frozenset(" ".join((_ENGLISH, _FRENCH, _GERMAN, _SPANISH, _OTHERS)).split())
