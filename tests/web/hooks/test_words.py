"""Each reason that a message may keep has its words at the desk."""

import re
from pathlib import Path

from lotocar import messages
from lotocar.messages import rules
from lotocar.web.desk.words import REASON

FAMILIES = r"number|cap|call|provider|doubt|receipt|deadline|lease"


def test_every_reason_is_said_in_french() -> None:
    code = "".join(path.read_text() for path in Path(messages.__file__).parent.glob("*.py"))
    kept = set(re.findall(rf'"((?:{FAMILIES})\.[a-z_]+)"', code)) - {"provider.rejected", "doubt.waiting"}
    kept |= {remedy.reason for remedy in rules.REMEDIES.values()} | {rules.UNKNOWN_CODE.reason, "key.human"}
    assert kept <= set(REASON), kept - set(REASON)
