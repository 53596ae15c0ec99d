"""OpenID Connect: who somebody is, on the word of your own identity provider, each part of it verified."""

from monitor.oidc.attempt import Attempt
from monitor.oidc.distrust import Distrust
from monitor.oidc.provider import Provider
from monitor.oidc.token import Claims

__all__ = ["Attempt", "Claims", "Distrust", "Provider"]
