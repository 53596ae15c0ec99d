"""Why a sign-in elsewhere does not count here."""


class Distrust(Exception):  # noqa: N818 - it is said to a human, without the word "error"
    """What did not fit, as one clause without secrets."""
