"""The settings of changes at random: how training pictures are turned, moved, lit and mixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.kinds.conditions import All, Condition, Fact
from fitstudio.declared.kinds.param import Level, Param
from fitstudio.declared.kinds.values import Flag, Kind, Real
from fitstudio.declared.parameters import groups
from fitstudio.words import marked, say
from fitstudio.words.nouns import one, several
from fitstudio.words.numbers import plain_number

_PICTURES = Fact("pictures")
_CLASSES = All(_PICTURES, Fact("classes"))
_PREFIX = "augment_"


def _param(
    name: str,
    kind: Kind,
    title: str,
    help: str,
    *,
    more: str = "",
    unit: str = "",
    applies: Condition = _PICTURES,
    level: Level = Level.BASIC,
) -> Param:
    return Param(
        section="data",
        name=_PREFIX + name,
        kind=kind,
        default=False if isinstance(kind, Flag) else 0.0,
        title=title,
        help=help,
        more=more,
        unit=unit,
        applies=applies,
        group=groups.AT_RANDOM,
        level=level,
    )


def _up_to(most: float) -> Real:
    return Real(minimum=0.0, maximum=most)


AUGMENTATION: tuple[Param, ...] = (
    _param(
        "flip_horizontal",
        Flag(),
        marked("Flip left and right"),
        marked("Whether about every second training picture is mirrored, left for right."),
        more=marked("Leave it off where left and right mean something, as in letters."),
    ),
    _param(
        "flip_vertical",
        Flag(),
        marked("Flip top and bottom"),
        marked("Whether about every second training picture is mirrored, top for bottom."),
        more=marked("For pictures that have no top, such as those of a microscope."),
    ),
    _param(
        "turn",
        _up_to(180.0),
        marked("Turn"),
        marked("By how many degrees each training picture is turned at most, either way."),
        more=marked(
            "Each picture is turned by an angle of its own, drawn anew in each epoch. Where "
            "nothing is left at the corners, the edge's points go on."
        ),
        unit="degrees",
    ),
    _param(
        "shift",
        _up_to(50.0),
        marked("Shift"),
        marked("By which part of its sides each training picture is moved at most."),
        more=marked("Along both sides, each by a part of its own. The edge's points go on."),
        unit="%",
    ),
    _param(
        "scale",
        _up_to(90.0),
        marked("Larger or smaller"),
        marked("By how much each training picture is made larger or smaller at most."),
        unit="%",
    ),
    _param(
        "crop",
        _up_to(90.0),
        marked("Crop"),
        marked("How much of each side is cut away at most; the rest fills the whole size."),
        more=marked("The part that stays lies anywhere in the picture."),
        unit="%",
    ),
    _param(
        "brightness",
        _up_to(100.0),
        marked("Brightness"),
        marked("By how much each training picture becomes brighter or darker at most."),
        more=marked(
            "In percent of the picture's own range, from its darkest point to its brightest."
        ),
        unit="%",
    ),
    _param(
        "contrast",
        _up_to(100.0),
        marked("Contrast"),
        marked("By how much the points of a training picture move from its mean, or to it."),
        unit="%",
    ),
    _param(
        "noise",
        _up_to(100.0),
        marked("Noise"),
        marked("How much noise each training picture gets at most."),
        more=marked(
            "The spread of what is added to each point, in percent of the picture's own range."
        ),
        unit="%",
    ),
    _param(
        "blur",
        _up_to(10.0),
        marked("Blur"),
        marked("Over how many points each training picture is blurred at most."),
        more=marked("The spread of a bell around each point, in points of the picture."),
        unit="points",
    ),
    _param(
        "mixup",
        _up_to(10.0),
        marked("Mix two pictures (MixUp)"),
        marked("How strongly two training pictures and their classes are laid over each other."),
        more=marked(
            "The share of the first is drawn from a Beta distribution with this number twice, "
            "once for each batch: 0.2 mostly leaves one of them nearly alone, 1 draws any "
            "share. The target is the two classes in the same shares, so that scores on "
            "training rows are of mixed pictures and say little; those on rows that check the "
            "model are not."
        ),
        applies=_CLASSES,
        level=Level.ADVANCED,
    ),
    _param(
        "cutmix",
        _up_to(10.0),
        marked("Paste a part of another (CutMix)"),
        marked("How large a part of another training picture is pasted in, with its class."),
        more=marked(
            "The share that stays is drawn as for MixUp, and the target is the two classes by "
            "their areas. Where both are set, each batch gets one of them."
        ),
        applies=_CLASSES,
        level=Level.ADVANCED,
    ),
)

#: Those that need targets which can be shares of classes.
MIXING = (f"data.{_PREFIX}mixup", f"data.{_PREFIX}cutmix")


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is changed at random in training pictures, and by how much at most; 0 is not at all.

    Args:
        flip_horizontal: Whether about every second is mirrored, left for right.
        flip_vertical: The same, top for bottom.
        turn: In degrees.
        shift: As a share of the sides.
        scale: As a share.
        crop: The share of each side that is cut away.
        brightness: As a share of the picture's own range.
        contrast: As a share.
        noise: As a share of the picture's own range.
        blur: In points.
        mixup: The parameter of the Beta distribution.
        cutmix: Likewise.
    """

    flip_horizontal: bool = False
    flip_vertical: bool = False
    turn: float = 0.0
    shift: float = 0.0
    scale: float = 0.0
    crop: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    noise: float = 0.0
    blur: float = 0.0
    mixup: float = 0.0
    cutmix: float = 0.0

    @property
    def any(self) -> bool:
        """Whether anything is changed."""
        return self != Changes()

    @property
    def mixes(self) -> bool:
        """Whether classes are mixed with the pictures."""
        return bool(self.mixup or self.cutmix)


def changes_of(values: Mapping[str, Any]) -> Changes:
    """What the settings say, percent as shares.

    Args:
        values: The value of every setting by key.
    """
    found: dict[str, Any] = {}
    for param in AUGMENTATION:
        value = values.get(param.key) or param.default
        name = param.name.removeprefix(_PREFIX)
        found[name] = value / 100 if param.unit == "%" else value
    return Changes(**found)


def said(values: Mapping[str, Any]) -> list[str]:
    """The changes that are on, each in a few words: "Turn ±15 degrees"."""
    words: list[str] = []
    for param in AUGMENTATION:
        value = values.get(param.key)
        if not value:
            continue
        words.append(_word(param, value))
    return words


def _word(param: Param, value: Any) -> str:
    title = param.title
    if value is True:
        return title
    number = plain_number(value)
    if not param.unit:
        return say("{title} {number}", title=title, number=number)
    noun = param.unit.removesuffix("s")
    unit = " %" if param.unit == "%" else f" {one(noun) if value == 1 else several(noun)}"
    return say("{title} up to {number}{unit}", title=title, number=number, unit=unit)


def sentence(values: Mapping[str, Any]) -> str | None:
    """What is changed at random, in a sentence; None where nothing is.

    Args:
        values: The value of every setting by key.
    """
    words = said(values)
    if not words:
        return None
    return say(
        "Training pictures are changed at random, anew in every epoch: {changes}. Pictures that "
        "check the model stay as they are.",
        changes=", ".join(words),
    )
