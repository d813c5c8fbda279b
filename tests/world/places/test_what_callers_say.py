"""What callers say in the Lot, and the commune that must come first."""

from __future__ import annotations

import pytest

from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.places.search import Home, find

LOT = Home(departements=("46",))

# INSEE code, its name, then ways of saying it, separated by bars
SAID = """
46042 Cahors | Cahors | cahors | CAHORS | Cahors | caors | cahor | kaor | kaors | cayors | chaors | cahorss | cahros | 46042 | cahors 46 | cahors (46) | 46 cahors | cahors lot | cahors, lot | 46000 | 46000 cahors | cahors 46000 | Cahors cedex 9 | 46 000 | cahors centre | gare de cahors | mairie de Cahors | Hôpital de Cahors | 12 rue Gambetta 46000 Cahors | Cahors, France
46102 Figeac | Figeac | figeac | FIGEAC | figac | fijac | figeack | figeaque | fijeac | figaec | fgeac | figgeac | figak | igeac | figea | fige | fig | 46102 | 46100 | figeac 46100 | 461 | gare sncf figeac | à Figeac
46127 Gourdon | Gourdon | gourdon | gourdn | gourdom | gordon | gourdonn | 46127 | Gourdon 46 | Gourdon (46) | Gourdon Lot | 46300 | gare de Gourdon
46128 Gramat | gramat | gramatt | grammat | gramta | gamat | 46500 gramat | 46500 | le marché de Gramat
46309 Souillac | souillac | souiac | souillacc | souliac | soullac | souillak | souiilac | 46200 | 46309
46251 Saint-Céré | Saint-Céré | saint cere | saint-cere | st cere | st-céré | St. Céré | ST CERE | saintcere | stcere | st sere | saint sere | saint serré | sain cere | saint céret | 46400 | saint-céré 46 | sin cere
46225 Prayssac | prayssac | praissac | prayssak | 46220 prayssac
46231 Puy-l'Évêque | puy l'évêque | puy l eveque | puy leveque | puyleveque | PUY-L'EVEQUE | puy l’évêque | puit l'eveque | puy-l'évéque | pui leveque
46182 Luzech | luzech | lusech | luzec | lusec | luzesh
46143 Lacapelle-Marival | lacapelle marival | la capelle marival | lacapele marival | lacapelle-marival | lacapelle mariva | marival | lacapellemarival | capelle marival
46038 Bretenoux | bretenoux | bretnoux | bretenou | brettenoux
46029 Biars-sur-Cère | biars | biars sur cere | biars s/ cere | biars s/cère | biars cere | biard sur cere | biar sur sere
46015 Bagnac-sur-Célé | bagnac | bagnac sur cele | bagnac s cele | bagnac s/ célé | bagniac sur cele | bagnac cele
46240 Rocamadour | rocamadour | roc amadour | rocamadoure | rokamadour | rocammadour | rocam
46185 Martel | martel | martelle | martl
46330 Vayrac | vayrac | vairac | vayrak
46045 Cajarc | cajarc | kajarc | cajark | carjac | cajar
46173 Limogne-en-Quercy | limogne | limogne en quercy | limonge | limognes | limogne quercy
46148 Lalbenque | lalbenque | lalbanque | l'albenque | lalbenke
46063 Castelnau-Montratier | castelnau montratier | castelnau | castelnau-montratié | castelnaumontratier
46201 Montcuq-en-Quercy-Blanc | montcuq | moncuq | montcuc | monctuq | montcuq en quercy blanc | montcuk
46224 Pradines | pradines | pradine | 46224
46191 Mercuès | mercues | mercuès | mercuez
46256 Saint-Cirq-Lapopie | saint cirq lapopie | st cirq lapopie | saint cirq | St-Cirq-Lapopie | lapopie | saint cirque lapopie | st cirk lapopie
46267 Saint-Germain-du-Bel-Air | saint germain | st germain du bel air | saint germain bel air | germain du bel air
46265 Saint-Denis-lès-Martel | saint denis les martel | st denis les martel | saint-denis-lez-martel | saint denis martel
46264 Saint-Denis-Catus | saint denis catus | st denis catus
46311 Sousceyrac-en-Quercy | sousceyrac | souceyrac | sousseyrac | sousceyrac en quercy | souseyrac
46160 Latronquière | latronquiere | la tronquiere | latronkiere | latronquière
46297 Salviac | salviac | salviak | salvyac
46066 Cazals | cazals | casals | cazal
46064 Catus | catus | katus
46170 Leyme | leyme | leime | laime
46009 Assier | assier | asier
46120 Gindou | gindou | jindou
46089 Duravel | duravel | duravelle | duravell
46260 Sainte-Colombe | sainte colombe | ste colombe | Ste-Colombe | Sainte-Colombe (46) | sainte colombes
46093 Espagnac-Sainte-Eulalie | espagnac | espagnac ste eulalie | espagnac sainte eulalie
46296 Saint-Vincent-Rive-d'Olt | saint vincent rive d'olt | st vincent rive d olt | saint vincent rive dolt
46229 Puybrun | puybrun | puibrun | puy brun
46008 Les Arques | les arques | arques | lesarques
46034 Le Bourg | le bourg | lebourg
46197 Le Montat | le montat | montat
46175 Lissac-et-Mouret | lissac | lissac et mouret
46060 Carnac-Rouffiac | carnac rouffiac | carnac
46074 Condat | condat
46138 Cœur de Causse | coeur de causse | cœur de causse | Coeur-de-Causse | coeur causse
46334 Le Vigan-en-Quercy | le vigan | vigan | le vigan en quercy | Le Vigan 46
46055 Capdenac | capdenac | capdenak | 46055
46073 Concots | concots | conkots
46100 Faycelles | faycelles | faicelles
46317 Thégra | thegra | tegra
46213 Padirac | padirac | padirak | gouffre de padirac
46177 Loubressac | loubressac | loubresac
46058 Carennac | carennac | carenac | karennac
46011 Autoire | autoire | hautoire
46320 Tour-de-Faure | tour de faure | tour faure
46233 Quissac-en-Quercy | quissac
46183 Marcilhac-sur-Célé | marcilhac | marcillac sur cele
46336 Vire-sur-Lot | vire | vire sur lot | vire s/lot
46156 Bellefont-La Rauze | bellefont | bellefont la rauze
46137 Labastide-Marnhac | labastide marnhac | la bastide marnhac | labastide marniac
46268 Saint Géry-Vers | saint gery vers | st gery vers | Vers | saint gery | saint-géry | vers 46
12052 Capdenac-Gare | capdenac gare | capdenac-gare | 12700 capdenac
19031 Brive-la-Gaillarde | brive | brive la gaillarde | brive-la-gaillarde | gare de brive
24520 Sarlat-la-Canéda | sarlat
12202 Rodez | rodez | rodèz
15014 Aurillac | aurillac | aurilac
82121 Montauban | montauban | montoban
12300 Villefranche-de-Rouergue | villefranche de rouergue | villefranche | villefranche rouergue
19019 Beaulieu-sur-Dordogne | beaulieu sur dordogne | beaulieu s/ dordogne
12089 Decazeville | decazeville | decaseville
19272 Tulle | tulle
47001 Agen | agen
81004 Albi | albi
31555 Toulouse | toulouse | toulouze | 31000
75056 Paris | paris | Paris 13 | 75013 | paris 13e
33063 Bordeaux | bordeaux | bordo
69123 Lyon | lyon | lyon 3
87085 Limoges | limoges
24322 Périgueux | perigueux | perigeux
63113 Clermont-Ferrand | clermont ferrand | clermont-ferrand
13055 Marseille | marseille | marseile
98818 Nouméa | noumea
"""


