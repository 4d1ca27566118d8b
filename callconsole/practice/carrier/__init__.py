"""A phone company in miniature, on loopback: Twilio's REST API, webhooks, TwiML and streams."""

from callconsole.practice.callees import CALLEES, Callee, hastened
from callconsole.practice.carrier.alerts import Alert, AlertLog
from callconsole.practice.carrier.call import PracticeCall
from callconsole.practice.carrier.company import PracticeCarrier
from callconsole.practice.carrier.edge import Edge
from callconsole.practice.carrier.faults import (
    AccountFaults,
    AmdFault,
    CallbackFaults,
    CarrierFaults,
    RestFault,
    StreamFaults,
)

__all__ = [
    "CALLEES",
    "AccountFaults",
    "Alert",
    "AlertLog",
    "AmdFault",
    "CallbackFaults",
    "Callee",
    "CarrierFaults",
    "Edge",
    "PracticeCall",
    "PracticeCarrier",
    "RestFault",
    "StreamFaults",
    "hastened",
]
