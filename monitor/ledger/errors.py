"""Why the record cannot be opened, and why it refuses what a human asked.

The two trees::

    StorageError            the record cannot be opened
    └── NewerDatabase       a newer version has written it
    Refused                 a human asked for what must not be
    ├── Stale               the words or facts are not those that they saw
    ├── AlreadyApproved     somebody has said yes before
    ├── Gone                it was withdrawn or rejected, or its incident is over
    │   └── Missing         there is no such draft or incident
    ├── NotTakenUp          a first notice of what nobody is looking at
    ├── Unconfirmed         a first notice of a failure that nothing has confirmed
    ├── Unsigned            they have no name here, or may not approve
    ├── Alone               two people have to agree, and one has
    ├── Poor                the rules hold its words back, and no reason says why they may stay
    └── Uncarried           every channel needs what fails
"""


class StorageError(Exception):
    """The record cannot be opened; its text is one plain sentence for whoever started the program."""


class NewerDatabase(StorageError):  # noqa: N818 - its base says error; this says which
    """The record was written by a newer version; nothing in it was changed."""


class Refused(Exception):  # noqa: N818 - a refusal is an answer to a human, not an error of the program
    """The record does not do what was asked; its text is one plain sentence for the one who asked."""


class Stale(Refused):
    """The words or facts are not those that they saw."""


class AlreadyApproved(Refused):
    """Somebody has said yes before."""


class Gone(Refused):
    """The draft was withdrawn or rejected, or its incident is over."""


class Missing(Gone):
    """There is no such draft or incident."""


class Unconfirmed(Refused):
    """A first notice must wait until the failure is confirmed."""


class NotTakenUp(Refused):
    """A first notice must wait until a human says that they are looking at it."""


class Unsigned(Refused):
    """Nobody stands behind it: the person is unknown, disabled, without a name, or may not approve."""


class Alone(Refused):
    """Where four eyes are asked for, a second approver has to agree with the very words first."""


class Poor(Refused):
    """The rules of honesty hold the words back, and nobody has said why they may stay."""


class Uncarried(Refused):
    """Every channel needs what fails: a yes would reach nobody."""
