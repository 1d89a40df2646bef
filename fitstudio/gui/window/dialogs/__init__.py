"""The dialogs of the whole window: questions, settings, about."""
