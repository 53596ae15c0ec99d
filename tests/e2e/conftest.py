"""The company, running and healthy, with a human at the desk."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.e2e.company import Company, config
from tests.monitor.channels.sinks import hook_sink, mail_sink
from tests.peers.dovecot import Dovecot
from tests.peers.nginx import Nginx
from tests.peers.ports import Block
from tests.peers.postfix import Postfix

CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


@pytest.fixture
async def company(  # noqa: PLR0913, PLR0917 - a company needs all this
    request: pytest.FixtureRequest,
    tmp_path: Path,
    ports: Block,
    nginx: Nginx,
    postfix: Postfix,
    dovecot: Dovecot,
    authority_file: Path,
) -> AsyncIterator[Company]:
    """Ask for it with the pace as the parameter."""
    async with AsyncExitStack() as stack:
        mails = await stack.enter_async_context(mail_sink())
        hooks = await stack.enter_async_context(hook_sink())
        ownup = config(
            tmp_path,
            peers=(nginx, postfix, dovecot),
            pace=request.param,
            authority=authority_file,
            page=ports.port(),
            desk=ports.port(),
            metrics=ports.port(),
            mail_sink=mails.port,
            hook_sink=hooks.port,
        )
        player = await stack.enter_async_context(async_playwright())
        browser = await player.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
        stack.push_async_callback(browser.close)
        phone = await browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
        await ownup.start()
        stack.push_async_callback(ownup.stop)
        yield Company(nginx, postfix, dovecot, mails, hooks, ownup, await phone.new_page())
