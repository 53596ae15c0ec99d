"""Samples of planned work, in every language: announced, begun, done, moved, put off, and longer than announced."""

from dataclasses import replace

from drafts.facts import Affected, Facts, Planned, UpdateKind, Working
from tests.drafts.samples import at

# language: zone, the component, what customers cannot do then, what they can do instead, what the work is
COMPANIES = {
    "en": (
        "Europe/London",
        "Sending email",
        "you cannot send mail",
        "Mail that you send will wait in your outbox",
        "moving the mail queue to new disks",
    ),
    "de": (
        "Europe/Berlin",
        "E-Mail-Versand",
        "Sie können keine E-Mails senden",
        "Was Sie senden, wartet im Postausgang",
        "Umzug der Warteschlange auf neue Festplatten",
    ),
    "fr": (
        "Europe/Paris",
        "Envoi de messages",
        "vous ne pouvez pas envoyer de messages",
        "Vos messages attendront dans la boîte d'envoi",
        "passage de la file d'attente sur de nouveaux disques",
    ),
    "es": (
        "Europe/Madrid",
        "Envío de correo",
        "no puede enviar correo",
        "Sus mensajes esperarán en la bandeja de salida",
        "paso de la cola a discos nuevos",
    ),
}


def work(language: str) -> Facts:
    """Planned work on one component, of which everything is known."""
    zone, component, effect, workaround, words = COMPANIES[language]
    start, end = at(25, 21, 0), at(25, 22, 30)
    return Facts(
        timezone=zone,
        language=language,
        since=start,
        last_good=None,
        affected=(
            Affected(
                component,
                "",
                "planned",
                0,
                2,
                total=False,
                evidence=("config:move",),
                effect=effect,
                workaround=workaround,
            ),
        ),
        evidence=("config:move",),
        working=(Working("Website", ("flip:4",)),),
        next_update=start,
        follow="https://status.example.org",
        signature="Anna Kask, Example",
        planned=Planned(words, start, end, ("config:move",)),
        at=at(24, 9, 0),
    )


def bare(language: str) -> Facts:
    """Planned work over midnight on two components, of whose effects a company has said nothing."""
    facts = work(language)
    (one,) = facts.affected
    plain = replace(one, effect=None, workaround=None, targets=0)
    return replace(
        facts,
        affected=(plain, replace(plain, component="Webmail")),
        signature=None,
        planned=replace(facts.planned, end=at(26, 1, 0)),
    )


def of_work(facts: Facts) -> dict[str, tuple[UpdateKind, Facts]]:
    """Every message that one work can need."""
    plan = facts.planned
    then = replace(plan, start=at(28, 20, 0), end=at(28, 21, 0), told_start=plan.start, told_end=plan.end)
    begun = replace(facts, next_update=plan.end, planned=replace(plan, begun=True), at=plan.start)
    longer = replace(plan, begun=True, end=at(26, 2, 15), told_start=plan.start, told_end=plan.end)
    return {
        "announced": (UpdateKind.ANNOUNCED, facts),
        "begun": (UpdateKind.BEGUN, begun),
        "done": (UpdateKind.DONE, replace(begun, next_update=None)),
        "moved": (UpdateKind.POSTPONED, replace(facts, planned=then, since=then.start, next_update=then.start)),
        "put_off": (
            UpdateKind.POSTPONED,
            replace(facts, next_update=None, planned=replace(then, start=None, end=None)),
        ),
        "longer": (UpdateKind.POSTPONED, replace(begun, next_update=longer.end, planned=longer)),
    }


CASES = {
    f"{'' if language == 'en' else f'{language}.'}{name}.{kind}": case
    for language in COMPANIES
    for name, facts in {"work": work(language), "bare_work": bare(language)}.items()
    for kind, case in of_work(facts).items()
}
