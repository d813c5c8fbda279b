"""What the drivers of the demonstration offer: 1 000 legs, between the Lot's communes and to its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from math import exp
from random import Random

from lotocar.carpool.trips.rules import DepartureOffer, TripOffer
from lotocar.values.geo import Point, Stop, distance_m
from lotocar.world.places.gazetteer import Commune, gazetteer

DEPARTEMENT = "46"
NEIGHBOURS = ("19031", "82121", "15014", "24520", "12300")  # Brive, Montauban, Aurillac, Sarlat, Villefranche
WORKING_DAYS = frozenset(range(5))
LEAST_OF_THE_WAY_M = 4_000
WEEK_PATTERNS = ((0, 1, 2, 3, 4), (0, 1, 3, 4), (1, 3), (0, 3), (2,), (5,), (1,), (4,), (0, 2, 4))


@dataclass(frozen=True, slots=True)
class Country:
    """The communes that trips join, and how much each draws."""

    communes: tuple[Commune, ...]
    weights: tuple[float, ...]

    def home(self, random: Random) -> Commune:
        """Where a driver lives: villages more often than their size says."""
        return random.choices(self.communes, [weight**0.6 for weight in self.weights])[0]

    def away(self, random: Random, home: Commune) -> Commune:
        """Where they go: bigger and nearer places more often, 6 km away at least."""
        far = [distance_m(home.point, other.point) / 1000 for other in self.communes]
        pulls = [
            weight * exp(-km / 22) if km >= 6 else 0.0 for weight, km in zip(self.weights, far, strict=True)
        ]
        return random.choices(self.communes, pulls)[0]


def country() -> Country:
    """The Lot and the towns around it."""
    places = gazetteer()
    inside = [one for one in places if one.departement == DEPARTEMENT]
    around = [one for code in NEIGHBOURS if (one := places.commune(code))]
    communes = (*inside, *around)
    # a neighbouring town draws as a small town of the Lot would, else everybody would go to Brive
    weights = tuple(float(min(one.population, 9_000)) + 30 for one in communes)
    return Country(communes, weights)


def stop_of(commune: Commune) -> Stop:
    """The commune's centre as a place."""
    return Stop(commune.name, commune.insee, commune.point.lat, commune.point.lon)


def named_offers() -> Iterator[tuple[str, str, str, TripOffer]]:
    """Three people one meets in every presentation: civility, first name, last name, offer."""
    yield "mme", "Odile", "Vernhet", _between("Cahors", "Souillac", (1, 3), time(8, 30), time(17, 0))
    yield "m", "Lucien", "Lacaze", _between("Figeac", "Cahors", (3,), time(8, 0), time(16, 30))
    yield "m", "Jean", "Roques", _between("Cahors", "Figeac", (0, 1, 4), time(8, 0), time(17, 30))


def offer(random: Random, places: Country, *, today: date, with_return: bool) -> TripOffer:
    """A regular trip seven times in ten, else a one-off in the three weeks to come."""
    home = places.home(random)
    away = places.away(random, home)
    morning, evening = _hours(random)
    regular = random.random() < 0.7
    if regular:
        days = random.choice(WEEK_PATTERNS)
        departures = [DepartureOffer("out", weekday=one, hour=_nudged(random, morning)) for one in days]
        if with_return:
            departures += [DepartureOffer("back", weekday=one, hour=evening) for one in days]
    else:
        day = today + timedelta(days=random.randint(1, 21))
        departures = [DepartureOffer("out", day=day, hour=morning)]
        if with_return:
            departures.append(DepartureOffer("back", day=day, hour=evening))
    return TripOffer(
        origin=stop_of(home),
        destination=stop_of(away),
        kind="regular" if regular else "one_off",
        departures=tuple(departures),
        seats=random.choice((1, 2, 3, 3, 3, 4)),
        flexibility_minutes=random.choice((0, 5, 15, 15, 30)),
        max_detour_minutes=random.choice((5, 10, 10, 15, 20)),
    )


def with_habits(random: Random, offer: TripOffer) -> TripOffer:
    """The same regular trip with what differs in life: term time, public holidays, a place passed by."""
    if offer.kind != "regular" or not {one.weekday for one in offer.departures} <= WORKING_DAYS:
        return offer
    return replace(
        offer,
        school_terms="term" if random.random() < 0.1 else "",
        skips_holidays=random.random() < 0.4,
        vias=_passed_by(offer) if random.random() < 0.1 else (),
    )


def _passed_by(offer: TripOffer) -> tuple[Stop, ...]:
    """The little town in the middle of the way, when it is neither of its ends."""
    start, end = offer.origin, offer.destination
    middle = Point((start.lat + end.lat) / 2, (start.lon + end.lon) / 2)
    town = gazetteer().nearest_of(middle, people=800)
    if min(distance_m(town.point, one.point) for one in (start, end)) < LEAST_OF_THE_WAY_M:
        return ()
    return (stop_of(town),)


def _hours(random: Random) -> tuple[time, time]:
    if random.random() < 0.65:  # to work
        return _at(random, 6, 9), _at(random, 16, 18)
    return _at(random, 9, 10), random.choice((_at(random, 11, 12), _at(random, 14, 17)))


def _at(random: Random, first: int, last: int) -> time:
    return time(random.randint(first, last), random.choice((0, 15, 30, 45)))


def _nudged(random: Random, hour: time) -> time:
    """An hour per day: one day in six is a quarter of an hour later."""
    if random.random() < 5 / 6 or hour.minute == 45:
        return hour
    return hour.replace(minute=hour.minute + 15)


def _between(origin: str, destination: str, days: tuple[int, ...], out: time, back: time) -> TripOffer:
    by_name = {one.name: one for one in gazetteer() if one.departement == DEPARTEMENT}
    return TripOffer(
        origin=stop_of(by_name[origin]),
        destination=stop_of(by_name[destination]),
        kind="regular",
        departures=(
            *(DepartureOffer("out", weekday=one, hour=out) for one in days),
            *(DepartureOffer("back", weekday=one, hour=back) for one in days),
        ),
        max_detour_minutes=15,
    )
