"""Names for people who do not exist."""

WOMEN = (
    "Odile", "Jeanne", "Marie-Claude", "Simone", "Yvette", "Ginette", "Monique", "Colette", "Paulette", "Denise",
    "Huguette", "Josette", "Lucienne", "Raymonde", "Bernadette", "Nicole", "Chantal", "Martine", "Annie", "Sylvie",
    "Corinne", "Nathalie", "Isabelle", "Aurélie", "Camille", "Léa", "Zoé", "Fatima", "Maëlys", "Françoise",
)  # fmt: skip
MEN = (
    "Marcel", "Lucien", "René", "Robert", "Henri", "Roger", "Fernand", "Gaston", "Émile", "Raymond",
    "Jean-Pierre", "Michel", "Alain", "Bernard", "Gérard", "Daniel", "Serge", "Thierry", "Pascal", "Laurent",
    "Frédéric", "Nicolas", "Julien", "Mathieu", "Karim", "Théo", "Hugo", "Baptiste", "André", "Jacques",
)  # fmt: skip
SURNAMES = (
    "Delmas", "Lacaze", "Bessières", "Roques", "Vialard", "Pouget", "Cayla", "Lafon", "Bouyssou", "Marty",
    "Delpech", "Fabre", "Rigal", "Cassan", "Vayssières", "Laborie", "Cabanes", "Teyssèdre", "Carrière", "Combes",
    "Faurie", "Garrigues", "Issaly", "Jauffret", "Lherm", "Mazars", "Nadal", "Orliac", "Pezet", "Quercy",
    "Redon", "Salvan", "Theil", "Ussel", "Valade", "Bouzou", "Calmon", "Destrel", "Escudié", "Foissac",
    "Gipoulou", "Lagarrigue", "Malique", "Navarre", "O'Brien", "Périé", "Ramel", "Sabatié", "Tô", "Vernhet",
)  # fmt: skip
CARS = (
    "Clio grise", "Kangoo blanc", "208 bleue", "C3 rouge", "Berlingo vert", "Sandero noire", "Partner gris",
    "Twingo jaune", "Duster marron", "Yaris blanche",
)  # fmt: skip
CALL_HOURS = ("le soir après 18 h", "de 9 h à 12 h", "entre 12 h et 14 h", "pas avant 10 h", "")
