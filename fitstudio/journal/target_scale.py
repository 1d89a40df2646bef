"""Puts losses and metrics of a scaled target into the target's own unit, for people to read.

A model that tells numbers learns them scaled, so its losses and metrics are of scaled numbers, and
History keeps them as they are. What a person sees is this times the scale: an absolute error is in
the target's unit, a squared one in its square. What no factor turns into the target's unit is told
to be of the scaled target, so that one name never stands for two quantities.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.catalogue.measured_names import unit_power
from fitstudio.words import say


@dataclass(frozen=True, slots=True)
class TargetScale:
    """How the target of a run was scaled, as its journal tells.

    Attributes:
        name: The target's name.
        unit: Its unit, where that is known.
        scale: What its numbers were divided by; None where several targets have several scales.
        method: "standard", "minmax" or "none".
        loss: The loss's name.
    """

    name: str
    unit: str | None
    scale: float | None
    method: str
    loss: str

    @classmethod
    def from_fields(cls, fields: Any) -> TargetScale | None:
        """Reads the field `target` of `data_ready`; None for classes and for older journals."""
        if not isinstance(fields, Mapping):
            return None
        scale = fields.get("scale")
        usable = isinstance(scale, (int, float)) and math.isfinite(scale) and scale > 0
        unit = fields.get("unit")
        return cls(
            name=str(fields.get("name") or "target"),
            unit=unit if isinstance(unit, str) and unit else None,
            scale=float(scale) if usable and isinstance(scale, (int, float)) else None,
            method=str(fields.get("method") or "standard"),
            loss=str(fields.get("loss") or ""),
        )

    def factor(self, metric: str) -> float:
        """What a value of this metric is multiplied by to be in the target's unit."""
        power = self._power(metric)
        return self.scale**power if power and self.scale is not None else 1.0

    def unit_of(self, metric: str) -> str:
        """The unit that stands behind a value of this metric; empty where it has none."""
        power = self._power(metric)
        if not power or self.scale is None or self.unit is None:
            return ""
        if power == 1:
            return self.unit
        return f"{self.unit}²" if self.unit.isalpha() or self.unit == "%" else f"({self.unit})²"

    def words_for(self, metric: str) -> str:
        """What the values of this metric are in, as a phrase; empty where they have no unit."""
        power = self._power(metric)
        if power == 0:
            return ""
        if power is None or self.scale is None:
            if self.method == "none":
                return ""
            if self.method == "standard" and power == 1:
                return say("in standard deviations")
            return say("of the scaled target")
        unit = self.unit_of(metric)
        if unit:
            return say("in {unit}", unit=unit)
        if power == 2:
            return say("in the unit of {name}, squared", name=self.name)
        return say("in the unit of {name}", name=self.name)

    def _power(self, metric: str) -> int | None:
        """0 for what has no unit, None for what no factor converts."""
        return unit_power(metric, self.loss)
