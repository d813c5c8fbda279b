"""Names that have left the map but not people's mouths."""

from __future__ import annotations

import pytest

from lotocar.world.places.search import Found, Home, find, resolve

LOT = Home(departements=("46",))

FORMER = [
    ("Vers", "46268", "Vers (commune de Saint Géry-Vers)"),
    ("saint-géry", "46268", "Saint-Géry (commune de Saint Géry-Vers)"),
    ("Labastide-Murat", "46138", "Labastide-Murat (commune de Cœur de Causse)"),
    ("la bastide murat", "46138", "Labastide-Murat (commune de Cœur de Causse)"),
    ("Vaillac", "46138", "Vaillac (commune de Cœur de Causse)"),
    ("les 4 routes", "46232", "Les Quatre-Routes (commune du Vignon-en-Quercy)"),
    ("Les Quatre-Routes-du-Lot", "46232", "Les Quatre-Routes-du-Lot (commune du Vignon-en-Quercy)"),
    ("cazillac", "46232", "Cazillac (commune du Vignon-en-Quercy)"),
    ("l'hospitalet", "46172", "Lhospitalet (commune de Pern-Lhospitalet)"),
    ("pern", "46172", "Pern (commune de Pern-Lhospitalet)"),
    ("Sousceyrac", "46311", "Sousceyrac (commune de Sousceyrac-en-Quercy)"),
    ("comiac", "46311", "Comiac (commune de Sousceyrac-en-Quercy)"),
    ("calviac", "46311", "Calviac (commune de Sousceyrac-en-Quercy)"),
    ("cressensac", "46083", "Cressensac (commune de Cressensac-Sarrazac)"),
    ("sarrazac", "46083", "Sarrazac (commune de Cressensac-Sarrazac)"),
    ("flaugnac", "46103", "Flaugnac (commune de Saint-Paul-Flaugnac)"),
    ("laroque des arcs", "46156", "Laroque-des-Arcs (commune de Bellefont-La Rauze)"),
    ("valroufié", "46156", "Valroufié (commune de Bellefont-La Rauze)"),
    ("belmontet", "46201", "Belmontet (commune de Montcuq-en-Quercy-Blanc)"),
    ("valprionde", "46201", "Valprionde (commune de Montcuq-en-Quercy-Blanc)"),
    ("lebreil", "46201", "Lebreil (commune de Montcuq-en-Quercy-Blanc)"),
    ("fargues", "46033", "Fargues (commune de Porte-du-Quercy)"),
    ("le boulvé", "46033", "Le Boulvé (commune de Porte-du-Quercy)"),
    ("saint cyprien", "46262", "Saint-Cyprien (commune de Lendou-en-Quercy)"),
    ("lascabanes", "46262", "Lascabanes (commune de Lendou-en-Quercy)"),
    ("bagat en quercy", "46263", "Bagat-en-Quercy (commune de Barguelonne-en-Quercy)"),
    ("saint martin de vers", "46252", "Saint-Martin-de-Vers (commune des Pechs du Vers)"),
    ("montcuq", "46201", "Montcuq-en-Quercy-Blanc"),
    ("limogne", "46173", "Limogne-en-Quercy"),
    ("le vigan", "46334", "Le Vigan-en-Quercy"),
    ("quissac", "46233", "Quissac-en-Quercy"),
]


@pytest.mark.parametrize(("words", "insee", "label"), FORMER)
def test_a_former_name_leads_to_the_commune_of_today(words: str, insee: str, label: str) -> None:
    first = find(words, home=LOT)[0]
    assert (first.stop.insee, first.label) == (insee, label)


@pytest.mark.parametrize(("words", "insee", "label"), FORMER)
def test_a_former_name_of_the_territory_is_certain(words: str, insee: str, label: str) -> None:
    answer = resolve(words, home=LOT)
    assert isinstance(answer, Found)
    assert answer.stop.insee == insee


def test_a_former_commune_keeps_its_own_village() -> None:
    vers, gery = find("vers", home=LOT)[0].stop, find("saint géry", home=LOT)[0].stop
    assert vers.insee == gery.insee
    assert vers.point != gery.point


def test_the_number_of_a_former_commune_still_leads_home() -> None:
    first = find("46331", home=LOT)[0]
    assert first.label == "Vers (commune de Saint Géry-Vers)"


def test_an_arrondissement_leads_to_its_city() -> None:
    for words, insee in [
        ("paris 13", "75056"),
        ("Paris 13e", "75056"),
        ("lyon 3", "69123"),
        ("marseille 1er", "13055"),
    ]:
        assert find(words, home=LOT)[0].stop.insee == insee
    assert find("paris 13", home=LOT)[0].label == "Paris 13e Arrondissement (commune de Paris, 75)"


def test_there_is_no_thirty_third_arrondissement() -> None:
    assert all("Arrondissement" not in hit.label for hit in find("lyon 33", home=LOT))


def test_far_away_a_former_name_says_its_departement() -> None:
    assert find("Malo-les-Bains", home=LOT)[0].label == "Malo-les-Bains (commune de Dunkerque, 59)"
