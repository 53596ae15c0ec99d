"""Whom a way out trusts on TLS."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from monitor.sending.trust import Trust


@pytest.mark.parametrize(("content", "why"), [(None, "No such file"), ("no certificate", "ca_file cannot be used")])
def test_an_authority_that_cannot_be_used_is_an_error_of_the_config(
    tmp_path: Path, content: str | None, why: str
) -> None:
    """A wrong ca_file is told when the config is read, not when the first notice should go out."""
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content)
    with pytest.raises(ValidationError, match=why):
        Trust(ca_file=ca_file)
