"""What opening the window costs, in a fresh interpreter."""

import json
import os
import subprocess
import sys

_CODE = """
import json, sys
from fitstudio.gui.app import create_window, make_application
application = make_application()
window = create_window()
window.show()
application.processEvents()
slow = [name for name in ("torch", "polars", "h5py", "sklearn", "scipy", "pyqtgraph", "numpy")
        if name in sys.modules]
window.close()
window.deleteLater()
application.processEvents()
print(json.dumps(slow))
"""


def test_the_window_shows_without_anything_slow(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _CODE],
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "FITSTUDIO_HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []
