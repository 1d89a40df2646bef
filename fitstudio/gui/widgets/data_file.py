"""Asks a person for a data file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

DATA_PATTERNS = "*.csv *.tsv *.txt *.npy *.npz *.h5 *.hdf5 *.hdf *.nxs"


def ask_data_file(window: QWidget) -> Path | None:
    """Asks for a data file."""
    file, _kind = QFileDialog.getOpenFileName(
        window, _tr("Choose data"), "", f"{_tr('Data')} ({DATA_PATTERNS});;{_tr('All files')} (*)"
    )
    return Path(file) if file else None


def _tr(text: str) -> str:
    return QCoreApplication.translate("dialogs", text)
