"""« Réglages »: what a coordinator does alone, and at once."""

from datetime import date

import pytest

from lotocar.journal.models import Entry
from lotocar.messages import rewording
from lotocar.messages.texts import SenderPolicy
from lotocar.organisation.models import OrganisationRow
from lotocar.staff.models import Account
from lotocar.world.calendars.models import SchoolBreak
from lotocar.world.transit import queries as transit
from tests.support.factories import make_account, make_organisation
from tests.support.pages import text_of
from tests.web.tidy import TidyClient

SENDER = SenderPolicy(
    two_way=True,
    desk_phone="05 36 49 00 00",
    public_base_url="http://localhost",
    organisation="Covoiturage solidaire du Lot",
)


@pytest.fixture
def desk(client, session):
    """Somebody who coordinates, and has just typed their password."""
    make_organisation(session)
    make_account(session, role="coordinator", display_name="Hélène")
    session.commit()
    client.sign_in(role="coordinator")
    return client


def invitation_of(page):
    return page.all("p", class_="read-aloud invitation")[0].text.removeprefix("http://localhost")


def test_somebody_invited_chooses_a_password_that_nobody_else_knows(app, session, desk):
    page = desk.get("/bureau/reglages/equipe").submit(
        "/reglages/equipe", login="paul@exemple.fr", display_name="Paul", role="agent"
    )
    link = invitation_of(page)
    paul = TidyClient(app, session)
    assert "Bienvenue, Paul" in paul.get(link).main
    page = paul.get(link).submit(
        "/invitation/", password="quatre mots sans rapport", again="quatre mots sans rapport"
    )
    assert page.path == "/connexion"
    page = page.submit("/connexion", login="paul@exemple.fr", password="quatre mots sans rapport")
    assert page.path == "/bureau"
    assert paul.get(link).status == 404


def test_two_passwords_that_differ_are_refused(desk):
    page = desk.get("/bureau/reglages/equipe").submit("/reglages/equipe", login="paul", display_name="Paul")
    page = desk.get(invitation_of(page)).submit("/invitation/", password="a" * 12, again="b" * 12)
    assert page.status == 422
    assert "ne sont pas les mêmes" in page.text


def test_a_new_link_kills_the_one_before(desk, session):
    page = desk.get("/bureau/reglages/equipe").submit("/reglages/equipe", login="paul", display_name="Paul")
    first = invitation_of(page)
    second = invitation_of(page.submit("/lien"))
    assert desk.get(first).status == 404
    assert desk.get(second).status == 200


@pytest.mark.parametrize(
    ("area", "codes"),
    [("Gourdon, Salviac", {"46127", "46297"}), ("Grand-Figeac", 92)],
)
def test_a_referent_is_given_communes_or_a_whole_intercommunalite(desk, session, area, codes):
    page = desk.get("/bureau/reglages/equipe").submit(
        "/reglages/equipe", login="rose", display_name="Rose", role="referent", communes=area
    )
    assert page.status == 200
    kept = session.query(Account).filter_by(login="rose").one().communes
    assert set(kept) == codes if isinstance(codes, set) else len(kept) == codes


@pytest.mark.parametrize("area", ["", "Nulle-Part-sur-Rien"])
def test_a_referent_without_an_area_is_refused(desk, area):
    page = desk.get("/bureau/reglages/equipe").submit(
        "/reglages/equipe", login="rose", display_name="Rose", role="referent", communes=area
    )
    assert page.status == 422


def test_the_last_coordinator_stays(app, client, session):
    make_organisation(session)
    account = client.sign_in(role="coordinator")
    page = client.get(f"/bureau/reglages/equipe/{account}").submit("/reglages/equipe/", role="agent")
    assert "au moins une personne à la coordination" in page.text
    session.expire_all()
    assert session.get(Account, account).role == "coordinator"


def test_another_role_is_in_force_at_the_next_click(app, desk, session):
    paul = TidyClient(app, session)
    number = paul.sign_in(role="coordinator", display_name="Paul")
    assert paul.get("/bureau/reglages").status == 200
    desk.get(f"/bureau/reglages/equipe/{number}").submit("/reglages/equipe/", role="reader")
    assert paul.get("/bureau/reglages").status == 403


