"""The dialog about the program: what it is, its version, what it is built on."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.buttons import (
    ghost_button,
)
from fitstudio.gui.widgets.labels import Sentence
from fitstudio.gui.widgets.question import Question
from fitstudio.gui.window.logo import LogoMark
from fitstudio.viewmodel.shell.about import versions_text
from fitstudio.viewmodel.shell.background import Background
from fitstudio.words import say


def show_about(window: QWidget, background: Background) -> None:
    """Version, parts, licences; with the whole description of this installation to copy."""
    words = Sentence(say("Looking at this installation…"), ink="text2")
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    top = QHBoxLayout()
    top.addWidget(LogoMark(48))
    top.addSpacing(Space.GRID * 2)
    top.addWidget(
        Sentence(
            say(
                "Trains neural networks by pointing and clicking, and obeys every setting "
                "exactly. It never goes to the network."
            ),
            ink="text2",
        ),
        1,
    )
    column.addLayout(top)
    column.addSpacing(Space.GRID)
    column.addWidget(words)
    column.addWidget(
        Sentence(
            say(
                "Built on Qt for Python (LGPL 3), PyTorch, NumPy, h5py, psutil, psygnal, "
                "nvidia-ml-py (BSD), polars, pyqtgraph, platformdirs, the Phosphor icons "
                "(MIT), safetensors (Apache 2.0) and the typeface Inter (Open Font License)."
            ),
            ink="text3",
        )
    )
    copy = ghost_button(say("Copy for a report"), icon="copy", small=True)
    copy.setEnabled(False)
    column.addWidget(copy)
    text: list[str] = [""]

    def on_known(described: tuple[str, str]) -> None:
        words.set_sentence(described[0])
        text[0] = described[1]
        copy.setEnabled(True)

    job = background.run(lambda job: versions_text(), on_known)
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text[0]))
    question = Question(say("FitStudio"), "", (say("Close"),), window, box)
    question.setObjectName("dialog.about")
    question.ask()
    job.cancel()
