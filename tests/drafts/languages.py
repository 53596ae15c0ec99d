"""The same outages in other languages, with the words that a company there would have given.

``python -m tests.drafts.languages`` writes the golden texts of every language anew.
"""

from dataclasses import replace

from drafts.facts import Act, Affected, Checked, Facts, UpdateKind
from drafts.notice import write
from tests.drafts.plans import CASES as PLANS
from tests.drafts.samples import CASES as ENGLISH
from tests.drafts.samples import (
    CERTIFICATE,
    GOLDEN,
    NOBODY_CAN_TELL,
    OUTAGE,
    REFUSED,
    SENDING_DOWN,
    SIGN_IN_AT_MIDNIGHT,
    SLOW_AT_TIMES,
    SOME_PAGES,
    as_text,
    at,
    false_alarm,
    of_kind,
    varied,
)


def _renamed(facts: Facts, language: str, *names: str, **changes: object) -> Facts:
    """A sample in another language: its affected components get these names, and then those that work."""
    count = len(facts.affected)
    affected = tuple(replace(one, component=name) for one, name in zip(facts.affected, names, strict=False))
    working = tuple(replace(one, component=name) for one, name in zip(facts.working, names[count:], strict=True))
    return replace(facts, language=language, affected=affected, working=working, **changes)


def _mail_and_mailbox(language: str, names: tuple[str, str], zone: str, words: tuple[str, ...]) -> Facts:
    """Two components, and a human who has said everything that can be said."""
    cause, estimate, repair, loss, amends, what, showed = words
    return Facts(
        timezone=zone,
        language=language,
        since=at(1, 12, 5),
        last_good=at(1, 12, 4),
        affected=(
            Affected(names[0], "smtp", "greeting_timeout", failing=1, targets=1, total=True, evidence=("flip:51",)),
            Affected(names[1], "imap", "select", failing=2, targets=4, total=False, evidence=("flip:52",)),
        ),
        evidence=("flip:51", "flip:52"),
        checked=(Checked(what, showed, ("act:19",)),),
        acknowledged=Act("Maya Ortiz", at(1, 12, 11), ("act:20",)),
        cause=Act("Maya Ortiz", at(1, 12, 20), ("act:21",), cause),
        estimate=Act("Maya Ortiz", at(1, 12, 21), ("act:22",), estimate),
        repair=Act("Maya Ortiz", at(1, 13, 50), ("act:23",), repair),
        loss=Act("Maya Ortiz", at(1, 13, 55), ("act:24",), loss),
        amends=Act("Rui Alves", at(1, 14, 2), ("act:25",), amends),
        recovered_at=at(1, 13, 48),
        watch_until=at(1, 14, 3),
        next_update=at(1, 12, 35),
        follow="https://status.example.com",
        signature="Maya Ortiz, Example",
        at=at(1, 12, 34),
    )


def _sending(language: str, zone: str, effect: str, *names: str) -> Facts:
    renamed = _renamed(SENDING_DOWN, language, *names, timezone=zone)
    return replace(renamed, affected=(replace(renamed.affected[0], effect=effect),))


def _midnight(language: str, workaround: str, words: str, *names: str) -> Facts:
    act = replace(SIGN_IN_AT_MIDNIGHT.acknowledged, words=words)
    renamed = _renamed(SIGN_IN_AT_MIDNIGHT, language, *names, acknowledged=act)
    return replace(renamed, affected=(replace(renamed.affected[0], workaround=workaround),))


def _quiet(facts: Facts, language: str, *names: str, checked: tuple[Checked, ...] = ()) -> Facts:
    """A sample to which no human has added a word."""
    renamed = _renamed(facts, language, *names, checked=checked)
    return replace(renamed, affected=tuple(replace(one, effect=None) for one in renamed.affected))


def _expired(language: str, cause: str, *names: str) -> Facts:
    """The certificate that a human forgot, with nine things more that work."""
    return replace(_quiet(CERTIFICATE, language, *names), cause=replace(CERTIFICATE.cause, words=cause))


