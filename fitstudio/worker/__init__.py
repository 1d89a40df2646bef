"""The training process: the only code that knows both the engine and the journal."""
