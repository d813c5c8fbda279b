"""The services this installation leans on, real or stand-in, wired once from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from config import Settings
from lotocar.carpool.matching.confirming import Confirmer
from lotocar.carpool.matching.mirror import Mirror
from lotocar.civic.registry.client.environments import Registries, registries
from lotocar.civic.registry.couples.geography import of_france
from lotocar.civic.registry.operations import KeysAtHand
from lotocar.civic.registry.proofs import Terms
from lotocar.messages.channels import Sender, SmsSender
from lotocar.messages.letters import Mailer
from lotocar.messages.rewording import unbracketed
from lotocar.messages.rules import Caps
from lotocar.messages.smtp import SmtpMailer
from lotocar.messages.stand_in import StandInSender
from lotocar.messages.texts import SenderPolicy
from lotocar.messages.twilio import Signature, TwilioCaller, TwilioSender
from lotocar.organisation.queries import Organisation
from lotocar.values import phone
from lotocar.world.places import ban, no_addresses
from lotocar.world.places.addresses import AddressFinder
from lotocar.world.places.gazetteer import Gazetteer, gazetteer
from lotocar.world.places.search import Home
from lotocar.world.roads.choice import engine_of
from lotocar.world.roads.router import Roads
from lotocar.world.roads.versions import GroundKeeper


@dataclass(frozen=True, slots=True)
class Outside:
    """What the doors and the jobs phone; rooms receive the parts they need as arguments."""

    settings: Settings
    mirror: Mirror
    confirmer: Confirmer | None  # measures the first candidates of a search; without it they stay estimates
    addresses: AddressFinder
    sms: SmsSender
    voice: Sender | None  # rings landlines; without it the desk does
    mailer: Mailer | None  # writes to the team; without it paper is printed at the desk
    signature: Signature
    registries: Registries

    @property
    def roads(self) -> Roads:
        """The roads in force, which ask nobody: a matrix where one was built, otherwise an estimate."""
        return self.mirror.ground

    def registry_terms(self, environment: str) -> Terms:
        """On what terms proofs are made for this registry, compared with roads that ask nobody."""
        ground = of_france()
        return Terms(
            environment=environment,
            ceiling=self.settings.registry_class,
            roads=self.roads,
            where=ground.declared,
            insee_of=ground.insee_of,
        )

    @property
    def registry_keys(self) -> KeysAtHand:
        """For which registries we have keys."""
        return KeysAtHand(demo=self.registries.has("demo"), production=self.registries.has("production"))

    @property
    def gazetteer(self) -> Gazetteer:
        """The communes of France, read from disk at the first call."""
        return gazetteer()

    def policy(self, house: Organisation) -> SenderPolicy:
        """In whose name messages go out, and whether one can answer them."""
        return SenderPolicy(
            two_way=self.settings.sms_two_way,
            desk_phone=phone.display(house.desk_phone),
            public_base_url=self.settings.public_base_url,
            organisation=house.name,
            voice=self.voice is not None,
            own_texts={kind: unbracketed(text) for kind, text in house.own_texts.items()},
            caps=self.caps,
        )

    @property
    def caps(self) -> Caps:
        """How many SMS may leave in a day."""
        return Caps(per_day=self.settings.sms_per_day, per_number=self.settings.sms_per_number)

    def home(self, house: Organisation) -> Home:
        """The territory that place search prefers."""
        return Home(departements=house.departements, epcis=house.epcis, communes=house.communes)


def build(settings: Settings) -> Outside:
    """The services that these settings describe."""
    return Outside(
        settings=settings,
        mirror=Mirror(GroundKeeper(settings.roads_folder)),
        confirmer=_confirmer(settings),
        addresses=_addresses(settings),
        sms=_sms(settings),
        voice=_voice(settings),
        mailer=_mailer(settings),
        signature=Signature(
            tokens=(settings.twilio_auth_token, settings.twilio_auth_token_old),
            public_base_url=settings.public_base_url,
        ),
        registries=_registries(settings),
    )


def _registries(settings: Settings) -> Registries:
    return registries(
        demo_keys=(settings.registry_demo_access_key, settings.registry_demo_secret_key),
        keys=(settings.registry_access_key, settings.registry_secret_key),
        demo_url=settings.registry_demo_url,
        url=settings.registry_url,
        version=settings.registry_version,
    )


def _confirmer(settings: Settings) -> Confirmer | None:
    """None without a router, or with one too slow to be asked while somebody waits."""
    engine = engine_of(settings.roads_engine, url=settings.roads_url, folder=settings.roads_folder)
    return None if engine is None or not engine.is_quick else Confirmer(engine)


def _addresses(settings: Settings) -> AddressFinder:
    if settings.addresses_online:
        return ban.BanAddresses(settings.ban_url)
    return no_addresses.NoAddresses()


def _sms(settings: Settings) -> SmsSender:
    if not settings.sends_for_real:
        return StandInSender()
    return TwilioSender(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token,
        sender=settings.sms_sender,
        status_url=f"{settings.public_base_url}/hooks/twilio/status",
        base_url=settings.twilio_base_url,
    )


def _mailer(settings: Settings) -> Mailer | None:
    if not settings.smtp_host:
        return None
    return SmtpMailer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password,
        sender=settings.mail_from,
        team=settings.mail_team,
    )


def _voice(settings: Settings) -> Sender | None:
    if not settings.sends_for_real or not settings.voice_sender:
        return None
    return TwilioCaller(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token,
        sender=settings.voice_sender,
        voice_url=f"{settings.public_base_url}/hooks/twilio/voice",
        base_url=settings.twilio_base_url,
    )
