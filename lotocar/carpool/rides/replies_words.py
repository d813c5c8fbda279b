"""The words people answer with, by what they mean. Data only: `replies_rules.py` reads them.

A reply is acted on only when every one of its words is listed here, so a word is added after asking what it would do
beside « oui » and beside « non ». Phrases are folded when loaded: accents, apostrophes and case are free.
"""

from __future__ import annotations

from enum import StrEnum


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Meaning(StrEnum):
    YES = "yes"
    YES_OK = "yes_ok"  # also how people acknowledge: « ok », « parfait », 👍
    YES_FINE = "yes_fine"  # « c'est bon », which with thanks says « no need »
    YES_SOFT = "yes_soft"  # a yes to an open question, nothing without one
    YES_BACK = "yes_back"  # adds to a yes, says none by itself
    NO = "no"
    NO_SOFT = "no_soft"
    NO_BACK = "no_back"  # the reason of a no
    SORRY = "sorry"  # a no when it stands alone
    REGRET = "regret"
    STOP = "stop"
    STOP_BACK = "stop_back"
    HELP = "help"
    CANCEL = "cancel"
    THANKS = "thanks"
    THANKS_FOR = "thanks_for"  # for what we wrote: with « ok » it acknowledges, and answers nothing
    FAREWELL = "farewell"
    RECEIVED = "received"
    GOT = "got"  # « bien reçu »: even « oui bien reçu » may only say that the message arrived
    COURTESY = "courtesy"
    NEUTRAL = "neutral"
    DOUBT = "doubt"


YES_EMOJI = "👍✅👌✔☑🆗"
NO_EMOJI = "👎❌🙅"
SAD_EMOJI = "😕😔🙁☹😞😢😭😟😥😓😩"
ASKING_EMOJI = "❓❔"
# said with a yes, a no or thanks, they change nothing
KIND_EMOJI = "😊🙂😀😃😄😁😉☺😘🥰😍🤗😇❤♥💕💖🌸🌷🌹🌻🌼💐☀🌞🙏👋🚗🚙🎉😌👏✌"

# one token as typed, what it stands for
SPELLINGS = {
    "dacc": "d accord", "dac": "d accord", "dak": "d accord", "daccord": "d accord", "dacord": "d accord",
    "acord": "accord", "dacor": "d accord", "daccor": "d accord", "acc": "accord",
    "okk": "ok", "okay": "ok", "oki": "ok", "okey": "ok", "okai": "ok", "oke": "ok", "okok": "ok ok",
    "wi": "oui", "ui": "oui", "ouais": "oui", "ouai": "oui", "ouep": "oui", "yes": "oui", "yep": "oui",
    "ouaip": "oui", "yess": "oui", "voui": "oui",
    "nan": "non", "nn": "non", "no": "non", "nope": "non",
    "cest": "c est", "ces": "c est", "sa": "ca", "cela": "ca",
    "peu": "peux", "peut": "peux", "peus": "peux", "jpeux": "je peux", "jpeu": "je peux", "jprends": "je prends",
    "prend": "prends", "pourrais": "pourrai", "pourrait": "pourrai", "pourais": "pourrai", "pourai": "pourrai",
    "pa": "pas", "sui": "suis", "chui": "je suis", "jsuis": "je suis", "jai": "j ai", "jen": "j en",
    "dsl": "desole", "desolee": "desole", "desoler": "desole", "desoles": "desole", "dezole": "desole",
    "desoll": "desole", "navree": "navre",
    "pb": "probleme", "pbs": "probleme", "pblm": "probleme", "prob": "probleme", "problemes": "probleme",
    "probs": "probleme", "problm": "probleme",
    "soucis": "souci", "soucy": "souci", "soussi": "souci", "soucie": "souci",
    "mrc": "merci", "mercy": "merci", "mci": "merci", "mercii": "merci", "mercis": "merci",
    "bjr": "bonjour", "bonjours": "bonjour", "bjour": "bonjour", "bsr": "bonsoir", "slt": "salut",
    "stp": "svp", "sms": "message", "messages": "message", "texto": "message", "textos": "message",
    "msg": "message", "mail": "message",
    "biensur": "bien sur", "sure": "sur", "volontier": "volontiers", "volontié": "volontiers",
    "disponible": "dispo", "disponibles": "dispo", "indisponible": "indispo",
    "imposible": "impossible", "posible": "possible",
    "nickel": "super", "impec": "super", "impeccable": "super", "genial": "super", "top": "super", "cool": "super",
    "excellent": "super",
    "rdv": "rendez vous", "occupee": "occupe", "prise": "pris", "absente": "absent", "partante": "partant", "obligee": "oblige",
    "empechee": "empeche", "mme": "madame", "mr": "monsieur", "cdlt": "cordialement", "bizz": "bises",
    "arreter": "arrete", "arretez": "arrete", "annuler": "annule", "annulez": "annule",
    "envoyez": "envoyer", "envoye": "envoyer", "envoie": "envoyer",
    "infos": "info", "information": "info", "informations": "info", "contacts": "contact",
    "weekend": "week end", "we": "week end",
}  # fmt: skip

