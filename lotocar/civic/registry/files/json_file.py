"""What would be sent, for other systems: the bodies themselves, then what is held back and why.

    {"journeys": [body, …],                  exactly what POST /journeys takes
     "warnings": [{"operator_journey_id", "code", "message"}, …],
     "refused":  [{"operator_journey_id", "operator_trip_id", "start", "end",
                   "reasons": [{"code", "who", "message"}, …]}, …],
     "sent":     [{"operator_journey_id", "operator_trip_id", "start", "end", "status", "registry_status",
                   "labels", "body": what was sent, null once forgotten}, …]}

`who` is "driver", "passenger" or null. Of a refused couple neither place nor person is told.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from lotocar.civic.registry.couples.checks import Filed, Ready, RefusedCouple, Review
from lotocar.civic.registry.couples.facts import Reason
from lotocar.civic.registry.couples.payload import Payload
from lotocar.civic.registry.wording import WARNINGS, sentence


def export_json(review: Review) -> str:
    """The whole document, indented, ending with a line break."""
    document = {
        "journeys": [ready.body for ready in review.ready],
        "warnings": [line for ready in review.ready for line in _warnings(ready)],
        "refused": [_refused(refused) for refused in review.refused],
        "sent": [_filed(filed) for filed in review.filed],
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _warnings(ready: Ready) -> list[Payload]:
    return [
        {"operator_journey_id": ready.couple.journey_id, "code": warn, "message": WARNINGS[warn]}
        for warn in ready.warnings
    ]


def _refused(refused: RefusedCouple) -> Payload:
    couple = refused.couple
    return {
        "operator_journey_id": couple.journey_id,
        "operator_trip_id": couple.trip_id,
        "start": _utc(couple.start_at),
        "end": _utc(couple.end_at),
        "reasons": [_reason(reason) for reason in refused.reasons],
    }


def _filed(filed: Filed) -> Payload:
    return {
        "operator_journey_id": filed.journey_id,
        "operator_trip_id": filed.trip_id,
        "start": _utc(filed.start_at),
        "end": _utc(filed.end_at),
        "status": filed.status,
        "registry_status": filed.registry_status,
        "labels": list(filed.labels),
        "body": filed.body,
    }


def _reason(reason: Reason) -> Payload:
    return {"code": reason.code, "who": reason.who, "message": sentence(reason)}


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
