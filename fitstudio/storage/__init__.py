"""The one door through which every file of FitStudio is written. Standard library only."""