PHRASES: dict[Meaning, str] = {
    Meaning.YES: """
        oui, o u i, je peux, je prends, volontiers, bien volontiers, tres volontiers, avec plaisir, avec grand plaisir,
        avec joie, bien sûr, bien sûr que oui, bien entendu,
        c'est oui, je réponds oui, ma réponse est oui, réponse oui, ce sera avec plaisir, ça sera avec plaisir
        """,
    Meaning.YES_OK: """
        ok, accord, d'accord, entendu, c'est entendu, ça marche, parfait, c'est parfait, c'est d'accord, c'est ok,
        o k, oki doki, bon d'accord, je suis ok
        """,
    Meaning.YES_FINE: "c'est bon",
    Meaning.YES_SOFT: """
        pouce, pas de problème, pas de souci, aucun problème, aucun souci, sans problème, sans souci,
        sans aucun problème, y a pas de problème, ya pas de problème, il n'y a pas de problème, y a pas de souci,
        ya pas de souci, il n'y a pas de souci, je veux bien, je suis d'accord, je suis dispo, je suis partant, partant,
        je suis libre, ça me va, ça me convient, ça me va bien, ça me va très bien, ça me va parfaitement,
        ça me convient bien, ça me convient parfaitement, je confirme, je confirme ma présence, j'accepte,
        je m'en occupe, je m'en charge, comptez sur moi, vous pouvez compter sur moi, tu peux compter sur moi,
        ça roule, je la prends, je le prends, je l'emmène, je l'amène, je la conduis, je le conduis, je le fais,
        je vais l'emmener, je l'emmènerai, je la conduirai, je le conduirai
        """,
    Meaning.YES_BACK: """
        super, tres bien, c'est super, tout à fait, absolument, évidemment, c'est possible, je serai là,
        j'y serai, je serai présent, je passe la prendre, je passe le prendre, je passe la chercher,
        je passe le chercher, je passerai la prendre, je passerai le prendre, je passerai la chercher,
        je passerai le chercher, j'irai la chercher, je vais la chercher, c'est confirmé, confirmé
        """,
    Meaning.NO: """
        non, n o n, c'est non, je réponds non, ma réponse est non, réponse non, je refuse, je décline, impossible, c'est impossible, ça m'est impossible, pas possible, c'est pas possible,
        ce n'est pas possible, ce ne sera pas possible, ça ne sera pas possible, ça sera pas possible,
        ça va pas être possible, ça ne va pas être possible, ça ne m'est pas possible, ça m'est pas possible,
        pas dispo, indispo, pas libre, je ne suis pas dispo, je suis pas dispo, suis pas dispo, je suis indispo,
        je ne suis pas libre, je suis pas libre, suis pas libre, je ne peux pas, je peux pas, j peux pas, peux pas,
        ne peux pas, je n peux pas, je ne peux vraiment pas, je peux vraiment pas,
        c'est malheureusement impossible, ce n'est malheureusement pas possible, je ne peux malheureusement pas, je ne peux hélas pas, je pourrai pas, je ne pourrai pas,
        je ne pourrai malheureusement pas
        """,
    Meaning.NO_SOFT: """
        croix, je passe mon tour, pas cette fois, pas cette fois ci, pas ce coup ci, pas pour moi, je ne suis malheureusement pas dispo,
        je ne suis malheureusement pas libre
        """,
    Meaning.NO_BACK: """
        pas moi, une autre fois, une prochaine fois, la prochaine fois, je travaille, je suis au garage,
        la voiture est au garage, ma voiture est au garage, je suis pas là, je ne suis pas là, pas là, je serai pas là, je ne serai pas là, je suis pris,
        déjà pris, je suis déjà pris, je suis occupé, occupé, j'ai un rendez-vous, j'ai rendez-vous,
        je ne suis pas chez moi, je suis pas chez moi, je suis absent, je serai absent, je suis en vacances, en vacances, je veux pas, je ne veux pas
        """,
    Meaning.SORRY: "désolé, je suis désolé, vraiment désolé, suis désolé, navré, je suis navré",
    Meaning.REGRET: """
        malheureusement, hélas, je regrette, regret, excusez-moi, excuse-moi, toutes mes excuses
        """,
    Meaning.STOP: """
        stop, stop message, stopsms, stop tout, arrêt, arrête, merci d'arrête, je veux arrête, désabonner, se désabonner, me désabonner,
        désabonnez-moi, désabonnement, désinscription, désinscrire, se désinscrire, me désinscrire, désinscrivez-moi,
        je veux me désinscrire, je souhaite me désinscrire, je veux me désabonner, ne plus recevoir,
        je ne veux plus recevoir, je veux plus recevoir, je ne souhaite plus recevoir, je souhaite ne plus recevoir,
        je désire ne plus recevoir, merci de ne plus m'envoyer, ne plus m'envoyer, ne m'envoyer plus,
        je ne veux plus de message, je veux plus de message, je ne veux plus de vos message, fin, stopall, unsubscribe,
        end, quit, optout, revoke
        """,
    Meaning.STOP_BACK: """
        tout, message, les message, vos message, ces message, des message, de message, de vos message, aux message, à vos message,
        de m'envoyer, de m'envoyer des message, de m'envoyer vos message, de m'envoyer ces message, m'envoyer,
        m'envoyer des message, de me contacter, ça suffit
        """,
    Meaning.HELP: "aide, help, info, contact, qui êtes-vous",
    Meaning.CANCEL: """
        annule, annulation, j'annule, je dois annule, je suis oblige d'annule, il faut annule, je souhaite annule,
        je voudrais annule, je ne peux plus, je peux plus, empêchement, empeche, j'ai un empêchement,
        je suis empeche, annule mon trajet, annule ma réservation
        """,
    Meaning.THANKS: """
        merci, merci beaucoup, merci bien, merci à vous, mille merci, merci infiniment, merci pour tout, grand merci,
        un grand merci, merci encore, merci pour votre aide, merci de votre aide, merci d'avance, merci bcp,
        merci pour le trajet, merci pour le service, je vous remercie, je vous remercie beaucoup, merci de tout coeur, merci de tout cœur, merci à tous, merci quand même,
        de rien, je vous en prie, pas de quoi, il n'y a pas de quoi, y a pas de quoi
        """,
    Meaning.THANKS_FOR: """
        merci pour votre message, merci pour l'info, merci de votre message, merci pour ce message, merci pour le message,
        merci pour votre réponse, merci de votre réponse, merci de l'info, merci du message, merci pour votre appel
        """,
    Meaning.FAREWELL: """
        bonne journée, bonne soirée, bonne fin de journée, bonne après-midi, bon après-midi, bon week-end,
        bon dimanche, bonne nuit, bonne semaine, bonne journée à vous, bonne soirée à vous, et bonne journée,
        et bonne soirée, à vous aussi, bonne journée à vous aussi, bonne journée également, belle journée,
        belle soirée, bonne continuation, passez une bonne journée, bon courage
        """,
    Meaning.RECEIVED: "noté, c'est noté, bien noté, je note, je prends note, c'est bien noté",
    Meaning.GOT: "reçu, bien reçu, message reçu, j'ai bien reçu",
    Meaning.COURTESY: """
        bonjour, bonjour à vous, bonjour à tous, bonsoir, bonsoir à vous, salut, coucou, hello, madame, monsieur, cher monsieur, chère madame, messieurs dames, svp, s'il vous plaît, s'il te plaît,
        cordialement, bien cordialement, sincèrement, à bientôt, au revoir, bises, bisous, amicalement, amitiés,
        bien à vous, et merci, salutations, respectueusement, bien amicalement, à plus, à très bientôt
        """,
    # what a yes or a no is about; never the day, the hour or the way
    Meaning.NEUTRAL: """
        l'emmener, l'amener, l'accompagner, la conduire, le conduire, la prendre, le prendre, vous aider, le faire,
        l'assurer, m'en charger, m'en occuper, rendre service, vous rendre service, cette fois, cette fois ci,
        pour moi, pour ma part, de mon côté, quant à moi, moi, pour elle, pour lui, pour le trajet, pour ce trajet, pour la course,
        pour la demande, pour cette demande, à la demande, à votre demande, à cette demande
        """,
    # whose words mean something else apart
    Meaning.DOUBT: "pas d'accord, non stop, pas de stop",
}

