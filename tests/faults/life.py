"""One seed of the crash bench: a life that is cut short, or hangs and comes back late, and what follows.

The desk asks a driver by SMS, the worker sends, the provider calls back, the driver answers OUI, the worker
thanks; in a long life both sides are reminded and asked whether the ride took place. Everything below does what
people and machines would do again after a crash: the desk sends its form again, time passes, jobs run.
"""

from __future__ import annotations

import random
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from lotocar.errors import Refused
from tests.faults.children import Act, End, Tell
from tests.faults.crash_points import CrashPoints
from tests.faults.world import Case, World
from tests.support.fake_twilio import Fault

# Most lives see a healthy network; the others one fault on their first or second send.
FAULTS = (
    Fault.NONE,
    Fault.NONE,
    Fault.NONE,
    Fault.RESET_BEFORE,
    Fault.RESET_AFTER,
    Fault.ERROR_BEFORE,
    Fault.ERROR_AFTER,
    Fault.TRUNCATED,
    Fault.RATE,
)
# Who comes back late is most dangerous when he knows that nothing was created, while the one after him is in doubt.
LATE_FAULTS = (
    (Fault.NONE, Fault.RATE, Fault.RATE, Fault.ERROR_BEFORE),
    (Fault.NONE, Fault.RESET_AFTER, Fault.TRUNCATED),
)
UNKNOWN = (Fault.RESET_AFTER, Fault.TRUNCATED, Fault.ERROR_AFTER)
LIST_LAGS = (0, 0, 45, 110, 200)  # shorter than the two searches and the lease together
STEPS = (47, 61, 121)  # seconds from one look of the jobs to the next
MOST_POINTS = 85  # about those of a life; past its end they go on in what follows
MOST_OF_CALLS = 60
MOST_IN_RECOVERY = 30
MOST_FREE = 16
MESSAGE_IN_HAND = 3  # the free point right after the first message left
MOST_IN_EVENING = 4
MOST_IN_DOUBT = 3
MOST_ON_THE_PHONE = 20
ROUNDS = 14
LATE_ROUNDS = 12
LONG_AFTER_SECONDS = 2.5 * 3600
EVENING = ((6.0, "remind"), (28.5, "ask_after"))  # hours after noon

# how a call goes, and the key pressed; an empty one is never told of
CALLS = (
    ("human", "1"),
    ("human", "1"),
    ("human", "2"),
    ("human", "0"),
    ("human", ""),
    ("machine", ""),
    ("busy", ""),
    ("", ""),
)
CALL_ROUNDS, CALL_STEP = 40, 25 * 60.0

quiet: Tell = lambda _word: None  # noqa: E731 nobody listens


@dataclass(slots=True)
class Shape:
    """What the seed decides of a life."""

    late: bool
    long: bool
    door: bool
    webhook_works: bool
    callbacks_work: bool
    voice: bool

    @classmethod
    def drawn(cls, seed: int, chance: random.Random) -> Shape:
        """One in six frozen instead of killed; one in five until after the ride; one in ten over real HTTP.

        In one in five the provider rings the landlines; in the others the desk does.
        """
        late = chance.random() < 1 / 6
        return cls(
            late=late,
            long=chance.random() < 1 / 5 or seed % 5 == 0,
            door=seed % 10 == 0,
            webhook_works=chance.random() < 0.7,
            callbacks_work=chance.random() < (0.4 if late else 0.8),  # a callback heals what a search would
            voice=seed % 5 == 0,
        )


