"""The checks that every page goes through: each fault is caught, a good page passes."""

from __future__ import annotations

import pytest

from tests.support.pages import faults, fragment_faults

GOOD = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Chercher – Lotocar</title>
<link rel="stylesheet" href="/static/css/ink.css"><script src="/static/js/a.js" defer></script></head>
<body><main><h1>Chercher un trajet</h1><h2>Où ?</h2>
<form method="post" action="/demande"><input type="hidden" name="csrf_token" value="x">
<label for="de">Départ</label><input id="de" name="de" aria-describedby="aide"><p id="aide">Une commune.</p>
<label>Jour <select name="jour"><option value="">Choisir</option></select></label>
<button>Chercher</button></form>
<p>La <a href="https://example.org/loi">loi</a> <img src="/a.png" alt=""> &amp; le reste.</p></main></body></html>"""


def test_a_good_page_passes():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('lang="fr"', 'lang="en"'),
        ("<!doctype html>", ""),
        ("<title>Chercher – Lotocar</title>", "<title> </title>"),
        ("<h1>Chercher un trajet</h1>", "<p>Chercher un trajet</p>"),
        ("<h1>", "<h1>A</h1><h1>"),
        ("<h2>Où ?</h2>", "<h3>Où ?</h3>"),
        ("</h2>", ""),
        ('id="aide"', 'id="de"'),
        ('id="aide"', 'id="aid"'),
        ('<label for="de">Départ</label>', "Départ"),
        ("<label>Jour ", "<div>"),
        ('<input type="hidden" name="csrf_token" value="x">', ""),
        ('value="x"', 'value=""'),
        ('method="post"', 'method="get"'),
        ("<button>Chercher</button>", "<button></button>"),
        ("<button>", '<button onclick="go()">'),
        ("<button>", '<button style="color:red">'),
        ('<script src="/static/js/a.js" defer></script>', "<script>go()</script>"),
        ('<script src="/static/js/a.js"', '<script src="//cdn.example/a.js"'),
        ('href="/static/css/ink.css"', 'href="https://fonts.example/ink.css"'),
        ('href="https://example.org/loi"', 'href="javascript:go()"'),
        (' alt=""', ""),
    ],
)
def test_each_fault_is_caught(good: str, bad: str):
    assert good in GOOD
    assert faults(GOOD.replace(good, bad, 1))


def test_a_fragment_needs_no_title_but_its_forms_need_a_token():
    assert fragment_faults('<p aria-describedby="ailleurs">Trouvé.</p>') == []
    assert fragment_faults("<tr><td>8 h 30</td></tr>") == []
    assert fragment_faults('<form method="post" action="/x"><button>Oui</button></form>')