# who signs, once the rest is understood; names that are also words stay out (Aimé, Constance, Olive)
FIRST_NAMES = _words("""
    adrien agnes alain albert alexandre alice andre andree anne annie antoine arlette arnaud bernadette bernard
    bertrand brigitte bruno catherine cecile celine chantal charles christian christiane christine christophe claude
    claudine colette corinne cyril daniel daniele danielle david delphine denis denise didier dominique edith edouard
    eliane elisabeth elise emile emilie emma eric etienne eugene evelyne fabienne fabrice fernand florence francis francine
    francois francoise frederic gabriel genevieve georges gerard germaine ghislaine gilbert gilles ginette gisele guillaume guy
    helene henri henriette herve huguette hubert irene isabelle jacqueline jacques janine jean jeanne jeannine jerome joel joelle
    joseph josette julie julien laurence laurent lea leon liliane louis louise luc lucette lucie lucien lucienne madeleine
    marc marcel marcelle margot marguerite marie marine marthe martine mathieu maurice maxime michel michele micheline
    michelle mireille monique nadia nadine nathalie nicolas nicole noelle odette odile olivier pascal pascale patrice
    patricia patrick paul paulette pauline philippe pierre pierrette raymond raymonde regine rene renee robert roger
    roland rolande roseline sabine samuel sandrine serge simone simon solange sophie stephane suzanne sylvain sylvette
    sylvie therese thierry thomas valerie veronique victor vincent virginie viviane yolande yves yvette yvonne
    """)

