"""The record's tables: what was seen, what was drafted, who was called, who said yes, and what was sent.

A draft is an IncidentUpdate without an Approval: absence, not a flag. What must never happen is a constraint or a
trigger of the database (see ``monitor/ledger/migrations``), so that no code path of ours can forget it.
"""

from sqlmodel import SQLModel

from monitor.models.alert import Alert
from monitor.models.approval import Approval, Assent, Delivery, DeliveryState, Halt
from monitor.models.audit import AuditEntry, AuditHead
from monitor.models.beat import Beat
from monitor.models.call import Call, CallState, Signal, Why
from monitor.models.canary import Canary, CanaryOutcome
from monitor.models.columns import Utc
from monitor.models.follow_up import FollowUp
from monitor.models.incident import Act, ActKind, Incident, Member, Sighting, Stage
from monitor.models.lesson import Lesson
from monitor.models.people import Person, Role, Session, Throttle
from monitor.models.sightings import Component, Flip, Standing
from monitor.models.subscriber import Posting, PostingState, Subscriber, SubscriberState, Way
from monitor.models.token import Token
from monitor.models.update import IncidentUpdate, Revision

__all__ = [
    "Act",
    "ActKind",
    "Alert",
    "Approval",
    "Assent",
    "AuditEntry",
    "AuditHead",
    "Beat",
    "Call",
    "CallState",
    "Canary",
    "CanaryOutcome",
    "Component",
    "Delivery",
    "DeliveryState",
    "Flip",
    "FollowUp",
    "Halt",
    "Incident",
    "IncidentUpdate",
    "Lesson",
    "Member",
    "Person",
    "Posting",
    "PostingState",
    "Revision",
    "Role",
    "SQLModel",
    "Session",
    "Sighting",
    "Signal",
    "Stage",
    "Standing",
    "Subscriber",
    "SubscriberState",
    "Throttle",
    "Token",
    "Utc",
    "Way",
    "Why",
]
