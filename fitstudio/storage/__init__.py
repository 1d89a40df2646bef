"""The one door through which every file of FitStudio is written. Standard library only.

Whole files go through `atomic`, growing files through `append`, folders that belong together (a
checkpoint, a run) through `folder`, which seals them with a manifest. All of them talk to the disk
through `ops.Ops`, so that a test can make any single step fail, or kill the process there.
"""

from __future__ import annotations

from fitstudio.storage.append import AppendFile
from fitstudio.storage.atomic import write_bytes, write_json, write_text
from fitstudio.storage.folder import write_folder

__all__ = ["AppendFile", "write_bytes", "write_folder", "write_json", "write_text"]
