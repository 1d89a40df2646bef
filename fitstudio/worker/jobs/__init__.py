"""Short jobs with a trained model: predict, evaluate, dry run."""
