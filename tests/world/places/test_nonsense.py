"""Silence where nothing is likely: no list is better than a wrong one."""

from __future__ import annotations

import random
import string

import pytest

from lotocar.world.places.search import Home, Unknown, find, resolve

LOT = Home(departements=("46",))

NONSENSE = """
zorglub | qwerty | azerty | azertyuiop | qsdfgh | wxcvbn | xyz | xkcd | zzz | zzzz | xxx | aaaa | aaaaaaa | blabla | foobar
toto | titi | bonjour | bonjour madame | merci | merci beaucoup | hello | hello world | lorem ipsum dolor sit amet
abracadabra | hippopotame | ordinateur | pizza | chocolat | fromage | voiture | covoiturage | covoiturage solidaire
telephone | internet | demain matin | lundi | mardi | mardi 24 novembre | 8h30 | maman | papa | chez mamie | chez moi
docteur | le docteur | chez le medecin | mairie | la mairie | gare | la gare | place de la mairie | rue de la gare
hopital | l'hôpital | à l'hôpital | pharmacie | supermarche | au supermarché | lieu dit | nulle part | je ne sais pas
nowhere | tokyo | new york | los angeles | londres | bruxelles | moscou | geneve | washington | tataouine | petaouchnok
trifouillis-les-oies | perpete les olivettes | saint glinglin | saint machin chose | sainte nitouche | bisounours
anticonstitutionnellement | ornithorynque | parapluie | brouette | casserole | bicyclette | tracteur | tronconneuse
inconnu | rien | testing | undefined | null | none | commune inexistante | ville inconnue | n'importe quoi | test test
1234567 | 99999 | 00000 | 0 | 1 | 000 | 0565123456 | 06 39 98 00 00 | !!! | ??? | ... | -- | ' | " | \\ | % | _
éàçù | 日本語 | привет | 😀 | 😀😀 | <script>alert(1)</script> | drop table communes; | ' or 1=1 -- | ${jndi:ldap} | ../../etc/passwd
kjhgfd | mlkjhg | poiuyt | sdfsdf | wwwww | mmmm | pfff | grrr | azerty 46 | zorglub 46 | qsdfgh lot | blabla sur mer
le château de ma mère | il fait beau aujourd'hui | la vie en rose | the quick brown fox | la lune est pleine
"""


def _cases() -> list[str]:
    return [words.strip() for line in NONSENSE.strip().splitlines() for words in line.split(" | ")]


@pytest.mark.parametrize("words", [*_cases(), "", " ", "\t", "\x00", "-", "a" * 5000, "saint " * 300])
def test_nonsense_finds_nothing(words: str) -> None:
    assert [hit.label for hit in find(words, home=LOT)] == []
    assert resolve(words, home=LOT) == Unknown()


@pytest.mark.parametrize("size", [6, 8, 10, 12])
def test_random_letters_hardly_ever_find_something(size: int) -> None:
    dice = random.Random(size)  # the same letters at each run
    found = sum(
        bool(find("".join(dice.choice(string.ascii_lowercase) for _ in range(size)), home=LOT))
        for _ in range(150)
    )
    assert found <= 3


@pytest.mark.parametrize("syllables", [4, 5, 6])
def test_words_that_sound_like_words_hardly_ever_find_something(syllables: int) -> None:
    dice = random.Random(syllables)
    words = [
        "".join(dice.choice("bcdfglmnprstvz") + dice.choice("aeiou") for _ in range(syllables))
        for _ in range(150)
    ]
    assert sum(bool(find(word, home=LOT)) for word in words) <= 3
