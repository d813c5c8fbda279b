"""What a person without SMS must hear waits on the desk's list, with the text to read and a button to tick it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lotocar.messages.outbox import queue_call
from tests.messages.desk import GRANDMOTHER, PICKUP, TWO_WAY
from tests.support.doors import PageClient
from tests.support.factories import NOW, make_organisation


def test_nadia_reads_the_text_aloud_and_ticks_the_call(client: PageClient, session: Session) -> None:
    make_organisation(session)
    queue_call(
        session,
        now=NOW,
        kind="driver_withdrawn",
        dedup_key="x",
        to=GRANDMOTHER,
        person_id=None,
        subject_kind="approach",
        subject_id=1,
        values={"destination": "Figeac", "pickup_at": PICKUP},
        voice=TWO_WAY,
    )
    client.sign_in(role="agent")
    page = client.get("/bureau/a-faire")
    assert "à appeler" in page.text
    assert "Bonjour, ici Covoiturage solidaire du Lot. Le trajet vers Figeac" in page.text
    after = page.submit("/bureau/messages/", button="Dit")
    assert "Le trajet vers Figeac" not in client.get("/bureau/a-faire").text
    assert after.status == 200
