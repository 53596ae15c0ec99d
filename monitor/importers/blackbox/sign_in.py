"""Signing in to a web server: passwords and tokens become variables, files stay files."""

from typing import Final

from monitor.importers.blackbox.bench import Bench
from monitor.importers.blackbox.options import Authorization, BasicAuth, SignIn

_BEARER: Final = "bearer"


def sign_in(bench: Bench, options: SignIn) -> None:
    """Set username and password, or a token."""
    if options.basic_auth:
        _basic(bench, options.basic_auth)
    if options.authorization:
        _authorization(bench, options.authorization)
    if options.bearer_token:
        bench.sketch.options["bearer_token"] = bench.web.secret("token", options.bearer_token)
    if options.bearer_token_file:
        _from_file(bench, "bearer_token", options.bearer_token_file)
    if options.oauth2 is not None:
        bench.sketch.unlike("oauth2: our kind http takes a token, and does not ask for one")


def _basic(bench: Bench, given: BasicAuth) -> None:
    bench.sketch.options["username"] = given.username
    if given.username_file:
        bench.sketch.unlike(f"username_file: {given.username_file}: write the user down as username")
    if given.password_file:
        _from_file(bench, "password", given.password_file)
    elif given.password:
        bench.sketch.options["password"] = bench.web.secret("password", given.password)


def _authorization(bench: Bench, given: Authorization) -> None:
    if given.type.lower() != _BEARER:
        bench.sketch.unlike(f"authorization: type {given.type}: we know basic authentication and bearer tokens")
    elif given.credentials_file:
        _from_file(bench, "bearer_token", given.credentials_file)
    elif given.credentials:
        bench.sketch.options["bearer_token"] = bench.web.secret("token", given.credentials)


def _from_file(bench: Bench, option: str, path: str) -> None:
    if found := bench.file(f"{option}_file", path):
        bench.sketch.options[f"{option}_file"] = found
