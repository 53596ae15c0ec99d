"""The second pair of eyes: when another approver is asked for, and when nothing goes out without one."""

from typing import Final

from monitor.config import FourEyes
from monitor.desk.honesty import Found, blocking

GRAVE: Final = "C04"  # words of security, law or personal data, with one approver only


def asked(four_eyes: FourEyes, found: tuple[Found, ...]) -> bool:
    """Whether somebody else should agree first."""
    return four_eyes is FourEyes.ALL or GRAVE in blocking(found)


def required(four_eyes: FourEyes, found: tuple[Found, ...]) -> bool:
    """Whether no reason whatever lets one approver publish alone."""
    return four_eyes is not FourEyes.ASKED and asked(four_eyes, found)


def overridable(four_eyes: FourEyes, found: tuple[Found, ...]) -> tuple[str, ...]:
    """The rules that a recorded reason may stand against."""
    return tuple(rule for rule in blocking(found) if rule != GRAVE or four_eyes is FourEyes.ASKED)
