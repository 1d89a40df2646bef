"""Replays a training step's tensor operations without the model's Python code and autograd.

`recorder` writes down the operations of one real step, `tape` holds and simplifies them, `compiled`
turns them into something that runs fast, `guards` notices when they no longer are what the model
would do. `fitstudio.engine.steps.train_step` decides when to use it.
"""