BEFORE_A_REFERENCE = _words("pour la le l au a de du demande trajet ref reference n num numero no")
BEFORE_A_NAME = frozenset({"bonjour", "bonsoir", "salut", "coucou", "merci"})

# after a name it is who acts, not who is greeted: « Bonjour, Jean ne peut pas »
AFTER_WHO_ACTS = _words("ne n peux prends est a veux va sera dit")

CALLS_FOR_HELP = ("a l aide", "aide moi vite", "aidez moi vite", "venez vite", "viens vite")
EMERGENCY = _words(
    """
    urgence urgences urgent urgente accident accidente accidentee samu secours pompier pompiers ambulance 112
    tombe tombee chute malaise blesse blessee saigne hemorragie infarctus cardiaque avc inconscient inconsciente
    evanoui evanouie evanouit respire meurt mourir suicide suicider incendie agression agresse agressee
    acident acidents axident accidant accidents urgance urgant secour sekour ambulence malaises tomber tombes
    saignes etouffe noyade noye
    """
)
NOT_SO_URGENT = (
    "pas urgent",
    "rien d urgent",
    "pas d urgence",
    "ca tombe",
    "tombe bien",
    "tombe mal",
    "tombe en panne",
    "tomber en panne",
    "tombes bien",
)

CONDITIONS = _words(
    """
    mais sauf plutot si seulement que sinon condition depend normalement
    """
)
TIMES = _words(
    """
    lundi mardi mercredi jeudi vendredi samedi dimanche demain hier aujourd matin midi soir soiree apres
    avant h heure heures minutes janvier fevrier mars avril mai juin juillet aout septembre octobre
    novembre decembre
    """
)
