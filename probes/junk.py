"""Where spam goes: the folder that the server says is for it (RFC 6154), or one whose name says so in any language."""

from collections.abc import Collection
from typing import Final

JUNK: Final = "\\junk"

NAMES: Final = frozenset(
    {
        "junk", "junk mail", "junk e-mail", "junk email", "spam", "bulk", "bulk mail", "quarantine",
        "courrier indésirable", "indésirables", "pourriel", "spamverdacht", "unerwünscht", "werbung",
        "correo no deseado", "no deseado", "posta indesiderata", "indesiderata", "lixo eletrônico", "lixo eletrónico",
        "ongewenste e-mail", "ongewenst", "skräppost", "søppelpost", "uønsket e-post", "uønsket mail", "uønsket",
        "roskaposti", "rämpspost", "mēstules", "surogātpasts", "šlamštas", "nevyžádaná pošta", "nevyžiadaná pošta",
        "wiadomości-śmieci", "niechciane", "levélszemét", "mesaje nedorite", "neželena pošta", "bezvrijedna e-pošta",
        "нежелательная почта", "спам", "небажана пошта", "ανεπιθύμητη αλληλογραφία", "önemsiz e-posta", "istenmeyen",
        "垃圾邮件", "垃圾郵件", "迷惑メール", "정크 메일", "스팸메일함", "דואר זבל", "البريد غير الهام",
    }
)  # fmt: skip


def is_junk(name: str, attributes: Collection[str], chosen: Collection[str]) -> bool:
    """Whether a folder is where spam goes: by its attribute, its last name, or because the config has chosen it."""
    last = name.replace("/", ".").rpartition(".")[2].strip().casefold()
    return JUNK in attributes or name in chosen or last in NAMES
