"""The draft of an offer says what was measured, what is owed and what is given, and nothing more."""

from datetime import date, timedelta

import pytest

from drafts.offer import Reparation, offer

MAY = Reparation("en", "Business", "Sending email", date(2027, 5, 1), timedelta(minutes=110), 10, 2.5)


TOLD = {
    ("en", 10, 2.5): """
        In May 2027 Sending email was down for 1 hour and 50 minutes. By the terms of Business we owe you 10% of that
        month's fee. We give 2.5% beyond that.""",
    ("en", 0, 5): """
        In May 2027 Sending email was down for 1 hour and 50 minutes. The terms of Business owe nothing for that; we
        give you 5% of that month's fee.""",
    ("de", 10, 2.5): """
        Im Mai 2027 war Sending email insgesamt so lange gestört: 1 Stunde und 50 Minuten. Nach den Bedingungen von
        Business schulden wir Ihnen 10 % des Entgelts für diesen Monat. Darüber hinaus geben wir 2,5 %.""",
    ("fr", 10, 0): """
        En mai 2027, Sending email n'a pas marché pendant 1 heure et 50 minutes. Selon les conditions de Business, nous
        vous devons 10 % du prix de ce mois.""",
    ("es", 0, 5): """
        En mayo de 2027, Sending email no funcionó durante 1 hora y 50 minutos. Las condiciones de Business no prevén
        nada por ello; le damos 5 % de la cuota de ese mes.""",
}


@pytest.mark.parametrize("case", TOLD)
def test_in_every_language(case: tuple[str, float, float]) -> None:
    """Each reads as it read when somebody last read it aloud."""
    language, owed, given = case
    told = offer(Reparation(language, MAY.plan, MAY.component, MAY.month, MAY.down, owed, given))
    assert told == " ".join(TOLD[case].split())


def test_nothing_is_no_offer() -> None:
    """Where nothing is owed and nothing given there is nothing to write."""
    assert offer(Reparation("en", MAY.plan, MAY.component, MAY.month, MAY.down, 0, 0)) == ""


def test_hostile_names_stay_on_one_line() -> None:
    """A name of the config can begin no line of its own."""
    wicked = Reparation("en", "A\n\n# B", "C\u202e\nD", MAY.month, MAY.down, 1, 0)
    assert "\n" not in offer(wicked)