GERMAN = {
    "sending_down": _sending(
        "de", "Europe/Berlin", "Sie können keine E-Mails senden", "E-Mail-Versand", "E-Mail-Empfang", "Website"
    ),
    "some_pages": _quiet(SOME_PAGES, "de", "Kundenportal", "Webmail"),
    "sign_in_at_midnight": _midnight(
        "de",
        "Unter https://webmail.example.de können Sie sich anmelden",
        "Ich prüfe die Anmeldung",
        "Postfach",
        "Versand",
    ),
    "mail_and_mailbox": _mail_and_mailbox(
        "de",
        ("Versand", "Postfächer"),
        "Europe/Vienna",
        (
            "Die Festplatte mit der Warteschlange ist voll",
            "bis 15:00 Uhr MEZ; die alten Protokolle sind halb verschoben",
            "wir haben die alten Protokolle verschoben",
            "nichts; was wartete, ist verschickt",
            "ein Tagesentgelt wird im November nicht berechnet",
            "die Zertifikate",
            "sie sind gültig",
        ),
    ),
    "slow_at_times": _quiet(SLOW_AT_TIMES, "de", "Chat"),
    "refused": _quiet(REFUSED, "de", "Website", "Versand"),
    "certificate": _expired(
        "de",
        "wir haben vergessen, das Zertifikat zu erneuern",
        "Webmail",
        "Website",
        "Shop",
        "Chat",
        "Telefon",
        "Fax",
        "Telex",
    ),
    "nobody_can_tell": replace(NOBODY_CAN_TELL, language="de"),
}
FRENCH = {
    "sending_down": _sending(
        "fr", "Europe/Paris", "vous ne pouvez pas envoyer de messages", "Envoi de messages", "Réception", "Site"
    ),
    "some_pages": _quiet(SOME_PAGES, "fr", "Espace client", "Webmail"),
    "sign_in_at_midnight": _midnight(
        "fr",
        "Le webmail https://webmail.example.fr vous identifie encore",
        "Je regarde l'identification",
        "Boîtes",
        "Envoi",
    ),
    "mail_and_mailbox": _mail_and_mailbox(
        "fr",
        ("Envoi", "Boîtes aux lettres"),
        "Europe/Brussels",
        (
            "Le disque de la file d'attente est plein",
            "avant 15:00 CET ; la moitié des journaux est déplacée",
            "nous avons déplacé les anciens journaux",
            "rien ; ce qui attendait est parti",
            "un jour d'abonnement est offert en novembre",
            "les certificats",
            "ils sont valables",
        ),
    ),
    "slow_at_times": _quiet(SLOW_AT_TIMES, "fr", "Chat"),
    "refused": _quiet(REFUSED, "fr", "Site", "Envoi"),
    "certificate": _expired(
        "fr",
        "nous avons oublié de renouveler le certificat",
        "Webmail",
        "Site",
        "Boutique",
        "Chat",
        "Téléphone",
        "Fax",
        "Télex",
    ),
    "nobody_can_tell": replace(NOBODY_CAN_TELL, language="fr"),
}
SPANISH = {
    "sending_down": _sending(
        "es", "Europe/Madrid", "no puede enviar correo", "Envío de correo", "Recepción", "Sitio web"
    ),
    "some_pages": _quiet(SOME_PAGES, "es", "Portal de clientes", "Webmail"),
    "sign_in_at_midnight": _midnight(
        "es", "En https://webmail.example.es aún puede identificarse", "Miro el servidor de claves", "Lectura", "Envío"
    ),
    "mail_and_mailbox": _mail_and_mailbox(
        "es",
        ("Envío", "Buzones"),
        "Europe/Madrid",
        (
            "El disco de la cola está lleno",
            "antes de las 15:00 CET; la mitad de los registros está movida",
            "movimos los registros antiguos",
            "nada; lo que esperaba ha salido",
            "se descuenta un día de la factura de noviembre",
            "los certificados",
            "son válidos",
        ),
    ),
    "slow_at_times": _quiet(SLOW_AT_TIMES, "es", "Chat"),
    "refused": _quiet(REFUSED, "es", "Sitio web", "Envío"),
    "certificate": _expired(
        "es", "olvidamos renovar el certificado", "Webmail", "Sitio web", "Tienda", "Chat", "Teléfono", "Fax", "Télex"
    ),
    "nobody_can_tell": replace(NOBODY_CAN_TELL, language="es"),
}
LANGUAGES = {"de": GERMAN, "fr": FRENCH, "es": SPANISH}
CASES = (
    ENGLISH
    | {
        f"{language}.{name}.{kind}": (kind, of_kind(facts, kind))
        for language, samples in LANGUAGES.items()
        for name, facts in samples.items()
        for kind in OUTAGE
    }
    | {
        f"{language}.sending_down.false_alarm": (UpdateKind.CORRECTION, false_alarm(samples["sending_down"], reason))
        for (language, samples), reason in zip(
            LANGUAGES.items(),
            (
                "das Kennwort unserer Prüfung war abgelaufen",
                "le mot de passe de notre contrôle avait expiré",
                "la contraseña de nuestra comprobación había caducado",
            ),
            strict=True,
        )
    }
    | {
        f"{language}.sending_down.{name}": case
        for language, samples in LANGUAGES.items()
        for name, case in varied(samples["sending_down"]).items()
    }
    | PLANS
)


if __name__ == "__main__":
    for case, (kind, facts) in CASES.items():
        (GOLDEN / f"{case}.txt").write_text(as_text(write(kind, facts)), encoding="utf-8")
