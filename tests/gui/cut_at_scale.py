"""Opens a project's pages as on a screen of twice the density, and prints whose text is cut.

    QT_QPA_PLATFORM=offscreen QT_SCALE_FACTOR=2 python -m tests.gui.cut_at_scale FOLDER

The factor holds for a whole process: `test_nothing_cut.py` runs this in one of its own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.gui.screenshots import settle, wait
from tests.gui.test_nothing_cut import cut

# 3840 by 2160 in pixels of the screen.
SIZE = (1920, 1080)


def main() -> int:
    from fitstudio.declared.kinds.param import Level
    from fitstudio.gui.app import create_window, make_application
    from fitstudio.gui.pages.registry import PAGES
    from fitstudio.viewmodel.shell.device import DeviceModel

    DeviceModel.ask = lambda self: None  # asking takes a process with torch
    application = make_application()
    window = create_window(Path(sys.argv[1]))
    window.resize(*SIZE)
    window.show()
    wait(application, lambda: window.session is not None)
    session = window.session
    assert session is not None
    wait(application, lambda: not session.busy_with_data and bool(session.runs))
    found: list[str] = []
    for entry in PAGES:
        window.show_page(entry.name)
        if entry.name == "training":
            window.pages["training"].level.setValue(Level.EXPERT)
        settle(application, 0.1)
        found += [f"{entry.name}: {each}" for each in cut(window)]
    sys.stdout.write(json.dumps({"scale": window.devicePixelRatioF(), "cut": found}))
    session.runs = []
    window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
