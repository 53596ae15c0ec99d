"""Passwords go over the wire byte for byte, and appear nowhere else."""

import asyncio
import base64
import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from probes.look import Reason, Result
from tests.probes.lines import Visitor, look_imap, look_pop3, look_smtp, serving

_LITERAL = re.compile(rb"\{(\d+)\}$")

# Long enough that a transcript could not hold one by chance; no protocol can carry a NUL.
ALPHABET = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
PASSWORDS = st.text(ALPHABET, min_size=10, max_size=80).filter(lambda text: len(set(text)) > 4)
AWKWARD = (
    'pass word "quoted"',
    "back\\slash\\",
    "žņ€ 密码 🔑🔑🔑",
    '"" \\" {10}',
    "line\r\nQUIT\r\nend",
    "x" * 40 + "yz%&$",
)

Test = Callable[..., None]


def with_any_password(test: Test) -> Test:
    """Try many passwords, and each time those that people and attackers choose."""
    for password in AWKWARD:
        test = example(password=password)(test)
    return settings(max_examples=50, deadline=None)(given(password=PASSWORDS)(test))


def hidden(result: Result, password: str) -> bool:
    """Whether no form of the password stands anywhere in the result."""
    raw = password.encode()
    forms = {password, base64.b64encode(raw).decode(), repr(password)[1:-1], password.replace('"', '\\"')}
    told = [repr(result), result.as_json(), result.detail, *(line.text for line in result.evidence)]
    return not any(form in text for form in forms for text in told)


async def imap_server(visitor: Visitor) -> bytes:
    """Serve a LOGIN as RFC 9051 says, send the words back to the sender, and give the password as it was understood."""
    await visitor.say("* OK ready")
    await visitor.hear()
    await visitor.say("* CAPABILITY IMAP4rev1", "a1 OK")
    line = await visitor.hear()
    words = line.removeprefix(b"a2 LOGIN ")
    understood = []
    while words:
        if literal := _LITERAL.fullmatch(words):
            await visitor.say("+ go on")
            understood.append(await visitor.reader.readexactly(int(literal[1])))
            line = await visitor.hear()
            words = line.removeprefix(b" ")
        else:
            quoted = re.match(rb'"((?:[^"\\]|\\.)*)" ?', words)
            assert quoted, words
            understood.append(re.sub(rb"\\(.)", rb"\1", quoted[1]))
            words = words[quoted.end() :]
    username, password = understood
    assert username == b"probe"
    await visitor.say(b"a2 NO you said: " + b" / ".join([line, password]).replace(b"\r", b"").replace(b"\n", b""))
    return password


def by_imap(password: str) -> tuple[Result, bytes]:
    """A look by IMAP with this password, and what the server understood."""
    heard: list[bytes] = []

    async def script(visitor: Visitor) -> None:
        heard.append(await imap_server(visitor))

    async def main() -> Result:
        async with serving(script) as server:
            return await look_imap(server, username="probe", password=password)

    return asyncio.run(main()), heard[0]


def by_smtp(password: str, offers: str) -> tuple[Result, list[bytes]]:
    """A look by SMTP with this password, at a server that sends every blob back, and what it heard."""

    async def script(visitor: Visitor) -> None:
        await visitor.say("220 x")
        await visitor.hear()
        await visitor.say(f"250-x\r\n250 AUTH {offers}")
        blob = (await visitor.hear()).rpartition(b" ")[2]
        for _ in range(2 if offers == "LOGIN" else blob == b"PLAIN"):
            await visitor.say("334 ")
            blob = await visitor.hear()
        words = base64.b64decode(blob).replace(b"\r", b"").replace(b"\n", b"")
        await visitor.say(b"535 5.7.8 you said: " + blob + b" and " + words)

    async def main() -> tuple[Result, list[bytes]]:
        async with serving(script) as server:
            return await look_smtp(server, username="probe", password=password), server.heard

    return asyncio.run(main())


@with_any_password
def test_imap_login_carries_any_password_and_shows_none(password: str) -> None:
    """LOGIN is byte-exact, quoted or as a literal, and a server that sends the password back gives nothing away."""
    result, understood = by_imap(password)
    assert understood == password.encode()
    assert result.reason is Reason.AUTH, result.detail
    assert hidden(result, password)


@with_any_password
def test_pop3_carries_any_password_of_one_line_and_shows_none(password: str) -> None:
    """PASS is byte-exact, and a server that sends the password back gives nothing away."""
    password = "".join(letter for letter in password if letter not in "\r\n")

    async def script(visitor: Visitor) -> None:
        for answer in (b"+OK", b"-ERR", b"+OK"):
            await visitor.say(answer)
            await visitor.hear()
        await visitor.say(b"-ERR you said: " + visitor.heard[-1])

    async def main() -> tuple[Result, list[bytes]]:
        async with serving(script) as server:
            return await look_pop3(server, username="probe", password=password), server.heard

    result, heard = asyncio.run(main())
    assert heard[:3] == [b"CAPA", b"USER probe", b"PASS " + password.encode()]
    assert result.reason is Reason.AUTH, result.detail
    assert hidden(result, password)


@pytest.mark.parametrize("offers", ["PLAIN", "LOGIN"])
@with_any_password
def test_smtp_auth_carries_any_password_and_shows_none(offers: str, password: str) -> None:
    """AUTH is byte-exact, however long the password, and nothing of it is shown."""
    result, heard = by_smtp(password, offers)
    said = [base64.b64decode(line.rpartition(b" ")[2]) for line in heard[2 if offers == "LOGIN" else 1 :]]
    expected = [b"probe", password.encode()] if offers == "LOGIN" else [b"\0probe\0" + password.encode()]
    assert said[-len(expected) :] == expected
    assert result.reason is Reason.AUTH, result.detail
    assert hidden(result, password)
