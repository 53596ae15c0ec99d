"""A Notice: title, body, short and spoken form, written from Facts by the templates."""

import hashlib
from dataclasses import dataclass

from drafts.facts import Facts, UpdateKind


@dataclass(frozen=True, slots=True)
class Notice:
    """The words of one message: ``body`` is Markdown, ``short`` at most 280 characters, ``spoken`` plain speech."""

    title: str
    body: str
    short: str
    spoken: str

    def sha256(self) -> str:
        """The hash that an Approval binds to: of every word, so that no form can change unseen."""
        return hashlib.sha256(f"{self.title}\x00{self.body}\x00{self.short}\x00{self.spoken}".encode()).hexdigest()


def write(kind: UpdateKind, facts: Facts) -> Notice:
    """Write the notice of this kind from these facts, and from nothing else.

    Raises IncompleteFacts where a slot that cannot be empty is: nothing affected, no promised time of the next word
    (but in a resolved notice), or no time of recovery in a recovery or resolved one.
    """
    raise NotImplementedError(kind, facts)
