"""The page on the API is a manual: each command that it shows does what it says, as it is written."""

import asyncio
import re
import shutil
from pathlib import Path
from typing import Final

from aiohttp.test_utils import TestClient

from tests.monitor.desk.api.conftest import issue
from tests.monitor.desk.house import House

PAGE: Final = Path(__file__).parents[4] / "docs" / "api.md"
STREAM_S: Final = "3"


def shown() -> list[str]:
    """Every curl command of the page, with the lines that it goes on in."""
    blocks = re.findall(r"(?:^    .*\n)+", PAGE.read_text(), re.MULTILINE)
    lines = "".join(blocks).replace("\\\n", "").splitlines()
    return [line.strip() for line in lines if line.strip().startswith("curl ")]


async def run(command: str, secret: str, url: str) -> str:
    """Run one in a shell against this desk; gives what it prints, the status of the answer last."""
    assert shutil.which("curl"), "this test needs curl: apt-get install curl"
    here = command.replace("http://127.0.0.1:8481/", url).replace("curl ", "curl -s -w ' %{http_code}' ", 1)
    here = here.replace("curl -s", f"curl -s --max-time {STREAM_S}") if " -N " in here else here
    shell = await asyncio.create_subprocess_exec(
        "bash", "-c", here, env={"OWNUP_TOKEN": secret, "PATH": "/usr/bin:/bin"}, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await shell.communicate()
    return out.decode()


async def test_every_command_of_the_page_works(house: House, client: TestClient) -> None:
    """From the list of drafts to published, in Maria's name; only the numbers and hashes are those of the answers."""
    await house.fail(taken=False)
    secret, url = await issue(house, "Maria"), str(client.make_url("/"))
    statuses, etag, digest = [], "", ""
    for command in shown():
        ours = command.replace("/drafts/7", "/drafts/1").replace("/incidents/3", "/incidents/1")
        said = await run(ours.replace('"2-0f3a…"', etag).replace("0f3a…", digest), secret, url)
        statuses.append((command.split()[-1].partition("/v1")[2], said.split()[-1]))
        await house.scribe.tend()
        etag = (re.findall(r"^ETag: (.*?)\s*$", said, re.MULTILINE) or [etag])[0]
        digest = (re.findall(r'"text_sha256":"([0-9a-f]{64})"', said) or [digest])[0]
    assert statuses == [
        ("/drafts", "200"),
        ("/incidents/3/acknowledge", "200"),
        ("/drafts/7", "200"),
        ("/drafts/7/approve", "200"),
        ("/events", "200"),
    ]
