"""Names inside French sentences: « du Vigan », « à Figeac », « aux Quatre-Routes », « d'Arcambal »."""

from __future__ import annotations

# INSEE's TNCC codes; the contracted article replaces the written one, « La » and « L' » stay as they are.
_CONTRACTED = {2: ("Le ", "du ", "au "), 4: ("Les ", "des ", "aux "), 6: ("Aux ", "des ", "aux ")}
_ELIDED = 1


def de_name(name: str, article: int) -> str:
    """The name after « de », contracted as French wants. `article` is INSEE's TNCC code, 0 to 8."""
    written, de, _a = _CONTRACTED.get(article, ("", "", ""))
    if written and name.startswith(written):
        return de + name.removeprefix(written)
    return f"d'{name}" if article == _ELIDED else f"de {name}"


def a_name(name: str, article: int) -> str:
    """The name after « à », contracted as French wants. `article` is INSEE's TNCC code, 0 to 8."""
    written, _de, a = _CONTRACTED.get(article, ("", "", ""))
    return a + name.removeprefix(written) if written and name.startswith(written) else f"à {name}"
