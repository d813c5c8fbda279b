"""Where the installation stands with the registry, for the screen and for the command: counts, alarms, months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from lotocar.carpool.requests.models import Leg
from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry import life
from lotocar.civic.registry.couples.rules import SEND_WITHIN
from lotocar.civic.registry.files.open_data import counts_of
from lotocar.civic.registry.life import Clocked
from lotocar.civic.registry.models import OpenDataCommune, Proof, RegistryDesk, RegistryTally
from lotocar.civic.registry.operations import active_environment
from lotocar.civic.registry.settling import LISTED, MISSING, STRANGER
from lotocar.values.days import PARIS

SHOWN_FOR = timedelta(days=45)
SHOWN_AT_MOST = 300
ORDER = ("soon", "contradiction", "refused", "disputed", "doubt", "unconfirmed", "held", "late")
SEEN_IN_OPEN_DATA = 6  # a commune with fewer starts or ends in the month is dropped


@dataclass(frozen=True, slots=True)
class Standing:
    """What is alarming, what waits or is under way besides, and all counted, for one environment ("off": none)."""

    environment: str
    switched_at: datetime | None
    trouble: str
    trouble_at: datetime | None
    reconciled_at: datetime | None
    alarms: Sequence[tuple[str, Proof]]
    waiting: Sequence[Proof]
    under_way: Sequence[Proof]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Month:
    """A month as we know it, and as the registry listed it on its last night."""

    month: str
    ours: dict[str, int]
    theirs: dict[str, int]
    at: datetime | None

    @property
    def sent(self) -> int:
        """What is there for us: neither refused at once nor taken back."""
        return sum(self.ours.get(status, 0) for status in life.THERE)

    @property
    def listed(self) -> int:
        """What the registry lists and has not cancelled, in any status."""
        return sum(
            count for status, count in self.theirs.items() if status in LISTED and status != "canceled"
        )

    @property
    def strangers(self) -> int:
        return self.theirs.get(STRANGER, 0)

    @property
    def missing(self) -> int:
        return self.theirs.get(MISSING, 0)


@dataclass(frozen=True, slots=True)
class Dropped:
    """What open data does not show of a month: rides touching a commune seen fewer than six times.

    `read_at` is when the public file of the month was read: then it is certain. Without it only our own rides were
    counted: the file holds those of every service, and may show more.
    """

    rides: int
    shown: int
    communes: Sequence[tuple[str, int]]  # INSEE code, times seen among our own rides
    read_at: datetime | None = None


def standing(session: Session, *, now: datetime) -> Standing:
    """Where we stand with the registry that the switch points to."""
    environment = active_environment(session)
    desk = session.get(RegistryDesk, 1) or RegistryDesk(trouble="")
    proofs = _recent(session, environment, now)
    pressing = alarms(proofs, now=now)
    calm = [proof for proof in proofs if proof not in {one for _, one in pressing}]
    return Standing(
        environment=environment,
        switched_at=desk.switched_at,
        trouble=desk.trouble,
        trouble_at=desk.trouble_at,
        reconciled_at=desk.reconciled_at,
        alarms=pressing,
        waiting=[proof for proof in calm if proof.status in life.WAITING],
        under_way=[proof for proof in calm if proof.status in life.AWAY | {"sent", "checked"}],
        counts=dict(Counter(proof.status for proof in proofs)),
    )


def alarms(proofs: Sequence[Proof], *, now: datetime) -> list[tuple[str, Proof]]:
    """What the desk should look at, the most pressing first; a finished refusal is shown for a week."""
    found = []
    for proof in proofs:
        why = life.alarm(_clocked(proof), now=now)
        old = proof.status in life.FINAL and now - proof.updated_at > timedelta(days=7)
        if why and not (old and why == "refused"):
            found.append((why, proof))
    return sorted(found, key=lambda one: (ORDER.index(one[0]), one[1].start_at))


def alarming(session: Session, *, now: datetime) -> list[int]:
    """The numbers of the proofs that ask to be looked at, the most pressing first."""
    environment = active_environment(session)
    if environment == "off":
        return []
    rows = session.scalars(_since(environment, now).limit(SHOWN_AT_MOST)).all()
    return [proof.id for _, proof in alarms(rows, now=now)]


def numbered(numbers: Collection[int]) -> Select[int]:
    """Those of these proofs that are still there, the oldest ride first."""
    return select(Proof.id).where(Proof.id.in_(numbers)).order_by(Proof.start_at, Proof.id)


def read_alarms(session: Session, numbers: Collection[int], *, now: datetime) -> list[tuple[str, Proof]]:
    """These proofs with why each is alarming, and their ride."""
    if not numbers:
        return []
    return alarms(session.scalars(_with_ride(select(Proof).where(Proof.id.in_(numbers)))).all(), now=now)


def troubled() -> Select[int]:
    """The registry's desk when sending stands still: its number, or none."""
    return select(RegistryDesk.id).where(RegistryDesk.environment != "off", RegistryDesk.trouble != "")


