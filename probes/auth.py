"""Signing in over SMTP: SASL carried by the AUTH command (RFC 4954)."""

from typing import Final

from probes.dialogue import Dialogue
from probes.finding import Failed
from probes.reason import Reason
from probes.reply import Reply, hear_reply, refusal
from probes.sasl import Login, SignIn, choose
from probes.transcript import MASK

COMMAND_BYTES_MAX: Final = 510  # RFC 5321 section 4.5.3.1.4, without the line's end

_SIGNED_IN: Final = 235
_GO_ON: Final = 334
_REASONS: Final = {  # RFC 4954 section 6; any other refusal is of the credentials
    504: Reason.AUTH_MECHANISM,
    523: Reason.AUTH_DISABLED,
    530: Reason.AUTH_DISABLED,
    534: Reason.AUTH_MECHANISM,
    538: Reason.AUTH_DISABLED,
}


async def sign_in(talk: Dialogue, offered: tuple[str, ...], login: Login) -> None:
    """Sign in by one of the mechanisms that the server offers. Raises Failed, or Degraded with ``auth_temporary``."""
    mechanism = choose(offered, encrypted=talk.wire.encrypted, bearer=login.bearer)
    if mechanism is None:
        ways = talk.quoted(" ".join(offered)) if offered else "no AUTH at all"
        raise Failed(Reason.AUTH_MECHANISM, f"{talk.peer} offers {ways}, and so no way of signing in that we know")
    command = f"AUTH {mechanism.name}"
    signing_in = SignIn(mechanism, login.username, login.secret)
    with talk.stage("auth", f"its answer to {command}"):
        reply = await _carry(talk, signing_in, command)
    if reply.code != _SIGNED_IN:
        reason = _REASONS.get(reply.code, Reason.AUTH)
        found = refusal(talk, reply, command, reason, for_now=Reason.AUTH_TEMPORARY)
        raise signing_in.explained(found, talk)


async def _carry(talk: Dialogue, signing_in: SignIn, command: str) -> Reply:
    initial = signing_in.begin(COMMAND_BYTES_MAX - len(command) - 1)
    if initial:
        await talk.say(f"{command} ".encode() + initial, shown=f"{command} {MASK}")
    else:
        await talk.say(command.encode())
    while (reply := await hear_reply(talk)).code == _GO_ON:
        await talk.say(signing_in.answer(reply.text.encode()), shown=MASK)
    return reply
