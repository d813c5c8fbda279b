"""Picking a driver by hand: from the list, or by a name or number that only one person has."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import HiddenField

from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import Leg
from lotocar.web.desk import area, screens
from lotocar.web.edge import session
from lotocar.web.forms import Form, HourField, Needed, TextField, row_number

NOBODY = "Personne de ce nom ni de ce numéro. Inscrivez d'abord le conducteur."
SEVERAL = "Plusieurs personnes : {names}. Écrivez le nom entier, ou le numéro."


class HandPickForm(Form):
    """Who, for which legs, and when. `picked` is the person once the form is valid."""

    driver = TextField(
        "Nom ou numéro du conducteur", maximum=80, validators=[Needed("Écrivez un nom ou un numéro.")]
    )
    driver_code = HiddenField()
    hour = HourField("Heure convenue", validators=[Needed("Écrivez l'heure convenue.")])

    picked: Person | None = None

    def validate(self, legs: Sequence[Leg] = ()) -> bool:
        """Besides each field: one person and no doubt, and at least one leg."""
        fine = super().validate()
        self.picked = self._known() if not self.driver.errors else None
        if not legs:
            self.driver.errors = [*self.driver.errors, "Cochez l'aller ou le retour."]
        return fine and self.picked is not None and bool(legs)

    def _known(self) -> Person | None:
        number = row_number(self.driver_code.data)
        if number is not None:
            chosen = session().get(Person, number)
            if chosen is not None and chosen.erased_at is None and chosen.full_name == self.driver.clean:
                return self._ours(chosen)
        found = area.find_people(session(), self.driver.clean, screens.area(), limit=4)
        if len(found) == 1:
            return found[0]
        names = ", ".join(one.full_name for one in found)
        self.driver.errors = [SEVERAL.format(names=names) if found else NOBODY]
        return None

    def _ours(self, chosen: Person) -> Person | None:
        if area.known_people(session(), [chosen], screens.area()):
            return chosen
        self.driver.errors = [NOBODY]
        return None
