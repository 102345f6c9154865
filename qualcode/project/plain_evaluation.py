"""An evaluation of a machine coder, and suggestions what to code next, as plain data for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from qualcode.model import Study
from qualcode.project.plain_data import agreement_data, rounded

if TYPE_CHECKING:
    from qualcode.project.evaluating import Evaluation


def evaluation_data(study: Study, found: Evaluation) -> dict[str, Any]:
    """Return an evaluation as `qualcode evaluate --format json` shows it."""
    return {
        "coder": found.coder,
        "against": found.against,
        "of": list(found.of),
        "how": found.how,
        "attributes": dict(found.attributes),
        "agreement": agreement_data(study, found.agreement),
        "mistakes": [{**asdict(one), "confidence": rounded(one.confidence)} for one in found.mistakes],
        "confused": [{"first": one.first, "second": one.second, "units": one.units} for one in found.confused],
        "curve": [{name: rounded(value) for name, value in asdict(one).items()} for one in found.curve],
    }