@dataclass
class Life:
    """One seed. `ends` are its children's; `acknowledged` what the people were promised."""

    world: World
    seed: int
    ends: list[End] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    called_back: set[str] = field(default_factory=set)
    rung: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.shape = Shape.drawn(self.seed, self.chance)
        self.step = self.chance.choice(STEPS)
        self.case: Case = self.world.begin(self.seed, voice=self.shape.voice)

    def live(self) -> None:
        """Live, die or hang, recover."""
        twilio = self.world.twilio
        twilio.lag = timedelta(seconds=self.chance.choice(LIST_LAGS))
        twilio.call_script = [self._of_call("fault").choice(FAULTS)] if self.shape.voice else []
        if self.shape.late:
            twilio.script = [self.chance.choice(faults) for faults in LATE_FAULTS]
            self._hang()
        else:
            twilio.script = [self.chance.choice(FAULTS) for _ in range(self.chance.choice((1, 2)))]
            self._be_killed()
        twilio.script = twilio.call_script = []
        self._rest(quiet)
        if self.shape.voice:
            self._ring_to_the_end()

    # --- ways to go -------------------------------------------------------------------------------------------

    def _be_killed(self) -> None:
        if self.shape.voice:
            self._until_the_phone_rings()
            self._kill(self._on_the_phone, self._of_call("death").randint(1, MOST_OF_CALLS))
        else:
            self._kill(self._whole, self.chance.randint(1, MOST_POINTS))
        if self.ends[0].died_at and self.chance.random() < 0.4:
            self._kill(self._rest, self.chance.randint(1, MOST_IN_RECOVERY))

    def _kill(self, act: Act, at: int) -> None:
        self._note(self.world.forked(CrashPoints(at), act, door=self.shape.door).wait())

    def _hang(self) -> None:
        """Somebody freezes, others take over, and he comes back with what he knew then."""
        when = self.chance.random()
        if self.shape.voice and when < 0.6:
            self._hang_on_the_phone()
        elif when < 0.3:
            self._hang_in_the_evening()
        elif when < 0.5:
            self._hang_in_doubt()
        else:
            self.world.ask(self.case)
            self._acknowledge("asked", quiet)
            at = self.chance.choice((MESSAGE_IN_HAND, self.chance.randint(1, MOST_FREE)))
            self._freeze(self._answered, at, self._take_over)

    def _hang_in_the_evening(self) -> None:
        """The timetable ticks in two workers at once, for the same rides."""
        hours, job = self.chance.choice(EVENING)
        self._rest(quiet, until_evening=True)
        self.world.clock.reach(hours)
        at = self.chance.randint(1, MOST_IN_EVENING)
        self._freeze(lambda _tell: self._tick(job), at, self._evening)
        self._evening(quiet)

    def _hang_in_doubt(self) -> None:
        """Two workers search for the same message; the list of the first grows old in its hands."""
        self.world.twilio.script = [self.chance.choice(UNKNOWN)]
        self.world.ask(self.case)
        self._acknowledge("asked", quiet)
        self.world.work("send")
        self.world.clock.forward(120)
        at = self.chance.randint(1, MOST_IN_DOUBT)
        self._freeze(lambda _tell: self.world.work("reconcile"), at, self._take_over)

    def _hang_on_the_phone(self) -> None:
        """A worker freezes with a call in hand; another rings whoever it may."""
        self._until_the_phone_rings()
        at = self._of_call("freeze").randint(1, MOST_ON_THE_PHONE)
        self._freeze(self._on_the_phone, at, self._take_over)

    def _until_the_phone_rings(self) -> None:
        """All is agreed, the desk told the passenger, and the reminder of the day before is to be said by the voice."""
        self.world.ask(self.case)
        self._acknowledge("asked", quiet)
        self._rest(quiet, until_evening=True)
        self.world.tell(self.case)
        self.world.clock.reach(EVENING[0][0])
        self.world.work("remind")

    def _freeze(self, act: Act, at: int, meanwhile: Act) -> None:
        points = CrashPoints(at, by=signal.SIGSTOP)
        child = self.world.forked(points, act, door=self.shape.door)
        if child.wait_until_frozen():
            meanwhile(quiet)
            child.thaw()
        self._note(child.wait())

    def _note(self, end: End) -> None:
        self.ends.append(end)
        self.acknowledged |= end.words

    def _acknowledge(self, word: str, tell: Tell) -> None:
        self.acknowledged.add(word)
        tell(word)

    # --- what happens -----------------------------------------------------------------------------------------

    def _whole(self, tell: Tell) -> None:
        self.world.ask(self.case)
        self._acknowledge("asked", tell)
        self._answered(tell)
        self._rest(tell)

    def _answered(self, tell: Tell) -> None:
        """Sent, delivered, answered, thanked."""
        self.world.work("send")
        self._call_back_all()
        if self.world.sent(self.case.number):
            self._answer_yes(tell)
        self.world.work("send")
        self._call_back_all()
        self.world.work("reconcile", "poll")

    def _take_over(self, _tell: Tell) -> None:
        """Another worker goes on, for some rounds or until it is in doubt itself."""
        until_doubt = self.chance.random() < 0.5
        for _ in range(LATE_ROUNDS if until_doubt else self.chance.randint(1, LATE_ROUNDS)):
            self.world.work("send", "reconcile", "read_replies")
            self._ring_all()
            if until_doubt and self.world.any(self.case, "uncertain", attempt=2):
                break
            self.world.clock.forward(self.step)

    def _rest(self, tell: Tell, *, until_evening: bool = False) -> None:
        """Everybody does what they would do: the desk sends its form again, the driver answers, time passes."""
        if "asked" not in self.acknowledged:
            self._ask_again()
        for number in range(ROUNDS):
            self._round(tell, pull=number % 2 == 1)
            if not self._pending():
                break
            self.world.clock.forward(self.step)
        self._afternoon()
        if self.shape.long and not until_evening:
            self._evening(tell)

    def _pending(self) -> bool:
        """Whether something is still to come of itself; missing receipts are for the afternoon."""
        coming = ("accepted", "sent") if self.shape.callbacks_work else ()
        moving = self.world.any(self.case, "queued", "sending", "uncertain", *coming)
        return moving or not self.world.has_read(self.case)

    def _ask_again(self) -> None:
        with suppress(Refused):  # kept the first time, though nobody was told
            self.world.ask(self.case)

    def _round(self, tell: Tell, *, pull: bool) -> None:
        world = self.world
        world.work("send", "reconcile", "read_replies")
        self._call_back_all()
        if world.sent(self.case.number) and not world.replies(self.case.number):
            self._answer_yes(tell)
        if pull:
            world.work("pull")

    def _afternoon(self) -> None:
        """Hours later: the last reply is pulled, what it caused is sent, and receipts are asked for."""
        self.world.clock.forward(LONG_AFTER_SECONDS)
        self.world.work("pull", "read_replies")
        self._send_all()
        self._all_delivered()

    def _evening(self, _tell: Tell) -> None:
        """The day before and after the ride: reminded, asked, delivered."""
        for hours, job in EVENING:
            self.world.clock.reach(hours)
            self._tick(job)
        self._all_delivered()

    def _all_delivered(self) -> None:
        self.world.deliver_all()
        self.world.clock.forward(LONG_AFTER_SECONDS)
        self.world.work("poll")

    def _tick(self, job: str) -> None:
        self.world.work(job)
        self._send_all()

    def _send_all(self) -> None:
        for _ in range(ROUNDS):
            self.world.work("send", "reconcile")
            self._ring_all()
            if not self.world.any(self.case, "queued", "sending", "uncertain"):
                break
            self.world.clock.forward(self.step)

    def _answer_yes(self, tell: Tell) -> None:
        """Odile says yes; her phone's words are at the provider's, whether our webhook hears them or not."""
        record = self.world.reply(self.case.number, "OUI")
        self._acknowledge("replied", tell)
        if self.shape.webhook_works:
            self.world.knock("/hooks/twilio/inbound", self.world.twilio.inbound_form(record))

    def _call_back_all(self) -> None:
        """The provider's words on what is new, in any order; now and then on what is old."""
        if not self.shape.callbacks_work:
            return
        for record in self.world.sent(self.case.number):
            if record.sid in self.called_back and self.chance.random() > 0.2:
                continue
            self.called_back.add(record.sid)
            for status in self.chance.choice((("sent", "delivered"), ("delivered", "sent"), ("delivered",))):
                self.world.call_back(record, status)

    # --- calls ------------------------------------------------------------------------------------------------

    def _of_call(self, what: str) -> random.Random:
        """Chance of its own, the same in every process: a call that rang busy is told so again when told twice."""
        return random.Random(f"call {self.seed} {what}")

    def _ring_all(self) -> None:
        """The worker rings who is due; the provider tells how it went, or never does."""
        if not self.shape.voice:
            return
        self.world.work("call")
        for number, record in enumerate(self.world.calls(self.case.landline)):
            outcome, key = self._of_call(f"number {number}").choice(CALLS)
            if record.sid in self.rung and self.chance.random() > 0.2:
                continue
            self.rung.add(record.sid)
            if outcome:
                self.world.ring(record, key, outcome)

    def _on_the_phone(self, tell: Tell) -> None:
        self._ring_all()
        self._evening(tell)
        self._ring_to_the_end()

    def _ring_to_the_end(self) -> None:
        """The two more tries, a quarter of an hour and an hour later, or tomorrow from nine; then the desk."""
        for _ in range(CALL_ROUNDS):
            self.world.work("send", "reconcile")
            self._ring_all()
            moving = self.world.any(self.case, "queued", "sending", "uncertain")
            if not moving and not self.world.any(self.case, "queued", "sending", "accepted", calls=True):
                break
            self.world.clock.forward(CALL_STEP)
        self._all_delivered()