def _cases() -> list[tuple[str, str, str]]:
    cases = []
    for line in SAID.strip().splitlines():
        first, *said = line.split(" | ")
        insee, name = first.split(" ", 1)
        cases += [(words, insee, name) for words in said]
    return cases


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(_cases()) >= 300


def test_the_table_names_communes_of_today() -> None:
    for _words, insee, name in _cases():
        commune = gazetteer().commune(insee)
        assert commune is not None
        assert commune.name == name


@pytest.mark.parametrize(("words", "insee", "name"), _cases())
def test_the_commune_meant_comes_first(words: str, insee: str, name: str) -> None:
    hits = find(words, home=LOT)
    assert hits, f"« {words} » should find {name}"
    assert hits[0].stop.insee == insee, [hit.label for hit in hits]


@pytest.mark.parametrize(
    "name", ["Figeac", "Gourdon", "Rocamadour", "Saint-Céré", "Lacapelle-Marival", "Cahors"]
)
def test_each_letter_typed_keeps_the_town_in_sight(name: str) -> None:
    starts = [name[:size] for size in range(3, len(name) + 1)]
    if name.startswith("Saint-"):
        starts = [start for start in starts if len(start) > len("Saint-")]
    for start in starts:
        assert name in [hit.label for hit in find(start, home=LOT)], start