def test_the_legal_notice_says_who_answers_for_the_site(app, desk, session):
    visitor = TidyClient(app, session)
    assert "vous sont donnés" in visitor.get("/mentions-legales").main
    desk.get("/bureau/reglages/service").submit(
        "/reglages/mentions",
        publisher="Communauté de communes Exemple",
        publisher_address="1 place de la Mairie, 46000 Cahors",
        publication_director="La présidente",
        host_name="Hébergeur Exemple",
        host_address="2 rue des Serveurs, 75000 Paris",
    )
    told = visitor.get("/mentions-legales").main
    for words in (
        "Communauté de communes Exemple",
        "La présidente",
        "Hébergeur Exemple",
        "2 rue des Serveurs",
    ):
        assert words in told
    assert "vous sont donnés" not in told


def test_opening_hours_change_on_every_page(app, desk, session):
    page = desk.get("/bureau/reglages/service").submit("/reglages/service", desk_hours="le mardi matin")
    assert page.status == 200
    assert "le mardi matin" in TidyClient(app, session).get("/").text


def test_a_number_that_is_none_is_said_beside_its_field(desk):
    page = desk.get("/bureau/reglages/service").submit("/reglages/service", desk_phone="12")
    assert page.status == 422
    assert "trop court" in page.text


def test_a_purpose_is_renamed_dropped_and_added(desk, session):
    desk.get("/bureau/reglages/listes").submit(
        "/listes/motifs", **{"label-courses": "Courses et marché", "offered-travail": None, "new-0": "Culte"}
    )
    kept = session.get(OrganisationRow, 1).purposes
    assert ["courses", "Courses et marché"] in kept
    assert ["culte", "Culte"] in kept
    assert "travail" not in [code for code, _ in kept]


@pytest.mark.parametrize("label", ["Chimiothérapie", "Hôpital", "Kiné", "RDV médecin", "Dialyse le lundi"])
def test_no_purpose_speaks_of_health(desk, session, label):
    page = desk.get("/bureau/reglages/listes").submit("/listes/motifs", **{"new-0": label})
    assert page.status == 422
    assert "parle de santé" in page.text
    assert session.get(OrganisationRow, 1).purposes == []


@pytest.mark.parametrize("label", ["Loisirs", "Culte", "Démarches à la mairie", "Vie sociale, amis"])
def test_what_is_no_illness_is_taken(desk, label):
    assert desk.get("/bureau/reglages/listes").submit("/listes/motifs", **{"new-0": label}).status == 200


def test_a_need_is_worded_by_the_team_and_others_are_not_offered(desk, session):
    desk.get("/bureau/reglages/listes").submit(
        "/listes/besoins", **{"label-boot": "Un déambulateur dans le coffre", "offered-animal": None}
    )
    kept = dict(session.get(OrganisationRow, 1).needs)
    assert kept["boot"] == "Un déambulateur dans le coffre"
    assert "animal" not in kept


def test_a_contact_is_given_for_the_communes_it_links(desk, session):
    page = desk.get("/bureau/reglages/transports").submit(
        "/reglages/transports",
        kind="on_demand",
        name="TAD de Bouriane",
        phone="05 36 49 00 77",
        communes="Gourdon, Salviac",
    )
    assert "TAD de Bouriane" in page.text
    assert [one.name for one in transit.contacts_between(session, "46127", "46297")] == ["TAD de Bouriane"]
    assert transit.contacts_between(session, "46127", "46042") == []
    session.commit()
    desk.get("/bureau/reglages/transports").follow("TAD de Bouriane").submit("/transports/", communes="")
    assert transit.contacts_between(session, "46127", "46042")


@pytest.mark.parametrize("answers", [{"name": "Ligne 1"}, {"name": "Ligne 1", "address": "ftp://exemple.fr"}])
def test_a_contact_that_nobody_can_reach_is_refused(desk, answers):
    assert desk.get("/bureau/reglages/transports").submit("/reglages/transports", **answers).status == 422


