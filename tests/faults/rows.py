"""Which test holds which fault and threat: the page docs/faults.md, generated from the tests themselves.

    python -m tests.faults.rows > docs/faults.md

A test belongs to a row when its name or its docstring, or its file's docstring, says « fault 14 » or « threat 19 »
(several: « faults 1 to 4, 13 and 16 »).
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]

FAULTS = {
    1: "arrêt brutal du site pendant l'enregistrement d'une demande",
    2: "arrêt brutal de l'envoi, à tout moment",
    3: "arrêt brutal pendant la réception d'une réponse",
    4: "deux envois, deux horloges, deux versions à la fois",
    5: "six heures d'arrêt, puis reprise",
    6: "horloge avancée ou reculée d'une heure",
    7: "nuits de changement d'heure",
    8: "SQLite occupé par un autre écrivain",
    9: "SQLite ancien et journal d'écriture anticipée",
    10: "disque plein",
    11: "PostgreSQL redémarré, coupé",
    12: "interblocage, échec de sérialisation",
    13: "opérateur de SMS en panne ou muet",
    14: "opérateur refusé ou absent pendant des heures",
    15: "trop d'envois à la fois (429)",
    16: "accusés doublés, désordonnés, rejoués, absents",
    17: "accusé reçu avant notre propre enregistrement",
    18: "migration interrompue",
    19: "mise à jour avec d'anciennes lignes",
    20: "sauvegarde et restauration",
    21: "fichier importé tronqué ou hostile",
    22: "deux personnes sur une fiche ; vingt OUI pour une place",
    23: "double clic, retour, réseau coupé, vieil onglet",
    24: "export vers le registre : délais, refus",
    25: "mémoire, processus bloqué, arrêt demandé",
}
THREATS = {
    1: "aspiration de la liste publique",
    2: "déduction d'habitudes",
    3: "récolte de numéros par le bouton de contact",
    4: "deviner qui est inscrit",
    5: "envois de SMS provoqués en masse",
    6: "code deviné en parallèle",
    7: "lien ouvert par un robot de prévisualisation",
    8: "lien échappé",
    9: "session volée ou fixée",
    10: "CSRF",
    11: "XSS conservé",
    12: "injections",
    13: "fiche d'autrui par son numéro",
    14: "conducteur trop curieux",
    15: "agent trop curieux",
    16: "agent renvoyé, onglet resté ouvert",
    17: "webhook forgé",
    18: "vrai webhook rejoué ou détourné",
    19: "SMS à l'expéditeur usurpé",
    20: "numéro volé ou réattribué",
    21: "demandes malveillantes par téléphone",
    22: "faux conducteur",
    23: "champs cachés",
    24: "en-têtes d'hôte, redirection ouverte",
    25: "fichier déposé",
    26: "données absurdes",
    27: "recherches lentes",
    28: "santé écrite dans une note",
    29: "secrets dans le dépôt ou les journaux",
    30: "dépendance malveillante",
}
MENTION = re.compile(
    r"(?<![a-z])(fault|threat)s?[ _]((?:\d+(?:[ _]to[ _]\d+)?(?:,[ ]|[ ]and[ ]|_and_|_(?=\d))?)+)", re.I
)


def rows_of(words: str) -> set[tuple[str, int]]:
    """The rows that these words mention."""
    found: set[tuple[str, int]] = set()
    for kind, numbers in MENTION.findall(words):
        for first, last in re.findall(r"(\d+)(?:[ _]to[ _](\d+))?", numbers):
            found |= {(kind.lower(), number) for number in range(int(first), int(last or first) + 1)}
    return found


def tests() -> Iterator[tuple[str, str, set[tuple[str, int]]]]:
    """Each test as (file, name, rows)."""
    for path in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(path.read_text())
        shared = rows_of(ast.get_docstring(tree) or "")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                own = rows_of(f"{node.name} {ast.get_docstring(node) or ''}")
                yield str(path.relative_to(TESTS.parent)), node.name, own or shared


def page() -> str:
    """The whole page, in French like the other pages of docs/."""
    held: dict[tuple[str, int], list[str]] = {}
    for file, name, rows in tests():
        for row in rows:
            held.setdefault(row, []).append(f"`{file}` · {name.removeprefix('test_').replace('_', ' ')}")
    lines = [
        "# Pannes et menaces, et les tests qui les tiennent",
        "",
        "Page engendrée par `python -m tests.faults.rows` ; ne pas la modifier à la main.",
    ]
    for title, kind, names in (("Pannes", "fault", FAULTS), ("Menaces", "threat", THREATS)):
        lines += ["", f"## {title}"]
        for number, words in names.items():
            lines += ["", f"### {number}. {words}", ""]
            lines += [f"- {test}" for test in held.get((kind, number), [])] or [
                "- *aucun test pour l'instant*"
            ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
