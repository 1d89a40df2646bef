"""The mistakes of a model that tells classes, as a matrix or curves, and where it decides."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QSlider, QStackedLayout, QVBoxLayout, QWidget

from fitstudio.gui.plots.confusion import ConfusionView
from fitstudio.gui.plots.share_plot import SharePlot
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.buttons import link_button, secondary_button
from fitstudio.gui.widgets.cards import Card
from fitstudio.gui.widgets.inputs.choice import Combo
from fitstudio.gui.widgets.inputs.number import NumberEdit
from fitstudio.gui.widgets.inputs.segmented import Segmented
from fitstudio.gui.widgets.labels import ElidedLabel, Label, Sentence
from fitstudio.gui.widgets.lock import lock
from fitstudio.viewmodel.results.deciding import Deciding
from fitstudio.viewmodel.results.page import ResultsModel
from fitstudio.words import say

_MATRIX, _CURVE, _TOO_FEW = range(3)


class MistakesCard(Card):
    """Matrix, ROC, precision or calibration; for two classes the threshold under it.

    Args:
        model: What the page knows.
    """

    def __init__(self, model: ResultsModel, parent: QWidget | None = None) -> None:
        super().__init__(say("Mistakes"), parent=parent)
        self.caption.setObjectName("results.area")
        self._model = model
        self.set_margins(Space.CARD, 10, Space.CARD, Space.CARD)
        self._make_choices(model.deciding)
        self.confusion = ConfusionView()
        self.confusion.cell_chosen.connect(model.set_cell)
        self.curve = SharePlot()
        self.curve.setObjectName("plot.ranking")
        self._too_few = Sentence("", ink="text2")
        self._pictures = QStackedLayout()
        for picture in (self.confusion, self.curve, self._too_few):
            self._pictures.addWidget(picture)
        self.add(self._pictures, 1)
        self._threshold = _ThresholdRow(model.deciding)
        self.add(self._threshold)

    def refresh(self) -> None:
        """Show the model as it is now."""
        model, deciding = self._model, self._model.deciding
        said = [model.rows_words(), deciding.picture_words()]
        self.set_title(say("Mistakes"), " · ".join(each for each in said if each))
        with QSignalBlocker(self._choice), QSignalBlocker(self._class):
            self._choice.setValue(deciding.picture)
            self._class.set_options(deciding.classes())
            self._class.setValue(deciding.name)
        self._choices.setVisible(deciding.ranking() is not None)
        curve = deciding.curve()
        self._class.setVisible(curve is not None and len(deciding.classes()) > 1)
        self.confusion.show_confusion(model.confusion(), model.cell)
        if curve is None:
            self._pictures.setCurrentIndex(_MATRIX)
        elif not len(curve.x):
            self._too_few.set_sentence(
                say("Too few rows: groups of ten rows each are needed, two of them at least.")
            )
            self._pictures.setCurrentIndex(_TOO_FEW)
        else:
            self.curve.show_curve(curve)
            self._pictures.setCurrentIndex(_CURVE)
        self._threshold.setVisible(deciding.can_decide)
        if deciding.can_decide:
            self._threshold.refresh()

    @property
    def shows_curve(self) -> bool:
        """Whether a curve is shown in place of the matrix."""
        return self._pictures.currentIndex() == _CURVE

    def _make_choices(self, deciding: Deciding) -> None:
        self._choice = Segmented(Deciding.pictures())
        self._choice.setObjectName("results.picture")
        self._choice.setAccessibleName(say("Picture of the mistakes"))
        self._choice.valueChanged.connect(deciding.choose_picture)
        self._class = Combo([])
        self._class.setObjectName("results.class")
        self._class.setAccessibleName(say("Class that is told from the rest"))
        self._class.valueChanged.connect(deciding.choose_class)
        self._choices = QWidget()
        row = QHBoxLayout(self._choices)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.GRID)
        row.addWidget(self._choice)
        row.addWidget(self._class)
        row.addStretch(1)
        self.add(self._choices)


class _ThresholdRow(QWidget):
    """Tries thresholds, by hand or by cost, and keeps one."""

    def __init__(self, deciding: Deciding) -> None:
        super().__init__()
        self._deciding = deciding
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("results.threshold")
        self._slider.setAccessibleName(say("Threshold"))
        self._slider.setToolTip(say("From which probability on a row is said to be of the class"))
        self._slider.valueChanged.connect(deciding.try_place)
        self._words = ElidedLabel("", ink="text2")
        self._words.setObjectName("results.threshold_words")
        self._usual = link_button(say("Likelier class"))
        self._usual.setObjectName("results.usual")
        self._usual.setToolTip(say("Say the likelier class, as without a threshold"))
        self._usual.clicked.connect(deciding.try_usual)
        self._keep = secondary_button(say("Keep"))
        self._keep.setObjectName("results.keep_threshold")
        self._keep.setToolTip(say("Predictions and exports of this model use what is kept"))
        self._keep.clicked.connect(deciding.keep)
        self._miss = self._cost("results.cost.miss", say("What a row costs that is not found"))
        self._alarm = self._cost("results.cost.alarm", say("What a false alarm costs"))
        self._cheapest = secondary_button(say("Cheapest"))
        self._cheapest.setObjectName("results.cheapest")
        self._cheapest.setToolTip(say("Try the threshold that would have cost least on these rows"))
        self._cheapest.clicked.connect(deciding.try_cheapest)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.GRID)
        upper, lower = QHBoxLayout(), QHBoxLayout()
        upper.setSpacing(Space.GRID)
        lower.setSpacing(Space.GRID)
        upper.addWidget(self._slider, 1)
        upper.addWidget(self._usual)
        upper.addWidget(self._keep)
        lower.addWidget(Label(say("Miss"), ink="text2", style="small"))
        lower.addWidget(self._miss)
        lower.addWidget(Label(say("False alarm"), ink="text2", style="small"))
        lower.addWidget(self._alarm)
        lower.addWidget(self._cheapest)
        lower.addStretch(1)
        column.addWidget(self._words)
        column.addLayout(upper)
        column.addLayout(lower)

    def refresh(self) -> None:
        """Show the threshold as it is now."""
        deciding = self._deciding
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, max(0, deciding.places - 1))
            self._slider.setValue(deciding.place)
        with QSignalBlocker(self._miss), QSignalBlocker(self._alarm):
            self._miss.setValue(deciding.miss)
            self._alarm.setValue(deciding.alarm)
        self._words.setText(deciding.threshold_words())
        self._usual.setVisible(deciding.threshold is not None)
        self._keep.say(say("Kept") if deciding.is_kept else say("Keep"))
        nothing_new = say("This is what is kept.") if deciding.is_kept else None
        lock(self._keep, deciding.may_keep() or nothing_new)

    def _cost(self, name: str, tip: str) -> NumberEdit:
        editor = NumberEdit(minimum=0, default=1.0, small=True)
        editor.setObjectName(name)
        editor.setAccessibleName(tip)
        editor.setToolTip(tip)
        editor.valueChanged.connect(self._on_costs)
        return editor

    def _on_costs(self) -> None:
        self._deciding.set_costs(float(self._miss.value()), float(self._alarm.value()))
