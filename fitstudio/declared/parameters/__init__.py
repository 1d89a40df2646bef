"""Every setting of a run, declared once: fit(), compile(), data, model, run."""
