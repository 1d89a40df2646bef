"""Where things are on disk: the project folder, its settings, and who may write."""

from __future__ import annotations

from fitstudio.project.paths import ProjectPaths, RunPaths
from fitstudio.project.project import Project

__all__ = ["Project", "ProjectPaths", "RunPaths"]
