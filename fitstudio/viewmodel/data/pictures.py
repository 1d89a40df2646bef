"""The pictures among the data: which column holds them, and some of each class to look at."""

from __future__ import annotations

from dataclasses import dataclass

from fitstudio.actions import data as data_actions
from fitstudio.actions.data import Thumbnail
from fitstudio.declared.task.columns import usual_model
from fitstudio.declared.task.dataset_summary import ARRAY, CATEGORY, ColumnSummary, DatasetSummary
from fitstudio.viewmodel.shell.background import Job
from fitstudio.viewmodel.shell.session import ProjectSession

# So many classes have a row of pictures each.
FEW_CLASSES = 3
_MOST_CLASSES = 7
_EACH_OF_FEW, _EACH_OF_MANY = 6, 2
_WITHOUT_CLASSES = 7
_SIDE = 192  # twice what is shown, for screens with fine points
_MOST_CHANNELS = 4


@dataclass(frozen=True)
class PictureClass:
    """Some pictures of one class.

    Args:
        label: The class; None where the data have none.
        count: How many rows it has; 0 where that is not known.
        pictures: Some of them.
    """

    label: str | None
    count: int
    pictures: tuple[Thumbnail, ...]


def picture_column(summary: DatasetSummary) -> ColumnSummary | None:
    """The column that holds pictures, or None."""
    return next((column for column in summary.columns if _is_picture(column)), None)


def shown_for(session: ProjectSession) -> object:
    """What the pictures on screen hang on: they are looked at anew when it is another."""
    summary = session.summary
    if summary is None or picture_column(summary) is None:
        return None
    by = _class_column(session, summary)
    return id(summary), by.name if by is not None else None


def look_at_pictures(session: ProjectSession, job: Job) -> tuple[PictureClass, ...]:
    """Some pictures of the commonest classes; for a background thread.

    Raises:
        DataError: If the file cannot be read any more.
    """
    summary = session.summary
    column = picture_column(summary) if summary is not None else None
    if summary is None or column is None:
        return ()
    by = _class_column(session, summary)
    if by is None:
        each = _WITHOUT_CLASSES
    else:
        each = _EACH_OF_FEW if len(by.classes) <= FEW_CLASSES else _EACH_OF_MANY
    found = data_actions.thumbnails(
        session.spec.to_json().get("data", {}),
        session.project.folder,
        column.name,
        by.name if by is not None else None,
        classes=_MOST_CLASSES if by is not None else 1,
        each=each,
        side=_SIDE,
        cancel=job.cancelled,
    )
    counts = dict(by.classes) if by is not None else {}
    labels = dict.fromkeys(picture.label for picture in found)
    return tuple(
        PictureClass(
            label,
            counts.get(label, 0) if label is not None else 0,
            tuple(picture for picture in found if picture.label == label),
        )
        for label in labels
    )


def _class_column(session: ProjectSession, summary: DatasetSummary) -> ColumnSummary | None:
    """The column by whose classes pictures are shown: the target, where it has classes."""
    for name in session.spec.get("fit.y") or ():
        column = summary.column(name)
        if column is not None and column.type == CATEGORY and column.classes:
            return column
    return None


def _is_picture(column: ColumnSummary) -> bool:
    if column.type != ARRAY or usual_model([column]) != "cnn2d":
        return False
    return len(column.shape) == 2 or column.shape[2] <= _MOST_CHANNELS
