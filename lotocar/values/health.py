"""Words that speak of somebody's health: they are never kept, and a list of them is enough to say so in time.

Whole words, compared once folded; a stem ends with « * ». A place is no illness: « hôpital » or « kiné » say where one
goes, and a destination may be named, hence the second list.
"""

from __future__ import annotations

from lotocar.values.names import fold

_ILLNESS = """
alcool* alzheimer allerg* anemi* angine anorexi* anxi* apnee arthr* asthm* autis* avc bipolaire boulimi* bronch* burnout
cancer* cardia* cataracte cecite chimio* cirrhos* coma covid* cystit* delire demence* dement* depress* diabet*
dialys* diarrh* drogu* dyslex* emphys* enceinte epileps* epilept* fracture* glaucome grippe grossesse handicap*
hemiplegi* hemodialys* hepat* hernie hospitalis* hypertens* incontinen* infarctus infection* infirmit* insuline
insuffisance invalid* ivg leucemi* lupus malade* maladi* menopaus* metastas* migraine* mutilat* myopath* nevros*
obes* oedeme operation operee* operer osteopor* paralys* parano* paraplegi* parkinson* pathologi* perfusion* phobi* pneumon* prothese*
psoria* psychia* psychos* psychot* radiotherapi* rhumatis* schizophren* sclerose seropositi* sida sourd* surdite
suicid* symptom* syndrome* tabag* toxicoman* traitement* transplant* trisomi* tuberculos* tumeur* ulcere vih virus
""".split()  # noqa: SIM905 a list of a hundred words is read as words
_CARE = """
cardiologu* chirurg* clinique* dentiste* dermatologu* docteur gynecologu* hopital hopitaux infirmier* irm
kine kinesitherap* laboratoire medecin* medical* medicament* oncologu* ophtalmo* orthophon* osteopathe* pharmacie*
podologu* psychologu* psy radiologu* radio scanner soin soins therapeut* urgences vaccin*
""".split()  # noqa: SIM905 likewise


def health_words(text: str) -> list[str]:
    """The words of this text that tell an illness or a treatment, as typed once folded; none for most texts."""
    return [word for word in fold(text).split() if _is_among(word, _ILLNESS)]


def care_words(text: str) -> list[str]:
    """The words that tell an illness, a treatment, or somebody who treats: too much for a reason to travel."""
    return [word for word in fold(text).split() if _is_among(word, _ILLNESS) or _is_among(word, _CARE)]


def _is_among(word: str, known: list[str]) -> bool:
    return any(word.startswith(one[:-1]) if one.endswith("*") else word == one for one in known)
