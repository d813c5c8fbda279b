"""The pieces that pages are made of say what they must, to the eye and to the ear."""

from __future__ import annotations

import re

import pytest

from tests.support.pages import check_fragment, check_page, tree
from tests.templates.pages import ROOT, page, piece, styleguide
from tests.templates.sample import right_form, wrong_form

COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))
FIELD = '{% from "components/field.html" import field %}{{ field(form.name, hint="Le prénom suffit.") }}'
PLACE = '{% from "components/place_field.html" import place_field %}'


def test_the_style_guide_is_a_page_in_order():
    check_page(styleguide())


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 429, 500, 503])
def test_every_error_has_a_page_with_the_telephone(status: int):
    html = page("errors/error.html", status=status, title="Titre", sentence="Phrase.")
    check_page(html)
    assert "05 36 49 01 00" in html


def test_an_error_page_stands_before_the_installation_exists():
    from tests.templates.pages import environment

    html = (
        environment().get_template("errors/error.html").render(status=500, title="Titre", sentence="Phrase.")
    )
    check_page(html)


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_tells_what_it_is_for(path):
    source = path.read_text()
    assert f"macro {path.stem}(" in source
    assert "{#-" in source.split(f"macro {path.stem}(")[1]


def test_the_readme_lists_every_component():
    readme = (ROOT / "templates" / "components" / "README.md").read_text()
    missing = [path.stem for path in COMPONENTS if not re.search(rf"\b{path.stem}\b", readme)]
    assert missing == []


def test_a_wrong_field_points_at_its_hint_and_its_error():
    html = piece(FIELD, form=wrong_form())
    check_fragment(html)
    field = next(tree(html).iter("input"))
    assert field.get("aria-describedby") == "name-hint name-error"
    assert field.get("aria-invalid") == "true"
    assert 'id="name-error"' in html


def test_a_right_field_says_nothing_of_errors():
    html = piece(FIELD, form=right_form())
    assert "aria-invalid" not in html
    assert "obligatoire" in html


def test_an_optional_field_says_so():
    html = piece('{% from "components/field.html" import field %}{{ field(form.note) }}', form=right_form())
    assert "facultatif" in html


def test_the_summary_links_to_each_wrong_field():
    source = '{% from "components/error_summary.html" import error_summary %}{{ error_summary(form) }}'
    links = [link.get("href") for link in tree(piece(source, form=wrong_form())).iter("a")]
    assert links == ["#name", "#origin", "#day", "#kind"]
    assert piece(source, form=right_form()).strip() == ""


def test_the_summary_reaches_into_forms_within_forms():
    from wtforms import FieldList, Form, FormField, StringField
    from wtforms.validators import InputRequired

    class Leg(Form):
        origin = StringField("Départ", [InputRequired("Écrivez le départ.")])

    class Whole(Form):
        legs = FieldList(FormField(Leg), min_entries=2)

    form = Whole()
    form.validate()
    source = '{% from "components/error_summary.html" import error_summary %}{{ error_summary(form) }}'
    links = [link.get("href") for link in tree(piece(source, form=form)).iter("a")]
    assert links == ["#legs-0-origin", "#legs-1-origin"]


def test_what_people_typed_is_never_read_as_html():
    form = right_form()
    form.name.data = '"><script>alert(1)</script>'
    html = piece(FIELD, form=form)
    assert "<script" not in html


def test_a_place_that_may_be_several_asks_back_without_javascript():
    twins = [
        {"value": "46224", "label": "Pradines", "detail": "Lot"},
        {"value": "19168", "label": "Pradines"},
    ]
    html = piece(
        PLACE + "{{ place_field(form.origin, form.origin_code, suggestions=twins) }}",
        form=right_form(),
        twins=twins,
    )
    check_fragment(html)
    values = [field.get("value") for field in tree(html).iter("input") if field.get("name") == "origin_code"]
    assert values[:2] == ["46224", "19168"]


def test_options_of_places_carry_their_value_and_label():
    source = '{% from "components/place_options.html" import place_options %}{{ place_options(places) }}'
    html = piece(source, places=[{"value": "46042", "label": "Cahors", "detail": "46000, Lot"}])
    assert 'role="option"' in html
    assert 'data-value="46042"' in html
    assert 'data-label="Cahors"' in html


def test_a_state_is_always_in_words():
    html = piece('{% from "components/status.html" import status %}{{ status("to_process", "à traiter") }}')
    assert "à traiter" in html
    assert "status--todo" in html


def test_the_reminder_tells_price_and_insurance():
    source = '{% from "components/reminder.html" import reminder %}{{ reminder(regular) }}'
    both, once, regular = (piece(source, regular=kind) for kind in (None, False, True))
    assert "gratuit" in both
    assert "frais partagés" in both
    assert "frais partagés" not in once
    assert "gratuit" not in regular
    assert all("Assurance" in html for html in (both, once, regular))


def test_a_key_is_shown_bound_and_told():
    html = piece('{% from "components/button.html" import button %}{{ button("Enregistrer", key="alt+s") }}')
    assert 'data-key="alt+s"' in html
    assert 'aria-keyshortcuts="Alt+S"' in html
    assert "<kbd" in html
