"""What is said in each of the six calls, and what the hands do meanwhile. The names are the demonstration's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.bench.desk_hands import Hands


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what is said, how many keys it may cost, and how it is typed."""

    name: str
    said: str
    most_keys: int
    play: Callable[[Hands], None]


def as_usual(hands: Hands) -> None:
    pick_up(hands)
    hands.write("delm")
    known(hands)
    hands.press("Alt+h")
    expect(hands.see("#origin")).not_to_have_value("")
    hands.press("Alt+r")
    hands.write("11h30")
    hands.look("Retour")
    save(hands)


def new_caller(hands: Hands) -> None:
    pick_up(hands)
    hands.write("Vidal")
    hands.press("Tab")
    hands.write("Jeanne")
    hands.press("Tab")
    hands.write(f"05364905{hands.number:02d}")
    pradines_gourdon(hands)
    save(hands)


def pradines_gourdon(hands: Hands) -> None:
    """« De Pradines à Gourdon, mardi, y être à 10 heures, retour après 11 heures et demie. »"""
    hands.press("Alt+d")
    place(hands, "pradi", "origin", "Pradines")
    place(hands, "gourd", "destination", "Gourdon")
    hands.write("mardi")
    hands.look("Aller")
    hands.press("Tab")
    hands.write("10h")
    hands.look("Aller")
    hands.press("Alt+r")
    hands.write("après 11h30")
    hands.look("Retour")


def series(hands: Hands) -> None:
    pick_up(hands)
    hands.write("rouqu")
    known(hands)
    hands.press("Alt+d")
    place(hands, "saint-cé", "origin", "Saint-Céré")
    place(hands, "biars", "destination", "Biars-sur-Cère")
    hands.write("lun-ven 3 semaines sauf 3/12")
    hands.press("Tab")
    hands.write("5h30")
    hands.look("14 dates")
    save(hands)


def somebody_else(hands: Hands) -> None:
    pick_up(hands)
    hands.write("Roux")
    hands.press("Tab", "Alt+z")
    hands.write("Lafon")
    hands.press("Tab", "Tab")
    hands.write(f"06399805{hands.number:02d}")
    hands.press("Tab")
    hands.write("infirmière")
    hands.press("Alt+d")
    place(hands, "luzech", "origin", "Luzech")
    place(hands, "cahors", "destination", "Cahors")
    hands.write("jeudi")
    hands.press("Tab")
    hands.write("9h30")
    hands.look("Aller")
    save(hands)


def nobody(hands: Hands) -> None:
    pick_up(hands)
    hands.write("Bessac")
    hands.press("Tab")
    hands.write("Yvonne")
    hands.press("Tab")
    hands.write(f"05364906{hands.number:02d}")
    hands.press("Alt+d")
    place(hands, "sousc", "origin", "Sousceyrac-en-Quercy")
    place(hands, "montcu", "destination", "Montcuq-en-Quercy-Blanc")
    hands.write("dimanche")
    hands.press("Tab")
    hands.write("6h")
    hands.look("Personne")
    hands.press("Alt+r")
    hands.write("après 7h30")
    hands.look("05 36 49 00 46")
    hands.press("Alt+u")
    hands.leave("**/bureau/demandes/*")
    expect(hands.see("main")).to_contain_text("Aucun conducteur ne passe par là")


def driver(hands: Hands) -> None:
    hands.press("i")
    hands.leave("**/bureau/conducteurs/nouveau")
    expect(hands.see("#last_name")).to_be_focused()
    hands.write("Lacaze")
    hands.press("Tab")
    hands.write("Lucien")
    hands.press("Tab")
    hands.write(f"05364907{hands.number:02d}")
    hands.press("Alt+d")
    place(hands, "figeac", "origin", "Figeac")
    place(hands, "cahors", "destination", "Cahors")
    hands.press("Alt+4")
    hands.write("8h")
    hands.press("Tab")
    hands.write("16h30")
    hands.press("Alt+o", "Alt+s")
    hands.leave("**/bureau/personnes/*")
    expect(hands.see("main")).to_contain_text("Figeac")


def pick_up(hands: Hands) -> None:
    hands.press("n")
    hands.leave("**/bureau/appel")
    expect(hands.see("#last_name")).to_be_focused()


def known(hands: Hands) -> None:
    """Take the person whom these letters brought."""
    expect(hands.see("#last_name-list [data-value]").first).to_be_visible()
    hands.press("ArrowDown", "Tab")
    expect(hands.see(".known")).to_be_visible()


def place(hands: Hands, letters: str, field: str, name: str) -> None:
    hands.write(letters)
    hands.press("Tab")
    expect(hands.see(f"#{field}")).to_have_value(name)


def save(hands: Hands) -> None:
    hands.press("Alt+s")
    hands.leave("**/bureau/demandes/*")
    expect(hands.see("main")).to_contain_text("enregistrée")


CALLS = (
    Call("C1", "« C'est madame Delmas, comme mardi dernier, et il me faut le retour »", 25, as_usual),
    Call("C2", "nom, fixe, Pradines → Gourdon, mardi, y être à 10 h, retour après 11 h 30", 95, new_caller),
    Call(
        "C3", "Saint-Céré → Biars, du lundi au vendredi à 5 h 30, trois semaines, pas le jeudi 3", 70, series
    ),
    Call("C4", "l'infirmière appelle pour M. Roux, qui n'a pas de téléphone", 110, somebody_else),
    Call("C5", "personne ne passe : l'échelle, sans conducteur, le bus", 110, nobody),
    Call("C6", "M. Lacaze s'inscrit : Figeac → Cahors, le jeudi à 8 h, retour 16 h 30", 100, driver),
)