def test_school_holidays_are_added_and_corrected(desk, session):
    page = desk.get("/bureau/reglages/calendrier").submit(
        "/calendrier/vacances", name="Pont de l'Ascension", first_day="6/5/2027", last_day="9/5/2027"
    )
    assert "ajoutées" in page.text
    kept = session.query(SchoolBreak).filter_by(name="Pont de l'Ascension").one()
    assert (kept.zone, kept.first_day, kept.last_day) == ("C", date(2027, 5, 6), date(2027, 5, 9))
    number = kept.id
    session.commit()
    desk.get("/bureau/reglages/calendrier").submit(f"/vacances/{number}", last_day="8/5/2027")
    session.expire_all()
    assert session.get(SchoolBreak, number).last_day == date(2027, 5, 8)


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"last_day": "bientôt"}, "last_day", "Écrivez une date"),
        ({"first_day": "31/02/2027", "name": "Pont"}, "first_day", "Écrivez une date"),
        ({"name": ""}, "name", "Écrivez un nom"),
        ({"last_day": "1/5/2027"}, "last_day", "après le premier"),
    ],
)
def test_a_wrong_correction_of_holidays_is_said_beside_what_was_typed(desk, session, typed, field, said):
    days = {"first_day": date(2027, 5, 6), "last_day": date(2027, 5, 9)}
    kept = [SchoolBreak(zone="C", name=f"Pont {number}", **days) for number in range(2)]
    session.add_all(kept)
    session.commit()
    path = f"/calendrier/vacances/{kept[1].id}"
    page = desk.get("/bureau/reglages/calendrier").submit(path, **typed)
    assert (page.status, page.title.startswith("Erreur")) == (422, True)
    row = page.form(path)
    shown = {one.get("name"): one for one in row.iter("input")}
    assert {name: shown[name].get("value") for name in typed} == typed
    assert shown[field].get("aria-invalid") == "true"
    note = shown[field].get("aria-describedby")
    assert [said in text_of(one) for one in row.iter() if one.get("id") == note] == [True]
    links = [link.get("href") for box in page.all("div", class_="error-summary") for link in box.iter("a")]
    assert links == [f"#{shown[field].get('id')}"]


def test_a_day_that_is_none_is_said(desk):
    page = desk.get("/bureau/reglages/calendrier").submit(
        "/calendrier/feries", day="31/02/2027", holiday="Foire"
    )
    assert page.status == 422
    assert "Écrivez une date" in page.text


def test_the_coordinators_words_leave_in_the_next_message(desk, session):
    text = rewording.house_text("driver_already_found").replace("merci beaucoup", "un grand merci")
    page = desk.get("/bureau/reglages/textes/driver_already_found").submit(
        "/textes/driver_already_found", button="Enregistrer", text=text
    )
    assert "un grand merci" in page.text
    assert "réécrit" in page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("[service] : bonjour. Ref [référence]", "Gardez"),
        ("[service] {{ 7*7 }} [destination] [jour] Ref [référence]", "accolades"),
        ("[service] [destination] [jour] [mot de passe] Ref [référence]", "n'existe pas"),
        ("[service] [destination] [jour] ANNULER Ref [référence]", "ANNULER"),
        (f"[service] [destination] [jour] {'bla ' * 80} Ref [référence]", "plus de 2 SMS"),
    ],
)
def test_a_text_that_would_fail_people_is_refused_with_its_reason(desk, session, typed, said):
    page = desk.get("/bureau/reglages/textes/driver_already_found").submit(
        "/textes/driver_already_found", button="Enregistrer", text=typed
    )
    assert page.status == 422
    assert said in page.text.replace("’", "'")
    assert session.get(OrganisationRow, 1).own_texts == {}


def test_a_preview_keeps_nothing(desk, session):
    page = desk.post(
        "/bureau/reglages/textes/driver_already_found/apercu", {"text": "[service] : [destination] 🙂"}
    )
    assert "Covoiturage solidaire du Lot : Figeac" in page.text
    assert "3 SMS" not in page.text
    assert session.get(OrganisationRow, 1).own_texts == {}


def test_the_house_has_its_words_back(desk, session):
    session.get(OrganisationRow, 1).own_texts = {
        "driver_already_found": "[service] [destination] [jour] [référence]"
    }
    session.commit()
    desk.get("/bureau/reglages/textes/driver_already_found").submit("/maison")
    session.expire_all()
    assert session.get(OrganisationRow, 1).own_texts == {}


@pytest.mark.parametrize("kind", rewording.editable())
def test_each_text_of_the_house_passes_its_own_rules(kind):
    known = rewording.house_text(kind)
    assert rewording.check(kind, known, sender=SENDER) == known


def test_a_question_whose_answers_are_read_by_a_machine_is_not_the_teams_to_rewrite():
    assert {"driver_approached", "driver_relaunched", "which_question"}.isdisjoint(rewording.editable())


def test_each_change_is_in_the_journal(desk, session):
    desk.get("/bureau/reglages/listes").submit("/listes/motifs")
    desk.get("/bureau/reglages/service").submit("/reglages/mentions", publisher="Mairie")
    verbs = [one.verb for one in session.query(Entry).order_by(Entry.id)]
    assert verbs == ["service.purposes_changed", "service.published"]
