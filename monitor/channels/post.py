"""What a webhook posts, as Standard Webhooks has it (standardwebhooks.com): signed JSON, the key in its headers."""

import base64
import hashlib
import hmac
import json
from typing import Final

from pydantic import SecretStr

from monitor.channels.channel import Message

PREFIX: Final = "whsec_"


def payload(message: Message) -> bytes:
    """The body: the envelope of Standard Webhooks, and in ``data`` the update as it was approved."""
    data = {
        "incident_id": message.incident_id,
        "update_id": message.update_id,
        "kind": message.kind,
        "stage": message.stage,
        "language": message.language,
        "title": message.title,
        "body": message.body,
        "short": message.short,
        "approved_by": message.approver,
        "approved_at": message.approved_at.isoformat(),
        "next_update_at": message.next_update_at and message.next_update_at.isoformat(),
        "site": message.site,
        "url": message.page_url,
    }
    envelope = {"type": "incident.update", "timestamp": message.approved_at.isoformat(), "data": data}
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


def headers(secret: SecretStr, message: Message, body: bytes) -> dict[str, str]:
    """The headers of one attempt; only time and signature differ between attempts."""
    timestamp = str(int(message.sent_at.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "ownup",
        "Idempotency-Key": message.key,
        "webhook-id": message.key,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(secret, f"{message.key}.{timestamp}.".encode() + body),
    }


def signature(secret: SecretStr, content: bytes) -> str:
    """The symmetric signature of Standard Webhooks, version 1."""
    key = base64.b64decode(secret.get_secret_value().removeprefix(PREFIX))
    return f"v1,{base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()}"