def deadline(proof: Proof) -> datetime:
    """Until when it may leave: twenty hours after the start."""
    return proof.start_at + SEND_WITHIN


def month_totals(session: Session, environment: str, month: str) -> Month:
    """Our own figures of a month (2026-11) beside the registry's."""
    first, last = _bounds(month)
    counted = session.execute(
        select(Proof.status, func.count())
        .where(Proof.environment == environment, Proof.start_at >= first, Proof.start_at < last)
        .group_by(Proof.status)
    )
    listed = session.scalars(
        select(RegistryTally).where(RegistryTally.environment == environment, RegistryTally.month == month)
    ).all()
    return Month(
        month,
        {status: count for status, count in counted},
        {row.status: row.count for row in listed},
        max((row.at for row in listed), default=None),
    )


def dropped_from_open_data(session: Session, environment: str, month: str) -> Dropped:
    """Which of our rides of a month open data leaves out."""
    return dropped(our_ends(session, environment, month), counts_of(session, month))


def our_ends(session: Session, environment: str, month: str) -> list[tuple[str, str]]:
    """The communes of start and end of each of our rides of a month that the registry holds."""
    first, last = _bounds(month)
    proofs = session.scalars(
        select(Proof)
        .where(
            Proof.environment == environment,
            Proof.start_at >= first,
            Proof.start_at < last,
            Proof.status.in_(sorted(life.THERE)),
        )
        .options(joinedload(Proof.ride).joinedload(Ride.leg))
    ).all()
    return [(proof.ride.leg.origin_insee, proof.ride.leg.destination_insee) for proof in proofs]


def our_communes(session: Session, environment: str) -> set[str]:
    """Every commune where a ride that the registry holds started or ended."""
    ends = session.execute(
        select(Leg.origin_insee, Leg.destination_insee)
        .join(Ride, Ride.leg_id == Leg.id)
        .join(Proof, Proof.ride_id == Ride.id)
        .where(Proof.environment == environment, Proof.status.in_(sorted(life.THERE)))
        .distinct()
    )
    return {code for pair in ends for code in pair}


def dropped(ends: Sequence[tuple[str, str]], public: Mapping[str, OpenDataCommune] | None = None) -> Dropped:
    """The same from the communes of start and end of each ride, and what the public file says of them.

    A commune that the file names is in it six times at least; one that came to us after it was read is unknown there.
    """
    seen = Counter(code for pair in ends for code in pair)
    if public:
        in_it = {code for code in seen if code in public and public[code].seen > 0}
    else:
        in_it = {code for code, count in seen.items() if count >= SEEN_IN_OPEN_DATA}
    shown = [pair for pair in ends if in_it.issuperset(pair)]
    rare = sorted(
        ((code, count) for code, count in seen.items() if code not in in_it),
        key=lambda one: (-one[1], one[0]),
    )
    read_at = max((row.at for row in public.values()), default=None) if public else None
    return Dropped(len(ends), len(shown), rare, read_at)


def _bounds(month: str) -> tuple[datetime, datetime]:
    first = date.fromisoformat(f"{month}-01")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return datetime.combine(first, time(), PARIS), datetime.combine(following, time(), PARIS)


def _recent(session: Session, environment: str, now: datetime) -> Sequence[Proof]:
    return session.scalars(_with_ride(_since(environment, now)).limit(SHOWN_AT_MOST)).all()


def _with_ride(query: Select[Proof]) -> Select[Proof]:
    ride = joinedload(Proof.ride)
    return query.options(
        ride.joinedload(Ride.leg), ride.joinedload(Ride.driver), ride.joinedload(Ride.passenger)
    )


def _since(environment: str, now: datetime) -> Select[Proof]:
    return (
        select(Proof)
        .where(Proof.environment == environment, Proof.start_at > now - SHOWN_FOR)
        .order_by(Proof.start_at.desc(), Proof.id.desc())
    )


def _clocked(proof: Proof) -> Clocked:
    return Clocked(
        status=proof.status,
        start_at=proof.start_at,
        reasons=[reason[0] for reason in proof.reasons],
        doubted_at=proof.doubted_at,
        contradicted=proof.contradicted_at is not None,
        error=proof.error,
    )
