"""What a trained model is worth: its answers, and what is measured on them."""
