"""A phone company in miniature, on loopback: Twilio's REST API, webhooks, TwiML and streams."""

from callconsole.practice.carrier.alerts import Alert
from callconsole.practice.carrier.callees import CALLEES, Callee, hastened
from callconsole.practice.carrier.company import PracticeCarrier
from callconsole.practice.carrier.edge import Edge
from callconsole.practice.carrier.faults import (
    AmdFault,
    CallbackFaults,
    CarrierFaults,
    RestFault,
    StreamFaults,
)

__all__ = [
    "CALLEES",
    "Alert",
    "AmdFault",
    "CallbackFaults",
    "Callee",
    "CarrierFaults",
    "Edge",
    "PracticeCarrier",
    "RestFault",
    "StreamFaults",
    "hastened",
]
